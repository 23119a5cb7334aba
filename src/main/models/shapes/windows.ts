import { axisOf, type Call, stuck } from './call';

/** One sliding window: kernel, stride, dilation and padding per spatial axis. */
export interface Window {
  kernel: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  /** All begins, then all ends. */
  pads: readonly number[];
  autoPad: string;
  ceil: boolean;
}

function filled(values: readonly number[] | null, rank: number, fallback: number): readonly number[] {
  const list = values ?? new Array<number>(rank).fill(fallback);
  return list.length === rank ? list : stuck();
}

/** The window of a node over `rank` spatial axes. Kernel shape: the attribute, else `weight`. */
export function windowOf(c: Call, rank: number, weight: readonly number[] | null): Window {
  const kernel = c.ints('kernel_shape') ?? weight ?? stuck();
  const window = {
    kernel: filled(kernel, rank, 1),
    strides: filled(c.ints('strides'), rank, 1),
    dilations: filled(c.ints('dilations'), rank, 1),
    pads: filled(c.ints('pads'), 2 * rank, 0),
    autoPad: c.text('auto_pad', 'NOTSET'),
    ceil: c.int('ceil_mode', 0) === 1,
  };
  const positive = [...window.kernel, ...window.strides, ...window.dilations].every((x) => x > 0);
  return positive ? window : stuck();
}

/** Spatial sizes after a convolution or pooling (ONNX operator Conv and MaxPool, "auto_pad" and "ceil_mode"). */
export function windowed(spatial: readonly number[], w: Window): number[] {
  const rank = spatial.length;
  return spatial.map((size, i) => {
    const [stride, reach] = [w.strides[i]!, (w.kernel[i]! - 1) * w.dilations[i]! + 1];
    if (w.autoPad === 'SAME_UPPER' || w.autoPad === 'SAME_LOWER') return Math.ceil(size / stride);
    const [begin, end] = w.autoPad === 'VALID' ? [0, 0] : [w.pads[i]!, w.pads[i + rank]!];
    const room = size + begin + end - reach;
    if (room < 0) return stuck();
    if (!w.ceil) return Math.floor(room / stride) + 1;
    const out = Math.ceil(room / stride) + 1;
    // A last window that would begin in the padding at the end is left out.
    return (out - 1) * stride >= size + begin ? out - 1 : out;
  });
}

/** Spatial sizes after a transposed convolution (ONNX operator ConvTranspose). */
export function transposed(c: Call, spatial: readonly number[], w: Window): number[] {
  const rank = spatial.length;
  const given = c.ints('output_shape');
  // Some exporters write the batch and channels too; only the spatial part decides.
  if (given !== null) return given.length >= rank ? [...given.slice(-rank)] : stuck();
  const extra = filled(c.ints('output_padding'), rank, 0);
  return spatial.map((size, i) => {
    const [stride, reach] = [w.strides[i]!, (w.kernel[i]! - 1) * w.dilations[i]! + 1];
    if (w.autoPad === 'SAME_UPPER' || w.autoPad === 'SAME_LOWER') return size * stride;
    const pads = w.autoPad === 'VALID' ? 0 : w.pads[i]! + w.pads[i + rank]!;
    return (size - 1) * stride + extra[i]! + reach - pads;
  });
}

/** Axis of the channels: 1, or the last one where the node says so. */
export function channelAxis(c: Call, rank: number): number {
  return c.int('channels_last', 0) === 1 ? axisOf(-1, rank) : 1;
}
