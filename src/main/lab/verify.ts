import type { ClaimVersion } from '../../shared/claim';
import type { Outputs } from '../../shared/contract';
import type { Reading, SensorInfo } from '../../shared/meter';
import type { EnergyPart, RunRecord } from '../../shared/run';
import { stateOf } from '../../shared/verdicts';
import { verifyModelFiles } from '../models/import';
import { canonicalJson } from '../store/canonical';
import type { StoredClaimRun } from '../store/claims';
import type { LabReader } from '../store/reader';
import { type ReadingRole, readingsOf } from '../store/readings';
import { modelFolder } from './job';
import { type Baselines, energyOf, latencyOf, type MeasuredWindow, noBaselines } from './results';
import { inferencesBetween } from './samples';
import { baselineOf, type SensorWindow, sensorWindow, withInferences } from './sensorWindow';
import { turnOfOthers } from './turns';

/**
 * Everything that the lab promises about its data: each record and column has its hash and its links (the store's
 * part), each model file is the one that was imported, and each latency and energy is what its raw samples and meter
 * readings give when computed anew. Lets others have the thread between models and between runs; the store's part is one
 * look at one state and keeps it, some seconds for a gigabyte.
 */
export async function verifyAll(reader: LabReader, labFolder: string): Promise<Outputs['verify']> {
  const { checked, problems } = reader.verify();
  const all = [...problems];
  const models = reader.listModels();
  for (const model of models) {
    const failure = verifyModelFiles(modelFolder(labFolder, model.id), model);
    if (failure) all.push({ table: 'models', id: model.id, what: failure.message });
    await turnOfOthers();
  }
  for (const run of reader.claimRuns()) {
    const version = reader.claimVersions(run.claim).find((v) => v.id === run.versionId);
    for (const what of misjudged(run, version)) all.push({ table: 'claim_runs', id: run.id, what });
  }
  // Rows that do not fit their hash are told already; computing from them would only say it again.
  const rotten = new Set(problems.map((p) => p.id.split('/')[0]));
  const runs = reader.listRuns().filter((run) => run.latency !== null && !rotten.has(run.id));
  for (const run of runs) {
    for (const what of recomputed(reader, run)) all.push({ table: 'runs', id: run.id, what });
    await turnOfOthers();
  }
  return { checked: checked + models.length + runs.length, problems: all };
}

/** Findings of a claim run that its own thresholds contradict: a verdict is only as good as what it rests on. */
export function misjudged(
  { outcome }: Pick<StoredClaimRun, 'outcome'>,
  version: ClaimVersion | undefined,
): string[] {
  const criteria = new Map(version?.prediction.criteria.map((c) => [c.key, c]));
  return (outcome?.parts ?? []).flatMap((part) =>
    part.findings.flatMap((found) => {
      const criterion = criteria.get(found.criterion);
      if (criterion && stateOf(criterion, found.value) === found.state) return [];
      return [`says “${found.state}” of “${found.condition}”, which its threshold does not`];
    }),
  );
}

/** What differs when a run's results are computed from its stored samples and readings. */
function recomputed(reader: LabReader, run: RunRecord): string[] {
  const sensors = reader.sensorsOf(run.id);
  const raw = rawReadings(reader, run.id);
  const windows: MeasuredWindow[] = [];
  const wrong: string[] = [];
  for (const record of reader.getWindows(run.id)) {
    const samples = reader.getSamples(run.id, record.index);
    const seen = sensors.map((sensor) => raw(sensor, `window:${record.index}`, true));
    const energy = seen.map((s) => withInferences(s.energy, samples));
    const inferences = inferencesBetween(samples, record.openNs, record.closeNs) ?? 0;
    if (inferences !== record.inferences) {
      wrong.push(
        `window ${record.index} holds ${inferences} inferences, its record says ${record.inferences}`,
      );
    }
    for (const e of record.energy) {
      const again = energy.find((other) => other.sensorId === e.sensorId);
      if (e.energyJ !== null && (again?.energyJ !== e.energyJ || again.inferences !== e.inferences)) {
        wrong.push(`window ${record.index}: the energy of ${e.sensorId} is not what its readings give`);
      }
    }
    windows.push({
      record,
      samples,
      edgeS: Object.fromEntries(seen.map((s) => [s.energy.sensorId, s.edgeS])),
    });
  }
  // Codes of the run as a whole come from facts outside the samples and are taken as stored.
  const latency = run.latency && latencyOf(windows, run.condition, run.latency.codes);
  // What an earlier version computed by another method is what that method gave; this one cannot say otherwise.
  const sameMethod = run.latency?.method === latency?.method;
  if (
    sameMethod &&
    canonicalJson({ ...run.latency, codes: [] }) !== canonicalJson({ ...latency, codes: [] })
  ) {
    wrong.push('its latency is not what its samples give');
  }
  for (const { sensor, headline, gross, net, method } of run.energy) {
    if (sensor === null) continue;
    const baselines: Baselines = { ...noBaselines };
    for (const which of ['before', 'after'] as const) {
      const found = baselineOf(
        sensor,
        raw(sensor, `idle:${which}`, false),
        raw.trace(sensor, `idle:${which}`),
      );
      if (typeof found !== 'string') baselines[which] = found;
    }
    const again = energyOf(sensor, headline, windows, baselines, run.condition, gross.codes, []);
    if (method === again.method && (differs(gross, again.gross) || differs(net, again.net))) {
      wrong.push(`its energy by ${sensor.id} is not what its windows give`);
    }
  }
  return wrong;
}

/** A number that is stored must be found again; one that was refused stays refused for reasons outside the readings. */
function differs(stored: EnergyPart, again: EnergyPart): boolean {
  const numbers = ({ perInferenceJ, repeat, absolute }: EnergyPart) =>
    canonicalJson({ perInferenceJ, repeat, absolute });
  return stored.perInferenceJ !== null && numbers(stored) !== numbers(again);
}

/** Edge and trace readings of a run by what they belong to. The power limit is not needed: it only refuses. */
function rawReadings(reader: LabReader, runId: string) {
  const of = (role: ReadingRole) => reader.getReadings(runId, role);
  const batches = { edge: of('edge'), trace: of('trace') };
  const find = (role: ReadingRole, sensor: SensorInfo, mark: string): Reading[] =>
    batches[role].filter((b) => b.sensorId === sensor.id && b.mark === mark).flatMap(readingsOf);
  const read = (sensor: SensorInfo, mark: string, loaded: boolean): SensorWindow => {
    const [open, close] = find('edge', sensor, mark);
    return sensorWindow(
      sensor,
      { open, close, trace: find('trace', sensor, mark), powerLimitW: null, loaded },
      'READ_FAILED',
    );
  };
  return Object.assign(read, { trace: (sensor: SensorInfo, mark: string) => find('trace', sensor, mark) });
}
