import type {
  ComparedBlocks,
  ComparedQuantity,
  ComparisonMethod,
  RatioWithInterval,
} from '../../shared/comparison';
import type { SensorInfo } from '../../shared/meter';
import { reasons } from '../../shared/reasons';
import { type EnergyPart, type EnergyResult, headlineEnergy, type RunRecord } from '../../shared/run';
import { mannWhitney } from '../../shared/stats/mannWhitney';
import { type EnergyRel, pairedRatio, systematicOfRatio } from '../../shared/stats/pairedRatio';
import { type LogEstimate, logOfInterval, logOfWindows, ratioOf } from '../../shared/stats/ratio';
import { mean } from '../../shared/stats/robust';
import {
  type ComparedRun,
  type ComparedTurn,
  isEnergy,
  measuredOfTurn,
  partOf,
  windowValues,
} from './compareSides';

/** What the data say of one pair, before anything is claimed. */
export interface PairEstimate {
  method: ComparisonMethod;
  ratio: RatioWithInterval | null;
  p: number | null;
  blocks: ComparedBlocks | null;
  /** Why there is no ratio. */
  why: string | null;
}

/** The same sentences wherever a ratio cannot be had. */
export const words = {
  oneWindow:
    'A single window has no spread, so nothing can be tested. Measure with the preset quick or longer, or in blocks.',
  oneNumber: 'It is one number a run, so no interval of the ratio can be given.',
  simulated: 'One was read from a simulated or replayed meter, the other was not.',
} as const;

type Sides = Pick<ComparedRun, 'turns' | 'windows' | 'run'> & { lab?: string | null };

/** Were the two measured in turn, block by block? */
export function isPaired(
  one: Pick<ComparedTurn, 'run'> & { lab?: string | null },
  other: Pick<ComparedTurn, 'run'> & { lab?: string | null },
): boolean {
  const [a, b] = [one.run.turn, other.run.turn];
  if (!a || !b || one.run.experimentId !== other.run.experimentId) return false;
  if ((one.lab ?? null) !== (other.lab ?? null)) return false;
  return a.blocks >= 2 && a.entry !== b.entry;
}

/** `one` over `other`. */
export function estimatePair(quantity: ComparedQuantity, one: Sides, other: Sides): PairEstimate {
  const mismatch = meterMismatch(quantity, one, other);
  const method = isPaired(one, other) ? 'paired' : 'unpaired';
  if (mismatch !== null) return { method, ratio: null, p: null, blocks: null, why: mismatch };
  return method === 'paired' ? overBlocks(quantity, one, other) : apart(quantity, one, other);
}

function overBlocks(quantity: ComparedQuantity, one: Sides, other: Sides): PairEstimate {
  const planned = one.run.turn!.blocks;
  const pairs = pairsOf(one, other).flatMap(([a, b]) => {
    const [va, vb] = [measuredOfTurn(quantity, a).value, measuredOfTurn(quantity, b).value];
    return va === null || vb === null ? [] : [{ a: va, b: vb, turns: [a, b] as const }];
  });
  const blocks = { used: pairs.length, leftOut: planned - pairs.length };
  const nothing = { method: 'paired', ratio: null, p: null, blocks } as const;
  if (quantity === 'netJ' && tooFine(pairs)) return { ...nothing, why: reasons.BELOW_RESOLUTION.sentence };
  const result = pairedRatio(pairs, isEnergy(quantity) ? systematicOf(quantity, pairs) : 0);
  if (result === null) {
    const why =
      pairs.length < 2
        ? `${pairs.length === 0 ? 'No block has' : 'Only one block has'} a usable result of both.`
        : 'A value that is not above zero has no ratio.';
    return { ...nothing, why };
  }
  const { value, low, high, test } = result;
  return { ...nothing, ratio: { value, low, high }, p: test.p, why: null };
}

/** Turns of the same block, in the order of the blocks. */
export function pairsOf(
  one: Pick<Sides, 'turns'>,
  other: Pick<Sides, 'turns'>,
): [ComparedTurn, ComparedTurn][] {
  const blocks = new Map(other.turns.map((turn) => [turn.run.turn?.block, turn]));
  return one.turns.flatMap((a): [ComparedTurn, ComparedTurn][] => {
    const b = blocks.get(a.run.turn?.block);
    return b ? [[a, b]] : [];
  });
}

interface Pair {
  a: number;
  b: number;
  turns: readonly [ComparedTurn, ComparedTurn];
}

/** Leaving out the blocks whose net energy is below resolution would leave the large ones: all stay, or none is told. */
function tooFine(pairs: readonly Pair[]): boolean {
  if (pairs.some(({ a, b }) => !(a > 0 && b > 0))) return true;
  const below = (turn: ComparedTurn) => partOf('netJ', turn.run)?.codes.includes('BELOW_RESOLUTION') === true;
  return 2 * pairs.filter(({ turns }) => turns.some(below)).length > pairs.length;
}

function systematicOf(quantity: 'grossJ' | 'netJ', pairs: readonly Pair[]): number {
  if (pairs.length === 0) return 0;
  const same = pairs.every(({ turns: [a, b] }) => sameMeter(headlineEnergy(a.run), headlineEnergy(b.run)));
  const meanRel = (side: 0 | 1): EnergyRel => {
    const all = pairs.map(({ turns }) => relOf(quantity, turns[side].run));
    return {
      offset: mean(all.map((r) => r.offset ?? 0)),
      gain: mean(all.map((r) => r.gain)),
      baseline: mean(all.map((r) => r.baseline ?? 0)),
    };
  };
  return systematicOfRatio(quantity === 'grossJ' ? 'gross' : 'net', same, meanRel(0), meanRel(1));
}

function apart(quantity: ComparedQuantity, one: Sides, other: Sides): PairEstimate {
  const nothing = { method: 'unpaired', ratio: null, p: null, blocks: null } as const;
  if (quantity === 'memoryPeakBytes' && [one, other].some((side) => side.turns.length < 2))
    return { ...nothing, why: words.oneNumber };
  if (quantity === 'netJ' && [one, other].some(isBelowResolution))
    return { ...nothing, why: reasons.BELOW_RESOLUTION.sentence };
  const logs = logsOf(quantity, one, other);
  if (logs === null) return { ...nothing, why: words.oneWindow };
  const [a, b] = [repeats(quantity, one), repeats(quantity, other)];
  const tested = a.length > 1 && b.length > 1 ? mannWhitney(a, b) : null;
  return { ...nothing, ratio: ratioOf(logs.a, logs.b, logs.systematic), p: tested?.p ?? null, why: null };
}

const isBelowResolution = ({ turns }: Sides) =>
  turns.some(({ run }) => {
    const part = partOf('netJ', run);
    return part?.codes.includes('BELOW_RESOLUTION') === true || (part?.perInferenceJ ?? 1) <= 0;
  });

/** One value a turn where the condition has turns, else one a window. */
function repeats(quantity: ComparedQuantity, { turns, windows }: Sides): number[] {
  if (turns.length < 2) return windowValues(quantity, windows);
  return turns.flatMap((turn) => measuredOfTurn(quantity, turn).value ?? []);
}

/** Both logarithms with their uncertainties, and what is common to neither; null where one has no interval. */
function logsOf(
  quantity: ComparedQuantity,
  one: Sides,
  other: Sides,
): { a: LogEstimate; b: LogEstimate; systematic: number } | null {
  const sides = [one, other];
  const both = (of: (side: Sides) => LogEstimate | null, systematic = 0) => {
    const [a, b] = sides.map(of);
    return a && b ? { a, b, systematic } : null;
  };
  const ofRepeats = (side: Sides) => logOfWindows(repeats(quantity, side));
  if (isEnergy(quantity)) {
    const [a, b] = sides.map(({ turns, run }) => (turns.length > 1 ? (turns[0]?.run ?? run) : run));
    const same = sameMeter(headlineEnergy(a), headlineEnergy(b));
    const systematic = systematicOfRatio(
      quantity === 'grossJ' ? 'gross' : 'net',
      same,
      relOf(quantity, a),
      relOf(quantity, b),
    );
    return both(
      (side) => (side.turns.length > 1 ? ofRepeats(side) : energyLog(quantity, side.run)),
      systematic,
    );
  }
  const inside = (side: Sides) =>
    quantity === 'p50S' || quantity === 'p95S'
      ? side.run.latency && logOfInterval(side.run.latency[quantity])
      : null;
  // The interval of p95 inside a run holds more than the windows' spread of so few tails does.
  if (quantity === 'p95S' && sides.every((side) => side.turns.length < 2)) return both(inside);
  return both(ofRepeats) ?? both(inside);
}

function energyLog(quantity: 'grossJ' | 'netJ', run: RunRecord): LogEstimate | null {
  const part = partOf(quantity, run);
  const windows = headlineEnergy(run)?.windows ?? 0;
  if (!part?.perInferenceJ || !(part.perInferenceJ > 0) || part.u?.repeatJ == null || windows < 2)
    return null;
  const { perInferenceJ, u } = part;
  const ln = Math.log(perInferenceJ);
  const repeatJ = part.u.repeatJ;
  const all = Math.hypot(repeatJ, u?.edgeJ ?? 0);
  return {
    ln,
    u: all / perInferenceJ,
    // Welch–Satterthwaite: only the repeatability has few degrees of freedom.
    dof: repeatJ > 0 ? (windows - 1) * (all / repeatJ) ** 4 : Number.POSITIVE_INFINITY,
  };
}

/** Factor of one sigma of an estimate that names none (docs/method.md, 8.9). */
const defaultFactor1s = 1.6;

/** What the meter knows of one energy, relative to it. */
function relOf(quantity: 'grossJ' | 'netJ', run: RunRecord): EnergyRel {
  const sensor = headlineEnergy(run)?.sensor ?? null;
  const part = partOf(quantity, run);
  return {
    gain: sensor === null ? 0 : gainOf(sensor),
    offset: share(part, part?.u?.offsetJ),
    baseline: share(part, part?.u?.baselineJ),
  };
}

const gainOf = (sensor: SensorInfo) =>
  sensor.provenance === 'estimate'
    ? Math.log(sensor.factor1s ?? defaultFactor1s)
    : (sensor.calibration?.gainRel1s ?? sensor.gainRel1s);

const share = (part: EnergyPart | null, uJ: number | null | undefined) =>
  uJ == null || !part?.perInferenceJ ? null : uJ / Math.abs(part.perInferenceJ);

/** The same sensor with the same notes and calibration: what is wrong with it is wrong in both. */
function sameMeter(a: EnergyResult | null, b: EnergyResult | null): boolean {
  if (!a?.sensor || !b?.sensor) return false;
  const known = ({ id, notes, calibration }: SensorInfo) => [id, calibration?.id ?? '', ...notes].join('\n');
  return known(a.sensor) === known(b.sensor);
}

function meterMismatch(quantity: ComparedQuantity, one: Sides, other: Sides): string | null {
  if (!isEnergy(quantity)) return null;
  const sensors = ({ turns }: Sides) => turns.flatMap(({ run }) => headlineEnergy(run)?.sensor ?? []);
  const [as, bs] = [sensors(one), sensors(other)];
  const isMadeUp = ({ origin }: SensorInfo) => origin === 'simulated' || origin === 'replayed';
  if (new Set([...as, ...bs].map(isMadeUp)).size > 1) return words.simulated;
  // Two providers run on two devices; on one device two domains hold different parts of it.
  if (one.run.condition.provider !== other.run.condition.provider) return null;
  const domains = [...new Set([...as, ...bs].map((s) => s.domain))];
  if (domains.length < 2) return null;
  return `The meters see different parts of the machine: ${domains.join(' and ')}.`;
}
