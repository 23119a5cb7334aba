import { createRandom } from '../../models/random';

/** Shares of the inputs that noise replaces: 0, 5 … 50 %. Source: guide of the experiments, 6.2. */
export const noiseLevels: readonly number[] = Array.from({ length: 11 }, (_, i) => i * 0.05);

/** Correct answers are counted as if there were so many test examples, as in the paper. */
const scoreExamples = 10_000;

/**
 * Copies of examples with floor(level · features) of each one's inputs set to `value` (mean + 2 standard deviations of
 * the training inputs), at places drawn anew for each example. A level has the same places for whoever asks.
 */
export function withNoise(
  x: Float32Array,
  { features, level, value, seed }: { features: number; level: number; value: number; seed: number },
): Float32Array {
  const noisy = x.slice();
  const count = Math.floor(features * level + 1e-9);
  if (count === 0) return noisy;
  const random = createRandom(seed, `noise ${level.toFixed(3)}`);
  const places = Int32Array.from({ length: features }, (_, i) => i);
  for (let row = 0; row < x.length; row += features) {
    for (let i = 0; i < count; i++) {
      const other = random.integer(i, features);
      [places[i], places[other]] = [places[other]!, places[i]!];
      noisy[row + places[i]!] = value;
    }
  }
  return noisy;
}

/** Sum over the levels of the correct answers per 10,000 test examples. Source: arXiv 1903.11257 as in the guide, 6.2. */
export const noiseScore = (accuracies: readonly number[]) =>
  accuracies.reduce((sum, a) => sum + scoreExamples * a, 0);
