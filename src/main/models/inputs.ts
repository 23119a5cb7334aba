import { LabError } from '../../shared/errors';
import { batchAxes, isBatchName, termsOf } from '../../shared/freeDims';
import type { Dim, ElemType, Port } from '../../shared/model';
import { printable } from './files';

export { makeData } from './fill';
export { indexHints } from './hints';

/** How an input is filled. Ranges are low ≤ x < high; `value` fills every element. */
export type Fill =
  | { kind: 'uniform'; low: number; high: number }
  | { kind: 'int'; low: number; high: number }
  | { kind: 'bool' }
  | { kind: 'constant'; value: number };

/** A free dimension and the size it got, for the record. */
export interface FreeDim {
  axis: number;
  /** Its name in the file; null where it has none. */
  name: string | null;
  size: number;
  /** user: fixed in the plan; batch: the plan's batch; sum: from the dimensions its name adds; default: 1. */
  from: 'user' | 'batch' | 'sum' | 'default';
}

export interface InputSpec {
  name: string;
  elemType: ElemType;
  shape: number[];
  fill: Fill;
  freeDims: FreeDim[];
}

export interface InputOptions {
  batch: number;
  /** Sizes of free dimensions by their name (`sequence`) or by input and axis (`input_ids:1`). */
  dims: Readonly<Record<string, number>>;
  /** Fill values by input name. */
  values: Readonly<Record<string, number>>;
  /** Ranges of integer inputs (low ≤ x < high), by input name: see indexHints. */
  hints?: Readonly<Record<string, { low: number; high: number }>>;
}

/**
 * Shapes and fills of all inputs of a model, in their order.
 *
 * Sizes of a free dimension, first match wins: the user's (`name`, or `input:axis`); the plan's batch if it is the
 * batch dimension; for a name like `past + sequence` the sum of its parts; 1. The batch dimension is each free one
 * that is called n, b, bs, batch, batch_size … anywhere; where none is called so, it is a free first dimension of an
 * input of rank 2 or more, unless its name also stands on another axis (a length, then). A free first dimension
 * without a name is the batch from rank 2 on in any case; a vector's only one is a length.
 *
 * Fills: the user's value; ones where the name says mask; 16000 for a sample rate; integers in the hinted range, else 1 up to rank 1 (lengths,
 * rates) and 0 or 1 above; booleans alike; floats uniform in [-1, 1).
 *
 * Throws LabError bad_plan for names the model does not have, sizes that contradict it, and a batch it cannot take.
 */
export function resolveInputs(ports: readonly Port[], options: InputOptions): InputSpec[] {
  const inputs = ports.map((port) => ({ port, shape: declaredShape(port, options.dims) }));
  assertKnown(inputs, options);
  const isBatch = batchRule(inputs, options);
  const sizes = namedSizes(inputs, options, isBatch);
  const sizeOf = (input: Input, axis: number): Size => {
    const exact = options.dims[`${input.port.name}:${axis}`];
    if (exact !== undefined) return { size: exact, from: 'user' };
    const name = input.shape[axis];
    if (typeof name === 'string') return sizes.get(name)!;
    return isBatch(input, axis) ? { size: options.batch, from: 'batch' } : { size: 1, from: 'default' };
  };
  assertBatch(inputs, options, isBatch);
  return inputs.map((input) => {
    const { port } = input;
    const freeDims = input.shape.flatMap((dim, axis): FreeDim[] =>
      typeof dim === 'number' ? [] : [{ axis, name: dim, ...sizeOf(input, axis) }],
    );
    const shape = input.shape.map((dim, axis) =>
      typeof dim === 'number' ? dim : freeDims.find((d) => d.axis === axis)!.size,
    );
    return {
      name: port.name,
      elemType: port.elemType,
      shape,
      fill: fillOf(port, shape.length, options),
      freeDims,
    };
  });
}

/** Inputs that hold one known value throughout: what a count needs to decide an If on an input. */
export function knownValues(specs: readonly InputSpec[]): Record<string, number> {
  return Object.fromEntries(
    specs.flatMap(({ name, fill }) => (fill.kind === 'constant' ? [[name, fill.value]] : [])),
  );
}

interface Input {
  port: Port;
  shape: readonly Dim[];
}

type Size = Pick<FreeDim, 'size' | 'from'>;

/** One size for each named dimension, wherever the name stands. */
function namedSizes(
  inputs: readonly Input[],
  { batch, dims }: InputOptions,
  isBatch: (input: Input, axis: number) => boolean,
): Map<string, Size> {
  const rank: Record<Size['from'], number> = { user: 3, batch: 2, sum: 1, default: 0 };
  const sizes = new Map<string, Size>();
  for (const input of inputs) {
    for (const [axis, name] of input.shape.entries()) {
      if (typeof name !== 'string') continue;
      const user = userSize(input, axis, dims);
      const size: Size =
        user !== undefined
          ? { size: user, from: 'user' }
          : isBatch(input, axis)
            ? { size: batch, from: 'batch' }
            : { size: 1, from: 'default' };
      const known = sizes.get(name);
      if (known === undefined || rank[size.from] > rank[known.from]) sizes.set(name, size);
    }
  }
  // Sums last: their parts may stand in any input.
  for (const [name, size] of sizes) {
    const parts = size.from === 'default' ? termsOf(name) : null;
    if (parts === null) continue;
    const part = (p: string) => (/^\d+$/.test(p) ? Number(p) : (sizes.get(p)?.size ?? dims[p] ?? 1));
    sizes.set(name, { size: parts.reduce((n, p) => n + part(p), 0), from: 'sum' });
  }
  return sizes;
}

function userSize(input: Input, axis: number, dims: InputOptions['dims']): number | undefined {
  const exact = dims[`${input.port.name}:${axis}`];
  const name = input.shape[axis];
  return exact ?? (typeof name === 'string' ? dims[name] : undefined);
}

/** A file may declare no shape at all; then the user's `input:axis` sizes are the shape. */
function declaredShape(port: Port, dims: InputOptions['dims']): readonly Dim[] {
  if (port.shape !== null) return port.shape;
  const shape: null[] = [];
  while (dims[`${port.name}:${shape.length}`] !== undefined) shape.push(null);
  if (shape.length > 0) return shape;
  throw new LabError(
    'bad_plan',
    `The input “${printable(port.name)}” declares no shape.`,
    `Give its sizes in the plan's dims: “${printable(port.name)}:0”, “${printable(port.name)}:1” and so on.`,
  );
}

function batchRule(
  inputs: readonly Input[],
  { dims }: InputOptions,
): (input: Input, axis: number) => boolean {
  const takesBatch = batchAxes(inputs.map(({ shape }) => shape));
  return (input, axis) => userSize(input, axis, dims) === undefined && takesBatch(input.shape, axis);
}

/** A batch that no dimension takes would make every number per item wrong. */
function assertBatch(
  inputs: readonly Input[],
  { batch, dims }: InputOptions,
  isBatch: (input: Input, axis: number) => boolean,
): void {
  for (const input of inputs) {
    for (const [axis, dim] of input.shape.entries()) {
      const user = userSize(input, axis, dims);
      if (typeof dim !== 'string' || !isBatchName(dim) || user === undefined || user === batch) continue;
      throw new LabError(
        'bad_plan',
        `The plan's dims set “${printable(dim)}” to ${user}, but its batch is ${batch}.`,
        'Set the batch in the batches of the plan alone.',
      );
    }
  }
  const takes = (input: Input) =>
    input.shape.some((dim, axis) => isBatch(input, axis) || (typeof dim === 'string' && isBatchName(dim)));
  if (batch === 1 || inputs.some(takes)) return;
  throw new LabError(
    'bad_plan',
    `The model has no free batch dimension, so a batch of ${batch} cannot be measured.`,
    'Measure it with batch 1, or export it with a free first dimension.',
  );
}

/**
 * The dimensions and values of a plan that this model has inputs for. A plan may hold several models with different
 * inputs; whoever uses this must refuse a key that none of them has.
 */
export function ownSettings(
  ports: readonly Port[],
  { dims, values }: Pick<InputOptions, 'dims' | 'values'>,
): { dims: Record<string, number>; values: Record<string, number> } {
  const inputs = ports.map((port) => ({ port, shape: port.shape ?? [] }));
  const names = dimensionNames(inputs);
  const inputNames = new Set(ports.map((p) => p.name));
  const isOwn = (key: string) => names.has(key) || inputNames.has(key.replace(/:\d+$/, ''));
  return {
    dims: Object.fromEntries(Object.entries(dims).filter(([key]) => isOwn(key))),
    values: Object.fromEntries(Object.entries(values).filter(([key]) => inputNames.has(key))),
  };
}

/** Names of free dimensions, and the parts of names that are sums. */
function dimensionNames(inputs: readonly Input[]): Set<string> {
  const names = new Set(inputs.flatMap(({ shape }) => shape.filter((dim) => typeof dim === 'string')));
  for (const part of [...names].flatMap((name) => termsOf(name) ?? []))
    if (!/^\d+$/.test(part)) names.add(part);
  return names;
}

function assertKnown(inputs: readonly Input[], { dims, values }: InputOptions): void {
  const names = dimensionNames(inputs);
  const unnamed = inputs.flatMap(({ port, shape }) =>
    shape.flatMap((dim, axis) => (dim === null ? [`${port.name}:${axis}`] : [])),
  );
  for (const [key, size] of Object.entries(dims)) {
    if (names.has(key)) continue;
    const at = inputs
      .flatMap(({ port, shape }) => shape.map((dim, axis) => ({ key: `${port.name}:${axis}`, dim })))
      .find((d) => d.key === key);
    if (at !== undefined && (typeof at.dim !== 'number' || at.dim === size)) continue;
    if (at !== undefined) {
      throw new LabError(
        'bad_plan',
        `The dimension “${printable(key)}” is ${at.dim} in the model and cannot be ${size}.`,
        'Only free dimensions can be set.',
      );
    }
    const free = [...names, ...unnamed].map(printable);
    throw new LabError(
      'bad_plan',
      `The model has no free dimension “${printable(key)}”.`,
      free.length > 0 ? `Its free dimensions: ${free.join(', ')}.` : 'All its dimensions are fixed.',
    );
  }
  for (const [name, value] of Object.entries(values)) {
    const input = inputs.find(({ port }) => port.name === name);
    if (input === undefined) {
      throw new LabError(
        'bad_plan',
        `The model has no input “${printable(name)}”.`,
        `Its inputs: ${inputs.map(({ port }) => printable(port.name)).join(', ')}.`,
      );
    }
    if (!fits(value, input.port.elemType)) {
      throw new LabError(
        'bad_plan',
        `The input “${printable(name)}” has the type ${input.port.elemType} and cannot be ${value}.`,
        'Give a value of its type in the values of the plan.',
      );
    }
  }
}

const integerBits = /^(u?)int(\d+)$/;

function fits(value: number, elemType: ElemType): boolean {
  if (elemType === 'bool') return value === 0 || value === 1;
  const match = integerBits.exec(elemType);
  if (match === null) return Number.isFinite(value);
  const bits = Number(match[2]);
  const low = match[1] === 'u' ? 0 : -(2 ** (bits - 1));
  const high = match[1] === 'u' ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  return Number.isInteger(value) && value >= low && value <= Math.min(high, Number.MAX_SAFE_INTEGER);
}

function fillOf(port: Port, rank: number, { values, hints }: InputOptions): Fill {
  const value = values[port.name];
  if (value !== undefined) return { kind: 'constant', value };
  if (/mask/i.test(port.name)) return { kind: 'constant', value: 1 };
  if (port.elemType === 'bool') return rank <= 1 ? { kind: 'constant', value: 1 } : { kind: 'bool' };
  if (!integerBits.test(port.elemType)) return { kind: 'uniform', low: -1, high: 1 };
  // Speech models take the rate of their audio as a number and refuse, or branch on, any but the usual ones.
  if (rank <= 1 && /^(sr|sample_?rate|sampling_?rate)$/i.test(port.name) && fits(16_000, port.elemType))
    return { kind: 'constant', value: 16_000 };
  const hint = hints?.[port.name];
  if (hint !== undefined) return { kind: 'int', low: hint.low, high: hint.high };
  // 1 is safe as a length, a rate or a divisor; 0 and 1 are safe as indices of almost any table.
  return rank <= 1 ? { kind: 'constant', value: 1 } : { kind: 'int', low: 0, high: 2 };
}
