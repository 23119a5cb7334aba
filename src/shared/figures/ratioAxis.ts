import { formatCount } from '../units';
import { type Axis, extent, linearTicks, makeAxis, type Tick } from './scale';

/** Closest two ticks may stand: beside each other, and above each other. */
const leastGap = { x: 34, y: 20 } as const;
/** From so many doublings on, ticks stand at powers of two. */
const doublings = 2;

/** Domain of ratios on a logarithmic axis: with 1 in it, air at both ends, and never narrower than ± 2 %. */
export function ratioDomain(values: readonly number[]): [number, number] {
  const { low, high } = extent(
    [1, ...values.filter((v) => v > 0 && Number.isFinite(v))].map((v) => Math.log2(v)),
  );
  const pad = Math.max(0.03, (high - low) * 0.08);
  return [2 ** (low - pad), 2 ** (high + pad)];
}

/** Axis of ratios: as far from 1 to a half as from 1 to the double. */
export function ratioAxis(domain: [number, number], range: [number, number], which: 'x' | 'y' = 'x'): Axis {
  const gap = leastGap[which];
  const axis = makeAxis(domain, 'log', range);
  const span = Math.log2(domain[1] / domain[0]);
  const ticks = span >= doublings ? powerTicks(axis, gap) : thinned(linearTicks(domain, axis.map), gap);
  return { ...axis, ticks };
}

function powerTicks(axis: Axis, least: number): Tick[] {
  const [first, last] = [Math.ceil(Math.log2(axis.domain[0])), Math.floor(Math.log2(axis.domain[1]))];
  const gap = Math.abs(axis.map(2) - axis.map(1));
  const every = Math.max(1, Math.ceil(least / gap));
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return all
    .filter((exponent) => exponent % every === 0)
    .map((exponent) => ({ at: axis.map(2 ** exponent), label: powerText(exponent), major: true }));
}

/** '1/4', '1', '16': exact at every power of two. */
function powerText(exponent: number): string {
  return exponent < 0 ? `1/${formatCount(2 ** -exponent)}` : formatCount(2 ** exponent);
}

/** Steps of equal difference come closer to the far end of a logarithmic axis, whichever way it runs. */
function thinned(ticks: readonly Tick[], least: number): Tick[] {
  let last = Number.NEGATIVE_INFINITY;
  return ticks.map((tick) => {
    if (Math.abs(tick.at - last) < least) return { ...tick, label: null };
    last = tick.at;
    return tick;
  });
}
