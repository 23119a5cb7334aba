import { LabError } from '../../shared/errors';
import type { ElemType, Port } from '../../shared/model';
import { printable } from './files';
import { freeInputs, type OnnxModel } from './graph';

/** Tensor types that ONNX Runtime's C API carries in and out; a string cannot be made up, but may come out. */
const carried: ReadonlySet<ElemType> = new Set<ElemType>([
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'bool',
]);

/** Refuses inputs and outputs that cannot be made or taken back, by type and name. Throws LabError unsupported. */
export function assertPorts(onnx: OnnxModel): void {
  const check = (side: 'input' | 'output', port: Port) => {
    const type = port.kind === 'tensor' ? port.elemType : port.kind;
    const fine =
      port.kind === 'tensor' &&
      (carried.has(port.elemType) || (side === 'output' && port.elemType === 'string'));
    if (fine) return;
    throw new LabError(
      'unsupported',
      `The ${side} “${printable(port.name)}” has the type ${type}, which cannot be measured.`,
      'Export the model with tensors of floats, integers or booleans as inputs and outputs.',
    );
  };
  for (const port of freeInputs(onnx.graph)) check('input', port);
  for (const port of onnx.graph.outputs) check('output', port);
}
