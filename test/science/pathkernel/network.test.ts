import { grad, init, nn, numpy as np } from '@jax-js/jax';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { gaussLegendre, momentsOf, ruleOf } from '../../../src/main/science/pathkernel/integral';
import { multiply, transpose } from '../../../src/main/science/pathkernel/matrix';
import {
  activations,
  gradientOf,
  lossOf,
  type Network,
  sideOf,
  startNetwork,
} from '../../../src/main/science/pathkernel/network';
import { synthetic } from './support';

const parts = ['w1', 'b1', 'w2', 'b2'] as const;

describe.each(activations)('the gradient of a %s network', (activation) => {
  const random = createRandom(11, activation);
  const { examples } = synthetic(random, 9, 5, 3);
  const net = startNetwork({ features: 5, hidden: 6, classes: 3 }, activation, random);
  const gradient = gradientOf(net, examples, sideOf(net, examples));

  it('is that of central differences in float64', () => {
    for (const part of parts) {
      for (let i = 0; i < net[part].length; i++) {
        const shifted = (by: number): Network => {
          const values = net[part].slice();
          values[i]! += by;
          return { ...net, [part]: values };
        };
        const slope = (lossOf(shifted(1e-6), examples) - lossOf(shifted(-1e-6), examples)) / 2e-6;
        expect(Math.abs(slope - gradient[part][i]!)).toBeLessThan(1e-8);
      }
    }
  });

  it('is that of an independent implementation, @jax-js/jax, to float32', async () => {
    await init();
    const array = (v: Float64Array, shape: number[]) => np.array(Float32Array.from(v), { shape });
    const x = array(examples.x, [9, 5]);
    const hot = array(
      Float64Array.from({ length: 27 }, (_, i) => (i % 3 === examples.y[Math.floor(i / 3)] ? 1 : 0)),
      [9, 3],
    );
    type Jax = ReturnType<typeof array>;
    const loss = (w: Record<(typeof parts)[number], Jax>) => {
      const a = np.matmul(x.ref, w.w1).add(w.b1);
      const h = activation === 'tanh' ? np.tanh(a) : nn.relu(a);
      const f = np.matmul(h, w.w2).add(w.b2);
      return nn
        .logSoftmax(f)
        .mul(hot.ref)
        .sum()
        .mul(-1 / 9);
    };
    const found = grad(loss)({
      w1: array(net.w1, [5, 6]),
      b1: array(net.b1, [6]),
      w2: array(net.w2, [6, 3]),
      b2: array(net.b2, [3]),
    });
    for (const part of parts) {
      const theirs = (await found[part].data()) as Float32Array;
      theirs.forEach((v, i) => {
        expect(Math.abs(v - gradient[part][i]!)).toBeLessThan(1e-5);
      });
    }
  });
});

describe('the integral over a step', () => {
  it('Gauss–Legendre with m points is exact to degree 2m − 1 and not beyond', () => {
    for (const m of [1, 2, 3, 4, 8]) {
      const { at } = gaussLegendre(m);
      const moment = (power: number) => at.reduce((sum, { t, weight }) => sum + weight * t ** power, 0);
      for (let power = 0; power < 2 * m; power++) expect(moment(power)).toBeCloseTo(1 / (power + 1), 13);
      if (m < 4) expect(Math.abs(moment(2 * m) - 1 / (2 * m + 1))).toBeGreaterThan(1e-7);
    }
  });

  it.each(activations)('in closed form is that of a fine midpoint rule for %s', (activation) => {
    const random = createRandom(2, activation);
    const a = Float64Array.from({ length: 60 }, () => 2 * random.normal());
    const da = a.map((_, i) => (i % 3 === 0 ? 0.3 : 4) * random.normal());
    const closed = momentsOf(activation, 'closed', a, da);
    const nodes = 20_000;
    const fine = {
      at: Array.from({ length: nodes }, (_, i) => ({ t: (i + 0.5) / nodes, weight: 1 / nodes })),
    };
    const sums = momentsOf(activation, fine, a, da);
    for (const key of ['h', 'm0', 'm1'] as const) {
      closed[key].forEach((v, i) => {
        expect(Math.abs(v - sums[key][i]!)).toBeLessThan(activation === 'tanh' ? 1e-7 : 2e-4);
      });
    }
  });

  it('in closed form agrees with 40 Gauss points to rounding on both sides of where the form changes', () => {
    const a = Float64Array.of(-3, -0.4, 0, 0.1, 2, 20);
    for (const size of [1e-9, 0.01, 0.4999, 0.5001, 1.5]) {
      const da = a.map((_, i) => (i % 2 === 0 ? size : -size));
      const closed = momentsOf('tanh', 'closed', a, da);
      const gauss = momentsOf('tanh', ruleOf('gauss', 40), a, da);
      for (const key of ['h', 'm0', 'm1'] as const) {
        closed[key].forEach((v, i) => {
          expect(Math.abs(v - gauss[key][i]!)).toBeLessThan(2e-14);
        });
      }
    }
  });
});

it('multiplies as the definition says, with rows of zeros and sizes that are no multiple of four', () => {
  const random = createRandom(1, 'matrix');
  for (const [m, k, n] of [
    [3, 5, 2],
    [4, 8, 7],
    [1, 1, 1],
    [2, 3, 9],
  ] as const) {
    const a = Float64Array.from({ length: m * k }, (_, i) => (i < 4 ? 0 : random.normal()));
    const b = Float64Array.from({ length: k * n }, () => random.normal());
    const out = multiply(a, b, [m, k, n], new Float64Array(m * n).fill(1));
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 1;
        for (let p = 0; p < k; p++) sum += a[i * k + p]! * transpose(b, k, n)[j * k + p]!;
        expect(out[i * n + j]).toBeCloseTo(sum, 12);
      }
    }
  }
});
