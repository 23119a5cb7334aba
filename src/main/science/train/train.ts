import { LabError } from '../../../shared/errors';
import { elementCount } from '../../models/writer';
import type { Examples } from '../data/dataset';
import { oneHot } from '../data/examples';
import type { Ort, Session, Value } from '../tools';
import { batchesOf, type StepPlan, stepsOf } from './batches';
import { featuresOf } from './shapes';
import type { NetSpec, Params, Recipe, Trained } from './spec';
import { startParams } from './start';
import { type StepOptions, scanGraph, stateShapes, stepGraph } from './step';

/** Steps in one call where the provider has Scan. */
const defaultChunk = 100;

/**
 * Trains a network by gradient descent inside ONNX Runtime. `progress` gets the share done after each call.
 * The same spec, examples, recipe, build and machine give the same bytes.
 * @throws LabError bad_plan where the recipe does not fit the examples or the network, runner_failed where it diverges
 */
export async function train(
  ort: Ort,
  spec: NetSpec,
  examples: Pick<Examples, 'x' | 'n'> & { y?: ArrayLike<number> },
  recipe: Recipe,
  progress: (share: number) => void = () => {},
): Promise<Trained> {
  const used = recipe.index?.length ?? examples.n;
  const steps = stepsOf(recipe, used);
  assertFits(spec, examples, recipe, used, steps);
  const begun = performance.now();
  const engine = engineOf(ort, spec, examples, recipe);
  let state = startState(spec, recipe);
  const loss = new Float32Array(steps);
  let done = 0;
  let boost = recipe.boost ?? 1.5;
  try {
    for (const chunk of chunksOf(batchesOf(recipe, used), engine.chunk)) {
      const result = await engine.run(state, chunk);
      state = result.state;
      loss.set(result.losses, done);
      done += chunk.length;
      boost = chunk.at(-1)!.boost;
      progress(done / steps);
    }
  } finally {
    await engine.close();
  }
  if (steps > 0 && !Number.isFinite(loss.at(-1))) {
    throw new LabError(
      'runner_failed',
      `The training diverged: its loss is no number after ${steps} steps.`,
      'Use a smaller learning rate.',
    );
  }
  return {
    params: paramsOf(state, boost),
    loss,
    steps,
    seconds: (performance.now() - begun) / 1000,
    runSeconds: engine.seconds(),
  };
}

function assertFits(
  spec: NetSpec,
  { x, n, y }: { x: Float32Array; n: number; y?: ArrayLike<number> },
  { targets, batch, firstEpochBatch = batch }: Recipe,
  used: number,
  steps: number,
): void {
  const features = featuresOf(spec);
  const refuse = (why: string, remedy: string | null = null) => new LabError('bad_plan', why, remedy);
  if (x.length !== n * features) {
    throw refuse(`${n} examples of ${features} features have ${n * features} numbers, not ${x.length}.`);
  }
  if (!y && !targets) throw refuse('There are neither labels nor targets.');
  if (targets && targets.length !== n * spec.classes) {
    throw refuse(`${n} targets of ${spec.classes} classes have ${n * spec.classes} numbers.`);
  }
  if (steps > 0 && Math.max(batch, firstEpochBatch) > used) {
    throw refuse(
      `A batch of ${Math.max(batch, firstEpochBatch)} is more than the ${used} examples.`,
      'Use a smaller batch or more examples.',
    );
  }
}

type State = Record<string, Value>;

interface Engine {
  chunk: number;
  run(state: State, plans: readonly StepPlan[]): Promise<{ state: State; losses: Float32Array }>;
  seconds(): number;
  close(): Promise<void>;
}

/** Sessions by batch, and how a chunk of steps is fed. */
function engineOf(
  ort: Ort,
  spec: NetSpec,
  examples: { x: Float32Array; n: number; y?: ArrayLike<number> },
  recipe: Recipe,
): Engine {
  const { provider = 'cpu', threads = 1, masks = {} } = recipe;
  const chunk = recipe.chunk ?? (provider === 'cpu' ? defaultChunk : 1);
  const targets = recipe.targets ?? oneHot(examples.y!, spec.classes);
  const options = (batch: number): StepOptions => ({
    batch,
    momentum: Boolean(recipe.momentum),
    loss: recipe.loss,
    masked: Object.keys(masks),
    substitutes: provider !== 'cpu',
  });
  const sessions = new Map<number, Promise<Session>>();
  const sessionOf = (batch: number) => {
    const known = sessions.get(batch);
    if (known) return known;
    const graph = chunk > 1 ? scanGraph(spec, options(batch)) : stepGraph(spec, options(batch));
    const opened = ort.open(graph, { provider, threads });
    sessions.set(batch, opened);
    return opened;
  };
  const shapes = stateShapes(spec, options(1));
  const fixed: Record<string, Value> = Object.fromEntries(
    Object.entries(masks).map(([name, mask]) => [`mask.${name}`, floats(mask, shapes[name]!)]),
  );
  if (recipe.momentum) fixed.momentum = floats([recipe.momentum], []);
  const competes = 'seen' in shapes;
  const given = competes ? (plan: StepPlan) => ({ boost: floats([plan.boost], []) }) : () => ({});
  const features = featuresOf(spec);
  const all = {
    examples: floats(examples.x, [examples.n, features]),
    targets: floats(targets, [examples.n, spec.classes]),
  };
  let milliseconds = 0;
  const timed = async (session: Session, feeds: Record<string, Value>) => {
    const begun = performance.now();
    const answer = await session.run(feeds);
    milliseconds += performance.now() - begun;
    return answer;
  };
  const one = async (state: State, plan: StepPlan) => {
    const { index, rate } = plan;
    const answer = await timed(await sessionOf(index.length), {
      ...fixed,
      ...state,
      ...given(plan),
      rate: floats([rate], []),
      x: floats(rowsOf(examples.x, features, index), [index.length, features]),
      t: floats(rowsOf(targets, spec.classes, index), [index.length, spec.classes]),
    });
    return { state: renamed(shapes, answer, 'next.'), losses: answer.loss!.data as Float32Array };
  };
  const many = async (state: State, plans: readonly StepPlan[]) => {
    const batch = plans[0]!.index.length;
    const index = new Int32Array(plans.length * batch);
    for (const [s, plan] of plans.entries()) index.set(plan.index, s * batch);
    const rates = floats(
      plans.map((p) => p.rate),
      [plans.length],
    );
    const boosts = floats(
      plans.map((p) => p.boost),
      [plans.length],
    );
    const answer = await timed(await sessionOf(batch), {
      ...fixed,
      ...all,
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`first.${name}`, value])),
      index_all: { elemType: 'int32', dims: [plans.length, batch], data: index },
      rates,
      ...(competes ? { boosts } : {}),
    });
    return { state: renamed(shapes, answer, 'last.'), losses: answer.losses!.data as Float32Array };
  };
  return {
    chunk,
    run: (state, plans) => (chunk > 1 ? many(state, plans) : one(state, plans[0]!)),
    seconds: () => milliseconds / 1000,
    async close() {
      for (const opened of sessions.values()) await (await opened).close();
    },
  };
}

/** Runs of steps with the same batch, at most `size` long. */
function* chunksOf(plans: Iterable<StepPlan>, size: number): Generator<StepPlan[]> {
  let chunk: StepPlan[] = [];
  for (const plan of plans) {
    if (chunk.length === size || (chunk.length > 0 && chunk[0]!.index.length !== plan.index.length)) {
      yield chunk;
      chunk = [];
    }
    chunk.push(plan);
  }
  if (chunk.length > 0) yield chunk;
}

function startState(spec: NetSpec, recipe: Recipe): State {
  const shapes = stateShapes(spec, { momentum: Boolean(recipe.momentum) });
  const start: Record<string, Float32Array> = { ...startParams(spec, recipe.seed, recipe) };
  for (const [name, given] of Object.entries(recipe.from ?? {})) {
    if (!(name in shapes)) continue;
    const mask = recipe.masks?.[name];
    start[name] = mask ? given.map((v, i) => v * mask[i]!) : given;
  }
  return Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => {
      const data = start[name] ?? new Float32Array(elementCount(dims));
      if (data.length !== elementCount(dims)) {
        throw new LabError('bad_plan', `${name} has ${data.length} numbers, its shape ${dims.join('×')}.`);
      }
      return [name, floats(data, dims)];
    }),
  );
}

/** Velocities are left out: they are no part of the network. */
function paramsOf(state: State, boost: number): Params {
  const kept = Object.entries(state).filter(([name]) => !name.startsWith('v.'));
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, value.data as Float32Array])),
    ...('seen' in state ? { boost: Float32Array.of(boost) } : {}),
  };
}

function renamed(shapes: Record<string, unknown>, answer: Record<string, Value>, prefix: string): State {
  return Object.fromEntries(Object.keys(shapes).map((name) => [name, answer[prefix + name]!]));
}

const floats = (data: Float32Array | readonly number[], dims: readonly number[]): Value => ({
  elemType: 'float32',
  dims,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

function rowsOf(data: Float32Array, width: number, index: Int32Array): Float32Array {
  const rows = new Float32Array(index.length * width);
  for (let i = 0; i < index.length; i++) {
    rows.set(data.subarray(index[i]! * width, (index[i]! + 1) * width), i * width);
  }
  return rows;
}
