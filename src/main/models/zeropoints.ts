import type { OnnxNode, Tensor } from './graph';

/** Where an operator keeps a quantised tensor and its zero point: positions among the node's inputs. */
interface Slot {
  tensor: number;
  zeroPoint: number;
  /** Axis of a per-axis zero point; 'attribute' takes the node's `axis`. */
  axis: number | 'attribute';
}

/** ONNX operators and ONNX Runtime's contrib operators that take a quantised tensor with a zero point. */
const slots: ReadonlyMap<string, readonly Slot[]> = new Map(
  Object.entries({
    DequantizeLinear: [{ tensor: 0, zeroPoint: 2, axis: 'attribute' }],
    'com.microsoft:DequantizeLinear': [{ tensor: 0, zeroPoint: 2, axis: 'attribute' }],
    QLinearConv: [
      { tensor: 0, zeroPoint: 2, axis: 0 },
      { tensor: 3, zeroPoint: 5, axis: 0 },
    ],
    QLinearMatMul: [
      { tensor: 0, zeroPoint: 2, axis: -2 },
      { tensor: 3, zeroPoint: 5, axis: -1 },
    ],
    'com.microsoft:QGemm': [
      { tensor: 0, zeroPoint: 2, axis: -2 },
      { tensor: 3, zeroPoint: 5, axis: -1 },
    ],
    'com.microsoft:QLinearAdd': [
      { tensor: 0, zeroPoint: 2, axis: 0 },
      { tensor: 3, zeroPoint: 5, axis: 0 },
    ],
    'com.microsoft:QLinearMul': [
      { tensor: 0, zeroPoint: 2, axis: 0 },
      { tensor: 3, zeroPoint: 5, axis: 0 },
    ],
    MatMulInteger: [
      { tensor: 0, zeroPoint: 2, axis: -2 },
      { tensor: 1, zeroPoint: 3, axis: -1 },
    ],
    ConvInteger: [
      { tensor: 0, zeroPoint: 2, axis: 0 },
      { tensor: 1, zeroPoint: 3, axis: 0 },
    ],
    'com.microsoft:DynamicQuantizeMatMul': [{ tensor: 1, zeroPoint: 3, axis: -1 }],
    'com.microsoft:MatMulIntegerToFloat': [
      { tensor: 0, zeroPoint: 4, axis: -2 },
      { tensor: 1, zeroPoint: 5, axis: -1 },
    ],
    'com.microsoft:QAttention': [{ tensor: 1, zeroPoint: 7, axis: -1 }],
    'com.microsoft:DynamicQuantizeLSTM': [
      { tensor: 1, zeroPoint: 9, axis: 0 },
      { tensor: 2, zeroPoint: 11, axis: 0 },
    ],
  } satisfies Record<string, Slot[]>),
);

/** How a tensor's zero point is stored: plain, or packed as MatMulNBits packs it. */
export type ZeroPoint =
  | { kind: 'plain'; axis: number; blockSize: number; tensor: Tensor }
  | { kind: 'packed'; bits: number; blockBytes: number; tensor: Tensor | null }
  /** There is one, but no constant: what is zero cannot be said. */
  | { kind: 'unknown' };

function attributeInt(node: OnnxNode, name: string, fallback: number): number {
  const a = node.attributes.get(name);
  return a?.kind === 'int' ? a.value : fallback;
}

/**
 * The zero points that a node gives to its constant inputs: input position -> zero point. A slot without one means 0.
 * `constantOf` finds the constant tensor behind a name, null where the value is computed.
 */
export function zeroPointsOf(
  node: OnnxNode,
  label: string,
  constantOf: (name: string) => Tensor | null,
): Map<number, ZeroPoint> {
  const found = new Map<number, ZeroPoint>();
  if (label === 'com.microsoft:MatMulNBits') {
    const bits = attributeInt(node, 'bits', 4);
    const blockBytes = (attributeInt(node, 'block_size', 32) * bits) / 8;
    const name = node.inputs[3] ?? '';
    const tensor = name === '' ? null : constantOf(name);
    // Zero points may also be floating: then "equal to the zero point" has no meaning for the stored integers.
    const usable = name === '' || tensor?.elemType === 'uint8';
    found.set(1, usable ? { kind: 'packed', bits, blockBytes, tensor } : { kind: 'unknown' });
    return found;
  }
  for (const slot of slots.get(label) ?? []) {
    const name = node.inputs[slot.zeroPoint] ?? '';
    if (name === '') continue;
    const tensor = constantOf(name);
    const axis = slot.axis === 'attribute' ? attributeInt(node, 'axis', 1) : slot.axis;
    const blockSize = slot.axis === 'attribute' ? attributeInt(node, 'block_size', 0) : 0;
    found.set(slot.tensor, tensor ? { kind: 'plain', axis, blockSize, tensor } : { kind: 'unknown' });
  }
  return found;
}
