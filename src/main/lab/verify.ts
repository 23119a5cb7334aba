import type { AccuracyRecord } from '../../shared/accuracy';
import type { ClaimVerdict, ClaimVersion, Finding } from '../../shared/claim';
import type { Outputs } from '../../shared/contract';
import type { Reading, SensorInfo } from '../../shared/meter';
import { type ReasonCode, verdictOf } from '../../shared/reasons';
import type { LatencyResult, RunRecord } from '../../shared/run';
import { wilson } from '../../shared/stats/wilson';
import { stateOf } from '../../shared/verdicts';
import { verifyModelFiles } from '../models/import';
import { canonicalJson } from '../store/canonical';
import type { StoredClaimRun } from '../store/claims';
import type { LabReader } from '../store/reader';
import { type ReadingRole, readingsOf } from '../store/readings';
import { isModelHere, modelFolder } from './job';
import { type Baselines, energyOf, latencyOf, type MeasuredWindow, noBaselines, runCodes } from './results';
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
  const elsewhere = reader.origins('model');
  const labId = reader.labId();
  const cameHome = reader.bundles().some(({ labs }) => labs.includes(labId));
  for (const model of models) {
    // A bundle holds no files of models: one that only came with it, be it this lab's own come home, may never have been here.
    if ((cameHome || elsewhere.has(model.id)) && !isModelHere(labFolder, model.id)) continue;
    const failure = verifyModelFiles(modelFolder(labFolder, model.id), model);
    if (failure) all.push({ table: 'models', id: model.id, what: failure.message });
    await turnOfOthers();
  }
  for (const run of reader.claimRuns()) {
    const version = reader.claimVersions(run.claim).find((v) => v.id === run.versionId);
    for (const what of misjudged(run, version)) all.push({ table: 'claim_runs', id: run.id, what });
  }
  const claims = reader.foreignClaims();
  const versions = new Map(
    claims.flatMap((c) => (c.kind === 'claim_version' ? [[`${c.lab} ${c.key}`, c.value] as const] : [])),
  );
  for (const claim of claims) {
    if (claim.kind !== 'claim_run') continue;
    const { lab, key, value } = claim;
    for (const what of misjudged(value, versions.get(`${lab} ${value.versionId}`)))
      all.push({ table: 'foreign_claims', id: `${lab}/${key}`, what });
  }
  for (const accuracy of reader.accuracies()) {
    const what = miscounted(accuracy);
    if (what !== null) all.push({ table: 'accuracies', id: accuracy.id, what });
  }
  // Rows that do not fit their hash are told already; computing from them would only say it again.
  const rotten = new Set(problems.map((p) => p.id.split('/')[0]));
  const ended = ({ status }: RunRecord) => status !== 'queued' && status !== 'running';
  const runs = reader.listRuns().filter((run) => ended(run) && !rotten.has(run.id));
  for (const run of runs) {
    for (const what of recomputed(reader, run)) all.push({ table: 'runs', id: run.id, what });
    await turnOfOthers();
  }
  return { checked: checked + models.length + runs.length, problems: all };
}

/** What contradicts itself in the outcome of a claim run: a verdict is only as good as the findings that it rests on. */
export function misjudged(
  { outcome }: Pick<StoredClaimRun, 'outcome'>,
  version: ClaimVersion | undefined,
): string[] {
  const criteria = new Map(version?.prediction.criteria.map((c) => [c.key, c]));
  const parts = outcome?.parts ?? [];
  const wrong = parts.flatMap((part) =>
    part.findings.flatMap((found) => {
      const criterion = criteria.get(found.criterion);
      if (criterion && stateOf(criterion, found.value) === found.state) return [];
      return [`says “${found.state}” of “${found.condition}”, which its threshold does not`];
    }),
  );
  // How parts and findings are weighed is each claim's own; but nothing is supported of which nothing holds.
  for (const { title, verdict, findings } of parts) {
    const need = bases[verdict];
    if (need && !findings.some(({ state }) => state === need))
      wrong.push(`calls “${title}” ${verdict}, and none of its findings ${need}`);
  }
  const verdict = outcome?.verdict;
  if (verdict && bases[verdict] && !parts.some((p) => p.verdict === verdict || p.verdict === 'within_limits'))
    wrong.push(`is called ${verdict}, and none of its parts is`);
  return wrong;
}

const bases: Partial<Record<ClaimVerdict, Finding['state']>> = { supported: 'holds', refuted: 'fails' };

/** What is wrong with the counts of an accuracy, to follow “it”; null where nothing is. */
export function miscounted({ n, correct, accuracy, classes, perClass }: AccuracyRecord): string | null {
  if (!(n >= 1 && correct <= n)) return 'counts more right answers than examples';
  if (canonicalJson(wilson(correct, n)) !== canonicalJson(accuracy))
    return 'has an accuracy that its counts do not give';
  const sum = (of: 'n' | 'correct') => perClass.reduce((all, each) => all + each[of], 0);
  const each = perClass.every((c) => c.correct <= c.n);
  return each && perClass.length === classes && sum('n') === n && sum('correct') === correct
    ? null
    : 'has classes that do not add up to its counts';
}

/** What differs when a run's results are computed from its stored samples and readings. */
export function recomputed(reader: LabReader, run: RunRecord): string[] {
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
  const { condition } = run;
  const certain = runCodes(condition, run.facts, false);
  const latency = run.latency && latencyOf(windows, condition, run.latency.codes);
  if (run.latency && latency) {
    const how = methodOf(run.latency.method, latency.method, earlierMethods.latency);
    if (how === 'unknown') wrong.push('its latency was computed by a method that this version does not know');
    else if (differ(run.latency, latency, how === 'same' ? wholeLatency : pointsOfLatency))
      wrong.push('its latency is not what its samples give');
    const least = latencyOf(windows, condition, certain).codes;
    if (how === 'same') wrong.push(...lacking(run.latency.codes, least, 'latency'));
  }
  if (run.energy.filter(({ headline }) => headline).length > 1)
    wrong.push('it has more than one headline energy');
  for (const energy of run.energy) {
    const { sensor, headline, gross, net, method } = energy;
    if (sensor === null) {
      if ([gross, net].some((part) => part.perInferenceJ !== null) || energy.provenance !== null)
        wrong.push('it has an energy that no sensor measured');
      continue;
    }
    const listed = sensors.find(({ id }) => id === sensor.id);
    if (
      canonicalJson(listed) !== canonicalJson(sensor) ||
      energy.domain !== sensor.domain ||
      energy.provenance !== sensor.provenance
    )
      wrong.push(`its energy by ${sensor.id} is not described as its sensor is`);
    const baselines: Baselines = { ...noBaselines };
    for (const which of ['before', 'after'] as const) {
      const found = baselineOf(
        sensor,
        raw(sensor, `idle:${which}`, false),
        raw.trace(sensor, `idle:${which}`),
      );
      if (typeof found !== 'string') baselines[which] = found;
    }
    const again = energyOf(sensor, headline, windows, baselines, condition, gross.codes, []);
    const how = methodOf(method, again.method, earlierMethods.energy);
    if (how === 'unknown')
      wrong.push(`its energy by ${sensor.id} was computed by a method that this version does not know`);
    // A number that is stored must be found again; one that was refused stays refused for reasons outside the readings.
    else if (
      gross.perInferenceJ !== null &&
      (how === 'same'
        ? differ(gross, again.gross, ['perInferenceJ', 'repeat', 'absolute', 'u']) ||
          differ(energy, again, ['powerMeanW', 'powerReadyW', 'windows'])
        : differ(gross, again.gross, ['perInferenceJ']))
    )
      wrong.push(`its energy by ${sensor.id} is not what its windows give`);
    else if (
      how === 'same' &&
      net.perInferenceJ !== null &&
      differ(net, again.net, ['perInferenceJ', 'repeat', 'absolute', 'u'])
    )
      wrong.push(`its net energy by ${sensor.id} is not what its windows give`);
    if (how !== 'same') continue;
    for (const words of ['gross', 'net'] as const) {
      const part = energy[words];
      if (part.perInferenceJ === null) continue;
      if (part.verdict === 'valid' && verdictOf(part.codes, words, condition.fallback) !== 'valid')
        wrong.push(`its ${words} energy by ${sensor.id} is called valid against its own flags`);
      const least = [...certain, ...again[words].codes];
      wrong.push(...lacking(part.codes, least, `${words} energy by ${sensor.id}`));
    }
  }
  return wrong;
}

/**
 * Methods of earlier versions: what they computed is what they gave, and this version can say otherwise only of the numbers
 * that it computes in the same way.
 */
const earlierMethods = {
  latency: [
    'Quantiles of type 7 (Hyndman & Fan); 95 % order-statistic intervals on the effective sample (indicator autocorrelation)',
  ],
  energy: [
    'gross: geometric mean over windows, Student t on logarithms; net: arithmetic mean, Student t; absolute: quadrature with sensor gain and offset, edges and baseline, Welch–Satterthwaite',
    'gross: geometric mean over windows, Student t on logarithms; net: arithmetic mean, Student t; floor known; absolute: quadrature with sensor gain and offset, edges and baseline, Welch–Satterthwaite',
  ],
};

const methodOf = (stored: string, own: string, earlier: readonly string[]): 'same' | 'earlier' | 'unknown' =>
  stored === own ? 'same' : earlier.includes(stored) ? 'earlier' : 'unknown';

const pointsOfLatency = [
  'n',
  'stride',
  'minS',
  'maxS',
  'meanS',
  'sdS',
] as const satisfies readonly (keyof LatencyResult)[];
const wholeLatency = [
  ...pointsOfLatency,
  ...(['verdict', 'nEff', 'p50S', 'p90S', 'p95S', 'p99S', 'p999S', 'spikes', 'throughputHz'] as const),
] as const;

const differ = <T extends object>(stored: T, again: T, keys: readonly (keyof T)[]): boolean =>
  keys.some((key) => canonicalJson(stored[key]) !== canonicalJson(again[key]));

/** Flags that a result must carry by what is known of its run, and does not. */
const lacking = (has: readonly ReasonCode[], least: readonly ReasonCode[], what: string): string[] =>
  [...new Set(least)]
    .filter((code) => !has.includes(code))
    .map((code) => `its ${what} lacks the flag ${code}`);

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
