const z = 1.959963984540054;

/**
 * 95 % interval of a share of which `hits` of `n` independent trials speak: Wilson's score interval without continuity
 * correction (Wilson 1927; recommended by Brown, Cai and DasGupta 2001). Its ends stay in [0, 1] and it has a width at 0 and n.
 * @throws RangeError unless 0 ≤ hits ≤ n and n ≥ 1
 */
export function wilson(hits: number, n: number): { value: number; low: number; high: number } {
  if (!(n >= 1 && hits >= 0 && hits <= n)) throw new RangeError(`wilson(${hits}, ${n})`);
  const p = hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  // At both ends the formula gives exactly 0 and 1, and arithmetic does not.
  return {
    value: p,
    low: hits === 0 ? 0 : Math.max(0, centre - reach),
    high: hits === n ? 1 : Math.min(1, centre + reach),
  };
}
