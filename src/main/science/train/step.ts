import { elementCount, type Graph, type GraphPort } from '../../models/writer';
import { Emitter, type FloatType } from './emitter';
import { emitBackward, emitForward, type Kept } from './layers';
import { featuresOf, parameterShapes, stagesOf } from './shapes';
import type { NetSpec } from './spec';
import { boostDims } from './winners';

/** What a step is made of beside the network. */
export interface StepOptions {
  batch: number;
  momentum?: boolean;
  loss?: 'crossEntropy' | 'squared';
  /** Names of weights with a mask, e.g. ['w0']. */
  masked?: readonly string[];
  /** float64 for checks of gradients; ONNX Runtime has no float64 convolution. */
  elemType?: FloatType;
  /** Only operators that WebGPU has too. */
  substitutes?: boolean;
}

/** Examples over which the share of wins is taken (guide 6.1). */
const longestPeriod = 1000;

/** What a step changes, by name: parameters, with momentum a velocity `v.<name>` each, with k-WTA `duty<i>` and `seen`. */
export function stateShapes(
  spec: NetSpec,
  { momentum = false }: Pick<StepOptions, 'momentum'> = {},
): Record<string, readonly number[]> {
  const parameters = parameterShapes(spec);
  const competing = stagesOf(spec).filter((s) => s.winners > 0);
  return {
    ...parameters,
    ...(momentum
      ? Object.fromEntries(Object.entries(parameters).map(([name, dims]) => [`v.${name}`, dims]))
      : {}),
    ...Object.fromEntries(competing.map((stage) => [`duty${stage.at}`, boostDims(stage)])),
    ...(competing.length > 0 ? { seen: [] } : {}),
  };
}

/**
 * One step of gradient descent per call. Inputs: the state (see stateShapes), `x` [batch, features], `t`
 * [batch, classes] (one-hot or soft), `rate` [], and as needed `momentum` [], `boost` [] (strength β), `mask.<weight>`.
 * Outputs: the state under `next.<name>`, and `loss` [], the mean over the batch before the step.
 */
export function stepGraph(spec: NetSpec, options: StepOptions): Graph {
  const { elemType = 'float32' } = options;
  const g = new Emitter(elemType, options.substitutes);
  const shapes = stateShapes(spec, options);
  emitStep(g, spec, options, 'x', 't');
  const { floats, state } = portsOf(elemType, shapes);
  return {
    name: 'training-step',
    nodes: g.nodes,
    initializers: g.initializers,
    inputs: [
      ...state(''),
      floats('x', [options.batch, featuresOf(spec)]),
      floats('t', [options.batch, spec.classes]),
      floats('rate', []),
      ...(competes(spec) ? [floats('boost', [])] : []),
      ...fixedPorts(spec, options),
    ],
    outputs: [...state('next.'), floats('loss', [])],
  };
}

/**
 * Many steps per call: the state stays inside ONNX Runtime, and each step gathers its batch from all examples, so that
 * nothing is copied in JavaScript. Inputs: the state under `first.<name>`, `examples` [n, features], `targets`
 * [n, classes], `index_all` int32 [steps, batch], `rates` [steps], with k-WTA `boosts` [steps], and as needed `momentum`,
 * `mask.<weight>`. Outputs: the state under `last.<name>`, and `losses` [steps].
 */
export function scanGraph(spec: NetSpec, options: StepOptions): Graph {
  const { elemType = 'float32', batch } = options;
  const g = new Emitter(elemType, options.substitutes);
  const shapes = stateShapes(spec, options);
  const x = g.add('Gather', ['examples', 'index'], 'x', { axis: { int: 0 } });
  const t = g.add('Gather', ['targets', 'index'], 't', { axis: { int: 0 } });
  emitStep(g, spec, options, x, t);
  const { floats, state } = portsOf(elemType, shapes);
  const boosts = competes(spec);
  const body: Graph = {
    name: 'training-step',
    nodes: g.nodes,
    initializers: g.initializers,
    inputs: [
      ...state(''),
      { name: 'index', elemType: 'int32', dims: [batch] },
      floats('rate', []),
      ...(boosts ? [floats('boost', [])] : []),
    ],
    outputs: [...state('next.'), floats('loss', [])],
  };
  const names = Object.keys(shapes);
  const scanned = ['index_all', 'rates', ...(boosts ? ['boosts'] : [])];
  return {
    name: 'training-steps',
    nodes: [
      {
        op: 'Scan',
        inputs: [...names.map((n) => `first.${n}`), ...scanned],
        outputs: [...names.map((n) => `last.${n}`), 'losses'],
        attributes: { body: { graph: body }, num_scan_inputs: { int: scanned.length } },
      },
    ],
    initializers: [],
    inputs: [
      ...state('first.'),
      floats('examples', ['n', featuresOf(spec)]),
      floats('targets', ['n', spec.classes]),
      { name: 'index_all', elemType: 'int32', dims: ['steps', batch] },
      floats('rates', ['steps']),
      ...(boosts ? [floats('boosts', ['steps'])] : []),
      ...fixedPorts(spec, options),
    ],
    outputs: [...state('last.'), floats('losses', ['steps'])],
  };
}

const competes = (spec: NetSpec) => stagesOf(spec).some((s) => s.winners > 0);

function portsOf(elemType: FloatType, shapes: Record<string, readonly number[]>) {
  const floats = (name: string, dims: readonly (number | string)[]): GraphPort => ({ name, elemType, dims });
  const state = (prefix: string) => Object.entries(shapes).map(([name, dims]) => floats(prefix + name, dims));
  return { floats, state };
}

/** What every step reads and none changes. */
function fixedPorts(
  spec: NetSpec,
  { momentum, masked = [], elemType = 'float32' }: StepOptions,
): GraphPort[] {
  const shapes = parameterShapes(spec);
  return [
    ...(momentum ? [{ name: 'momentum', elemType, dims: [] }] : []),
    ...masked.map((name) => ({ name: `mask.${name}`, elemType, dims: shapes[name]! })),
  ];
}

/** The nodes of one step, from the state, `x` and `t` to `next.<name>` and `loss`. */
export function emitStep(g: Emitter, spec: NetSpec, options: StepOptions, x: string, t: string): void {
  const { batch, momentum = false, masked = [], loss = 'crossEntropy' } = options;
  const stages = stagesOf(spec);
  const kept = emitForward(g, stages, x, { boost: (stage) => emitBoost(g, stage.at) });
  const residual = emitLoss(g, kept.at(-1)!.output, t, loss, batch);
  const dz = g.add('Mul', [residual, g.scalar(1 / batch)], 'dz');
  const gradients = emitBackward(g, kept, dz);
  for (const [name, raw] of Object.entries(gradients)) {
    const gradient = masked.includes(name) ? g.add('Mul', [raw, `mask.${name}`], `present.${name}`) : raw;
    emitUpdate(g, name, gradient, momentum);
  }
  emitDuty(g, kept, batch);
}

/** exp(−β d): what seldom wins is favoured. */
function emitBoost(g: Emitter, at: number): string {
  const weighted = g.add('Mul', [`duty${at}`, 'boost'], `boost${at}.weighted`);
  return g.add('Exp', [g.add('Neg', [weighted], `boost${at}.negative`)], `boost${at}`);
}

/** `loss`, and its gradient with respect to the logits times the batch. */
function emitLoss(g: Emitter, z: string, t: string, loss: StepOptions['loss'], batch: number): string {
  const mean = (total: string, factor: number) =>
    g.addAs('Mul', [g.sum(total, [0, 1], 'loss.total'), g.scalar(factor / batch)], 'loss');
  if (loss === 'squared') {
    const residual = g.add('Sub', [z, t], 'residual');
    mean(g.add('Mul', [residual, residual], 'residual.square'), 0.5);
    return residual;
  }
  mean(g.add('Mul', [g.logSoftmax(z, 'logP'), t], 'loss.each'), -1);
  return g.add('Sub', [g.add('Softmax', [z], 'p', { axis: { int: -1 } }), t], 'residual');
}

function emitUpdate(g: Emitter, name: string, gradient: string, momentum: boolean): void {
  let direction = gradient;
  if (momentum) {
    const faded = g.add('Mul', [`v.${name}`, 'momentum'], `faded.${name}`);
    direction = `next.v.${name}`;
    g.addAs('Add', [faded, gradient], direction);
  }
  const step = g.add('Mul', [direction, 'rate'], `step.${name}`);
  g.addAs('Sub', [name, step], `next.${name}`);
}

/** d ← (d (period − B) + wins) / period with period = min(1000, examples seen); guide 6.1. */
function emitDuty(g: Emitter, kept: readonly Kept[], batch: number): void {
  const competing = kept.filter(({ stage }) => stage.winners > 0);
  if (competing.length === 0) return;
  g.addAs('Add', ['seen', g.scalar(batch)], 'next.seen');
  // A batch longer than the period fills it by itself.
  const period = g.smaller('next.seen', g.scalar(Math.max(longestPeriod, batch)), 'period');
  const keep = g.add('Sub', [period, g.scalar(batch)], 'period.before');
  for (const { stage, mask } of competing) {
    const name = `duty${stage.at}`;
    const isMap = stage.kind === 'convolution';
    const wins = g.sum(mask!, isMap ? [0, 2, 3] : [0], `${name}.wins`, true);
    const places = elementCount(stage.outputDims) / stage.units;
    const active = places === 1 ? wins : g.add('Mul', [wins, g.scalar(1 / places)], `${name}.active`);
    const before = g.add('Mul', [name, keep], `${name}.before`);
    g.addAs('Div', [g.add('Add', [before, active], `${name}.sum`), period], `next.${name}`);
  }
}
