import type { ElemType } from '../../../shared/model';
import type { Attribute, OnnxGraph, OnnxNode } from '../graph';
import { operatorLabel } from '../graph';
import { sizeOf, type Value } from './value';

/**
 * Thrown inside a rule that cannot go on, caught by the engine for that one node: its outputs become unknown.
 * `input`: the position whose shape or elements are missing, null where the operator itself is not decided.
 */
export class Stuck extends Error {
  constructor(readonly input: number | null) {
    super('not known');
  }
}

/** Ends a rule whose inputs do not fit the operator, or whose output depends on data that is not known. */
export function stuck(input: number | null = null): never {
  throw new Stuck(input);
}

/** How often operators of one kind ran that multiply nothing, and the elements they wrote; null where not known. */
export interface OtherWork {
  calls: number | null;
  elements: number | null;
}

/** Multiply-accumulates so far, and what stopped the count; any stop makes the total unknown. */
export interface Tally {
  macs: number;
  /** Of those, the ones whose weight is not zero; a product of two computed values counts densely. */
  effective: number;
  /** Weights whose zeros cannot be told: why; any makes `effective` unknown. */
  blurs: Set<string>;
  /** Operators with a product of computed values in them. */
  computed: Set<string>;
  others: Map<string, OtherWork>;
  /** Operators met that multiply and accumulate, whatever their number. */
  counted: number;
  /** Reason -> operator behind it, null where it is not an operator. */
  stops: Map<string, string | null>;
}

export function emptyTally(): Tally {
  return {
    macs: 0,
    effective: 0,
    blurs: new Set(),
    computed: new Set(),
    others: new Map(),
    counted: 0,
    stops: new Map(),
  };
}

/** Adds `times` × `part`; a part that never runs stops nothing. */
export function addTally(to: Tally, part: Tally, times = 1): void {
  if (times === 0) return;
  to.macs += part.macs * times;
  to.effective += part.effective * times;
  for (const why of part.blurs) to.blurs.add(why);
  for (const label of part.computed) to.computed.add(label);
  for (const [label, { calls, elements }] of part.others) {
    addOther(to, label, calls === null ? null : calls * times, elements === null ? null : elements * times);
  }
  to.counted += part.counted;
  for (const [reason, operator] of part.stops) to.stops.set(reason, operator);
}

/** Counts work of one kind; what is once not known stays so. */
export function addOther(to: Tally, label: string, calls: number | null, elements: number | null): void {
  const there = to.others.get(label) ?? { calls: 0, elements: 0 };
  const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
  to.others.set(label, { calls: sum(there.calls, calls), elements: sum(there.elements, elements) });
}

/** Runs a subgraph of the node with values for its inputs, by position. */
export type RunGraph = (graph: OnnxGraph, feeds: readonly Value[]) => { outputs: Value[]; tally: Tally };

/** One node with what is known of its inputs: all that a rule may look at. Inputs left out are null. */
export class Call {
  readonly tally: Tally = emptyTally();

  constructor(
    readonly node: OnnxNode,
    readonly opset: number,
    readonly inputs: readonly (Value | null)[],
    private readonly attribute: (name: string) => Attribute | null,
    readonly run: RunGraph,
  ) {}

  get label(): string {
    return operatorLabel(this.node);
  }

  /** Number of outputs the node names. */
  get outputs(): number {
    return this.node.outputs.length;
  }

  has(i: number): boolean {
    return (this.inputs[i] ?? null) !== null;
  }

  value(i: number): Value {
    return this.inputs[i] ?? stuck();
  }

  shape(i: number): readonly number[] {
    return this.value(i).shape ?? stuck(i);
  }

  rank(i: number): number {
    return this.shape(i).length;
  }

  type(i: number): ElemType | null {
    return this.inputs[i]?.type ?? null;
  }

  /** Elements of an input that decides the shape. */
  data(i: number): readonly number[] {
    return this.value(i).data ?? stuck(i);
  }

  /** The one element of an input. */
  scalar(i: number): number {
    const data = this.data(i);
    return data.length === 1 ? data[0]! : stuck();
  }

  int(name: string): number | null;
  int(name: string, fallback: number): number;
  int(name: string, fallback: number | null = null): number | null {
    const a = this.attribute(name);
    return a?.kind === 'int' ? a.value : fallback;
  }

  ints(name: string): readonly number[] | null {
    const a = this.attribute(name);
    return a?.kind === 'ints' ? a.value : null;
  }

  float(name: string): number | null {
    const a = this.attribute(name);
    return a?.kind === 'float' ? a.value : null;
  }

  floats(name: string): readonly number[] | null {
    const a = this.attribute(name);
    return a?.kind === 'floats' ? a.value : null;
  }

  text(name: string, fallback: string): string {
    const a = this.attribute(name);
    return a?.kind === 'string' ? a.value : fallback;
  }

  any(name: string): Attribute | null {
    return this.attribute(name);
  }

  graph(name: string): OnnxGraph {
    const a = this.attribute(name);
    return a?.kind === 'graph' ? a.value : stuck();
  }

  /** Integers that older opsets keep in an attribute and newer ones in an input; null where neither is there. */
  intsFrom(name: string, input: number, inputSince: number): readonly number[] | null {
    if (this.opset < inputSince) return this.ints(name);
    return this.has(input) ? this.data(input) : null;
  }
}

/** Result of a rule: one value per output; missing ones at the end are unknown. */
export type Rule = (call: Call) => Value[];

/** Rules by operator label. */
export type RuleTable = Readonly<Record<string, Rule>>;

/** Axis in [0, rank). */
export function axisOf(axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  return Number.isInteger(a) && a >= 0 && a < rank ? a : stuck();
}

/** Refuses shapes that are no shapes: negative, fractional or beyond exact numbers. */
export function checked(shape: readonly number[]): readonly number[] {
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0)) stuck();
  return Number.isSafeInteger(sizeOf(shape)) ? shape : stuck();
}
