import type { ElemType } from '../../../shared/model';
import { operatorLabel, type SparseTensor, type Tensor } from '../graph';
import { tensorValues } from '../values';
import { type ZeroPoint, zeroPointsOf } from '../zeropoints';
import type { Call } from './call';
import type { Product } from './engine';
import type { StoredWeight, Value } from './value';

/**
 * Elements of a stored tensor that are not zero, or not its zero point; `elements`: how many it holds where it is packed.
 * A text says why they cannot be told.
 */
export type Nonzero = (
  tensor: Tensor | SparseTensor,
  zeroPoint: ZeroPoint | null,
  elements: number,
) => number | string;

/** Operators that hand out the elements of their first input, in another shape or order at most. */
const movers: ReadonlySet<string> = new Set(['Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);
/** Operators whose outputs are values that came in, or out of a graph inside them, as they were. */
const passers: ReadonlySet<string> = new Set([
  'Constant',
  'Identity',
  'If',
  'Loop',
  'SequenceAt',
  'SequenceConstruct',
  'SequenceErase',
  'SequenceInsert',
]);
const dequantisers: ReadonlySet<string> = new Set(['DequantizeLinear', 'com.microsoft:DequantizeLinear']);

/** A cast that no element becomes zero by. */
function widens(from: ElemType | null, to: ElemType | null): boolean {
  if (from === null || to === null) return false;
  return from === to || to === 'float64' || (to === 'float32' && from !== 'float64');
}

/** The outputs of a call, with the stored weight that they still hold; without where something was computed. */
export function carried(call: Call, outputs: readonly Value[]): Value[] {
  const { label } = call;
  if (passers.has(label)) return [...outputs];
  return outputs.map((value, i) => {
    const { weight: _, ...plain } = value;
    const weight = i === 0 ? weightAfter(call, value) : null;
    return weight === null ? plain : { ...plain, weight };
  });
}

function weightAfter(call: Call, out: Value): StoredWeight | null {
  const { label } = call;
  const weight = call.inputs[0]?.weight;
  if (weight === undefined) return null;
  if (movers.has(label)) return { ...weight, moved: true };
  if (label === 'Cast' && widens(call.type(0), out.type)) return weight;
  if (!dequantisers.has(label) || weight.zeroPoint !== null) return null;
  return { ...weight, zeroPoint: zeroPointAt(call, 0, weight) };
}

/** The zero point that a call gives to the weight at an input. */
function zeroPointAt(call: Call, input: number, weight: StoredWeight): ZeroPoint | null {
  const { node } = call;
  const constantOf = (name: string): Tensor | null => {
    const tensor = call.inputs[node.inputs.indexOf(name)]?.weight?.tensor;
    return tensor && !('indices' in tensor) ? tensor : null;
  };
  const found = zeroPointsOf(node, operatorLabel(node), constantOf).get(input) ?? null;
  if (found === null) return weight.zeroPoint;
  if (weight.zeroPoint !== null) return { kind: 'unknown' };
  if (!weight.moved || found.kind !== 'plain' || found.tensor.elements === 1) return found;
  // Its axis means another one in the file now.
  return tensorValues(found.tensor)?.every((z) => z === 0) ? null : { kind: 'unknown' };
}

/** Multiply-accumulates of a product whose weight is not zero; without a stored weight on either side, all of them. */
export function effectiveOf(call: Call, product: Product, nonzero: Nonzero): number {
  const at = product.weights.find((i) => call.inputs[i]?.weight !== undefined);
  const weight = at === undefined ? undefined : call.inputs[at]?.weight;
  if (at === undefined || weight === undefined) {
    if (product.macs > 0) call.tally.computed.add(call.label);
    return product.macs;
  }
  const elements = product.elements ?? weight.tensor.elements;
  if (product.macs === 0 || elements === 0) return 0;
  const uses = product.macs / elements;
  const found = Number.isSafeInteger(uses)
    ? nonzero(weight.tensor, zeroPointAt(call, at, weight), elements)
    : 'its elements are not used equally often';
  if (typeof found === 'number') return uses * found;
  call.tally.blurs.add(`${found} (${call.label})`);
  return 0;
}
