import { Button, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RunRow } from '../../../shared/runRow';
import { counted } from '../../../shared/units';
import { saveReport } from '../../lab/report';
import { useReady } from '../../lab/session';
import { experimentChoices } from './exportState';

/** One experiment as one HTML file, to read, to print, to send. */
export function ReportCard({ rows, measuring }: { rows: readonly RunRow[]; measuring: boolean }) {
  const ready = useReady();
  const choices = useMemo(() => experimentChoices(rows), [rows]);
  const [picked, setPicked] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const chosen = choices.find(({ id }) => id === picked) ?? choices[0];
  const save = async () => {
    if (chosen === undefined) return;
    setBusy(true);
    await saveReport(ready, chosen.id);
    setBusy(false);
  };
  return (
    <section className="tw-card tw-export-card" aria-label="Report of an experiment">
      <h2>Report of an experiment</h2>
      <p className="tw-muted tw-flat">
        One HTML file without scripts or outside links: question, machine, protocol, table, figures, verdicts
        and limits. It opens by double click and prints.
      </p>
      <div className="tw-export-path">
        <Select
          aria-label="Experiment"
          searchable
          allowDeselect={false}
          placeholder="No experiment has ended yet"
          disabled={choices.length === 0}
          value={chosen?.id ?? null}
          onChange={setPicked}
          data={choices.map(({ id, label, runs }) => ({
            value: id,
            label: `${label} (${counted(runs, 'run')})`,
          }))}
        />
        <Button
          variant="default"
          disabled={chosen === undefined || busy || measuring}
          title={measuring ? 'When the experiment that is measured has ended' : undefined}
          onClick={() => void save()}
        >
          {busy ? 'Making …' : 'Report (HTML)'}
        </Button>
      </div>
    </section>
  );
}
