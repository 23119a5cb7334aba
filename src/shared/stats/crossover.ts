import { lawAt, type PowerLaw, stretchedEnds, widened } from './powerLaw';
import { studentQuantile } from './student';

/** Where two power laws meet. */
export type Crossover =
  | {
      kind: 'crossing';
      x: number;
      /** 95 % interval; null: the end lies beyond the range that both series were measured in. */
      low: number | null;
      high: number | null;
      /** The range that both were measured in. */
      from: number;
      to: number;
      /** y of both laws there. */
      y: number;
      /** Which law lies lower at small x: the steeper one. */
      lowerBefore: 'a' | 'b';
      method: string;
    }
  | { kind: 'unresolved'; reason: string };

const least = { models: 8, decades: 1 } as const;
/** More draws than this share with the exponents the other way round, and the order of the slopes is not known. */
const mostReversed = 0.025;

/**
 * Crossover x* = exp((a2 − a1)/(b1 − b2)) of two series from joint draws: those of the same models are drawn together,
 * which series of different models are not. Ends on ln x*, stretched about the estimate by
 * t(0.975, n1+n2−4)/1.96·√(n/(n−2)), n the smaller; a draw whose exponents are reversed counts as infinitely far on
 * the side that it fled to. On one sensor the gain cancels and an offset moves both laws together; on two, half the
 * change of ln x* under ± gain and ± offset of each joins in quadrature, times 1.96.
 * It covers 96 to 98 % where resolved: the stretch makes it careful. Pure. Source: docs/method.md, 5.
 */
export function crossoverOf(a: PowerLaw, b: PowerLaw, sameSensor: boolean): Crossover {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  const decades = to > from ? Math.log10(to / from) : 0;
  const fewest = Math.min(a.models, b.models);
  if (fewest < least.models) return unresolved(`fewer than ${least.models} models in one of them`);
  if (decades < least.decades - 1e-9) return unresolved(`less than ${least.decades} decade in common`);
  // Both lines about one centre, so that a draw's level and slope belong together.
  const centre = Math.log(Math.sqrt(from * to));
  const levelAt = (law: PowerLaw, level: number, slope: number) =>
    level + slope * (centre - Math.log(law.centre));
  const gap = (al: number, as: number, bl: number, bs: number) =>
    ({ rise: levelAt(b, bl, bs) - levelAt(a, al, as), slope: as - bs }) as const;
  const own = gap(a.level, a.exponent.value, b.level, b.exponent.value);
  if (own.slope === 0) return unresolved('the exponents are equal');
  const at = own.rise / own.slope;
  const way = Math.sign(own.slope);
  const draws = Math.min(a.draws.slope.length, b.draws.slope.length);
  const values = new Float64Array(draws);
  let reversed = 0;
  for (let d = 0; d < draws; d++) {
    const { rise, slope } = gap(a.draws.level[d]!, a.draws.slope[d]!, b.draws.level[d]!, b.draws.slope[d]!);
    if (slope * way > 0) values[d] = rise / slope;
    else {
      reversed += 1;
      values[d] = Math.sign(rise) * way * Number.POSITIVE_INFINITY;
    }
  }
  if (reversed > mostReversed * draws) return unresolved('the data do not tell which exponent is larger');
  const x = Math.exp(centre + at);
  if (!(x >= from && x <= to))
    return unresolved('the lines do not cross in the range that both were measured in');
  const stretch = (studentQuantile(0.975, a.models + b.models - 4) / 1.96) * Math.sqrt(fewest / (fewest - 2));
  const ends = widened(
    stretchedEnds(values, at, stretch),
    at,
    systematicOf(a, b, sameSensor, gap, own.slope),
  );
  const end = (v: number) => {
    const value = Math.exp(centre + v);
    return value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9) ? value : null;
  };
  return {
    kind: 'crossing',
    x,
    low: end(ends.low),
    high: end(ends.high),
    from,
    to,
    y: lawAt(a, x),
    lowerBefore: way > 0 ? 'a' : 'b',
    method: `joint bootstrap draws over models, stretched${sameSensor ? '' : ', gains of two sensors added'}`,
  };
}

type Gap = (al: number, as: number, bl: number, bs: number) => { rise: number; slope: number };

/** One standard deviation of ln x* from what the sensors do to whole series. */
function systematicOf(a: PowerLaw, b: PowerLaw, sameSensor: boolean, gap: Gap, slope: number): number {
  const moved = (onA: number, onB: number) => {
    const { rise, slope: turned } = gap(
      a.level + onA * a.offset.level,
      a.exponent.value + onA * a.offset.slope,
      b.level + onB * b.offset.level,
      b.exponent.value + onB * b.offset.slope,
    );
    return rise / turned;
  };
  const halfChange = (onA: number, onB: number) => (moved(onA, onB) - moved(-onA, -onB)) / 2;
  if (sameSensor) return halfChange(1, 1);
  const gainOf = (law: PowerLaw) => Math.atanh(Math.min(0.9, law.gain)) / slope;
  return Math.hypot(halfChange(1, 0), halfChange(0, 1), gainOf(a), gainOf(b));
}

const unresolved = (reason: string): Crossover => ({ kind: 'unresolved', reason });
