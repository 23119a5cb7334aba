/** Seeded draws for simulations: the same numbers on every machine. */
export interface Draw {
  /** In [0, 1). */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
}

/** mulberry32 (public domain); normals by Box and Muller. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Gaussian AR(1) series of unit variance with lag-1 correlation rho, started in its steady state. */
export function ar1(draw: Draw, n: number, rho: number): Float64Array {
  const series = new Float64Array(n);
  let x = draw.normal();
  for (let i = 0; i < n; i++) {
    series[i] = x;
    x = rho * x + Math.sqrt(1 - rho * rho) * draw.normal();
  }
  return series;
}

/** Share of `repetitions` in which `covers` is true. */
export function shareOf(repetitions: number, covers: (repetition: number) => boolean): number {
  let hits = 0;
  for (let r = 0; r < repetitions; r++) if (covers(r)) hits += 1;
  return hits / repetitions;
}
