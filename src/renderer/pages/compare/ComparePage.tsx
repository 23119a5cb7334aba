import { Button, Switch, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import '../../styles/run.css';
import '../../styles/compare.css';
import type { Comparison } from '../../../shared/comparison';
import type { FigureData } from '../../../shared/figures/data';
import { runLabels } from '../../../shared/figures/figureRun';
import { compareSpecSchema } from '../../../shared/figures/spec';
import { type Theme, tokens } from '../../../shared/figures/tokens';
import type { RunRow } from '../../../shared/runRow';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { EmptyState } from '../../parts/EmptyState';
import { FailureNote } from '../../parts/FailureNote';
import { FigureCard } from '../../parts/figure/FigureCard';
import { SeriesMark } from '../../parts/figure/SeriesMark';
import { PageHead } from '../../parts/PageHead';
import { remember } from '../../state/recents';
import { useSettings } from '../../state/settings';
import { keepSlots, slotsFor } from '../../state/slots';
import { go } from '../../state/view';
import { ChosenRuns } from './ChosenRuns';
import { mostCompared, withRun } from './chosen';
import { ExperimentMenu } from './ExperimentMenu';
import { RatioTable } from './RatioTable';
import { RunPicker } from './RunPicker';

const show = (runs: string[]) => go({ page: 'compare', runs });

/** Two or more runs beside each other: ratios to the first one, and what differs between them. */
export function ComparePage({ runs }: { runs: string[] }) {
  const { lab } = useReady();
  const byId = useRows((s) => s.byId);
  const stored = useSettings((s) => s.slots);
  const [picking, setPicking] = useState(false);
  const theme = useComputedColorScheme('light');
  const key = runs.join(',');
  const query = useQuery({
    queryKey: ['runs', 'compare', key],
    queryFn: () => lab.compareRuns({ runs }),
    enabled: runs.length >= 2,
  });
  useEffect(() => {
    const ids = key === '' ? [] : key.split(',');
    keepSlots(slotsFor(ids, useSettings.getState().slots).fresh);
    if (ids.length >= 2) remember({ page: 'compare', runs: ids });
  }, [key]);

  const { slots } = useMemo(() => slotsFor(key === '' ? [] : key.split(','), stored), [stored, key]);
  const rows = useMemo(() => runs.flatMap((id) => byId.get(id) ?? []), [byId, runs]);
  const labels = useMemo(() => labelsOf(runs, rows), [runs, rows]);
  const mark = (id: string) => (
    <SeriesMark look={tokens[theme].series[slots[id] ?? 0]} tokens={tokens[theme]} />
  );
  const comparison = query.data;

  return (
    <div className="tw-page">
      <PageHead
        title="Compare"
        note={runs.length === 0 ? undefined : `${runs.length} of at most ${mostCompared} runs`}
      >
        <ExperimentMenu onRuns={show} />
        <Button disabled={runs.length >= mostCompared} onClick={() => setPicking(true)}>
          Add run …
        </Button>
      </PageHead>
      {runs.length > 0 && <ChosenRuns runs={runs} byId={byId} labels={labels} mark={mark} onRuns={show} />}
      {runs.length < 2 && (
        <EmptyState
          title={runs.length === 0 ? 'Pick two runs.' : 'Pick one more run.'}
          text="The first is the reference; the others are given as ratios to it, with intervals. A run of a plan with blocks stands for its whole condition."
        >
          <Button onClick={() => setPicking(true)}>Pick runs</Button>
        </EmptyState>
      )}
      {query.error && runs.length >= 2 && (
        <FailureNote failure={query.error}>
          <Button mt="xs" variant="default" onClick={() => setPicking(true)}>
            Pick other runs
          </Button>
        </FailureNote>
      )}
      {runs.length >= 2 && query.isPending && <p role="status">Comparing …</p>}
      {comparison && (
        <>
          <RatioTable comparison={comparison} labels={labels} mark={mark} />
          <RatioFigure comparison={comparison} rows={rows} slots={slots} />
          <Differences comparison={comparison} labels={labels} mark={mark} />
        </>
      )}
      <RunPicker
        opened={picking}
        onClose={() => setPicking(false)}
        taken={runs}
        onPick={(picked) => {
          setPicking(false);
          show(picked.reduce<string[]>(withRun, runs));
        }}
      />
    </div>
  );
}

/** What each run is called: its model and what else differs; a run that is not in the list by its id. Pure. */
export function labelsOf(runs: readonly string[], rows: readonly RunRow[]): ReadonlyMap<string, string> {
  const names = runLabels(rows);
  const known = new Map(rows.map((row, i) => [row.id, names[i]]));
  return new Map(runs.map((id) => [id, known.get(id) ?? `run ${id.slice(0, 8)}`]));
}

function RatioFigure({
  comparison,
  rows,
  slots,
}: {
  comparison: Comparison;
  rows: readonly RunRow[];
  slots: Readonly<Record<string, number>>;
}) {
  const appVersion = useReady().info.version;
  const data = useCallback(
    (theme: Theme): FigureData => ({
      kind: 'compare-runs',
      spec: compareSpecSchema.parse({
        kind: 'compare-runs',
        theme,
        appVersion,
        slots,
      }),
      comparison,
      runs: rows,
    }),
    [comparison, rows, slots, appVersion],
  );
  return <FigureCard title="Ratios" file="compare-runs" data={data} main />;
}

interface DifferencesProps {
  comparison: Comparison;
  labels: ReadonlyMap<string, string>;
  mark(id: string): React.ReactNode;
}

/** Settings, models and machines: what differs, and on a switch what is the same. */
function Differences({ comparison, labels, mark }: DifferencesProps) {
  const [all, setAll] = useState(false);
  const { runIds, differences, same } = comparison;
  const fields = [
    ...differences.map(({ field, values }) => ({ field, values, differs: true })),
    ...(all
      ? same.map(({ field, value }) => ({ field, values: runIds.map(() => value), differs: false }))
      : []),
  ];
  return (
    <section className="tw-card" aria-label="Differences">
      <div className="tw-section-head">
        <h2>{all ? 'Differences and what is the same' : 'Differences'}</h2>
        <Switch
          label={`Show what is the same (${same.length})`}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      </div>
      {fields.length === 0 ? (
        <p className="tw-muted tw-flush">These runs do not differ in model, settings or machine.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
        <section className="tw-scroll-x" tabIndex={0} aria-label="Table of differences">
          <table className="tw-small-table tw-compare-table">
            <thead>
              <tr>
                <th scope="col" className="tw-left">
                  Field
                </th>
                {runIds.map((id) => (
                  <th scope="col" key={id} className="tw-left">
                    {mark(id)} {labels.get(id)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {fields.map(({ field, values, differs }) => (
                <tr key={field} className={differs ? undefined : 'tw-muted'}>
                  <th scope="row" className="tw-left">
                    {field}
                  </th>
                  {values.map((value, i) => (
                    <td key={runIds[i]} className="tw-left">
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
