import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attribute, type Graph, modelBytes, type Tensor } from '../../src/main/models/writer';
import type { ElemType } from '../../src/shared/model';

export interface OneNode {
  op: string;
  attributes?: Record<string, Attribute>;
  inputs: { elemType: ElemType; dims: (number | string)[] }[];
  initializers?: Tensor[];
  output: { elemType: ElemType; dims: (number | string)[] };
}

/** A model of one node: graph inputs x0, x1 …, then the initializers, as its operands; output y. */
export function oneNodeGraph({ op, attributes = {}, inputs, initializers = [], output }: OneNode): Graph {
  const names = inputs.map((_, i) => `x${i}`);
  return {
    name: op,
    nodes: [{ op, inputs: [...names, ...initializers.map((t) => t.name)], outputs: ['y'], attributes }],
    initializers,
    inputs: inputs.map((input, i) => ({ name: names[i], ...input })),
    outputs: [{ name: 'y', ...output }],
  };
}

export function writeModel(folder: string, name: string, graph: Graph, opset = 17): string {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, modelBytes(graph, { opset }));
  return path;
}

/** x0 / x1. With INT_MIN / -1 a valid model ends its process with SIGFPE on x86-64; as inputs, no optimiser folds them. */
export function divisionOfInputs(): Graph {
  const port = { elemType: 'int32' as const, dims: [1] };
  return oneNodeGraph({ op: 'Div', inputs: [port, port], output: port });
}

/** A Loop that never ends: trip count 2^63 - 1, its body passes the condition on. */
export function endlessLoop(): Graph {
  const body: Graph = {
    name: 'body',
    nodes: [
      { op: 'Identity', inputs: ['go'], outputs: ['again'] },
      { op: 'Add', inputs: ['v', 'v'], outputs: ['w'] },
    ],
    initializers: [],
    inputs: [
      { name: 'i', elemType: 'int64', dims: [] },
      { name: 'go', elemType: 'bool', dims: [] },
      { name: 'v', elemType: 'float32', dims: [1] },
    ],
    outputs: [
      { name: 'again', elemType: 'bool', dims: [] },
      { name: 'w', elemType: 'float32', dims: [1] },
    ],
  };
  return {
    name: 'endless',
    nodes: [{ op: 'Loop', inputs: ['n', '', 'x0'], outputs: ['y'], attributes: { body: { graph: body } } }],
    initializers: [{ name: 'n', elemType: 'int64', dims: [], data: BigInt64Array.of(2n ** 63n - 1n) }],
    inputs: [{ name: 'x0', elemType: 'float32', dims: [1] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: [1] }],
  };
}

/** Makes a float32 tensor of about 1.6 GB out of one number. */
export function hugeExpand(): Graph {
  return oneNodeGraph({
    op: 'Expand',
    inputs: [{ elemType: 'float32', dims: [1] }],
    initializers: [{ name: 'shape', elemType: 'int64', dims: [1], data: BigInt64Array.of(400_000_000n) }],
    output: { elemType: 'float32', dims: [400_000_000] },
  });
}
