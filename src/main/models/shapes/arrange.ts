import { axisOf, type Call, type RuleTable, stuck } from './call';
import { at, broadcast, dataCap, forEachIndex, known, sizeOf, stridesFor, type Value } from './value';

function reshape(c: Call): Value[] {
  const x = c.shape(0);
  const wanted = c.opset < 5 ? (c.ints('shape') ?? stuck()) : c.data(1);
  const copyZero = c.int('allowzero', 0) === 0;
  const shape = wanted.map((d, i) => (d === 0 && copyZero ? (x[i] ?? stuck()) : d));
  const free = shape.indexOf(-1);
  const rest = sizeOf(shape.filter((_, i) => i !== free));
  if (free >= 0) shape[free] = rest === 0 ? stuck() : sizeOf(x) / rest;
  if (sizeOf(shape) !== sizeOf(x)) stuck();
  return [known(shape, c.type(0), c.value(0).data)];
}

function flatten(c: Call): Value[] {
  const x = c.shape(0);
  const axis = c.int('axis', 1);
  const cut = axis < 0 ? axis + x.length : axis;
  if (cut < 0 || cut > x.length) stuck();
  return [known([sizeOf(x.slice(0, cut)), sizeOf(x.slice(cut))], c.type(0), c.value(0).data)];
}

function squeeze(c: Call): Value[] {
  const x = c.shape(0);
  const axes = c.intsFrom('axes', 1, 13)?.map((a) => axisOf(a, x.length));
  if (axes?.some((a) => x[a] !== 1)) stuck();
  const shape = x.filter((d, i) => (axes ? !axes.includes(i) : d !== 1));
  return [known(shape, c.type(0), c.value(0).data)];
}

function unsqueeze(c: Call): Value[] {
  const x = [...c.shape(0)];
  const given = c.intsFrom('axes', 1, 13) ?? stuck();
  const rank = x.length + given.length;
  if (rank > 64) stuck();
  const axes = given.map((a) => axisOf(a, rank));
  if (new Set(axes).size !== axes.length) stuck();
  const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : x.shift()!));
  return [known(shape, c.type(0), c.value(0).data)];
}

function transpose(c: Call): Value[] {
  const x = c.shape(0);
  const perm = c.ints('perm') ?? x.map((_, i) => x.length - 1 - i);
  if (perm.length !== x.length || new Set(perm).size !== x.length) stuck();
  const shape = perm.map((p) => x[p] ?? stuck());
  const { data } = c.value(0);
  if (data === null) return [known(shape, c.type(0))];
  const own = x.map((_, i) => sizeOf(x.slice(i + 1)));
  const strides = perm.map((p) => own[p]!);
  const out: number[] = [];
  forEachIndex(shape, (index) => {
    out.push(data[at(index, strides)]!);
  });
  return [known(shape, c.type(0), out)];
}

function expand(c: Call): Value[] {
  const shape = broadcast(c.shape(0), c.data(1)) ?? stuck();
  return [known(shape, c.type(0), spread(c.value(0), shape))];
}

function spread(value: Value, shape: readonly number[]): number[] | null {
  if (value.data === null || sizeOf(shape) > dataCap) return null;
  const strides = stridesFor(value.shape!, shape);
  const out: number[] = [];
  forEachIndex(shape, (index) => {
    out.push(value.data![at(index, strides)]!);
  });
  return out;
}

function tile(c: Call): Value[] {
  const [x, repeats] = [c.shape(0), c.data(1)];
  // Opset 1 took a count and an axis instead.
  if (c.opset < 6 || repeats.length !== x.length) stuck();
  const shape = x.map((d, i) => d * repeats[i]!);
  const { data } = c.value(0);
  if (data === null || !(sizeOf(shape) <= dataCap)) return [known(shape, c.type(0))];
  const strides = x.map((_, i) => sizeOf(x.slice(i + 1)));
  const out: number[] = [];
  forEachIndex(shape, (index) => {
    out.push(
      data[
        at(
          index.map((k, i) => k % x[i]!),
          strides,
        )
      ]!,
    );
  });
  return [known(shape, c.type(0), out)];
}

/** Joins shapes along one axis; all others must agree. */
export function concatShapes(shapes: readonly (readonly number[])[], axis: number): number[] {
  const [first = stuck()] = shapes;
  const fits = shapes.every(
    (s) => s.length === first.length && s.every((d, i) => i === axis || d === first[i]),
  );
  if (!fits) stuck();
  return first.map((d, i) => (i === axis ? shapes.reduce((n, s) => n + s[axis]!, 0) : d));
}

function concat(c: Call): Value[] {
  const values = c.inputs.map((_, i) => c.value(i));
  const shapes = values.map((_, i) => c.shape(i));
  const axis = axisOf(c.int('axis', c.opset < 4 ? 1 : Number.NaN), shapes[0]?.length ?? 0);
  const shape = concatShapes(shapes, axis);
  if (values.some((v) => v.data === null) || sizeOf(shape) > dataCap) return [known(shape, c.type(0))];
  const outer = sizeOf(shape.slice(0, axis));
  const data: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const [i, v] of values.entries()) {
      const run = sizeOf(shapes[i]!.slice(axis));
      for (let k = 0; k < run; k++) data.push(v.data![o * run + k]!);
    }
  }
  return [known(shape, c.type(0), data)];
}

/** Sizes of the parts of a Split along its axis. */
function splitSizes(c: Call, size: number): readonly number[] {
  const given = c.opset >= 2 || !c.has(1) ? c.intsFrom('split', 1, 13) : stuck();
  if (given !== null) return given.reduce((a, b) => a + b, 0) === size ? given : stuck();
  const parts = c.int('num_outputs', c.outputs);
  if (parts !== c.outputs) stuck();
  const each = Math.ceil(size / parts);
  // Only the last part may be smaller, and before opset 18 none.
  return Array.from({ length: parts }, (_, i) => (i < parts - 1 ? each : size - each * (parts - 1)));
}

function split(c: Call): Value[] {
  const x = c.shape(0);
  const axis = axisOf(c.int('axis', 0), x.length);
  const { data } = c.value(0);
  let from = 0;
  return splitSizes(c, x[axis]!).map((size) => {
    const shape = x.map((d, i) => (i === axis ? size : d));
    const part = data !== null && x.length === 1 ? data.slice(from, from + size) : null;
    from += size;
    return known(shape, c.type(0), part);
  });
}

function blocks(c: Call, toSpace: boolean): Value[] {
  const [n, channels, h, w, ...more] = c.shape(0);
  const b = c.int('blocksize', 0);
  if (w === undefined || more.length > 0 || b < 1) stuck();
  const shape = toSpace ? [n!, channels! / b / b, h! * b, w * b] : [n!, channels! * b * b, h! / b, w / b];
  return [known(shape, c.type(0))];
}

export const arrangeRules: RuleTable = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Split: split,
  DepthToSpace: (c) => blocks(c, true),
  SpaceToDepth: (c) => blocks(c, false),
};
