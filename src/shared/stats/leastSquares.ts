import { mean } from './robust';

/** Slope of y on x by least squares; null below two different x or where something is not finite. */
export function leastSquaresSlope(x: readonly number[], y: readonly number[]): number | null {
  if (![...x, ...y].every(Number.isFinite)) return null;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, xy] = [0, 0];
  x.forEach((v, i) => {
    xx += (v - mx) ** 2;
    xy += (v - mx) * (y[i]! - my);
  });
  return xx > 0 ? xy / xx : null;
}
