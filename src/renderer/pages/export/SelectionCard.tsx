import { Button, Checkbox, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RunRow } from '../../../shared/runRow';
import { counted, formatCount } from '../../../shared/units';
import { LabBadge, SampleBadge } from '../../parts/badges';
import { PageLink } from '../../parts/PageLink';
import { type ExportForm, experimentChoices, runsOfForm, type selections } from './exportState';
import type { FormProps } from './form';

/** Most experiments in the list at once; the search finds the others. */
const most = 200;

/** Which runs go out, and whether the claims that they answer go with them. */
export function SelectionCard({ form, change, rows }: FormProps & { rows: readonly RunRow[] }) {
  const chosen = useMemo(
    () => runsOfForm(rows, { select: form.select, experiments: form.experiments, runs: form.runs }),
    [rows, form.select, form.experiments, form.runs],
  );
  const missing = form.select === 'runs' ? form.runs.length - chosen.length : 0;
  return (
    <section className="tw-card tw-export-card" aria-label="What goes out">
      <h2>What goes out</h2>
      <div className="tw-row">
        <SegmentedControl
          aria-label="Selection"
          value={form.select}
          onChange={(select) => change({ select: select as (typeof selections)[number] })}
          data={[
            { value: 'all', label: 'Everything' },
            { value: 'experiments', label: 'Chosen experiments' },
            { value: 'runs', label: 'Chosen runs' },
          ]}
        />
        <span className="tw-muted tw-num" role="status">
          {chosen.length === 0 ? 'no run' : counted(chosen.length, 'run')}
        </span>
      </div>
      {form.select === 'all' && (
        <p className="tw-muted tw-flat">
          Every run that has ended: completed, failed and cancelled ones, none of the bin.
          {chosen.some((row) => row.sample) &&
            ' The lab holds the sample dataset only: it goes out marked as SAMPLE.'}
        </p>
      )}
      {form.select === 'experiments' && <Experiments form={form} change={change} rows={rows} />}
      {form.select === 'runs' && (
        <div className="tw-row">
          <span className="tw-muted">
            {form.runs.length === 0
              ? 'Select runs on the Runs page and press “Export …” there.'
              : missing > 0
                ? `${counted(missing, 'chosen run')} ${missing === 1 ? 'is' : 'are'} in the bin, not ended yet, or no longer in the lab.`
                : 'As they were selected on the Runs page.'}
          </span>
          <PageLink to={{ page: 'runs' }}>Choose on the Runs page</PageLink>
        </div>
      )}
      <Switch
        label="Claims with their evidence"
        description={
          form.select === 'all'
            ? 'Predictions, findings and verdicts of every claim that was tested.'
            : 'Those whose measurements are all selected.'
        }
        checked={form.claims}
        onChange={(event) => change({ claims: event.currentTarget.checked })}
      />
    </section>
  );
}

function Experiments({ form, change, rows }: FormProps & { rows: readonly RunRow[] }) {
  const [search, setSearch] = useState('');
  const all = useMemo(() => experimentChoices(rows), [rows]);
  const found = all.filter((e) => e.label.toLowerCase().includes(search.toLowerCase()));
  const chosen = new Set(form.experiments);
  const put = (ids: Iterable<string>): void =>
    change({ experiments: [...ids] } satisfies Partial<ExportForm>);
  const toggle = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    put(next);
  };
  return (
    <div className="tw-export-choose">
      <div className="tw-row">
        {all.length > 8 && (
          <TextInput
            data-filter
            aria-label="Find experiments"
            placeholder="Find by name   ( / )"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <Button
          size="compact-xs"
          variant="default"
          disabled={found.length === 0}
          onClick={() => put(new Set([...chosen, ...found.map((e) => e.id)]))}
        >
          {search === '' ? 'Choose all' : `Choose these ${formatCount(found.length)}`}
        </Button>
        <Button size="compact-xs" variant="subtle" disabled={chosen.size === 0} onClick={() => put([])}>
          None
        </Button>
      </div>
      <div className="tw-export-list">
        {found.slice(0, most).map(({ id, label, runs, sample, lab }) => (
          <Checkbox
            key={id}
            checked={chosen.has(id)}
            onChange={(event) => toggle(id, event.currentTarget.checked)}
            label={
              <>
                {label} <span className="tw-muted tw-num">({counted(runs, 'run')})</span>{' '}
                {sample && <SampleBadge />} <LabBadge lab={lab} />
              </>
            }
          />
        ))}
        {found.length === 0 && <span className="tw-muted">No experiment has this in its name.</span>}
        {found.length > most && (
          <span className="tw-muted">{formatCount(found.length - most)} more: search to find them.</span>
        )}
      </div>
    </div>
  );
}
