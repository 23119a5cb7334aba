import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { elementCount } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Value } from '../../../src/main/science/tools';
import { Emitter } from '../../../src/main/science/train/emitter';
import {
  emitInputGradient,
  emitKernelGradient,
  emitPool,
  emitUnpool,
} from '../../../src/main/science/train/layers';
import type { Stage } from '../../../src/main/science/train/shapes';

// A layer is linear in its kernel, and in its input once the maxima are chosen, so ⟨L v, dy⟩ = ⟨v, L* dy⟩. ONNX Runtime
// has no float64 convolution, and in float32 differences drown in rounding: hence this check (guide 14.2).
const batch = 3;
const [inputs, outputs] = [4, 6];

const shapes = {
  images: { side: [12, 12], kernel: [5, 5], map: [8, 8], pool: [2, 2] },
  sequences: { side: [1, 20], kernel: [1, 5], map: [1, 16], pool: [1, 4] },
} as const;

describe.each(Object.entries(shapes))('backward rules of %s', (_, { side, kernel, map, pool }) => {
  async function results() {
    const pooled = [outputs, map[0] / pool[0], map[1] / pool[1]];
    const stage = { at: 0, pool, outputDims: pooled, mapDims: [outputs, ...map] } as unknown as Stage;
    const dims: Record<string, number[]> = {
      x: [batch, inputs, ...side],
      u: [batch, inputs, ...side],
      k: [outputs, inputs, ...kernel],
      l: [outputs, inputs, ...kernel],
      dy: [batch, outputs, ...map],
      dp: [batch, ...pooled],
    };
    const g = new Emitter();
    g.addAs('Conv', ['x', 'k'], 'y');
    g.addAs('Conv', ['x', 'l'], 'yOfL');
    g.addAs('Conv', ['u', 'k'], 'yOfU');
    g.addAs('Identity', [emitKernelGradient(g, 'x', 'dy', 'dk')], 'gradient');
    g.addAs('Identity', [emitInputGradient(g, 'dy', 'k', 'dx')], 'error');
    g.addAs('Identity', [emitPool(g, 'y', pool, 'p')], 'pooled');
    g.addAs('Identity', [emitUnpool(g, stage, 'y', 'pooled', 'dp')], 'unpooled');
    const given: Record<string, Value> = {};
    for (const [name, d] of Object.entries(dims)) {
      const random = createRandom(5, name);
      const data = Float32Array.from({ length: elementCount(d) }, () => random.uniform() - 0.5);
      given[name] = { elemType: 'float32', dims: d, data };
    }
    const session = await ort.open({
      name: 'adjoint',
      nodes: g.nodes,
      initializers: g.initializers,
      inputs: Object.entries(dims).map(([name, d]) => ({ name, elemType: 'float32', dims: d })),
      outputs: ['y', 'yOfL', 'yOfU', 'gradient', 'error', 'pooled', 'unpooled'].map((name) => ({
        name,
        elemType: 'float32',
        dims: ['a', 'b', 'c', 'd'].map((axis) => `${name}.${axis}`),
      })),
    });
    const out = await session.run(given);
    await session.close();
    return { ...given, ...out } as Record<string, Value>;
  }
  const ort = openOrt();
  const dot = (a: Value, b: Value) => {
    const [p, q] = [a.data as Float32Array, b.data as Float32Array];
    expect(p.length).toBe(q.length);
    return p.reduce((sum, v, i) => sum + v * q[i]!, 0);
  };
  const sameTo5Digits = (a: number, b: number) => {
    expect(Math.abs(a)).toBeGreaterThan(0.1);
    expect(Math.abs(a - b) / Math.abs(a)).toBeLessThan(1e-5);
  };

  it('kernel: ⟨conv(x, l), dy⟩ = ⟨l, gradient⟩', async () => {
    const v = await results();
    sameTo5Digits(dot(v.yOfL!, v.dy!), dot(v.l!, v.gradient!));
    // A gradient for another kernel does not pass.
    expect(Math.abs(dot(v.yOfL!, v.dy!) - dot(v.k!, v.gradient!))).toBeGreaterThan(0.01);
  });

  it('input: ⟨conv(u, k), dy⟩ = ⟨u, error⟩', async () => {
    const v = await results();
    sameTo5Digits(dot(v.yOfU!, v.dy!), dot(v.u!, v.error!));
  });

  it('pool: ⟨pool(y), dp⟩ = ⟨y, unpool(dp)⟩', async () => {
    const v = await results();
    sameTo5Digits(dot(v.pooled!, v.dp!), dot(v.y!, v.unpooled!));
    const zeros = (v.unpooled!.data as Float32Array).filter((e) => e === 0).length;
    expect(zeros / v.unpooled!.data.length).toBeCloseTo(1 - 1 / (pool[0] * pool[1]), 2);
  });
});
