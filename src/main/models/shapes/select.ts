import { concatShapes } from './arrange';
import { axisOf, type Call, type RuleTable, stuck } from './call';
import { at, dataCap, forEachIndex, known, sizeOf, stridesFor, type Value } from './value';

/** First index, number of elements and step of a slice along an axis of `size` (ONNX operator Slice). */
function stretch(size: number, from: number, to: number, step: number): [start: number, count: number] {
  if (step === 0) stuck();
  const clamp = (i: number, low: number, high: number) => Math.min(Math.max(i < 0 ? i + size : i, low), high);
  const start = step > 0 ? clamp(from, 0, size) : clamp(from, 0, size - 1);
  const end = step > 0 ? clamp(to, 0, size) : clamp(to, -1, size - 1);
  return [start, Math.max(0, Math.ceil((end - start) / step))];
}

function slice(c: Call): Value[] {
  const x = c.shape(0);
  const starts = c.intsFrom('starts', 1, 10) ?? stuck();
  const ends = c.intsFrom('ends', 2, 10) ?? stuck();
  const axes = c.intsFrom('axes', 3, 10) ?? starts.map((_, i) => i);
  const steps = (c.opset < 10 ? null : c.has(4) ? c.data(4) : null) ?? starts.map(() => 1);
  const shape = [...x];
  const first = x.map(() => 0);
  const step = x.map(() => 1);
  axes.forEach((axis, i) => {
    const a = axisOf(axis, x.length);
    [first[a], shape[a]] = stretch(x[a]!, starts[i] ?? stuck(), ends[i] ?? stuck(), steps[i] ?? stuck());
    step[a] = steps[i]!;
  });
  const { data } = c.value(0);
  if (data === null) return [known(shape, c.type(0))];
  const strides = x.map((_, i) => sizeOf(x.slice(i + 1)));
  const out: number[] = [];
  forEachIndex(shape, (index) => {
    const from = index.map((k, i) => first[i]! + k * step[i]!);
    out.push(data[at(from, strides)]!);
  });
  return [known(shape, c.type(0), out)];
}

function gather(c: Call): Value[] {
  const [x, index] = [c.shape(0), c.shape(1)];
  const axis = axisOf(c.int('axis', 0), x.length);
  const shape = [...x.slice(0, axis), ...index, ...x.slice(axis + 1)];
  const [data, picks] = [c.value(0).data, c.value(1).data];
  if (data === null || picks === null || sizeOf(shape) > dataCap) return [known(shape, c.type(0))];
  const inner = sizeOf(x.slice(axis + 1));
  const out: number[] = [];
  for (let o = 0; o < sizeOf(x.slice(0, axis)); o++) {
    for (const pick of picks) {
      const row = o * x[axis]! + axisOf(pick, x[axis]!);
      for (let k = 0; k < inner; k++) out.push(data[row * inner + k]!);
    }
  }
  return [known(shape, c.type(0), out)];
}

function gatherND(c: Call): Value[] {
  const [x, index] = [c.shape(0), c.shape(1)];
  const batch = c.int('batch_dims', 0);
  const depth = index.at(-1) ?? stuck();
  if (batch + depth > x.length) stuck();
  return [known([...index.slice(0, -1), ...x.slice(batch + depth)], c.type(0))];
}

function pad(c: Call): Value[] {
  const x = c.shape(0);
  const pads = c.intsFrom(c.opset < 2 ? 'paddings' : 'pads', 1, 11) ?? stuck();
  const axes = (c.has(3) ? c.data(3) : x.map((_, i) => i)).map((a) => axisOf(a, x.length));
  if (pads.length !== 2 * axes.length) stuck();
  const shape = [...x];
  axes.forEach((a, i) => {
    shape[a] = shape[a]! + pads[i]! + pads[i + axes.length]!;
  });
  return [known(shape, c.type(0))];
}

function centerCropPad(c: Call): Value[] {
  const [x, target] = [c.shape(0), c.data(1)];
  const axes = (c.ints('axes') ?? x.map((_, i) => i)).map((a) => axisOf(a, x.length));
  const shape = [...x];
  axes.forEach((a, i) => {
    shape[a] = target[i] ?? stuck();
  });
  return [known(shape, c.type(0))];
}

function oneHot(c: Call): Value[] {
  const index = c.shape(0);
  const axis = axisOf(c.int('axis', -1), index.length + 1);
  const depth = Math.trunc(c.scalar(1));
  return [known([...index.slice(0, axis), depth, ...index.slice(axis)], c.type(2))];
}

function topK(c: Call): Value[] {
  const x = c.shape(0);
  const axis = axisOf(c.int('axis', -1), x.length);
  const k = c.opset < 10 ? (c.int('k') ?? stuck()) : c.scalar(1);
  const shape = x.map((d, i) => (i === axis ? k : d));
  return [known(shape, c.type(0)), known(shape, 'int64')];
}

function compress(c: Call): Value[] {
  const x = c.shape(0);
  const kept = c.data(1).reduce((n, b) => n + (b ? 1 : 0), 0);
  const axis = c.int('axis');
  if (axis === null) return [known([kept], c.type(0))];
  const a = axisOf(axis, x.length);
  return [
    known(
      x.map((d, i) => (i === a ? kept : d)),
      c.type(0),
    ),
  ];
}

function nonZero(c: Call): Value[] {
  const [x, data] = [c.shape(0), c.data(0)];
  const found: number[][] = [];
  const strides = stridesFor(x, x);
  forEachIndex(x, (index) => {
    if (data[at(index, strides)] !== 0) found.push([...index]);
  });
  const flat = x.flatMap((_, axis) => found.map((index) => index[axis]!));
  return [known([Math.max(1, x.length), found.length], 'int64', x.length === 0 ? null : flat)];
}

function concatFromSequence(c: Call): Value[] {
  const items = c.value(0).items ?? stuck(0);
  const shapes = items.map((v) => v.shape ?? stuck());
  const [first = stuck()] = shapes;
  if (c.int('new_axis', 0) === 1) {
    const axis = axisOf(c.int('axis') ?? stuck(), first.length + 1);
    return [known([...first.slice(0, axis), items.length, ...first.slice(axis)], items[0]!.type)];
  }
  return [known(concatShapes(shapes, axisOf(c.int('axis') ?? stuck(), first.length)), items[0]!.type)];
}

export const selectRules: RuleTable = {
  Slice: slice,
  Gather: gather,
  GatherElements: (c) => [known(c.shape(1), c.type(0))],
  GatherND: gatherND,
  Pad: pad,
  CenterCropPad: centerCropPad,
  OneHot: oneHot,
  TopK: topK,
  Compress: compress,
  NonZero: nonZero,
  ConcatFromSequence: concatFromSequence,
  'ai.onnx.ml:ArrayFeatureExtractor': (c) => {
    const [x, index] = [c.shape(0), c.shape(1)];
    return [known(x.length === 1 ? [1, sizeOf(index)] : [...x.slice(0, -1), sizeOf(index)], c.type(0))];
  },
};
