import { init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { createRandom } from '../../src/main/models/random';
import { openOrt } from '../../src/main/runner/ort/free';
import { oneHot } from '../../src/main/science/data/examples';
import { type MlpSpec, type Recipe, startParams, train } from '../../src/main/science/train';
import type { Figure } from './index';

const spec: MlpSpec = { kind: 'mlp', features: 784, hidden: [128], classes: 10, activation: 'relu' };
const batch = 64;
const examples = 20_000;
const rate = 0.1;

/** Multiply-adds of a step: forward and gradients of the weights, and of the hidden layer's error. */
const flopPerStep = 2 * batch * (784 * 128 * 2 + 128 * 10 * 3);

/** Training of 784-128-10 at batch 64: ONNX Runtime by Scan and step by step, and jax-js on the same data in the same run. */
export async function benchTraining(): Promise<Figure[]> {
  const random = createRandom(1, 'examples');
  const x = Float32Array.from({ length: examples * 784 }, () => random.uniform());
  const y = Uint8Array.from({ length: examples }, () => random.integer(0, 10));
  const ort = openOrt();
  const ours = async (more: Partial<Recipe>) => {
    const recipe: Recipe = { steps: 2000, batch, learningRate: rate, seed: 1, ...more };
    const result = await train(ort, spec, { x, y, n: examples }, recipe);
    return result.steps / result.seconds;
  };
  await ours({ steps: 200 });
  // In turns, so that other load meets all alike.
  const rates: Record<string, number[]> = { scan: [], jax: [], two: [], step: [] };
  for (let turn = 0; turn < 3; turn++) {
    rates.scan!.push(await ours({}));
    rates.jax!.push(await jaxStepsPerSecond(x, oneHot(y, 10), 300));
    rates.two!.push(await ours({ threads: 2 }));
    rates.step!.push(await ours({ chunk: 1, steps: 1000 }));
  }
  const [scan, jax, two, step] = ['scan', 'jax', 'two', 'step'].map((k) => median(rates[k]!)) as [
    number,
    number,
    number,
    number,
  ];
  const ratio = median(rates.scan!.map((r, i) => r / rates.jax![i]!));
  const perSecond = (v: number) => `${Math.round(v)} steps/s`;
  return [
    {
      what: 'Training 784-128-10, batch 64, Scan, 1 thread, all included',
      value: perSecond(scan),
      promise: 'at least 2,000 steps/s',
      held: scan >= 2000,
    },
    {
      what: `  ${((scan * flopPerStep) / 1e9).toFixed(0)} GFLOP/s; Scan, 2 threads`,
      value: perSecond(two),
      promise: null,
      held: null,
    },
    { what: '  one step per call, 1 thread', value: perSecond(step), promise: null, held: null },
    { what: '  jax-js on wasm, jit', value: perSecond(jax), promise: null, held: null },
    {
      what: '  Scan, 1 thread, over jax-js in the same turn',
      value: `${ratio.toFixed(1)} times`,
      promise: 'at least 5 times',
      held: ratio >= 5,
    },
  ];
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

type JaxArray = ReturnType<typeof np.array>;

async function jaxStepsPerSecond(x: Float32Array, t: Float32Array, steps: number): Promise<number> {
  await init();
  const array = (data: Float32Array, shape: number[]) =>
    np.array(data as Float32Array<ArrayBuffer>, { shape });
  const loss = (p: JaxArray[], xs: JaxArray, ts: JaxArray) => {
    const h = nn.relu(np.matmul(xs, p[0]!).add(p[1]!));
    const each = nn.logSoftmax(np.matmul(h, p[2]!).add(p[3]!)).mul(ts);
    return np.sum(each).mul(-1 / batch);
  };
  const step = jit((p: JaxArray[], xs: JaxArray, ts: JaxArray) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(p), xs, ts) as unknown as [JaxArray, JaxArray[]];
    return [value, ...p.map((w, i) => w.sub(gradients[i]!.mul(rate)))];
  });
  const start = startParams(spec, 1);
  let params = [
    array(start.w0!, [784, 128]),
    array(start.b0!, [128]),
    array(start.w1!, [128, 10]),
    array(start.b1!, [10]),
  ];
  let begun = 0;
  for (let s = -20; s < steps; s++) {
    if (s === 0) begun = performance.now();
    const at = ((s + 20) * batch) % (examples - batch);
    const [value, ...next] = step(
      params,
      array(x.subarray(at * 784, (at + batch) * 784), [batch, 784]),
      array(t.subarray(at * 10, (at + batch) * 10), [batch, 10]),
    ) as JaxArray[];
    params = next;
    if (s === steps - 1) await value!.data();
    else value!.dispose();
  }
  return steps / ((performance.now() - begun) / 1000);
}
