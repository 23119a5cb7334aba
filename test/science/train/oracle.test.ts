import { grad, init, lax, nn, numpy as np } from '@jax-js/jax';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Session, Value } from '../../../src/main/science/tools';
import { featuresOf, parameterShapes } from '../../../src/main/science/train/shapes';
import type { NetSpec } from '../../../src/main/science/train/spec';
import { startParams } from '../../../src/main/science/train/start';
import { stepGraph } from '../../../src/main/science/train/step';

// An independent oracle: automatic differentiation by jax-js. Its arrays are owned; `.ref` reads one twice.
type JaxArray = ReturnType<typeof np.array>;
const jaxArray = (data: Float32Array, shape: readonly number[]) =>
  np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape] });

const batch = 6;
const ort = openOrt();
const sessions: Session[] = [];
beforeAll(() => init());
afterAll(() => Promise.all(sessions.map((s) => s.close())));

const value = (data: Float32Array, dims: readonly number[]): Value => ({ elemType: 'float32', dims, data });

/** Gradients through the step graph: with rate 1 and no momentum they are what the parameters lose. */
async function ours(spec: NetSpec, x: Float32Array, t: Float32Array) {
  const params = startParams(spec, 3, { start: 'uniform' });
  const session = await ort.open(stepGraph(spec, { batch }));
  sessions.push(session);
  const shapes = parameterShapes(spec);
  const out = await session.run({
    ...Object.fromEntries(Object.entries(shapes).map(([n, dims]) => [n, value(params[n]!, dims)])),
    x: value(x, [batch, featuresOf(spec)]),
    t: value(t, [batch, spec.classes]),
    rate: value(Float32Array.of(1), []),
  });
  const gradients = Object.keys(shapes).map((n) =>
    params[n]!.map((v, i) => v - (out[`next.${n}`]!.data as Float32Array)[i]!),
  );
  return { params, gradients };
}

function inputsOf(spec: NetSpec) {
  const random = createRandom(4, 'oracle');
  const x = Float32Array.from({ length: batch * featuresOf(spec) }, () => random.normal());
  const t = new Float32Array(batch * spec.classes);
  for (let i = 0; i < batch; i++) t[i * spec.classes + random.integer(0, spec.classes)] = 1;
  return { x, t };
}

/** The same network written for jax-js, forward only. */
function jaxLogits(spec: NetSpec, parameters: JaxArray[], x: JaxArray): JaxArray {
  let at = x;
  const convolutions = spec.kind === 'cnn' ? spec.convolutions : [];
  const activate = (v: JaxArray): JaxArray => (spec.activation === 'tanh' ? np.tanh(v) : nn.relu(v));
  if (spec.kind === 'cnn') at = at.reshape([batch, ...spec.shape]);
  for (const [i, { channels, pool }] of convolutions.entries()) {
    at = lax
      .conv(at, parameters[2 * i]!, [1, 1], 'VALID')
      .add(parameters[2 * i + 1]!.reshape([1, channels, 1, 1]));
    const [b, c, h, w] = at.shape as [number, number, number, number];
    const apart = at.reshape([b, c, h / pool[0], pool[0], w / pool[1], pool[1]]);
    at = activate(np.max(apart, [3, 5]));
  }
  if (spec.kind === 'cnn') at = at.reshape([batch, -1]);
  for (let i = convolutions.length; 2 * i < parameters.length; i++) {
    at = np.matmul(at, parameters[2 * i]!).add(parameters[2 * i + 1]!);
    if (2 * i + 2 < parameters.length) at = activate(at);
  }
  return at;
}

async function theirs(
  spec: NetSpec,
  params: Readonly<Record<string, Float32Array>>,
  x: Float32Array,
  t: Float32Array,
) {
  const names = Object.entries(parameterShapes(spec));
  const arrays = names.map(([name, dims]) => jaxArray(params[name]!, dims));
  const loss = (...given: JaxArray[]) => {
    const logits = jaxLogits(spec, given, jaxArray(x, [batch, featuresOf(spec)]));
    const each = nn.logSoftmax(logits).mul(jaxArray(t, [batch, spec.classes]));
    return np.sum(each).mul(-1 / batch);
  };
  const found = grad(loss, { argnums: names.map((_, i) => i) })(...arrays) as JaxArray[];
  return Promise.all(found.map((g) => g.data())) as Promise<Float32Array[]>;
}

const specs: Record<string, NetSpec> = {
  'relu, two hidden layers': { kind: 'mlp', features: 12, hidden: [16, 8], classes: 5, activation: 'relu' },
  'tanh, one hidden layer': { kind: 'mlp', features: 12, hidden: [16], classes: 5, activation: 'tanh' },
  'two convolutions with pools, relu': {
    kind: 'cnn',
    shape: [2, 12, 12],
    convolutions: [
      { channels: 4, kernel: [3, 3], pool: [2, 2] },
      { channels: 5, kernel: [2, 2], pool: [2, 2] },
    ],
    hidden: [7],
    classes: 3,
    activation: 'relu',
  },
  'a sequence, tanh': {
    kind: 'cnn',
    shape: [1, 1, 24],
    convolutions: [{ channels: 4, kernel: [1, 5], pool: [1, 2] }],
    hidden: [],
    classes: 3,
    activation: 'tanh',
  },
};

describe('gradients against jax-js', () => {
  it.each(Object.entries(specs))('%s: within 1e-5', async (_, spec) => {
    const { x, t } = inputsOf(spec);
    const { params, gradients } = await ours(spec, x, t);
    const expected = await theirs(spec, params, x, t);
    const largest = Math.max(...expected.flatMap((g) => [...g].map(Math.abs)));
    expect(largest).toBeGreaterThan(0.01);
    for (const [k, g] of expected.entries()) {
      expect(gradients[k]!.length).toBe(g.length);
      for (let i = 0; i < g.length; i++) expect(Math.abs(gradients[k]![i]! - g[i]!)).toBeLessThan(1e-5);
    }
  });
});
