import type { Comparison } from '../../../shared/comparison';
import { mostCompared } from '../../../shared/comparison';
import { oneOfEachCondition, placeOf } from '../../../shared/conditions';
import { LabError } from '../../../shared/errors';
import type { Machine } from '../../../shared/machine';
import type { SensorInfo } from '../../../shared/meter';
import type { Model } from '../../../shared/model';
import type { Plan } from '../../../shared/plan';
import { newestOfEachPlace, type RunRecord } from '../../../shared/run';
import { type RunRow, runRowOf } from '../../../shared/runRow';
import { compareRuns } from '../compare';
import type { PublicReader } from '../export/publicReader';
import { shownRuns } from '../queries';
import { type ReportClaim, reportClaims } from './claims';

export interface ReportRun {
  run: RunRecord;
  row: RunRow;
  model: Model;
  /** SHA-256 (hex) of its record, as a bundle has it. */
  sha256: string;
  /** A later run stands for its place in the plan. */
  replaced: boolean;
}

/** Everything that a report says, free of signs of persons. */
export interface ReportData {
  id: string;
  name: string;
  plan: Plan;
  planSha256: string;
  createdUnixMs: number;
  /** Lab that measured it; null: the one that writes the report. */
  lab: string | null;
  sample: boolean;
  /** In the order of the plan, whatever became of them; none of the bin. */
  runs: ReportRun[];
  /** Runs left out because they are in the bin. */
  binned: number;
  machines: Machine[];
  /** Sensors behind the energies, each once; those of the headline first. */
  sensors: { sensor: SensorInfo; headline: boolean }[];
  /** Of a plan with blocks. */
  comparison: { result: Comparison; rows: RunRow[]; leftOut: number } | null;
  claims: ReportClaim[];
  /** What the lab saw of the machine before the first run, one text a look. */
  looks: string[];
}

/**
 * Reads what a report of one experiment needs.
 * @param text id, first digits of it, or name
 * @throws LabError not_found, bad_input for a name that is not clear; not_found where nothing of it has ended
 */
export async function gatherReport(reader: PublicReader, text: string): Promise<ReportData> {
  const { id, plan, planSha256, createdUnixMs } = reader.findExperiment(text);
  const marks = reader.marks('run');
  const all = reader.listRuns({ experimentId: id });
  const shown = shownRuns(all, marks, id);
  if (!shown.some((run) => run.outcome !== null)) {
    throw new LabError(
      'not_found',
      shown.length === 0 && all.length > 0
        ? 'Every run of this experiment is in the bin, so there is nothing to report.'
        : 'No run of this experiment has ended yet, so there is nothing to report.',
      shown.length === 0 && all.length > 0
        ? 'Take its runs out of the bin first.'
        : 'Ask again when a run of it has ended.',
    );
  }
  const standing = new Set(newestOfEachPlace(shown).map((run) => run.id));
  const machines = new Map(shown.map((run) => [run.machineId, reader.getMachine(run.machineId)]));
  const models = new Map<string, Model>();
  const modelOf = (modelId: string) => {
    const model = models.get(modelId) ?? reader.getModel(modelId);
    models.set(modelId, model);
    return model;
  };
  const runs = shown.map((run): ReportRun => {
    const model = modelOf(run.condition.modelId);
    const machine = machines.get(run.machineId)!;
    return {
      run,
      model,
      row: runRowOf({ run, model, machine, experimentName: plan.name }, marks.get(run.id)),
      sha256: reader.recordHashOf(run.id),
      replaced: !standing.has(run.id),
    };
  });
  return {
    id,
    name: plan.name,
    plan,
    planSha256,
    createdUnixMs,
    lab: reader.origins('experiment').get(id) ?? null,
    sample: shown.some((run) => marks.get(run.id)?.sample === true),
    runs,
    binned: all.length - shown.length,
    machines: [...machines.values()],
    sensors: sensorsOf(shown),
    comparison: await comparisonOf(reader, plan, runs),
    claims: reportClaims(reader, id),
    looks: runs.flatMap(({ run }) =>
      reader.getEvents(run.id).flatMap((e) => (e.phase === 'preflight' && e.text !== '' ? [e.text] : [])),
    ),
  };
}

/** One run of each condition that is measured, as comparisons take them. */
export function conditionsOf(runs: readonly ReportRun[]): ReportRun[] {
  const standing = runs.filter((r) => !r.replaced);
  const [first] = standing;
  if (!first) return [];
  const chosen = oneOfEachCondition(
    standing.map((r) => placeOf(r.run)),
    first.run.experimentId,
  );
  return chosen.map(({ id }) => standing.find((r) => r.run.id === id)!);
}

async function comparisonOf(
  reader: PublicReader,
  plan: Plan,
  runs: readonly ReportRun[],
): Promise<ReportData['comparison']> {
  const conditions = plan.blocks > 1 ? conditionsOf(runs) : [];
  if (conditions.length < 2) return null;
  const chosen = conditions.slice(0, mostCompared);
  return {
    result: await compareRuns(
      reader,
      chosen.map((r) => r.run.id),
    ),
    rows: chosen.map((r) => r.row),
    leftOut: conditions.length - chosen.length,
  };
}

function sensorsOf(runs: readonly RunRecord[]): ReportData['sensors'] {
  const found = new Map<string, { sensor: SensorInfo; headline: boolean }>();
  for (const { sensor, headline } of runs.flatMap((run) => run.energy)) {
    if (sensor === null) continue;
    const key = `${sensor.id} ${sensor.calibration?.id ?? ''}`;
    found.set(key, { sensor, headline: headline || (found.get(key)?.headline ?? false) });
  }
  return [...found.values()].sort((a, b) => Number(b.headline) - Number(a.headline));
}
