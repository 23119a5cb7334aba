import { useMemo, useState } from 'react';
import { xWords, yWords } from '../../../shared/figures/quantities';
import { type CurveRow, curveRows, type SeriesNames, seriesNames } from '../../../shared/figures/rows';
import type { CurveSpec } from '../../../shared/figures/spec';
import type { RunRow } from '../../../shared/runRow';
import { verdictWords } from '../../parts/badges';
import { DataTable, plainLayout, type TableLayout } from '../../parts/DataTable';
import type { Points } from '../../parts/figure/work';
import type { TableColumn } from '../../parts/table/columns';
import { go } from '../../state/view';

/** The points of the figure as a table: the same rows as the points file, those under the brush only while there is one. */
export function PointTable({
  spec,
  runs,
  drawn,
  only,
  selected,
  onSelected,
  tall,
}: {
  spec: CurveSpec;
  runs: readonly RunRow[];
  drawn: { points: Points; series: readonly { key: string; label: string }[] };
  only: ReadonlySet<string> | null;
  selected: ReadonlySet<string>;
  onSelected(runs: Set<string>): void;
  tall: boolean;
}) {
  const [tableLayout, setTableLayout] = useState<TableLayout>(plainLayout);
  const names = useMemo(() => seriesNames(runs), [runs]);
  const shown = useMemo(() => {
    const off = new Set(spec.hiddenSeries);
    return off.size === 0 ? runs : runs.filter((run) => !off.has(names.keyOf(run)));
  }, [spec, runs, names]);
  /** Some of them, evenly: enough for the unit of a column, where all would take a tenth of a second. */
  const few = useMemo(() => {
    const every = Math.ceil(shown.length / 300);
    return shown.filter((_, i) => i % every === 0);
  }, [shown]);
  const inFigure = useMemo(() => new Set(drawn.points.runIds), [drawn]);
  const listed = useMemo(
    () => (only === null ? shown : shown.filter((run) => only.has(run.id))),
    [shown, only],
  );
  const columns = useMemo(
    () => columnsOf(spec, inFigure, drawn.series, names),
    [spec, inFigure, drawn, names],
  );
  return (
    <section className="tw-card tw-points" data-tall={tall || undefined} aria-label="Points of the figure">
      <div className="tw-points-head">
        <h2>Points</h2>
        <span className="tw-muted" role="status">
          {only === null
            ? `${listed.length} rows, ${inFigure.size} drawn`
            : `${listed.length} of ${shown.length} rows, under the brush. Esc shows all.`}
        </span>
      </div>
      <DataTable
        label="Points of the figure"
        rows={listed}
        unitRows={few}
        columns={columns}
        rowId={(run) => run.id}
        layout={tableLayout}
        onLayout={setTableLayout}
        selected={selected}
        onSelected={onSelected}
        onOpen={(run) => go({ page: 'run', run: run.id })}
      />
    </section>
  );
}

function columnsOf(
  spec: CurveSpec,
  inFigure: ReadonlySet<string>,
  series: readonly { key: string; label: string }[],
  names: SeriesNames,
): TableColumn<RunRow>[] {
  const x = xWords[spec.x.quantity];
  const y = yWords[spec.y.quantity];
  const labels = new Map(series.map(({ key, label }) => [key, label]));
  const points = new WeakMap<RunRow, CurveRow>();
  /** The point of a run, made when a cell first wants it. */
  const of = (run: RunRow): CurveRow => {
    const known = points.get(run);
    if (known) return known;
    const [made] = curveRows([run], spec.x.quantity, spec.y.quantity);
    points.set(run, made);
    return made;
  };
  const unitOf = (unit: string) => (unit === 'count' ? '' : unit);
  const measured = (id: string, title: string, width: number, value: (row: CurveRow) => number | null) => ({
    id,
    title,
    width,
    value: (run: RunRow) => value(of(run)),
    number: { unit: unitOf(y.unit) },
  });
  return [
    { id: 'series', title: 'Series', width: 150, value: (run) => labels.get(names.keyOf(run)) ?? '' },
    { id: 'model', title: 'Model', width: 140, value: (run) => run.modelName },
    { id: 'x', title: x.name, width: 130, value: (run) => of(run).x, number: { unit: unitOf(x.unit) } },
    measured('y', y.name, 230, (row) => row.y),
    measured('yLow', '95 % low', 110, (row) => row.yLow ?? row.yAbsLow),
    measured('yHigh', '95 % high', 110, (row) => row.yHigh ?? row.yAbsHigh),
    {
      id: 'n',
      title: `n (${y.sample})`,
      width: 110,
      value: (run) => of(run).n,
      number: { unit: '', whole: true },
    },
    { id: 'verdict', title: 'Verdict', width: 100, value: (run) => verdictWords[of(run).verdict].text },
    { id: 'meter', title: 'Meter', width: 130, value: (run) => of(run).meter },
    {
      id: 'notShown',
      title: 'Not drawn, because',
      width: 180,
      value: (run) =>
        of(run).notShownReason ?? (inFigure.has(run.id) ? null : 'outside the zoom or the scale'),
    },
    {
      id: 'data',
      title: 'Data',
      width: 90,
      value: (run) => (run.sample ? 'SAMPLE' : run.origin === 'simulated' ? 'SIMULATED' : null),
    },
  ];
}
