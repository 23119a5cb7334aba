import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import type { Dataset } from '../../../src/main/science/data/dataset';
import { ordinaryMachines } from '../../../src/main/science/pathkernel/ordinary';
import { kernelOrdinary, kernelRebuild, stepsOf } from '../../../src/main/science/pathkernel/tasks';
import { toolsWith } from '../../support/tools';

function made(shape: number[], n: { train: number; test: number }): Dataset {
  const random = createRandom(1, 'tasks');
  const features = shape.reduce((a, b) => a * b);
  const part = (size: number) => {
    const y = Uint8Array.from({ length: size }, (_, i) => i % 3);
    const x = Float32Array.from(
      { length: size * features },
      (_, i) => 0.5 * random.normal() + (y[Math.floor(i / features)] === i % 3 ? 1 : 0),
    );
    return { x, y, n: size };
  };
  const [train, test] = [part(n.train), part(n.test)];
  return { name: 'made up', shape, features, classes: 3, train, test, licence: 'Made up.', sha256: '' };
}

const toolsFor = (shape: number[], shares: number[] = []) => ({
  ...toolsWith(async (_, options) => made(shape, options)),
  progress: (share: number) => void shares.push(share),
});

const rebuildInput = {
  dataset: 'made up',
  seeds: [4, 9],
  examples: 12,
  queries: 5,
  hidden: 6,
  activation: 'relu' as const,
  etas: [0.5, 0.25],
  time: 4,
  batch: 5,
  momentum: 0.9,
  rules: ['left', 'closed'] satisfies ('left' | 'closed')[],
  gaussPoints: 4,
};

describe('kernel-rebuild', () => {
  it('runs every seed at every step size, exact in each, and tells how far it is', async () => {
    const shares: number[] = [];
    const { output } = await kernelRebuild.run(rebuildInput, toolsFor([7], shares));
    expect(output.runs.map((r) => [r.seed, r.eta, r.steps])).toEqual([
      [4, 0.5, 8],
      [4, 0.25, 16],
      [9, 0.5, 8],
      [9, 0.25, 16],
    ]);
    for (const run of output.runs) {
      expect(run.rules.find((r) => r.rule === 'closed')!.largestEver).toBeLessThan(1e-10);
    }
    expect(shares.at(-1)).toBeCloseTo(1);
    // Plain JSON: what is stored is what was made.
    expect(JSON.parse(JSON.stringify(output))).toEqual(output);
  });

  it('pools pictures of 28 × 28 to 14 × 14 and leaves other data as they are', async () => {
    const input = { ...rebuildInput, seeds: [1], etas: [0.5], time: 1 };
    const pictures = await kernelRebuild.run(input, toolsFor([1, 28, 28]));
    expect(pictures.output.data.features).toBe(196);
    const plain = await kernelRebuild.run(input, toolsFor([784]));
    expect(plain.output.data.features).toBe(784);
  });

  it('takes at least one step', () => {
    expect(stepsOf(32, 0.0625)).toBe(512);
    expect(stepsOf(3.2, 0.1)).toBe(32);
    expect(stepsOf(0.1, 1)).toBe(1);
  });
});

it('kernel-ordinary gives by ONNX Runtime what plain loops give', async () => {
  const input = {
    ...rebuildInput,
    activation: 'tanh' as const,
    seeds: [3],
    eta: 0.2,
    steps: 20,
    gain: 1,
    samples: 10,
    ridges: [1e-2, 1e-4],
  };
  const { output } = await kernelOrdinary.run(input, toolsFor([7]));
  const data = made([7], { train: 12, test: 5 });
  const rows = ({ x, y, n }: Dataset['train']) => ({ x: Float64Array.from(x), y, n });
  const plain = await ordinaryMachines(
    rows(data.train),
    rows(data.test),
    { ...input, classes: 3 },
    createRandom(3, 'kernel.tanh'),
  );
  output.runs[0]!.machines.forEach((m, i) => {
    expect(m.machine).toBe(plain.machines[i]!.machine);
    expect(m.relative).toBeCloseTo(plain.machines[i]!.relative, 8);
  });
});
