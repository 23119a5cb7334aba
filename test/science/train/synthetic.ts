import { createRandom } from '../../../src/main/models/random';

/** Clouds of points: each class around a centre of its own. Enough of them overlap that a network has work to do. */
export function clouds(n: number, features: number, classes: number, seed: number, spread = 1) {
  const random = createRandom(7, 'centres');
  const centres = Float32Array.from({ length: classes * features }, () => random.normal());
  const draw = createRandom(seed, 'examples');
  const x = new Float32Array(n * features);
  const y = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = draw.integer(0, classes);
    for (let f = 0; f < features; f++) {
      x[i * features + f] = centres[y[i]! * features + f]! + spread * draw.normal();
    }
  }
  return { x, y, n };
}
