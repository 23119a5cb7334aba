import type { CurveRow } from '../../../shared/figures/rows';
import { curveRows, defaultYQuantity } from '../../../shared/figures/rows';
import { type CurveSpec, type CurveSpecInput, curveSpecSchema } from '../../../shared/figures/spec';
import { poolTurns } from '../../../shared/poolRuns';
import type { RunRecord } from '../../../shared/run';
import { noMarks, type RunMarks, type RunRow, runRowOf } from '../../../shared/runRow';
import type { LabReader } from '../../store/reader';
import { appVersion } from '../machine';

/** What a row says beside its run's record. */
export interface RowFacts {
  marks: ReadonlyMap<string, RunMarks>;
  /** Null: measured in this lab. */
  labOf(runId: string): string | null;
}

/** Marks and origins as they are stored now. */
export function storedFacts(reader: LabReader): RowFacts {
  const labs = reader.origins('run');
  return { marks: reader.marks('run'), labOf: (id) => labs.get(id) ?? null };
}

/** Stored runs as rows, in the order given. */
export function rowsOfRuns(
  reader: LabReader,
  runs: readonly RunRecord[],
  { marks, labOf }: RowFacts = storedFacts(reader),
): RunRow[] {
  const names = new Map(reader.listExperiments().map((e) => [e.id, e.plan.name]));
  const models = new Map(reader.listModels().map((m) => [m.id, m]));
  const machines = new Map(reader.listMachines().map((m) => [m.id, m]));
  return runs.map((run) =>
    runRowOf(
      {
        run,
        model: models.get(run.condition.modelId) ?? reader.getModel(run.condition.modelId),
        machine: machines.get(run.machineId) ?? reader.getMachine(run.machineId),
        experimentName: names.get(run.experimentId) ?? '',
        lab: labOf(run.id),
      },
      marks.get(run.id) ?? noMarks,
    ),
  );
}

/** An efficiency curve of runs that are there; `y` auto: energy where any run has it. Turns of a comparison stand together. */
export function curveOf(
  runs: readonly RunRow[],
  {
    y,
    ...spec
  }: Omit<CurveSpecInput, 'kind' | 'appVersion' | 'y'> & { y: CurveSpec['y']['quantity'] | 'auto' },
): { spec: CurveSpec; rows: CurveRow[] } {
  const quantity = y === 'auto' ? defaultYQuantity(runs) : y;
  const whole = curveSpecSchema.parse({
    kind: 'curve-efficiency',
    y: { quantity },
    // Built models are told apart by their size, a user's own by their names.
    pointLabels: runs.every(({ family }) => family === 'imported') ? 'model' : 'size',
    appVersion: appVersion(),
    ...spec,
  });
  return { spec: whole, rows: curveRows(poolTurns(runs), whole.x.quantity, quantity) };
}
