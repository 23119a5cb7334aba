import { describe, expect, it } from 'vitest';
import { encodeModel, modelBytes } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import { choleskySolve } from '../../../src/main/science/kernels/cholesky';
import { trainFourierFeatures, trainNystrom } from '../../../src/main/science/kernels/fixed';
import {
  gaussianMachine,
  gaussianMatrix,
  type KernelMachine,
  medianDistance,
} from '../../../src/main/science/kernels/gaussian';
import { type Labelled, trainKernelRidge } from '../../../src/main/science/kernels/ridge';
import { centredTargets } from '../../../src/main/science/kernels/targets';
import { decisionsOf } from '../../../src/main/science/scores';
import { accuracyOf, classify } from '../../../src/main/science/train';
import { randomFrom } from '../../../src/shared/stats/random';

const ort = openOrt();

/** Three clouds in six dimensions. */
function clouds(n: number, seed: number): Labelled {
  const random = randomFrom(seed);
  const features = 6;
  const classes = 3;
  const y = Uint8Array.from({ length: n }, () => Math.floor(random.uniform() * classes));
  const x = Float32Array.from({ length: n * features }, (_, i) => {
    const own = y[Math.floor(i / features)] === Math.floor((i % features) / 2);
    return random.normal() + (own ? 1.5 : 0);
  });
  return { x, y, n, features, classes };
}

const data = clouds(300, 1);
const queries = clouds(200, 2);
const settings = { sigma: 2, lambda: 0.1 };

/** Kernel ridge regression of `data`, wholly in float64 and without ONNX Runtime. */
function exactRidge(): KernelMachine {
  const { n, classes } = data;
  const matrix = gaussianMatrix(data, data, settings.sigma);
  for (let i = 0; i < n; i++) matrix[i * n + i] += settings.lambda;
  const solved = choleskySolve(matrix, centredTargets(data.y, n, classes), n, classes)!;
  return gaussianMachine(data, Float32Array.from(solved), classes, settings.sigma);
}

/** Σᵢ aᵢ·exp(−|x − cᵢ|²/2σ²) in float64, by its definition. */
function direct(centres: Labelled, coefficients: ArrayLike<number>, sigma: number): Float64Array {
  const { n, features, classes } = centres;
  const out = new Float64Array(queries.n * classes);
  for (let q = 0; q < queries.n; q++) {
    for (let i = 0; i < n; i++) {
      let d2 = 0;
      for (let k = 0; k < features; k++) {
        d2 += (queries.x[q * features + k] - centres.x[i * features + k]) ** 2;
      }
      const kernel = Math.exp(-d2 / (2 * sigma * sigma));
      for (let c = 0; c < classes; c++) out[q * classes + c] += kernel * coefficients[i * classes + c];
    }
  }
  return out;
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (v, i) => Math.abs(v - b[i])).reduce((most, v) => Math.max(most, v), 0);

const answersOf = (machine: KernelMachine) =>
  classify(ort, machine.graph(), queries.x, queries.features, queries.n);
const accuracy = async (machine: KernelMachine) => accuracyOf(await answersOf(machine), queries.y);

/** Float32 numbers in a graph. */
const floatsIn = (machine: KernelMachine) =>
  machine.graph().initializers.reduce((sum, t) => sum + (t.data as Float32Array).length, 0);

describe('kernel ridge regression', () => {
  it('answers through its graph what the sum over examples gives in float64', async () => {
    const machine = await trainKernelRidge(ort, data, settings);
    const wanted = direct(data, machine.coefficients, settings.sigma);
    expect(farthest(await answersOf(machine), wanted)).toBeLessThan(2e-5);
    // Negative control: another width gives other answers.
    expect(farthest(direct(data, machine.coefficients, 1.9), wanted)).toBeGreaterThan(0.01);
  });

  it('solves the same equations by conjugate gradients and by Cholesky', async () => {
    const machine = await trainKernelRidge(ort, data, { ...settings, tolerance: 1e-7 });
    const exact = exactRidge();
    expect(machine.converged).toBe(true);
    expect(machine.iterations).toBeGreaterThan(5);
    expect(farthest(machine.coefficients, exact.coefficients)).toBeLessThan(2e-3);
    expect(await accuracy(machine)).toBeGreaterThan(0.7);
  });

  it('needs fewer iterations for a looser tolerance and says when it ran out', async () => {
    const loose = await trainKernelRidge(ort, data, { ...settings, tolerance: 1e-2 });
    const tight = await trainKernelRidge(ort, data, { ...settings, tolerance: 1e-5 });
    expect(loose.iterations).toBeLessThan(tight.iterations);
    const stopped = await trainKernelRidge(ort, data, { ...settings, tolerance: 1e-5, maxIterations: 2 });
    expect(stopped).toMatchObject({ iterations: 2, converged: false });
    expect(stopped.residual).toBeGreaterThan(1e-5);
  });

  it('works over several blocks, and without keeping the Gram matrix', async () => {
    const many = clouds(1300, 3);
    const kept = await trainKernelRidge(ort, many, settings);
    const fresh = await trainKernelRidge(ort, many, { ...settings, keepBytes: 0 });
    expect(farthest(kept.coefficients, fresh.coefficients)).toBeLessThan(1e-3);
    const [a, b] = [await answersOf(kept), await answersOf(fresh)];
    expect(farthest(a, b)).toBeLessThan(1e-4);
  });

  it('leaves a class without examples at its target below chance', async () => {
    const machine = await trainKernelRidge(ort, { ...data, classes: 4 }, settings);
    const answers = await answersOf(machine);
    expect(answers.every(Number.isFinite)).toBe(true);
    expect(decisionsOf(answers, 4).includes(3)).toBe(false);
  });

  it('counts the floats of its graph, and the file holds little else', async () => {
    for (const machine of [
      await trainKernelRidge(ort, data, settings),
      await trainNystrom(ort, data, { ...settings, m: 40, seed: 1 }),
      await trainFourierFeatures(ort, data, { ...settings, m: 50, seed: 1 }),
    ]) {
      expect(floatsIn(machine)).toBe(machine.floats);
      expect(encodeModel(machine.graph()).modelBytes - 4 * machine.floats).toBeLessThan(1500);
      expect(modelBytes(machine.graph())).toEqual(modelBytes(machine.graph()));
    }
  });
});

describe('machines of fixed size', () => {
  it('Nyström with every example as a centre is kernel ridge regression', async () => {
    const all = await trainNystrom(ort, data, { ...settings, m: 5000, seed: 1 });
    const ridge = exactRidge();
    expect(all.m).toBe(300);
    const [a, b] = [await answersOf(all), await answersOf(ridge)];
    expect(farthest(a, b)).toBeLessThan(0.02);
  });

  it('keep their size while the examples grow', async () => {
    const more = clouds(900, 5);
    for (const train of [trainNystrom, trainFourierFeatures]) {
      const small = await train(ort, data, { ...settings, m: 60, seed: 1 });
      const large = await train(ort, more, { ...settings, m: 60, seed: 1 });
      expect(large.floats).toBe(small.floats);
      expect(large.macs).toBe(60 * (6 + 3));
      expect(await accuracy(large)).toBeGreaterThan(0.7);
    }
  });

  it('Fourier features come nearer to the kernel machine as they grow', async () => {
    const ridge = exactRidge();
    const wanted = await answersOf(ridge);
    const errorAt = async (m: number) => {
      const machine = await trainFourierFeatures(ort, data, { ...settings, m, seed: 1 });
      const answers = await answersOf(machine);
      return Math.sqrt(answers.reduce((sum, v, i) => sum + (v - wanted[i]) ** 2, 0) / answers.length);
    };
    const [few, many] = [await errorAt(30), await errorAt(1000)];
    expect(many).toBeLessThan(few / 2);
    expect(many).toBeLessThan(0.1);
  });

  it('draw centres and features by seed', async () => {
    for (const train of [trainNystrom, trainFourierFeatures]) {
      const [a, b, c] = await Promise.all(
        [1, 1, 2].map((seed) => train(ort, data, { ...settings, m: 20, seed })),
      );
      expect(a!.coefficients).toEqual(b!.coefficients);
      expect(a!.coefficients).not.toEqual(c!.coefficients);
    }
  });
});

describe('parts', () => {
  it('solves a system that is positive definite and refuses one that is not', () => {
    const gram = gaussianMatrix(clouds(40, 7), clouds(40, 7), 1.5);
    for (let i = 0; i < 40; i++) gram[i * 40 + i] += 0.1;
    const right = centredTargets(clouds(40, 7).y, 40, 3);
    const solution = choleskySolve(gram, right, 40, 3)!;
    for (let i = 0; i < 40; i++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < 40; k++) sum += gram[i * 40 + k] * solution[k * 3 + c];
        expect(sum).toBeCloseTo(right[i * 3 + c], 10);
      }
    }
    expect(choleskySolve(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2, 1)).toBeNull();
  });

  it('takes the median distance, the same by seed', () => {
    // Two points one apart: every pair of different examples has that distance or 0.
    const two = { x: Float32Array.of(0, 0, 3, 4), n: 2, features: 2 };
    expect(medianDistance(two, 1)).toBe(5);
    expect(medianDistance(data, 1)).toBe(medianDistance(data, 1));
    // |x − x'|² of clouds: 6 dimensions of variance 2, and the centres 1.5·√4 apart for two of three pairs.
    expect(medianDistance(data, 1)).toBeGreaterThan(3);
    expect(medianDistance(data, 1)).toBeLessThan(5);
  });
});
