import { elementCount, type Graph, type GraphNode, type Tensor } from '../../models/writer';
import { Emitter } from './emitter';
import { featuresOf, parameterShapes } from './shapes';
import type { NetSpec, Params } from './spec';
import { startParams } from './start';
import { emitStep, type StepOptions, stateShapes } from './step';

export interface TrainingGraphOptions extends Omit<StepOptions, 'elemType'> {
  /** Steps in one call. */
  steps: number;
  learningRate: number;
  /** Default 0.9, where `momentum` is on. */
  momentumValue?: number;
  /** Strength of boosting, k-WTA only; default 1.5. */
  boost?: number;
  seed: number;
  /** Parameters that every call begins with, in place of the start's. */
  from?: Params;
}

/**
 * A model whose call is `steps` steps of training with batches of `batch`: `x` [steps, batch, features] to `y` [steps],
 * the loss of each step, and the state after the last one. It is fed and timed like any other model, so training is
 * measured with the same meter and protocol as inference. Every call begins at the same parameters, which are
 * initializers. Targets are soft and made of the examples themselves (softmax of their first values), so that no labels
 * have to be fed; what they are does not change the work. A call's time and energy are divided by `steps` for one step.
 */
export function trainingGraph(spec: NetSpec, options: TrainingGraphOptions): Graph {
  const { steps, batch, seed } = options;
  const body = bodyOf(spec, options);
  const outer = new Emitter();
  const targets = emitTargets(outer, spec);
  const shapes = stateShapes(spec, options);
  const names = Object.keys(shapes);
  const start = { ...startParams(spec, seed), ...options.from };
  const given = names.filter((name) => start[name]);
  const zeros = names.filter((name) => !start[name]);
  for (const name of zeros) {
    outer.addAs('ConstantOfShape', [outer.integers(shapes[name]!)], `first.${name}`);
  }
  const scan: GraphNode = {
    op: 'Scan',
    inputs: [...names.map((n) => `first.${n}`), 'x', targets],
    outputs: [...names.map((n) => `last.${n}`), 'y'],
    attributes: { body: { graph: body }, num_scan_inputs: { int: 2 } },
  };
  const scalars = {
    rate: options.learningRate,
    momentum: options.momentumValue ?? 0.9,
    boost: options.boost ?? 1.5,
  };
  const read = new Set(body.nodes.flatMap((n) => n.inputs));
  const float = (name: string, dims: readonly number[], data: Float32Array): Tensor => ({
    name,
    elemType: 'float32',
    dims,
    data,
  });
  const weights = parameterShapes(spec);
  return {
    name: 'training-steps',
    nodes: [...outer.nodes, scan],
    initializers: [
      ...given.map((name) => float(`first.${name}`, shapes[name]!, start[name]!)),
      ...Object.entries(scalars)
        .filter(([name]) => read.has(name))
        .map(([name, value]) => float(name, [], Float32Array.of(value))),
      ...(options.masked ?? []).map((name) =>
        float(`mask.${name}`, weights[name]!, new Float32Array(elementCount(weights[name]!)).fill(1)),
      ),
      ...outer.initializers,
    ],
    inputs: [{ name: 'x', elemType: 'float32', dims: [steps, batch, featuresOf(spec)] }],
    outputs: [
      { name: 'y', elemType: 'float32', dims: [steps] },
      ...names.map((n) => ({ name: `last.${n}`, elemType: 'float32' as const, dims: shapes[n]! })),
    ],
  };
}

/** One step, from the state, a batch of examples and their targets. */
function bodyOf(spec: NetSpec, options: TrainingGraphOptions): Graph {
  const { batch } = options;
  const g = new Emitter('float32', options.substitutes);
  emitStep(g, spec, options, 'x.step', 't.step');
  const float = (name: string, dims: readonly number[]) => ({ name, elemType: 'float32' as const, dims });
  const state = (prefix: string) =>
    Object.entries(stateShapes(spec, options)).map(([name, dims]) => float(prefix + name, dims));
  return {
    name: 'training-step',
    nodes: g.nodes,
    initializers: g.initializers,
    inputs: [
      ...state(''),
      float('x.step', [batch, featuresOf(spec)]),
      float('t.step', [batch, spec.classes]),
    ],
    outputs: [...state('next.'), float('loss', [])],
  };
}

/** Targets [steps, batch, classes] from the first values of each example, repeated where there are too few. */
function emitTargets(g: Emitter, spec: NetSpec): string {
  const features = featuresOf(spec);
  let wide = 'x';
  if (features < spec.classes) {
    const copies = Array<string>(Math.ceil(spec.classes / features)).fill('x');
    wide = g.add('Concat', copies, 'wide', { axis: { int: 2 } });
  }
  const first = g.add(
    'Slice',
    [wide, g.integers([0]), g.integers([spec.classes]), g.integers([2])],
    'first.values',
  );
  return g.add('Softmax', [first], 'targets', { axis: { int: -1 } });
}
