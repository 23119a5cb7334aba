import { type ReasonCode, reasons } from './reasons';
import type { Verdict } from './run';
import type { Interval, RunRow } from './runRow';
import { mean, median, standardDeviation } from './stats/robust';
import { studentQuantile } from './stats/student';

/** With fewer usable blocks a pooled result is `limited`. Source: docs/method.md, 1.5. */
export const leastBlocks = 6;

/**
 * Rows as curves want them: the turns of one entry of a comparison become one row, all others stay as they are. Values
 * are geometric means over the usable turns with Student's t on logarithms, B − 1 degrees of freedom (net energy, which
 * may cross zero: arithmetic); the absolute interval adds the sensor's gain and offset, which turns share, in
 * quadrature. Counts add up. Verdict of each result: the worst of its turns where 6 or more are usable and none is
 * invalid, else `limited`. The row keeps the id of its first usable turn. Pure.
 */
export function poolTurns(rows: readonly RunRow[]): RunRow[] {
  if (!rows.some((row) => row.blocks > 1)) return [...rows];
  const entries = new Map<string, RunRow[]>();
  for (const row of rows) {
    const key = row.blocks > 1 ? `${row.experimentId} ${row.role} ${row.entry}` : `run ${row.id}`;
    const own = entries.get(key);
    if (own) own.push(row);
    else entries.set(key, [row]);
  }
  return [...entries.values()].map((own) => (own[0]!.blocks > 1 ? pooled(own) : own[0]!));
}

function pooled(unordered: readonly RunRow[]): RunRow {
  const turns = [...unordered].sort((a, b) => a.block - b.block);
  const latency = usable(
    turns,
    (t) => t.latencyVerdict,
    (t) => t.p50S.value,
  );
  const energy = usable(
    turns,
    (t) => t.energyVerdict,
    (t) => t.grossJ.value,
  );
  const net = usable(
    turns,
    (t) => t.netVerdict,
    (t) => t.netJ.value,
  );
  const gross = geometric(energy.map((t) => t.grossJ.value));
  const offsetJ = meanOf(energy.map((t) => t.offsetJ));
  const gainRel = meanOf(energy.map((t) => t.gainRel));
  const times = (pick: (t: RunRow) => number | null) => turns.map(pick).filter((value) => value !== null);
  const [start, end] = [times((t) => t.startedUnixMs), times((t) => t.endedUnixMs)];
  return {
    ...(energy[0] ?? latency[0] ?? turns[0]!),
    block: 0,
    status: turns.some((t) => t.status === 'completed') ? 'completed' : turns[0]!.status,
    queuedUnixMs: Math.min(...turns.map((t) => t.queuedUnixMs)),
    startedUnixMs: start.length === 0 ? null : Math.min(...start),
    endedUnixMs: end.length === 0 ? null : Math.max(...end),
    n: sumOf(latency.map((t) => t.n)),
    latencyVerdict: verdictOf(
      turns.map((t) => t.latencyVerdict),
      latency.length,
    ),
    latencyCodes: codesOf(
      turns.map((t) => t.latencyCodes),
      latency.length > 0,
    ),
    p50S: geometric(latency.map((t) => t.p50S.value)),
    p95S: geometric(latency.map((t) => t.p95S.value)),
    p99S: geometric(latency.map((t) => t.p99S.value)),
    throughputHz: geometric(latency.map((t) => t.throughputHz)).value,
    energyVerdict: verdictOf(
      turns.map((t) => t.energyVerdict),
      energy.length,
    ),
    energyCodes: codesOf(
      turns.map((t) => t.energyCodes),
      energy.length > 0,
    ),
    grossJ: gross,
    grossAbsoluteJ: withSensor(gross, energy, { gainRel, offsetJ }),
    netVerdict: verdictOf(
      turns.map((t) => t.netVerdict),
      net.length,
    ),
    netJ: arithmetic(
      net.map((t) => t.netJ.value),
      gainRel ?? 0,
    ),
    powerMeanW: meanOf(energy.map((t) => t.powerMeanW)),
    windows: sumOf(energy.map((t) => t.windows)),
    gainRel,
    offsetJ,
    memoryPeakBytes: times((t) => t.memoryPeakBytes).reduce<number | null>(
      (a, b) => Math.max(a ?? 0, b),
      null,
    ),
    sessionCreateS: medianOf(times((t) => t.sessionCreateS)),
    firstInferenceS: medianOf(times((t) => t.firstInferenceS)),
    failure: turns.find((t) => t.failure !== null)?.failure ?? null,
    turns: { latency: latency.length, energy: energy.length, net: net.length },
  };
}

function usable(
  turns: readonly RunRow[],
  verdict: (turn: RunRow) => Verdict,
  value: (turn: RunRow) => number | null,
): RunRow[] {
  return turns.filter((t) => value(t) !== null && (verdict(t) === 'valid' || verdict(t) === 'limited'));
}

/** Worst of the turns that gave something; `invalid` or `not_measured` where none did. */
function verdictOf(own: readonly Verdict[], usableTurns: number): Verdict {
  if (usableTurns === 0) return own.includes('invalid') ? 'invalid' : 'not_measured';
  if (usableTurns < leastBlocks || own.includes('invalid')) return 'limited';
  // A turn that measured nothing is missing, not bad: enough others stand for the entry.
  return own.includes('limited') ? 'limited' : 'valid';
}

/** Of a result that some turns gave: what those say about it, and not why others gave none. */
function codesOf(own: readonly (readonly ReasonCode[])[], some: boolean): ReasonCode[] {
  const all = [...new Set(own.flat())];
  return some ? all.filter((code) => reasons[code].level !== 'X' && reasons[code].level !== 'R') : all;
}

const nothing: Interval = { value: null, low: null, high: null };

/** Geometric mean with t on the logarithms; without an interval below two values. */
function geometric(values: readonly (number | null)[]): Interval {
  const logs = values.flatMap((v) => (v !== null && v > 0 ? [Math.log(v)] : []));
  if (logs.length === 0 || logs.length < values.length) return nothing;
  const value = Math.exp(mean(logs));
  const half = halfWidth(logs);
  return half === null
    ? { value, low: null, high: null }
    : { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
}

function arithmetic(values: readonly (number | null)[], gainRel: number): Interval {
  const known = values.filter((v) => v !== null);
  if (known.length === 0) return nothing;
  const value = mean(known);
  const half = halfWidth(known);
  if (half === null) return { value, low: null, high: null };
  const all = Math.hypot(half, 1.96 * gainRel * value);
  return { value, low: value - all, high: value + all };
}

function halfWidth(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  return (studentQuantile(0.975, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
}

/** Everything that is known of the sensor; of an estimate the band of its method, which no repeat shrinks. */
function withSensor(
  gross: Interval,
  turns: readonly RunRow[],
  { gainRel, offsetJ }: { gainRel: number | null; offsetJ: number | null },
): Interval {
  const { value, high } = gross;
  if (value === null) return nothing;
  if (gainRel === null) {
    const [low, top] = [
      geometric(turns.map((t) => t.grossAbsoluteJ.low)).value,
      geometric(turns.map((t) => t.grossAbsoluteJ.high)).value,
    ];
    return low === null || top === null ? { value, low: null, high: null } : { value, low, high: top };
  }
  if (high === null) return { value, low: null, high: null };
  const half = Math.hypot(Math.log(high / value), 1.96 * gainRel, (1.96 * (offsetJ ?? 0)) / value);
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? null : mean(known);
}

const medianOf = (values: readonly number[]) => (values.length === 0 ? null : median(values));

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}
