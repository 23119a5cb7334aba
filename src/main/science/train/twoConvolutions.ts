import { LabError } from '../../../shared/errors';
import type { CnnSpec } from './spec';

const kernel = 5;

/**
 * The usual small network for examples of this shape: conv 5×5, pool 2, conv 5×5, pool 2, linear; along the one axis of a
 * sequence. A pool that does not divide is left out. Guide of the experiments, 2 and 7.
 * @throws LabError unsupported for shapes of more than three dimensions
 */
export function twoConvolutions(
  channels: number,
  { shape, classes }: { shape: readonly number[]; classes: number },
): CnnSpec {
  if (shape.length > 3) {
    throw new LabError('unsupported', `Examples of shape ${shape.join('×')} are no images and no sequences.`);
  }
  const [inputs, height, width] = [1, 1, ...shape].slice(-3) as [number, number, number];
  const convolutions: CnnSpec['convolutions'][number][] = [];
  let size = [height, width];
  for (let i = 0; i < 2; i++) {
    const k = size.map((s) => Math.min(kernel, s)) as [number, number];
    const map = size.map((s, axis) => s - k[axis]! + 1);
    const pool = map.map((m) => (m % 2 === 0 ? 2 : 1)) as [number, number];
    convolutions.push({ channels, kernel: k, pool });
    size = map.map((m, axis) => m / pool[axis]!);
  }
  return {
    kind: 'cnn',
    shape: [inputs, height, width],
    convolutions,
    hidden: [],
    classes,
    activation: 'relu',
  };
}
