import { type AccuracyRecord, type CorrectPerJoule, correctPerJoule } from './accuracy';
import type { SensorInfo } from './meter';
import type { Provider } from './plan';
import { poolTurns } from './poolRuns';
import type { Verdict } from './run';
import type { Interval, RunRow } from './runRow';

/** What a right answer of a model costs in one condition that was measured. */
export interface AccuracyCost {
  /** Newest run of the condition. */
  runId: string;
  provider: Provider;
  engine: RunRow['engine'];
  batch: number;
  threads: number;
  preset: RunRow['preset'];
  machineId: string;
  device: string;
  /** Gross energy of one item, J, with everything that is known of the sensor; every end null without energy. */
  itemJ: Interval;
  joules: CorrectPerJoule;
  energyVerdict: Verdict;
  provenance: RunRow['provenance'];
  origin: SensorInfo['origin'] | null;
  /** Median time of one item in a batch, s. */
  itemS: Interval;
  /** The same with seconds in place of joules: what can be said without a meter. */
  seconds: CorrectPerJoule;
  latencyVerdict: Verdict;
}

/** An accuracy with the model's name and what it costs wherever the model was measured. */
export interface AccuracyView {
  record: AccuracyRecord;
  modelName: string;
  /** One for each condition, by provider, batch and threads; empty: the model was not measured. */
  costs: AccuracyCost[];
}

const nothing: Interval = { value: null, low: null, high: null };
const usable = (verdict: Verdict) => verdict === 'valid' || verdict === 'limited';

/**
 * The newest run of each condition of the model whose latency or energy is valid or limited; runs in the bin, of the sample and of
 * controls do not count, and the turns of a comparison stand together. Pure.
 */
export function accuracyCosts(record: AccuracyRecord, rows: readonly RunRow[]): AccuracyCost[] {
  const own = rows.filter(
    (r) => r.modelId === record.modelId && r.role === 'measure' && !r.sample && r.binnedUnixMs === null,
  );
  const newest = new Map<string, RunRow>();
  for (const row of poolTurns(own)) {
    if (!usable(row.latencyVerdict) && !usable(row.energyVerdict)) continue;
    const key = [row.machineId, row.provider, row.engine, row.batch, row.threads].join(' ');
    const before = newest.get(key);
    // A later run without a meter does not take the place of one that measured energy.
    const better = (r: RunRow) => [usable(r.energyVerdict) ? 1 : 0, r.endedUnixMs ?? 0];
    if (before === undefined || above(better(row), better(before))) newest.set(key, row);
  }
  return [...newest.values()]
    .map((row) => costOf(record, row))
    .sort((a, b) => a.provider.localeCompare(b.provider) || a.batch - b.batch || a.threads - b.threads || 0);
}

function above([a, b]: number[], [c, d]: number[]): boolean {
  return a !== c ? a > c : b > d;
}

function costOf(record: AccuracyRecord, row: RunRow): AccuracyCost {
  const itemJ = usable(row.energyVerdict) ? perItem(row.grossAbsoluteJ, row.grossJ, row.batch) : nothing;
  const itemS = usable(row.latencyVerdict) ? perItem(row.p50S, row.p50S, row.batch) : nothing;
  return {
    runId: row.id,
    provider: row.provider,
    engine: row.engine,
    batch: row.batch,
    threads: row.threads,
    preset: row.preset,
    machineId: row.machineId,
    device: row.device,
    itemJ,
    joules: correctPerJoule(record, itemJ),
    energyVerdict: row.energyVerdict,
    provenance: row.provenance,
    origin: row.origin,
    itemS,
    seconds: correctPerJoule(record, itemS, 'time'),
    latencyVerdict: row.latencyVerdict,
  };
}

/** Of one item; where the wide interval is not known, the one of repeats; without either, none. */
function perItem(wide: Interval, narrow: Interval, batch: number): Interval {
  const { value, low, high } = wide.low === null || wide.high === null ? narrow : wide;
  if (value === null || low === null || high === null) return nothing;
  return { value: value / batch, low: low / batch, high: high / batch };
}
