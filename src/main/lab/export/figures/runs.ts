import type { FigureData } from '../../../../shared/figures/data';
import { distributionRunOf } from '../../../../shared/figures/distributionLayout';
import { distributionSpecSchema, powerTraceSpecSchema } from '../../../../shared/figures/spec';
import type { RunRow } from '../../../../shared/runRow';
import { figureFiles } from '../../figures/files';
import { appVersion } from '../../machine';
import { runColumnSteps } from '../../runColumns';
import { atOnce } from '../../turns';
import type { BundleSource } from '../types';
import type { Sketch } from './lazy';

/** Beyond these the lines could not be told apart: the first ones are drawn. */
const mostSensors = 4;

/** What the meters saw of each run, where one did, and how steady it was. Named by the run's id: data/runs finds them. */
export function runSketches(
  rows: readonly RunRow[],
  { reader, selection, options }: Pick<BundleSource, 'reader' | 'selection' | 'options'>,
): Sketch[] {
  const base = { theme: options.theme, appVersion: appVersion() };
  const sketch = (kind: FigureData['kind'], run: RunRow, data: (id: string) => FigureData): Sketch => ({
    kind,
    shows: [kind, run.id],
    of: '',
    draw: (id) => figureFiles(data(id)),
  });
  const p90S = new Map(selection.runs.map(({ id, latency }) => [id, latency?.p90S ?? null]));
  const columns = (run: RunRow) => atOnce(runColumnSteps(reader, run.id));
  return rows
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((run) => [
      ...(reader.sensorsOf(run.id).length === 0
        ? []
        : [
            sketch('power-trace', run, (id) => {
              const own = columns(run);
              const ids = own.power.map((p) => p.sensor.id);
              const sensors = ids.length > mostSensors ? ids.slice(0, mostSensors) : null;
              const spec = powerTraceSpecSchema.parse({ kind: 'power-trace', id, sensors, ...base });
              return { kind: 'power-trace', spec, run, columns: own };
            }),
          ]),
      ...(run.p50S.value === null
        ? []
        : [
            sketch('latency-distribution', run, (id) => ({
              kind: 'latency-distribution',
              spec: distributionSpecSchema.parse({ kind: 'latency-distribution', id, ...base }),
              runs: [distributionRunOf(run, columns(run), p90S.get(run.id))],
            })),
          ]),
    ]);
}
