import type { AccuracyRecord, Normalise } from '../../../shared/accuracy';
import { LabError } from '../../../shared/errors';
import type { Dim, ElemType, Port } from '../../../shared/model';
import { float16Bits } from '../../models/half';
import type { Dataset } from '../data/dataset';
import type { NumberArray, Value } from '../tools';

/** `reshaped`: the same values in the same order; `channels_last`: channels first in the data and last in the model. */
type Layout = AccuracyRecord['layout'];

export interface FedInput {
  port: Port;
  /** Dimensions after the batch. */
  dims: number[];
  /** Null: any number of examples in a call. */
  fixedBatch: number | null;
  layout: Layout;
}

const fed = ['float32', 'float64', 'float16', 'uint8'] as const satisfies readonly ElemType[];

/**
 * The one input that takes the examples, and in which shape.
 * @throws LabError unsupported for several inputs, another element type or a shape that the examples do not fill
 */
export function fedInput(
  inputs: readonly Port[],
  data: Pick<Dataset, 'name' | 'shape' | 'features'>,
): FedInput {
  if (inputs.length !== 1) {
    throw new LabError(
      'unsupported',
      inputs.length === 0
        ? 'The model has no input.'
        : `The model has ${inputs.length} inputs (${inputs.map((p) => p.name).join(', ')}), and examples go into one.`,
      'Export the model with one input.',
    );
  }
  const port = inputs[0];
  if (port.kind !== 'tensor' || !fed.some((type) => type === port.elemType)) {
    throw new LabError(
      'unsupported',
      `The input ${port.name} takes ${port.kind === 'tensor' ? port.elemType : `a ${port.kind}`}; examples are fed as ${fed.join(', ')}.`,
      'Export the model with an input of one of these types.',
    );
  }
  const [first, ...rest] = port.shape ?? [null, ...data.shape];
  if (port.shape !== null && port.shape.length < 2) {
    throw new LabError(
      'unsupported',
      `The input ${port.name} has ${port.shape.length} dimensions, and needs one for the batch and at least one for the example.`,
      'Export the model with a batch dimension.',
    );
  }
  const dims = filled(rest, data);
  if (dims === null) {
    throw new LabError(
      'unsupported',
      `The input ${port.name} is [${[first, ...rest].map((d) => d ?? '?').join(', ')}], and an example of ${data.name} has ${data.features} values (${data.shape.join(' × ')}).`,
      'Choose the data set that the model was made for, or add the data with another shape.',
    );
  }
  return { port, fixedBatch: typeof first === 'number' ? first : null, ...dims };
}

/** Sizes for the dimensions behind the batch; null where the example does not fill them. Pure. */
function filled(
  declared: readonly Dim[],
  { shape, features }: Pick<Dataset, 'shape' | 'features'>,
): Pick<FedInput, 'dims' | 'layout'> | null {
  const fits = (sizes: readonly number[]) =>
    sizes.length === declared.length && declared.every((d, i) => typeof d !== 'number' || d === sizes[i]);
  if (fits(shape)) return { dims: [...shape], layout: 'as_given' };
  if (shape.length === 3 && declared.length === 3) {
    const [a, b, c] = shape;
    // Pictures with channels at the other end must not be read as if they were scrambled.
    if (a <= 4 && a > 1 && fits([b, c, a])) return { dims: [b, c, a], layout: 'channels_last' };
    if (c <= 4 && c > 1 && fits([c, a, b])) return { dims: [c, a, b], layout: 'channels_first' };
    if (a > 1 && c > 1) return null;
  }
  const known = declared.reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1);
  const free = declared.filter((d) => typeof d !== 'number').length;
  if (free === 0) return known === features ? { dims: declared as number[], layout: 'reshaped' } : null;
  if (free > 1 || known === 0 || features % known !== 0) return null;
  return {
    dims: declared.map((d) => (typeof d === 'number' ? d : features / known)),
    layout: 'reshaped',
  };
}

/**
 * (value × scale − mean) / std for every value of an example, with one mean and deviation for all, for each channel (the first
 * dimension of an example of three) or for each value.
 * @throws LabError bad_input where mean or std have another number
 */
export function normaliser(
  normalise: Normalise | null,
  { shape, features }: Pick<Dataset, 'shape' | 'features'>,
): (value: number, at: number) => number {
  if (normalise === null) return (value) => value;
  const { scale, mean, std } = normalise;
  const channels = shape.length === 3 ? shape[0] : 1;
  const place = (values: readonly number[], what: string): ((at: number) => number) => {
    if (values.length === 1) return () => values[0];
    if (values.length === features) return (at) => values[at];
    if (values.length === channels) return (at) => values[Math.floor((at * channels) / features)];
    throw new LabError(
      'bad_input',
      `${values.length} values were given for ${what}, and an example has ${channels} ${channels === 1 ? 'channel' : 'channels'} and ${features} values.`,
      `Give one ${what} for all${channels > 1 ? `, or ${channels}` : ''}.`,
    );
  };
  const [meanAt, stdAt] = [place(mean, 'mean'), place(std, 'std')];
  return (value, at) => (value * scale - meanAt(at)) / stdAt(at);
}

/**
 * Examples `from` … as one tensor with `rows` examples; where there are fewer left, the last one fills the rest.
 * @throws LabError bad_input where an input of bytes would get what is no whole number from 0 to 255
 */
export function feed(
  { port, dims, layout }: FedInput,
  { test, shape, features }: Pick<Dataset, 'test' | 'shape' | 'features'>,
  change: (value: number, at: number) => number,
  from: number,
  rows: number,
): Value {
  const elemType = port.elemType as (typeof fed)[number];
  const data = emptyOf(elemType, rows * features);
  const order = orderOf(layout, shape, features);
  for (let r = 0; r < rows; r++) {
    const example = Math.min(from + r, test.n - 1);
    for (let j = 0; j < features; j++) {
      const at = order === null ? j : order[j];
      const value = change(test.x[example * features + at], at);
      data[r * features + j] = elemType === 'float16' ? float16Bits(value) : value;
      if (elemType === 'uint8') data[r * features + j] = asByte(value, example);
    }
  }
  return { elemType, dims: [rows, ...dims], data };
}

function emptyOf(elemType: (typeof fed)[number], length: number): Exclude<NumberArray, BigInt64Array> {
  if (elemType === 'float32') return new Float32Array(length);
  if (elemType === 'float64') return new Float64Array(length);
  return elemType === 'float16' ? new Uint16Array(length) : new Uint8Array(length);
}

function asByte(value: number, example: number): number {
  const whole = Math.round(value);
  if (whole >= 0 && whole <= 255 && Math.abs(value - whole) < 0.01) return whole;
  throw new LabError(
    'bad_input',
    `The model takes whole numbers from 0 to 255, and example ${example + 1} holds ${value}.`,
    'Use --scale 255 where the values run from 0 to 1.',
  );
}

/** Place in the example for each place in the input; null: the same. */
function orderOf(layout: Layout, shape: readonly number[], features: number): number[] | null {
  if (layout !== 'channels_last' && layout !== 'channels_first') return null;
  const [a, b, c] = shape;
  // As a matrix of channels × pixels, or of pixels × channels, transposed.
  const [rows, columns] = layout === 'channels_last' ? [a, b * c] : [a * b, c];
  return Array.from({ length: features }, (_, j) => (j % rows) * columns + Math.floor(j / rows));
}
