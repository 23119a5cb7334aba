import type { GraphNode, Tensor } from '../../models/writer';

/** How a sum over steps is written: a `Scan`, or every step's nodes one after the other where a provider has no Scan. */
export type StepForm = 'scan' | 'unrolled';

/** One tensor a step, one after the other in `data`. */
export interface Sequence {
  name: string;
  /** Of one step. */
  dims: readonly number[];
  data: Float32Array;
}

/** What is done in a step; `at` gives a local name its full one. Takes the state `sum`, gives the state `next`. */
export type StepNodes = (at: (local: string) => string) => GraphNode[];

/**
 * Nodes and tensors that take `start` through every step to `output`, both [batch, …]. Names of the outer graph are
 * used as they are, local ones through `at`.
 */
export function overSteps(
  form: StepForm,
  steps: number,
  sequences: readonly Sequence[],
  nodesOf: StepNodes,
  { start, output, width }: { start: string; output: string; width: number },
): { nodes: GraphNode[]; initializers: Tensor[] } {
  if (form === 'unrolled') return unrolled(steps, sequences, nodesOf, start, output);
  const float = (name: string, dims: readonly (number | string)[]) => ({
    name,
    elemType: 'float32' as const,
    dims,
  });
  const body = {
    name: 'step',
    nodes: nodesOf((local) => local),
    initializers: [],
    inputs: [float('sum', ['batch', width]), ...sequences.map((s) => float(s.name, s.dims))],
    outputs: [float('next', ['batch', width])],
  };
  return {
    nodes: [
      {
        op: 'Scan',
        inputs: [start, ...sequences.map((s) => `all-${s.name}`)],
        outputs: [output],
        attributes: { body: { graph: body }, num_scan_inputs: { int: sequences.length } },
      },
    ],
    initializers: sequences.map((s) => ({
      ...float(`all-${s.name}`, []),
      dims: [steps, ...s.dims],
      data: s.data,
    })),
  };
}

function unrolled(
  steps: number,
  sequences: readonly Sequence[],
  nodesOf: StepNodes,
  start: string,
  output: string,
): { nodes: GraphNode[]; initializers: Tensor[] } {
  const count = Array.from({ length: steps }, (_, s) => s);
  const stateAt = (s: number) => (s === 0 ? start : s === steps ? output : `sum-${s}`);
  return {
    nodes: count.flatMap((s) =>
      nodesOf((local) =>
        local === 'sum' ? stateAt(s) : local === 'next' ? stateAt(s + 1) : `${local}-${s}`,
      ),
    ),
    initializers: count.flatMap((s) =>
      sequences.map(({ name, dims, data }) => {
        const size = data.length / steps;
        return {
          name: `${name}-${s}`,
          elemType: 'float32' as const,
          dims,
          data: data.subarray(s * size, (s + 1) * size),
        };
      }),
    ),
  };
}
