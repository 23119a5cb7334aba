import { formatCount } from '../units';
import { huberLimit, huberWeight } from './huberLine';
import { membersOf } from './lawDraws';
import { type Ends, type LawPoint, mostOffset, stretchedEnds, widened } from './powerLaw';
import { randomFrom, seedOf } from './random';
import { studentQuantile } from './student';

/** y = exp(level)·(x/at)^below up to the break, ^above from there on. */
export interface BrokenLaw {
  at: Ends & { value: number };
  below: Ends & { value: number };
  above: Ends & { value: number };
  /** ln y at the break. */
  level: number;
  /** Relative scatter between models, one standard deviation, and the mean relative uncertainty of one point. */
  scatter: number;
  pointScatter: number;
  /** So much lower is its AICc than that of one line. */
  better: number;
  models: number;
  method: string;
  /** Where the data end. */
  from: number;
  to: number;
  residuals: number[];
  draws: { ln: Float64Array; level: Float64Array; below: Float64Array; above: Float64Array };
  stretch: number;
}

/** Below these a break is not looked for. Source: docs/method.md, 5. */
const least = { models: 12, side: 5, decades: 2, better: 6 } as const;
/** A break among more models than this would take long to look for. */
const mostModels = 300;
const breaks = 40;
/** Every so manieth of them is tried in a draw. */
const drawnEvery = 2;
const breakDraws = 1000;
/** Fewer different models on a side of a drawn break fix no slope there. */
const leastDrawn = 3;
/** The likelihood moves by less than 10⁻⁸ after a few of these. */
const rounds = 25;

/**
 * A law of two exponents that meet at a break, where the data bear one: AICc lower by 6 or more than for one line, at
 * least 12 models over two decades with 5 on each side of the break; null otherwise. Breaks are tried on a grid in
 * ln x; each fit minimises the same Huber likelihood with σ_m, so that one model far off makes no break. Intervals:
 * bootstrap over models with the break looked for again in every draw, ends stretched by t(0.975, n−4)/1.96. An offset
 * of the sensor bends the small end too: a break that is gone under ± offset is none, and the rest widens the intervals.
 * Pure. Source: docs/method.md, 5; AICc: Hurvich & Tsai 1989.
 */
export function brokenLaw(points: readonly LawPoint[], seed = 1, draws = breakDraws): BrokenLaw | null {
  const sorted = [...points].sort((p, q) => p.x - q.x || (p.group < q.group ? -1 : 1));
  const groups = sorted.map((p) => p.group);
  const models = new Set(groups).size;
  if (models < least.models || models > mostModels) return null;
  const u = Float64Array.from(sorted, (p) => Math.log(p.x));
  const v = Float64Array.from(sorted, (p) => Math.log(p.y));
  const own = Float64Array.from(sorted, (p) => p.u);
  const [first, last] = [u[0]!, u.at(-1)!];
  if ((last - first) / Math.LN10 < least.decades - 1e-9) return null;
  const grid = gridOf(u, groups);
  if (grid.length === 0) return null;
  const best = brokenFit(u, v, own, grid);
  if (best === null || !(best.better >= least.better)) return null;
  const shift = offsetChange(sorted, (moved) => brokenFit(u, moved, own, grid), v);
  if (shift === null) return null;
  const { fit, at, better } = best;
  const [level, below, above] = fit.theta as [number, number, number];
  const weight = v.map(
    (_, i) => huberWeight(fit.residuals[i]! / Math.sqrt(fit.variances[i]!), 1) / fit.variances[i]!,
  );
  const drawn = brokenDraws({
    u,
    v,
    own,
    groups,
    weight,
    grid: grid.filter((_, i) => i % drawnEvery === 0),
    draws,
    seed,
  });
  const stretch = studentQuantile(0.975, models - 4) / 1.96;
  const withEnds = (value: number, values: Float64Array, systematic: number) => ({
    value,
    ...widened(stretchedEnds(values.slice(), value, stretch), value, systematic),
  });
  const ln = withEnds(at, drawn.ln, shift.at);
  return {
    at: { value: Math.exp(at), low: Math.exp(ln.low), high: Math.exp(ln.high) },
    below: withEnds(below, drawn.below, shift.below),
    above: withEnds(above, drawn.above, shift.above),
    level,
    scatter: Math.sqrt(fit.variance),
    pointScatter: Math.sqrt(own.reduce((sum, o) => sum + o * o, 0) / own.length),
    better,
    models,
    method: `${formatCount(draws)} bootstrap draws over models`,
    from: Math.exp(first),
    to: Math.exp(last),
    residuals: [...fit.residuals],
    draws: drawn,
    stretch,
  };
}

/** The break of the grid that fits best, and by how much its AICc is lower than that of one line. */
function brokenFit(u: Float64Array, v: Float64Array, own: Float64Array, grid: readonly number[]) {
  const line = fitOf([u.map(() => 1), u.map((x) => x - u[0]!)], v, own);
  if (line === null) return null;
  let best: { fit: Fit; at: number } | null = null;
  for (const at of grid) {
    const fit = fitOf(columnsOf(u, at), v, own);
    if (fit !== null && (best === null || fit.loss < best.fit.loss)) best = { fit, at };
  }
  if (best === null) return null;
  const better = corrected(line.loss, 3, v.length) - corrected(best.fit.loss, 5, v.length);
  return { ...best, better };
}

/** Half of what break and exponents change under ± the sensor's offset; null where the break does not outlive it. */
function offsetChange(
  points: readonly LawPoint[],
  refit: (v: Float64Array) => ReturnType<typeof brokenFit>,
  v: Float64Array,
): { at: number; below: number; above: number } | null {
  if (points.every((p) => (p.offset ?? 0) === 0)) return { at: 0, below: 0, above: 0 };
  const moved = (sign: 1 | -1) => {
    const fit = refit(
      v.map((value, i) => value + Math.log1p(sign * Math.min(mostOffset, points[i]!.offset ?? 0))),
    );
    return fit !== null && fit.better >= least.better ? fit : null;
  };
  const [more, less] = [moved(1), moved(-1)];
  if (more === null || less === null) return null;
  const half = (k: number) => Math.abs(more.fit.theta[k]! - less.fit.theta[k]!) / 2;
  return { at: Math.abs(more.at - less.at) / 2, below: half(1), above: half(2) };
}

/** y of the law at x. */
export function brokenAt(law: BrokenLaw, x: number): number {
  return Math.exp(lnAt(Math.log(x), Math.log(law.at.value), law.level, law.below.value, law.above.value));
}

/** 95 % interval of the law at x, and of one new model there (prediction). */
export function brokenBandAt(law: BrokenLaw, x: number): { line: Ends; prediction: Ends } {
  const u = Math.log(x);
  const middle = Math.log(brokenAt(law, x));
  const { ln, level, below, above } = law.draws;
  const values = ln.map((at, d) => lnAt(u, at, level[d]!, below[d]!, above[d]!));
  const line = stretchedEnds(values, middle, law.stretch);
  const one = 1.96 * law.stretch * Math.hypot(law.scatter, law.pointScatter);
  return {
    line: { low: Math.exp(line.low), high: Math.exp(line.high) },
    prediction: {
      low: Math.exp(middle - Math.hypot(middle - line.low, one)),
      high: Math.exp(middle + Math.hypot(line.high - middle, one)),
    },
  };
}

const lnAt = (u: number, at: number, level: number, below: number, above: number) =>
  level + (u < at ? below : above) * (u - at);

/** Evenly between the places that leave enough models on each side. */
function gridOf(u: Float64Array, groups: readonly string[]): number[] {
  const enough = (at: number, low: boolean) =>
    new Set(groups.filter((_, i) => (low ? u[i]! <= at : u[i]! >= at))).size >= least.side;
  const from = u.find((x) => enough(x, true));
  const to = u.findLast((x) => enough(x, false));
  if (from === undefined || to === undefined || to < from) return [];
  return Array.from({ length: breaks + 1 }, (_, i) => from + ((to - from) * i) / breaks);
}

const columnsOf = (u: Float64Array, at: number) => [
  u.map(() => 1),
  u.map((x) => Math.min(0, x - at)),
  u.map((x) => Math.max(0, x - at)),
];

interface Fit {
  theta: number[];
  residuals: Float64Array;
  variances: Float64Array;
  /** σ_m². */
  variance: number;
  /** −2 ln of the likelihood, without what every fit has in common. */
  loss: number;
}

/** Huber's likelihood with σ_m², both minimised in turn until neither moves. */
function fitOf(columns: readonly Float64Array[], v: Float64Array, own: Float64Array): Fit | null {
  let theta = solved(
    columns,
    v,
    v.map(() => 1),
  );
  if (theta === null) return null;
  let loss = Number.POSITIVE_INFINITY;
  let residuals = residualsOf(columns, v, theta);
  let variance = 0;
  let variances = own;
  for (let round = 0; round < rounds; round++) {
    variance = bestVariance(residuals, own);
    const between = variance;
    variances = own.map((o) => varianceOf(o, between));
    const next = lossOf(residuals, own, variance);
    if (loss - next < 1e-8) break;
    loss = next;
    const z = residuals.map((r, i) => r / Math.sqrt(variances[i]!));
    theta =
      solved(
        columns,
        v,
        z.map((value, i) => huberWeight(value, 1) / variances[i]!),
      ) ?? theta;
    residuals = residualsOf(columns, v, theta);
  }
  return { theta, residuals, variances, variance, loss: lossOf(residuals, own, variance) };
}

const residualsOf = (columns: readonly Float64Array[], v: Float64Array, theta: readonly number[]) =>
  v.map((value, i) => value - columns.reduce((sum, column, k) => sum + theta[k]! * column[i]!, 0));

/** A floor keeps data without any noise from an infinite likelihood. */
const varianceOf = (own: number, between: number) => Math.max(1e-18, own * own + between);

function lossOf(residuals: Float64Array, own: Float64Array, between: number): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) {
    const variance = varianceOf(own[i]!, between);
    const z = Math.abs(residuals[i]!) / Math.sqrt(variance);
    sum += Math.log(variance) + (z <= huberLimit ? z * z : huberLimit * (2 * z - huberLimit));
  }
  return sum;
}

/** The σ_m² of least loss, 0 among them: golden section on its logarithm. */
function bestVariance(residuals: Float64Array, own: Float64Array): number {
  const largest = residuals.reduce((most, r) => Math.max(most, r * r), 1e-18);
  const at = (ln: number) => lossOf(residuals, own, Math.exp(ln));
  let [low, high] = [Math.log(largest) - 18, Math.log(largest) + 1];
  const share = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 30; i++) {
    const [p, q] = [high - share * (high - low), low + share * (high - low)];
    if (at(p) < at(q)) high = q;
    else low = p;
  }
  const ln = (low + high) / 2;
  return lossOf(residuals, own, 0) <= at(ln) ? 0 : Math.exp(ln);
}

/** Akaike's criterion with the correction for few points. */
const corrected = (loss: number, k: number, n: number) => loss + 2 * k + (2 * k * (k + 1)) / (n - k - 1);

/** Weighted least squares of two or three columns by elimination; null where they do not fix it. */
function solved(columns: readonly Float64Array[], v: Float64Array, weight: Float64Array): number[] | null {
  const k = columns.length;
  const a = Array.from({ length: k }, () => new Float64Array(k + 1));
  for (let i = 0; i < v.length; i++) {
    if (weight[i] === 0) continue;
    for (let r = 0; r < k; r++) {
      const w = weight[i]! * columns[r]![i]!;
      for (let c = r; c < k; c++) a[r]![c]! += w * columns[c]![i]!;
      a[r]![k]! += w * v[i]!;
    }
  }
  const scale = Math.max(...a.map((row, r) => row[r]!));
  for (let r = 0; r < k; r++) {
    if (!(a[r]![r]! > 1e-12 * scale)) return null;
    for (let s = r + 1; s < k; s++) {
      const factor = a[r]![s]! / a[r]![r]!;
      for (let c = s; c <= k; c++) a[s]![c]! -= factor * a[r]![c]!;
    }
  }
  const theta = new Array<number>(k).fill(0);
  for (let r = k - 1; r >= 0; r--) {
    let sum = a[r]![k]!;
    for (let c = r + 1; c < k; c++) sum -= a[r]![c]! * theta[c]!;
    theta[r] = sum / a[r]![r]!;
  }
  return theta;
}

/** Bootstrap over models; each draw takes the break that fits it best. Weights stay those of the full fit. */
function brokenDraws(input: {
  u: Float64Array;
  v: Float64Array;
  own: Float64Array;
  groups: readonly string[];
  weight: Float64Array;
  grid: readonly number[];
  draws: number;
  seed: number;
}): BrokenLaw['draws'] {
  const { u, v, own, weight, grid, draws } = input;
  const members = membersOf(input.groups);
  const random = randomFrom(seedOf(input.seed, ['broken', ...input.groups]));
  const columns = grid.map((at) => columnsOf(u, at));
  const out = Array.from({ length: 4 }, () => new Float64Array(draws));
  const times = new Float64Array(u.length);
  for (let d = 0; d < draws; ) {
    times.fill(0);
    for (let k = 0; k < members.length; k++) {
      for (const i of members[Math.floor(random.uniform() * members.length)]!) times[i]! += 1;
    }
    const noisy = v.map((value, i) =>
      times[i] === 0 ? value : value + (own[i]! / Math.sqrt(times[i]!)) * random.normal(),
    );
    const weights = weight.map((w, i) => w * times[i]!);
    let best: { theta: number[]; at: number; loss: number } | null = null;
    for (const [g, at] of grid.entries()) {
      if (
        different(u, times, (x) => x <= at) < leastDrawn ||
        different(u, times, (x) => x >= at) < leastDrawn
      )
        continue;
      const theta = solved(columns[g]!, noisy, weights);
      if (theta === null) continue;
      const loss = weightedSquares(columns[g]!, noisy, theta, weights);
      if (best === null || loss < best.loss) best = { theta, at, loss };
    }
    if (best === null) continue;
    out[0]![d] = best.at;
    for (const k of [0, 1, 2]) out[k + 1]![d] = best.theta[k]!;
    d += 1;
  }
  return { ln: out[0]!, level: out[1]!, below: out[2]!, above: out[3]! };
}

function weightedSquares(
  columns: readonly Float64Array[],
  v: Float64Array,
  theta: readonly number[],
  weight: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) {
    if (weight[i] === 0) continue;
    let r = v[i]!;
    for (let k = 0; k < theta.length; k++) r -= theta[k]! * columns[k]![i]!;
    sum += weight[i]! * r * r;
  }
  return sum;
}

/** Different sizes drawn on one side. */
function different(u: Float64Array, times: Float64Array, side: (x: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < u.length; i++)
    if (times[i]! > 0 && side(u[i]!) && (i === 0 || u[i] !== u[i - 1])) count += 1;
  return count;
}
