import { LabError } from '../../../shared/errors';
import {
  type Attribute,
  functionKey,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  opsetMap,
  type Tensor,
} from '../graph';
import { addOther, addTally, Call, checked, emptyTally, Stuck, type Tally } from './call';
import { rules } from './rules';
import { constantValue, sizeOf, sparseValue, unknown, type Value } from './value';
import { carried, effectiveOf, type Nonzero } from './weights';

/** One product inside an operator. */
export interface Product {
  macs: number;
  /**
   * Positions of the inputs that may be its weight, the likeliest first; every element of a weight takes part in
   * equally many multiplications. Empty: both sides are computed.
   */
  weights: readonly number[];
  /** Elements of a weight that is stored packed; absent: those of its shape. */
  elements?: number;
}

/** The products of one call whose outputs are known as far as they are; throws Stuck where it cannot say. */
export type MacRule = (call: Call, outputs: readonly Value[]) => readonly Product[];

/** What the count knows of an operator: its rule, or 'none' for one that multiplies nothing; null: not known. */
export type MacTable = (label: string) => MacRule | 'none' | null;

/** Work that one evaluation may cost, in nodes; loops and functions multiply them. */
const workLimit = 1_000_000;
/** Graphs and function bodies inside one another. */
const depthLimit = 128;
const rankLimit = 64;
const inputLimit = 4096;

/** Thrown through everything when a graph unrolls to more than `workLimit`. */
class TooMuch extends Error {}

interface Env {
  names: Map<string, Value>;
  outer: Env | null;
}

/** What a function body is called with. */
interface Frame {
  opsets: ReadonlyMap<string, number>;
  attribute: (name: string) => Attribute | null;
}

class Engine {
  private readonly functions: Map<string, OnnxFunction>;
  private readonly constants = new WeakMap<Tensor, Value>();
  private work = 0;
  private depth = 0;

  constructor(
    model: OnnxModel,
    private readonly macs: MacTable,
    private readonly nonzero: Nonzero,
  ) {
    this.functions = new Map(model.functions.map((f) => [functionKey(f, f.name), f]));
  }

  private spend(amount: number): void {
    this.work += amount;
    if (this.work > workLimit) throw new TooMuch();
  }

  private constant(tensor: Tensor): Value {
    let value = this.constants.get(tensor);
    if (value === undefined) {
      value = tensor.dims.length > rankLimit ? unknown('rank above 64') : constantValue(tensor);
      this.constants.set(tensor, value);
    }
    return value;
  }

  graph(
    graph: OnnxGraph,
    feeds: ReadonlyMap<string, Value>,
    outer: Env | null,
    frame: Frame,
    each?: (node: OnnxNode, own: Tally) => void,
  ) {
    const names = new Map<string, Value>();
    for (const [name, tensor] of graph.initializers) names.set(name, this.constant(tensor));
    for (const [name, s] of graph.sparseInitializers) names.set(name, sparseValue(s));
    this.spend(graph.initializers.size + graph.inputs.length + graph.outputs.length);
    for (const port of graph.inputs) {
      const fed = feeds.get(port.name);
      if (fed !== undefined) names.set(port.name, fed);
      else if (!names.has(port.name)) names.set(port.name, unknown(`input "${port.name}"`));
    }
    const env: Env = { names, outer };
    const tally = emptyTally();
    this.nodes(graph.nodes, env, frame, tally, each);
    return { outputs: graph.outputs.map((p) => lookUp(env, p.name)), tally, names };
  }

  private nodes(
    nodes: readonly OnnxNode[],
    env: Env,
    frame: Frame,
    tally: Tally,
    each?: (node: OnnxNode, own: Tally) => void,
  ): void {
    if (++this.depth > depthLimit) throw new TooMuch();
    for (const node of nodes) {
      const own = this.node(node, env, frame);
      addTally(tally, own);
      each?.(node, own);
    }
    this.depth--;
  }

  private node(node: OnnxNode, env: Env, frame: Frame): Tally {
    const attribute = (name: string) => {
      const own = node.attributes.get(name) ?? null;
      return own?.kind === 'reference' ? frame.attribute(own.value) : own;
    };
    const run = (graph: OnnxGraph, feeds: readonly Value[]) => {
      const named = new Map(graph.inputs.map((p, i) => [p.name, feeds[i] ?? unknown(`input "${p.name}"`)]));
      return this.graph(graph, named, env, frame);
    };
    const inputs = node.inputs.map((name) => (name === '' ? null : lookUp(env, name)));
    const opset = frame.opsets.get(node.domain) ?? 1;
    const call = new Call(node, opset, inputs, attribute, run);
    const fn = this.functions.get(functionKey(node, node.op));
    const width = inputs.reduce((n, v) => n + (v?.data?.length ?? 0) + (v?.shape?.length ?? 0), 0);
    this.spend(1 + width / 32);
    const outputs = fn ? this.inline(fn, call) : this.apply(call);
    this.spend(outputs.reduce((n, v) => n + (v.data?.length ?? 0), 0) / 32);
    node.outputs.forEach((name, i) => {
      if (name !== '') env.names.set(name, outputs[i] ?? unknown(call.label));
    });
    return call.tally;
  }

  private inline(fn: OnnxFunction, call: Call): Value[] {
    const names = new Map(fn.inputs.map((name, i) => [name, call.inputs[i] ?? null]));
    const given = [...names].filter((e): e is [string, Value] => e[1] !== null);
    const env: Env = { names: new Map(given), outer: null };
    const attribute = (name: string) => call.any(name) ?? fn.defaults.get(name) ?? null;
    this.nodes(fn.nodes, env, { opsets: fn.opsets, attribute }, call.tally);
    return fn.outputs.map((name) => lookUp(env, name));
  }

  private apply(call: Call): Value[] {
    const { label } = call;
    const rule = rules.get(label);
    const macs = this.macs(label);
    let outputs: Value[];
    try {
      const usable = rule && call.inputs.length <= inputLimit;
      outputs = (usable ? rule(call) : []).map((v) => this.plausible(v, label));
    } catch (thrown) {
      if (!(thrown instanceof Stuck)) throw thrown;
      outputs = call.node.outputs.map(() => unknown(this.causeOf(call, thrown.input)));
    }
    if (macs === null) call.tally.stops.set(`operator ${label} is not known`, label);
    else if (macs !== 'none') this.count(call, macs, outputs);
    else if (!holders.has(label)) addOther(call.tally, label, 1, written(call, outputs));
    return carried(call, outputs);
  }

  private count(call: Call, rule: MacRule, outputs: readonly Value[]): void {
    call.tally.counted++;
    try {
      const products = rule(call, outputs);
      const n = products.reduce((sum, { macs }) => sum + macs, 0);
      if (!Number.isSafeInteger(n) || n < 0) throw new Stuck(null);
      call.tally.macs += n;
      call.tally.effective += products.reduce(
        (sum, product) => sum + effectiveOf(call, product, this.nonzero),
        0,
      );
    } catch (thrown) {
      if (!(thrown instanceof Stuck)) throw thrown;
      const cause = this.causeOf(call, thrown.input);
      const operator = cause.startsWith('input ') ? null : cause;
      const why = cause === call.label ? 'cannot be told' : `depend on ${cause}`;
      call.tally.stops.set(`the sizes of ${call.label} ${why}`, operator);
    }
  }

  /** Who is behind a shape that is not known: the first one up the graph, not the one that noticed. */
  private causeOf(call: Call, input: number | null): string {
    const blamed = input === null ? call.inputs.find((v) => v?.cause) : call.inputs[input];
    return blamed?.cause ?? call.label;
  }

  private plausible(value: Value, label: string): Value {
    if (value.shape === null) return value;
    if (value.shape.length > rankLimit) return unknown(label);
    checked(value.shape);
    return value;
  }
}

/** They do nothing themselves: what they hold is counted on its own. */
const holders: ReadonlySet<string> = new Set(['Constant', 'If', 'Loop', 'Scan']);

/** Elements of all outputs that the node names, null where a shape is not known. */
function written(call: Call, outputs: readonly Value[]): number | null {
  let sum = 0;
  for (const [i, name] of call.node.outputs.entries()) {
    const shape = name === '' ? [0] : (outputs[i]?.shape ?? null);
    if (shape === null) return null;
    sum += sizeOf(shape);
  }
  return sum;
}

function lookUp(env: Env | null, name: string): Value {
  for (let e = env; e !== null; e = e.outer) {
    const value = e.names.get(name);
    if (value !== undefined) return value;
  }
  return unknown(`input "${name}"`);
}

/** What one evaluation found: values of the main graph by name, its outputs in order, and the count. */
export interface Evaluation {
  outputs: readonly Value[];
  names: ReadonlyMap<string, Value>;
  tally: Tally;
  /** Nodes of the main graph that multiply or stop the count, in order, each with all that runs inside it. */
  nodes: readonly { node: OnnxNode; own: Tally }[];
}

/**
 * Runs shapes, and the few elements that decide shapes, through a model. `feeds` are the graph inputs by name; an
 * input that is not fed is unknown. `nonzero` counts the weights that are not zero, once for each. Never wrong by intent: what is not certain comes out unknown, with its cause.
 * Errors: none but LabError `unsafe_model` where loops and functions unroll beyond a million nodes.
 */
export function evaluate(
  model: OnnxModel,
  feeds: ReadonlyMap<string, Value>,
  macs: MacTable,
  nonzero: Nonzero = () => 'zeros were not asked for',
): Evaluation {
  const frame: Frame = { opsets: opsetMap(model.opsets), attribute: () => null };
  try {
    const nodes: { node: OnnxNode; own: Tally }[] = [];
    const each = (node: OnnxNode, own: Tally) => {
      if (own.counted + own.stops.size > 0) nodes.push({ node, own });
    };
    return { ...new Engine(model, macs, nonzero).graph(model.graph, feeds, null, frame, each), nodes };
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown;
    const what = 'Its loops and functions unroll to more operators than can be counted.';
    throw new LabError('unsafe_model', what, 'Export the model without nested functions.', thrown);
  }
}
