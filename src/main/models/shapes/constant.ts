import { elemTypeOf } from '../tensor';
import { tensorValues } from '../values';
import { type Call, type Rule, type RuleTable, stuck } from './call';
import {
  constantValue,
  dataCap,
  isIntegral,
  known,
  representableAll,
  sizeOf,
  sparseValue,
  unknown,
  type Value,
} from './value';

function constant(c: Call): Value[] {
  for (const name of ['value', 'value_int', 'value_ints', 'value_float', 'value_floats', 'value_string']) {
    const a = c.any(name);
    if (a?.kind === 'tensor') return [constantValue(a.value)];
    if (a?.kind === 'int') return [known([], 'int64', [a.value])];
    if (a?.kind === 'ints') return [known([a.value.length], 'int64', a.value)];
    if (a?.kind === 'float') return [known([], 'float32', [a.value])];
    if (a?.kind === 'floats') return [known([a.value.length], 'float32', a.value)];
    if (a?.kind === 'string') return [known([], 'string')];
  }
  const strings = c.any('value_strings');
  if (strings?.kind === 'strings') return [known([strings.value.length], 'string')];
  const sparse = c.any('sparse_value');
  return sparse?.kind === 'sparse' ? [sparseValue(sparse.value)] : stuck();
}

function constantOfShape(c: Call): Value[] {
  const shape = c.data(0);
  const a = c.any('value');
  const [type, fill] =
    a?.kind === 'tensor' ? [a.value.elemType, tensorValues(a.value)?.[0] ?? null] : (['float32', 0] as const);
  const size = sizeOf(shape);
  const data = fill !== null && size <= dataCap && size >= 0 ? new Array<number>(size).fill(fill) : null;
  return [known(shape, type, data)];
}

function shapeOf(c: Call): Value[] {
  const x = c.shape(0);
  const clamp = (i: number) => Math.min(Math.max(i < 0 ? i + x.length : i, 0), x.length);
  const part = x.slice(clamp(c.int('start', 0)), clamp(c.int('end', x.length)));
  return [known([part.length], 'int64', part)];
}

function range(c: Call): Value[] {
  const [start, limit, delta] = [c.scalar(0), c.scalar(1), c.scalar(2)];
  const type = c.type(0);
  // Other types round their steps, which may change the count.
  if (type !== 'float32' && type !== 'float64' && !isIntegral(type)) stuck();
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!(count < Number.MAX_SAFE_INTEGER)) stuck();
  const few = count <= dataCap;
  const data = few
    ? representableAll(
        Array.from({ length: count }, (_, i) => start + i * delta),
        type,
      )
    : null;
  return [known([count], type, data)];
}

function random(c: Call): Value[] {
  return [known(c.ints('shape') ?? stuck(), elemTypeOf(c.int('dtype', 1)))];
}

function like(c: Call): Value[] {
  const wanted = c.int('dtype');
  return [known(c.shape(0), wanted === null ? c.type(0) : elemTypeOf(wanted))];
}

/** Window functions of signal processing: one value per sample of the given size. */
const samples: Rule = (c) => [known([c.scalar(0)], elemTypeOf(c.int('output_datatype', 1)))];

function dft(c: Call): Value[] {
  const x = [...c.shape(0)];
  const byInput = c.opset >= 20;
  const axis = byInput ? (c.has(2) ? c.scalar(2) : -2) : c.int('axis', 1);
  const a = axis < 0 ? axis + x.length : axis;
  if (a < 0 || a >= x.length - 1) stuck();
  const length = c.has(1) ? c.scalar(1) : x[a]!;
  const [inverse, onesided] = [c.int('inverse', 0) === 1, c.int('onesided', 0) === 1];
  if (inverse && onesided) {
    // The one-sided inverse gives real numbers again, from half of the spectrum.
    if (!c.has(1)) x[a] = (x[a]! - 1) * 2;
    else x[a] = length;
    x[x.length - 1] = 1;
  } else {
    x[a] = onesided ? Math.floor(length / 2) + 1 : length;
    x[x.length - 1] = 2;
  }
  return [known(x, c.type(0))];
}

/** signal [batch, samples, 1 or 2], step, window, frame length. */
function stft(c: Call): Value[] {
  const [x, step] = [c.shape(0), c.scalar(1)];
  const frame = c.has(3) ? c.scalar(3) : (c.shape(2)[0] ?? stuck());
  const bins = c.int('onesided', 1) === 1 ? Math.floor(frame / 2) + 1 : frame;
  return [known([x[0]!, Math.floor((x[1]! - frame) / step) + 1, bins, 2], c.type(0))];
}

/** n-gram indexes give the width of the result. */
function tfIdf(c: Call): Value[] {
  const width = (c.ints('ngram_indexes') ?? stuck()).reduce((a, b) => Math.max(a, b), -1) + 1;
  const x = c.shape(0);
  return [known(x.length === 2 ? [x[0]!, width] : [width], 'float32')];
}

/** Operators that make values, or describe those of others. */
export const constantRules: RuleTable = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOf,
  Size: (c) => [known([], 'int64', [sizeOf(c.shape(0))])],
  Range: range,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: like,
  RandomUniformLike: like,
  Bernoulli: like,
  Multinomial: (c) => [known([c.shape(0)[0] ?? stuck(), c.int('sample_size', 1)], 'int32')],
  EyeLike: like,
  BitCast: (c) => [known(c.shape(0), elemTypeOf(c.int('to', 0)))],
  BlackmanWindow: samples,
  HammingWindow: samples,
  HannWindow: samples,
  MelWeightMatrix: (c) => {
    const bins = Math.floor(c.scalar(1) / 2) + 1;
    return [known([bins, c.scalar(0)], elemTypeOf(c.int('output_datatype', 1)))];
  },
  DFT: dft,
  STFT: stft,
  TfIdfVectorizer: tfIdf,
  OptionalHasElement: () => [known([], 'bool')],
  SequenceLength: (c) => {
    const { items } = c.value(0);
    return [known([], 'int64', items === null ? null : [items.length])];
  },
  SequenceConstruct: (c) => [{ ...unknown(c.label), items: c.inputs.map((_, i) => c.value(i)) }],
  SequenceEmpty: (c) => [{ ...unknown(c.label), items: [] }],
  SequenceAt: (c) => {
    const items = c.value(0).items ?? stuck(0);
    const i = c.scalar(1);
    return [items.at(i) ?? stuck()];
  },
  SequenceInsert: (c) => {
    const items = c.value(0).items ?? stuck(0);
    const i = c.has(2) ? c.scalar(2) : items.length;
    return [{ ...unknown(c.label), items: items.toSpliced(i, 0, c.value(1)) }];
  },
  SequenceErase: (c) => {
    const items = c.value(0).items ?? stuck(0);
    const i = c.has(1) ? c.scalar(1) : -1;
    return [{ ...unknown(c.label), items: items.toSpliced(i, 1) }];
  },
};
