import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { elementCount } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Session, Value } from '../../../src/main/science/tools';
import { parameterShapes } from '../../../src/main/science/train/shapes';
import type { MlpSpec } from '../../../src/main/science/train/spec';
import { type StepOptions, stateShapes, stepGraph } from '../../../src/main/science/train/step';

const ort = openOrt();
const sessions: Session[] = [];
afterAll(() => Promise.all(sessions.map((s) => s.close())));

const mlp = (more: Partial<MlpSpec> = {}): MlpSpec => ({
  kind: 'mlp',
  features: 7,
  hidden: [9],
  classes: 4,
  activation: 'relu',
  ...more,
});

interface Case {
  spec: MlpSpec;
  options?: Partial<StepOptions>;
  /** Velocities of absent weights begin at something else than 0. */
  brokenVelocity?: boolean;
}

const rate = 0.5;
const momentum = 0.9;
const doubles = (data: Float64Array, dims: readonly number[]): Value => ({ elemType: 'float64', dims, data });

/** A step in float64 at a random state, and the largest disagreement with central differences of the loss. */
async function prepared({ spec, options = {}, brokenVelocity = false }: Case) {
  const step: StepOptions = { batch: 5, elemType: 'float64', ...options };
  const random = createRandom(11, 'gradients');
  const normal = (n: number) => Float64Array.from({ length: n }, () => random.normal());
  const shapes = stateShapes(spec, step);
  const state: Record<string, Float64Array> = {};
  for (const [name, dims] of Object.entries(shapes)) state[name] = normal(elementCount(dims));
  for (const name of Object.keys(shapes)) {
    if (name.startsWith('duty')) state[name] = state[name]!.map(() => random.uniform());
    if (name === 'seen') state[name] = Float64Array.of(40);
  }
  const masks: Record<string, Float64Array> = {};
  for (const name of step.masked ?? []) {
    const mask = state[name]!.map(() => (random.uniform() < 0.3 ? 1 : 0));
    masks[name] = mask;
    state[name] = state[name]!.map((v, i) => v * mask[i]!);
    const velocity = state[`v.${name}`];
    if (velocity && !brokenVelocity) state[`v.${name}`] = velocity.map((v, i) => v * mask[i]!);
  }
  const t = new Float64Array(step.batch * spec.classes);
  for (let i = 0; i < step.batch; i++) {
    // Soft targets: they need not be one-hot.
    const k = random.integer(0, spec.classes);
    t[i * spec.classes + k] = 0.7;
    t[i * spec.classes + ((k + 1) % spec.classes)] = 0.3;
  }
  const fixed: Record<string, Value> = {
    x: doubles(normal(step.batch * spec.features), [step.batch, spec.features]),
    t: doubles(t, [step.batch, spec.classes]),
    rate: doubles(Float64Array.of(rate), []),
    ...(step.momentum ? { momentum: doubles(Float64Array.of(momentum), []) } : {}),
    ...('seen' in shapes ? { boost: doubles(Float64Array.of(1.5), []) } : {}),
    ...Object.fromEntries(
      Object.entries(masks).map(([name, mask]) => [`mask.${name}`, doubles(mask, shapes[name]!)]),
    ),
  };
  const session = await ort.open(stepGraph(spec, step));
  sessions.push(session);
  const run = () =>
    session.run({
      ...fixed,
      ...Object.fromEntries(Object.keys(shapes).map((n) => [n, doubles(state[n]!, shapes[n]!)])),
    });
  return { run, state, masks, step };
}

async function worstDifference(given: Case): Promise<number> {
  const { run, state, masks, step } = await prepared(given);
  const out = await run();
  const lossOf = async () => (await run()).loss!.data[0] as number;
  let worst = 0;
  for (const name of Object.keys(parameterShapes(given.spec))) {
    const weights = state[name]!;
    const next = out[`next.${name}`]!.data as Float64Array;
    for (let i = 0; i < weights.length; i++) {
      if (masks[name] && masks[name][i] === 0) {
        worst = Math.max(worst, Math.abs(next[i]! - weights[i]!));
        continue;
      }
      const before = weights[i]!;
      const h = 1e-6;
      weights[i] = before + h;
      const up = await lossOf();
      weights[i] = before - h;
      const down = await lossOf();
      weights[i] = before;
      const expected = (up - down) / (2 * h);
      const faded = step.momentum ? momentum * state[`v.${name}`]![i]! : 0;
      const found = (before - next[i]!) / rate - faded;
      worst = Math.max(worst, Math.abs(found - expected) / Math.max(1, Math.abs(expected)));
    }
  }
  return worst;
}

const kwta = mlp({ activation: 'kwta', winners: [3] });
const cases: Record<string, Case> = {
  relu: { spec: mlp() },
  tanh: { spec: mlp({ activation: 'tanh' }) },
  'logistic regression': { spec: mlp({ hidden: [] }) },
  'three hidden layers, tanh': { spec: mlp({ hidden: [6, 5, 4], activation: 'tanh' }) },
  momentum: { spec: mlp(), options: { momentum: true } },
  'k-WTA 3 of 9, boosted': { spec: kwta },
  'squared loss': { spec: mlp(), options: { loss: 'squared' } },
  'masked weights': { spec: mlp(), options: { masked: ['w0'] } },
  'k-WTA, masked, momentum': { spec: kwta, options: { masked: ['w0'], momentum: true } },
  'relu, without Sign and LogSoftmax': { spec: mlp(), options: { substitutes: true } },
  'k-WTA by bisection': { spec: kwta, options: { substitutes: true } },
};

describe('gradients against central differences, in float64, through the step graph itself', () => {
  it.each(Object.entries(cases))('%s: within 1e-7', async (_, given) => {
    expect(await worstDifference(given)).toBeLessThan(1e-7);
  });

  it('a velocity that is not zero on absent weights moves them: the check sees it', async () => {
    const given = { spec: mlp(), options: { masked: ['w0'], momentum: true } };
    expect(await worstDifference(given)).toBeLessThan(1e-7);
    expect(await worstDifference({ ...given, brokenVelocity: true })).toBeGreaterThan(0.01);
  });
});

describe('the state beside the weights', () => {
  it('duty cycles count the winners of the batch over the period', async () => {
    const { run, state } = await prepared({ spec: kwta });
    const out = await run();
    const next = out['next.duty0']!.data as Float64Array;
    expect(out['next.seen']!.data[0]).toBe(45);
    // d (45 − 5) + wins = d' 45: the wins are whole numbers, 3 winners for each of 5 examples.
    const wins = next.map((d, i) => d * 45 - state.duty0![i]! * 40);
    for (const w of wins) expect(Math.abs(w - Math.round(w))).toBeLessThan(1e-9);
    expect(wins.reduce((a, b) => a + b)).toBeCloseTo(15, 9);
  });

  it('the substitutes give the same step as the operators they stand for', async () => {
    const plain = await prepared({ spec: kwta });
    const other = await prepared({ spec: kwta, options: { substitutes: true } });
    const [a, b] = [await plain.run(), await other.run()];
    for (const name of Object.keys(a)) {
      const [x, y] = [a[name]!.data as Float64Array, b[name]!.data as Float64Array];
      for (let i = 0; i < x.length; i++) expect(Math.abs(x[i]! - y[i]!)).toBeLessThan(1e-12);
    }
    const used = stepGraph(kwta, { batch: 5, substitutes: true }).nodes.map((n) => n.op);
    for (const op of ['TopK', 'Sign', 'LogSoftmax', 'Min', 'Scan']) expect(used).not.toContain(op);
  });
});
