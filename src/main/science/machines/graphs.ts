import { floats, node } from '../../models/builders/parts';
import type { Graph, GraphNode, Tensor } from '../../models/writer';
import { type Path, type PathSpec, type Weights, weightDims, weightNames } from './path';
import { overSteps, type Sequence, type StepForm, type StepNodes } from './steps';

/**
 * Three machines for one function: `x` [batch, features] → `y` [batch, classes], logits. `explicit` matches a query against
 * every example at every step (the path-kernel machine, midpoint rule); in `superposed` the sum over the examples is
 * taken, in `network` the sum over the steps as well. Source: guide of the experiments, 4.1.
 */
export const machineKinds = ['explicit', 'superposed', 'network'] as const;
export type MachineKind = (typeof machineKinds)[number];

export function machineGraph(kind: MachineKind, path: Path, form: StepForm = 'scan'): Graph {
  const { features, classes } = path.spec;
  return {
    name: `${kind}-machine`,
    ...builders[kind](path, form),
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', features] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', classes] }],
  };
}

type Parts = { nodes: GraphNode[]; initializers: Tensor[] };

const builders: Record<MachineKind, (path: Path, form: StepForm) => Parts> = {
  explicit,
  superposed,
  network: (path) => network(path.spec, path.last, 'y'),
};

const one = floats('one', [], [1]);

function network(spec: PathSpec, weights: Weights, output: string): Parts {
  const dims = weightDims(spec);
  return {
    nodes: [
      node('Gemm', ['x', 'net-w1', 'net-b1'], 'net-a'),
      node('Tanh', ['net-a'], 'net-h'),
      node('Gemm', ['net-h', 'net-w2', 'net-b2'], output),
    ],
    initializers: weightNames.map((name) => ({
      name: `net-${name}`,
      elemType: 'float32',
      dims: dims[name],
      data: weights[name],
    })),
  };
}

/** The query at the middle of a step: hidden values `h`, and their slope 1 − h². */
const atMiddle = (at: (local: string) => string): GraphNode[] => [
  node('Gemm', ['x', at('w1'), at('b1')], at('a')),
  node('Tanh', [at('a')], at('h')),
  node('Mul', [at('h'), at('h')], at('h2')),
  node('Sub', ['one', at('h2')], at('slope')),
];

function sequencesOf(
  spec: PathSpec,
  weights: Weights,
  names: readonly (keyof Weights)[],
  prefix = '',
): Sequence[] {
  const dims = weightDims(spec);
  return names.map((name) => ({ name: prefix + name, dims: dims[name], data: weights[name] }));
}

/** y = f₀ + Σ over steps of (h·Hᵀ + 1)·R + (((x·Xᵀ + 1)·dH) ∘ φ′)·W2, with −η/n in R and dH already. */
function explicit(path: Path, form: StepForm): Parts {
  const { spec, n } = path;
  const start = network(spec, path.start, 'start');
  // Summed over the examples before the slope: n·hidden multiply-adds a query, not n·hidden·classes.
  const step: StepNodes = (at) => [
    ...atMiddle(at),
    node('Gemm', [at('h'), at('examples-h')], at('similar'), { transB: { int: 1 } }),
    node('Add', [at('similar'), 'one'], at('similar-1')),
    node('MatMul', [at('similar-1'), at('examples-r')], at('upper')),
    node('MatMul', ['pairs', at('examples-dh')], at('matched')),
    node('Mul', [at('matched'), at('slope')], at('bent')),
    node('MatMul', [at('bent'), at('w2')], at('lower')),
    node('Add', [at('upper'), at('lower')], at('both')),
    node('Add', [at('sum'), at('both')], at('next')),
  ];
  const kept: Sequence[] = [
    ...sequencesOf(spec, path.middle, ['w1', 'b1', 'w2']),
    { name: 'examples-h', dims: [n, spec.hidden], data: path.hidden },
    { name: 'examples-dh', dims: [n, spec.hidden], data: path.hiddenCoefficients },
    { name: 'examples-r', dims: [n, spec.classes], data: path.coefficients },
  ];
  const sum = overSteps(form, spec.steps, kept, step, { start: 'start', output: 'y', width: spec.classes });
  return {
    nodes: [
      ...start.nodes,
      node('Gemm', ['x', 'examples-x'], 'products', { transB: { int: 1 } }),
      node('Add', ['products', 'one'], 'pairs'),
      ...sum.nodes,
    ],
    initializers: [
      one,
      ...start.initializers,
      { name: 'examples-x', elemType: 'float32', dims: [n, spec.features], data: path.x },
      ...sum.initializers,
    ],
  };
}

/** y = f₀ + Σ over steps of h·ΔW2 + Δb2 + ((x·ΔW1 + Δb1) ∘ φ′)·W2: the changes are the examples, superposed. */
function superposed(path: Path, form: StepForm): Parts {
  const { spec } = path;
  const start = network(spec, path.start, 'start');
  const step: StepNodes = (at) => [
    ...atMiddle(at),
    node('Gemm', ['x', at('d-w1'), at('d-b1')], at('matched')),
    node('Mul', [at('matched'), at('slope')], at('bent')),
    node('MatMul', [at('bent'), at('w2')], at('lower')),
    node('Gemm', [at('h'), at('d-w2'), at('d-b2')], at('upper')),
    node('Add', [at('upper'), at('lower')], at('both')),
    node('Add', [at('sum'), at('both')], at('next')),
  ];
  const kept = [
    ...sequencesOf(spec, path.middle, ['w1', 'b1', 'w2']),
    ...sequencesOf(spec, path.change, weightNames, 'd-'),
  ];
  const sum = overSteps(form, spec.steps, kept, step, { start: 'start', output: 'y', width: spec.classes });
  return {
    nodes: [...start.nodes, ...sum.nodes],
    initializers: [one, ...start.initializers, ...sum.initializers],
  };
}
