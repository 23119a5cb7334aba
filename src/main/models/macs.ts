import { failureOf, LabError } from '../../shared/errors';
import type { Macs } from '../../shared/model';
import { freeInputs, type OnnxModel } from './graph';
import {
  type AttentionSizes,
  attentionSizes,
  fusedAttentionSizes,
  groupQuerySizes,
  multiHeadSizes,
} from './shapes/attention';
import { type Call, stuck } from './shapes/call';
import { evaluate, type MacRule, type MacTable } from './shapes/engine';
import { einsumLabels, fusedOperands, gemmSizes, nbitsSizes } from './shapes/matrix';
import { recurrentSizes } from './shapes/recurrent';
import { known, sizeOf, type Value } from './shapes/value';
import { zeroMacOperators } from './zeromacs';

const outSize = (outputs: readonly Value[]) => sizeOf(outputs[0]?.shape ?? stuck());

/** Every output element sums over the window and the channels of its group: the weight without its first axis. */
function conv(weight: number): MacRule {
  return (c, outputs) => {
    const w = c.shape(weight);
    c.shape(0);
    return outSize(outputs) * sizeOf(w.slice(1));
  };
}

/** Every input element is spread over the window and the output channels of its group. */
const convTranspose: MacRule = (c) => sizeOf(c.shape(0)) * sizeOf(c.shape(1).slice(1));

/** Rows × depth × columns, with the batch. `outputs` have the shape that the operator gives. */
function product(right: number): MacRule {
  return (c, outputs) => {
    const depth = c.shape(0).at(-1) ?? stuck();
    c.shape(right);
    return outSize(outputs) * depth;
  };
}

const fusedProduct: MacRule = (c, outputs) => outSize(outputs) * (fusedOperands(c)[0].at(-1) ?? stuck());

function gemm(right: number): MacRule {
  return (c) => gemmSizes(c, right).reduce((a, b) => a * b, 1);
}

const nbits: MacRule = (c) => {
  const [rows, k, n] = nbitsSizes(c);
  return sizeOf(rows) * k * n;
};

/** One or two operands: the product of all label sizes where something is summed, else nothing accumulates. */
const einsum: MacRule = (c) => {
  const { operands, output, sizes } = einsumLabels(c);
  if (operands.length > 2) stuck();
  const summed = [...sizes.keys()].some((label) => !output.includes(label));
  return operands.length === 2 && summed ? sizeOf([...sizes.values()]) : 0;
};

/** Q·Kᵀ and P·V, without discount for a causal mask: dense by convention. */
function scores(s: AttentionSizes): number {
  return s.batch * s.heads * s.queries * s.total * (s.headSize + s.valueSize);
}

function fusedAttention(pastInput: number): MacRule {
  return (c) => {
    const s = fusedAttentionSizes(c, pastInput);
    return s.batch * s.queries * s.width * s.projected + scores(s);
  };
}

/** Input and recurrence products of all gates; peepholes and gates work on single elements. */
function recurrent(gates: number): MacRule {
  return (c: Call) => {
    const s = recurrentSizes(c, 2);
    return s.directions * s.steps * s.batch * gates * s.hidden * (s.input + s.hidden);
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
  ['Attention', (c) => scores(attentionSizes(c))],
  ['com.microsoft:MultiHeadAttention', (c) => scores(multiHeadSizes(c))],
  ['com.microsoft:GroupQueryAttention', (c) => scores(groupQuerySizes(c))],
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

function missing(reasons: readonly string[], operators: readonly (string | null)[]): Macs {
  const names = [...new Set(operators.filter((o) => o !== null).map(shortened))].sort();
  const shown = reasons.slice(0, 5).map(shortened).join('; ');
  const more = reasons.length > 5 ? ` and ${reasons.length - 5} more` : '';
  return { macs: null, missingReason: `MACs are not known: ${shown}${more}.`, unknownOperators: names };
}

/**
 * Dense multiply-accumulates of one inference for concrete input shapes (convention `tw1`: 1 MAC = a·b + c; recurrent
 * operators times sequence length; loops times their rounds; biases, activations, normalisation and moving data
 * are 0). One operator or size that is not known makes the whole count null and is named: a partial sum is never
 * shown. Two branches of an If that cost the same need no condition; `values` can decide it.
 * Errors: none; whatever goes wrong is a reason.
 */
export function countMacs(
  model: OnnxModel,
  shapes: Readonly<Record<string, readonly number[]>>,
  values: FillValues = {},
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
    const { tally } = evaluate(model, feeds, macTable);
    if (tally.stops.size > 0) return missing([...tally.stops.keys()], [...tally.stops.values()]);
    if (!Number.isSafeInteger(tally.macs)) return missing(['their number is beyond exact numbers'], []);
    return { macs: tally.macs, missingReason: null, unknownOperators: [] };
  } catch (thrown) {
    if (thrown instanceof LabError) return missing([failureOf(thrown).message.replace(/\.$/, '')], []);
    throw thrown;
  }
}
