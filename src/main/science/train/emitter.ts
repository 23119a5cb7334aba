import { node } from '../../models/builders/parts';
import type { Attribute, GraphNode, Tensor } from '../../models/writer';

export type FloatType = 'float32' | 'float64';

/** Nodes and constants of a graph under construction. Each value gets a name of its own. */
export class Emitter {
  readonly nodes: GraphNode[] = [];
  private readonly constants = new Map<string, Tensor>();
  private readonly names = new Map<string, number>();

  /** `substitutes`: only operators that WebGPU has too (guide 11, table). */
  constructor(
    readonly floatType: FloatType = 'float32',
    readonly substitutes = false,
  ) {}

  /** Constants that a node reads: ONNX Runtime warns about others. */
  get initializers(): Tensor[] {
    const read = new Set(this.nodes.flatMap((n) => n.inputs));
    return [...this.constants.values()].filter(({ name }) => read.has(name));
  }

  /** A node with one output, whose name begins with `name`; gives the output's name. */
  add(
    op: string,
    inputs: readonly string[],
    name: string,
    attributes: Record<string, Attribute> = {},
  ): string {
    const output = this.fresh(name);
    this.nodes.push(node(op, inputs, output, attributes));
    return output;
  }

  /** A node whose output has exactly this name. */
  addAs(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Record<string, Attribute> = {},
  ): void {
    this.nodes.push(node(op, inputs, output, attributes));
  }

  addNode(given: GraphNode): void {
    this.nodes.push(given);
  }

  fresh(name: string): string {
    const count = this.names.get(name) ?? 0;
    this.names.set(name, count + 1);
    return count === 0 ? `~${name}` : `~${name}~${count}`;
  }

  /** A scalar of the graph's float type. */
  scalar(value: number): string {
    return this.constant(`=${value}`, [], this.floats([value]));
  }

  /** An int64 vector. */
  integers(values: readonly number[]): string {
    const name = `=[${values.join(',')}]`;
    if (!this.constants.has(name)) {
      const data = BigInt64Array.from(values.map(BigInt));
      this.constants.set(name, { name, elemType: 'int64', dims: [values.length], data });
    }
    return name;
  }

  constant(name: string, dims: readonly number[], data: Float32Array | Float64Array): string {
    if (!this.constants.has(name)) this.constants.set(name, { name, elemType: this.floatType, dims, data });
    return name;
  }

  floats(values: ArrayLike<number>): Float32Array | Float64Array {
    return this.floatType === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
  }

  reshape(input: string, dims: readonly number[], name: string): string {
    return this.add('Reshape', [input, this.integers(dims)], name);
  }

  sum(input: string, axes: readonly number[], name: string, keepdims = false): string {
    return this.add('ReduceSum', [input, this.integers(axes)], name, { keepdims: { int: keepdims ? 1 : 0 } });
  }

  /** Booleans as 0 and 1 of the graph's float type. */
  toFloat(input: string, name: string): string {
    return this.add('Cast', [input], name, { to: { int: this.floatType === 'float64' ? 11 : 1 } });
  }

  /** 1 where positive, else 0 for what is never negative. */
  isOn(input: string, name: string): string {
    if (!this.substitutes) return this.add('Sign', [input], name);
    return this.toFloat(this.add('Greater', [input, this.scalar(0)], `${name}.above`), name);
  }

  smaller(a: string, b: string, name: string): string {
    if (!this.substitutes) return this.add('Min', [a, b], name);
    return this.add('Where', [this.add('Less', [a, b], `${name}.less`), a, b], name);
  }

  /** Logarithm of the softmax over the last axis of [batch, classes]. */
  logSoftmax(input: string, name: string): string {
    if (!this.substitutes) return this.add('LogSoftmax', [input], name, { axis: { int: -1 } });
    const top = this.add('ReduceMax', [input], `${name}.top`, { axes: { ints: [1] }, keepdims: { int: 1 } });
    const below = this.add('Sub', [input, top], `${name}.below`);
    const total = this.sum(this.add('Exp', [below], `${name}.exp`), [1], `${name}.total`, true);
    return this.add('Sub', [below, this.add('Log', [total], `${name}.log`)], name);
  }
}
