/** Class of the nearest of n examples (Euclidean) for each query; the first of equally near ones. */
export function nearestClasses(
  examples: { x: Float32Array; y: ArrayLike<number>; n: number },
  queries: { x: Float32Array; n: number },
): Uint16Array {
  const features = examples.x.length / examples.n;
  return Uint16Array.from({ length: queries.n }, (_, q) => {
    let [best, at] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < examples.n; i++) {
      let square = 0;
      // Most examples are further than the nearest so far long before the last feature.
      for (let k = 0; k < features && square < best; k++) {
        square += (queries.x[q * features + k]! - examples.x[i * features + k]!) ** 2;
      }
      if (square < best) [best, at] = [square, i];
    }
    return examples.y[at]!;
  });
}
