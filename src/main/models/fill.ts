import { LabError } from '../../shared/errors';
import { bfloat16Bits, float16Bits } from './half';
import type { InputSpec } from './inputs';
import { createRandom } from './random';
import { payloadBytes } from './tensor';
import { elementCount } from './writer';

/** A typed array and how a number is put into it; 16-bit floats are kept by their bits. */
function arrayFor(
  spec: InputSpec,
  n: number,
): { array: ArrayBufferView; put: (i: number, x: number) => void } {
  const plain = <T extends { [i: number]: number } & ArrayBufferView>(array: T) => ({
    array,
    put: (i: number, x: number) => {
      array[i] = x;
    },
  });
  const wide = (array: BigInt64Array | BigUint64Array) => ({
    array,
    put: (i: number, x: number) => {
      array[i] = BigInt(x);
    },
  });
  switch (spec.elemType) {
    case 'float32':
      return plain(new Float32Array(n));
    case 'float64':
      return plain(new Float64Array(n));
    case 'uint8':
    case 'bool':
      return plain(new Uint8Array(n));
    case 'int8':
      return plain(new Int8Array(n));
    case 'uint16':
      return plain(new Uint16Array(n));
    case 'int16':
      return plain(new Int16Array(n));
    case 'uint32':
      return plain(new Uint32Array(n));
    case 'int32':
      return plain(new Int32Array(n));
    case 'int64':
      return wide(new BigInt64Array(n));
    case 'uint64':
      return wide(new BigUint64Array(n));
    case 'float16':
    case 'bfloat16': {
      const array = new Uint16Array(n);
      const bits = spec.elemType === 'float16' ? float16Bits : bfloat16Bits;
      return {
        array,
        put: (i, x) => {
          array[i] = bits(x);
        },
      };
    }
    default:
      throw new LabError(
        'unsupported',
        `Inputs of type ${spec.elemType} cannot be made.`,
        'Export the model with inputs of floats, integers or booleans.',
      );
  }
}

/**
 * Contents of an input: packed little-endian elements in an ArrayBuffer of their own. The same spec and seed give
 * the same bytes; each input name has a stream of its own. Throws LabError unsupported for other types, memory_bound
 * where the shape is too large for one array.
 */
export function makeData(spec: InputSpec, seed: number): Uint8Array<ArrayBuffer> {
  const n = elementCount(spec.shape);
  const bytes = payloadBytes(spec.elemType, n);
  if (bytes !== null && !(bytes < 2 ** 32)) {
    throw new LabError(
      'memory_bound',
      `The input ${spec.name} would take ${(bytes / 1e9).toFixed(1)} GB.`,
      'Choose smaller sizes for its dimensions, or a smaller batch.',
    );
  }
  const { array, put } = arrayFor(spec, n);
  const random = createRandom(seed, spec.name);
  const { fill } = spec;
  const next = (): number => {
    switch (fill.kind) {
      case 'constant':
        return fill.value;
      case 'bool':
        return random.integer(0, 2);
      case 'int':
        return random.integer(fill.low, fill.high);
      case 'uniform':
        return fill.low + random.uniform() * (fill.high - fill.low);
    }
  };
  for (let i = 0; i < n; i++) put(i, next());
  return new Uint8Array(array.buffer as ArrayBuffer);
}
