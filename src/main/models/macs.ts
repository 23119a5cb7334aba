import { failureOf, LabError } from '../../shared/errors';
import type { Macs, NodeMacs } from '../../shared/model';
import { printable } from './files';
import { freeInputs, type OnnxModel, type OnnxNode, operatorLabel } from './graph';
import { countUsed } from './nonzero';
import type { OpenExternal } from './payload';
import {
  type AttentionSizes,
  attentionSizes,
  fusedAttentionSizes,
  groupQuerySizes,
  multiHeadSizes,
} from './shapes/attention';
import { type Call, stuck, type Tally } from './shapes/call';
import { evaluate, type MacRule, type MacTable, type Product } from './shapes/engine';
import { einsumLabels, fusedOperands, gemmSizes, nbitsSizes } from './shapes/matrix';
import { recurrentSizes } from './shapes/recurrent';
import { known, sizeOf, type Value } from './shapes/value';
import type { Nonzero } from './shapes/weights';
import { zeroMacOperators } from './zeromacs';

const one = (macs: number, ...weights: readonly number[]): Product[] => [{ macs, weights }];

const outSize = (outputs: readonly Value[]) => sizeOf(outputs[0]?.shape ?? stuck());

/** Every output element sums over the window and the channels of its group: the weight without its first axis. */
function conv(weight: number): MacRule {
  return (c, outputs) => {
    const w = c.shape(weight);
    c.shape(0);
    return one(outSize(outputs) * sizeOf(w.slice(1)), weight);
  };
}

/** Every input element is spread over the window and the output channels of its group. */
const convTranspose: MacRule = (c) => one(sizeOf(c.shape(0)) * sizeOf(c.shape(1).slice(1)), 1);

/** Rows × depth × columns, with the batch. `outputs` have the shape that the operator gives. */
function product(right: number): MacRule {
  return (c, outputs) => {
    const depth = c.shape(0).at(-1) ?? stuck();
    c.shape(right);
    return one(outSize(outputs) * depth, right, 0);
  };
}

const fusedProduct: MacRule = (c, outputs) =>
  one(outSize(outputs) * (fusedOperands(c)[0].at(-1) ?? stuck()), 1, 0);

function gemm(right: number): MacRule {
  return (c) =>
    one(
      gemmSizes(c, right).reduce((a, b) => a * b, 1),
      right,
      0,
    );
}

const nbits: MacRule = (c) => {
  const [rows, k, n] = nbitsSizes(c);
  return [{ macs: sizeOf(rows) * k * n, weights: [1], elements: k * n }];
};

/** One or two operands: the product of all label sizes where something is summed, else nothing accumulates. */
const einsum: MacRule = (c) => {
  const { operands, output, sizes } = einsumLabels(c);
  if (operands.length > 2) stuck();
  const summed = [...sizes.keys()].some((label) => !output.includes(label));
  // A diagonal (`ii`) leaves elements out, so that its operand cannot stand for the weight.
  const whole = [1, 0].filter((i) => new Set(operands[i]).size === operands[i]?.length);
  return one(operands.length === 2 && summed ? sizeOf([...sizes.values()]) : 0, ...whole);
};

/** Q·Kᵀ and P·V, without discount for a causal mask: dense by convention. */
function scores(s: AttentionSizes): number {
  return s.batch * s.heads * s.queries * s.total * (s.headSize + s.valueSize);
}

function fusedAttention(pastInput: number): MacRule {
  return (c) => {
    const s = fusedAttentionSizes(c, pastInput);
    return [...one(s.batch * s.queries * s.width * s.projected, 1), ...one(scores(s))];
  };
}

/** Input and recurrence products of all gates; peepholes and gates work on single elements. */
function recurrent(gates: number): MacRule {
  return (c: Call) => {
    const s = recurrentSizes(c, 2);
    const rows = s.directions * s.steps * s.batch * gates * s.hidden;
    return [...one(rows * s.input, 1), ...one(rows * s.hidden, 2)];
  };
}

/** Operators that multiply and accumulate. */
const macRules: ReadonlyMap<string, MacRule> = new Map<string, MacRule>([
  ['Conv', conv(1)],
  ['ConvInteger', conv(1)],
  ['QLinearConv', conv(3)],
  ['DeformConv', conv(1)],
  ['CausalConvWithState', conv(1)],
  ['com.microsoft:FusedConv', conv(1)],
  ['ConvTranspose', convTranspose],
  ['MatMul', product(1)],
  ['MatMulInteger', product(1)],
  ['QLinearMatMul', product(3)],
  ['com.microsoft:MatMulIntegerToFloat', product(1)],
  ['com.microsoft:DynamicQuantizeMatMul', product(1)],
  ['com.microsoft:FusedMatMul', fusedProduct],
  ['com.microsoft:MatMulNBits', nbits],
  ['Gemm', gemm(1)],
  ['com.microsoft:FusedGemm', gemm(1)],
  ['com.microsoft:QGemm', gemm(3)],
  ['Einsum', einsum],
  ['Attention', (c) => one(scores(attentionSizes(c)))],
  ['com.microsoft:MultiHeadAttention', (c) => one(scores(multiHeadSizes(c)))],
  ['com.microsoft:GroupQueryAttention', (c) => one(scores(groupQuerySizes(c)))],
  ['com.microsoft:Attention', fusedAttention(4)],
  ['com.microsoft:QAttention', fusedAttention(8)],
  ['LSTM', recurrent(4)],
  ['GRU', recurrent(3)],
  ['RNN', recurrent(1)],
  ['com.microsoft:DynamicQuantizeLSTM', recurrent(4)],
]);

/** What the count says of an operator, by label. */
export const macTable: MacTable = (label) =>
  macRules.get(label) ?? (zeroMacOperators.has(label) ? 'none' : null);

/** What may be known of the inputs beside their shapes: one value that fills an input, by name (`sr: 16000`). */
export type FillValues = Readonly<Record<string, number>>;

/** Names come from files and may be of any length. */
const shortened = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const listed = (reasons: readonly string[]) => {
  const more = reasons.length > 5 ? ` and ${reasons.length - 5} more` : '';
  return `${reasons.slice(0, 5).map(shortened).join('; ')}${more}`;
};

/** No measurement of the values between the layers is made yet. */
const inputs = { inputEffective: null, inputEffectiveMissingReason: 'not measured' } as const;

function missing(
  reasons: readonly string[],
  operators: readonly (string | null)[],
  rest: Pick<Macs, 'computed' | 'others' | 'nodes'> = { computed: [], others: {}, nodes: [] },
): Macs {
  const names = [...new Set(operators.filter((o) => o !== null).map(shortened))].sort();
  const missingReason = `MACs are not known: ${listed(reasons)}.`;
  return {
    convention: 'tw1',
    macs: null,
    missingReason,
    unknownOperators: names,
    effective: null,
    effectiveMissingReason: missingReason,
    ...inputs,
    ...rest,
  };
}

function effectiveOf({ blurs, effective }: Tally): Pick<Macs, 'effective' | 'effectiveMissingReason'> {
  if (blurs.size === 0) return { effective, effectiveMissingReason: null };
  return { effective: null, effectiveMissingReason: `Zeros cannot be counted: ${listed([...blurs])}.` };
}

function nodeMacs({ node, own }: { node: OnnxNode; own: Tally }): NodeMacs {
  const name = node.name || (node.outputs.find((output) => output !== '') ?? '');
  const whole = own.stops.size === 0;
  return {
    name: printable(name),
    operator: printable(operatorLabel(node)),
    macs: whole ? own.macs : null,
    effective: whole && own.blurs.size === 0 ? own.effective : null,
    computed: own.computed.size > 0,
  };
}

/** Counts each tensor once: a second zero point would be a second pass over a file that may be hostile. */
function nonzeroIn(openExternal: OpenExternal | null): Nonzero {
  const found = new Map<object, { zeroPoint: string; count: number | string }>();
  return (tensor, zeroPoint, elements) => {
    const key = zeroPoint === null ? '' : JSON.stringify({ ...zeroPoint, tensor: tensorKey(zeroPoint) });
    const there = found.get(tensor);
    if (there !== undefined && there.zeroPoint !== key) return 'a weight is used with two zero points';
    const count = there?.count ?? countUsed(tensor, zeroPoint, elements, openExternal);
    found.set(tensor, { zeroPoint: key, count });
    return count;
  };
}

const tensorKey = (zeroPoint: object) =>
  'tensor' in zeroPoint ? ((zeroPoint.tensor as { position: number } | null)?.position ?? null) : null;

/**
 * Multiply-accumulates of one inference for concrete input shapes (convention `tw1`: 1 MAC = a·b + c; recurrent
 * operators times sequence length; loops times their rounds; biases, activations, normalisation and moving data
 * are 0 and counted apart, per operator). One operator or size that is not known makes the whole count null and is
 * named: a partial sum is never shown. Two branches of an If that cost the same need no condition; `values` can decide
 * it. Padding counts: a window over the edge multiplies as much as any other.
 *
 * Effective (a): those whose weight is not zero (quantised: not its zero point). A weight is an initializer or Constant,
 * also through Identity, Transpose, Reshape, Flatten, Squeeze, Unsqueeze, DequantizeLinear or a widening Cast; of two
 * stored operands, the right one. A product of computed values, as in attention, counts densely, and its operator is
 * listed in `computed`. `openExternal` reads weights beside the model; null: there are none, or they are not wanted.
 * Errors: none; whatever goes wrong is a reason.
 */
export function countMacs(
  model: OnnxModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  values: FillValues = {},
  openExternal: OpenExternal | null = null,
): Macs {
  const given = new Map(Object.entries(shapes));
  const fills = new Map(Object.entries(values));
  const feeds = new Map<string, Value>();
  for (const port of freeInputs(model.graph)) {
    const shape = given.get(port.name);
    if (shape === undefined) continue;
    const fill = fills.get(port.name);
    const few = fill !== undefined && sizeOf(shape) <= 1024;
    feeds.set(port.name, known(shape, port.elemType, few ? new Array(sizeOf(shape)).fill(fill) : null));
  }
  try {
    const { tally, nodes } = evaluate(model, feeds, macTable, nonzeroIn(openExternal));
    const sorted = [...tally.others].sort(([a], [b]) => (a < b ? -1 : 1));
    const rest = {
      computed: [...tally.computed].sort(),
      others: Object.fromEntries(sorted),
      nodes: nodes.map(nodeMacs),
    };
    if (tally.stops.size > 0) return missing([...tally.stops.keys()], [...tally.stops.values()], rest);
    if (!Number.isSafeInteger(tally.macs)) return missing(['their number is beyond exact numbers'], [], rest);
    return {
      convention: 'tw1',
      macs: tally.macs,
      missingReason: null,
      unknownOperators: [],
      ...effectiveOf(tally),
      ...inputs,
      ...rest,
    };
  } catch (thrown) {
    if (thrown instanceof LabError) return missing([failureOf(thrown).message.replace(/\.$/, '')], []);
    throw thrown;
  }
}
