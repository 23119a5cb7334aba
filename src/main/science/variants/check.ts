import { LabError } from '../../../shared/errors';
import { batchAxes, isBatchName } from '../../../shared/freeDims';
import type { ElemType, Port } from '../../../shared/model';
import type { Provider } from '../../../shared/plan';
import type { OutputError, TransformReport } from '../../../shared/transform';
import type { OnnxModel } from '../../models/graph';
import { freeInputs } from '../../models/graph';
import { float16Value } from '../../models/half';
import { indexHints, makeData, resolveInputs } from '../../models/inputs';
import type { Dataset } from '../data/dataset';
import { topOf } from '../scores';
import type { NumberArray, Ort, Session, Value } from '../tools';

/** Inputs of one call. */
export type Feeds = Record<string, Value>;

export interface FedInputs {
  calls: Feeds[];
  rows: number;
}

/** Rows that a model with a free batch is given, and how many at once; one without gets as many calls as a batch has rows. */
const batchRows = 16;
const fullCalls = 4;

/**
 * The lab's own made-up inputs of a model: as many calls as `callsOf` says, each from a seed of its own.
 * @throws LabError unsupported for inputs that cannot be made, bad_plan for dimensions that the model does not have
 */
export function madeUpInputs(
  model: OnnxModel,
  seed: number,
  dims: Readonly<Record<string, number>> = {},
): FedInputs {
  const ports = freeInputs(model.graph);
  const { rows, batch } = batchOf(ports, dims);
  const count = rows === 1 ? batchRows : fullCalls;
  const specs = resolveInputs(ports, { batch, dims, values: {}, hints: indexHints(model) });
  const calls = Array.from({ length: count }, (_, call) =>
    Object.fromEntries(
      specs.map((spec) => [
        spec.name,
        {
          elemType: spec.elemType,
          dims: spec.shape,
          data: arrayOf(spec.elemType, makeData(spec, seed + call)),
        },
      ]),
    ),
  );
  return { calls, rows: rows * count };
}

/** Rows of a call, and the batch that the inputs are made for: a size that a person gave is kept. */
function batchOf(
  ports: readonly Port[],
  dims: Readonly<Record<string, number>>,
): { rows: number; batch: number } {
  const isBatch = batchAxes(ports.map(({ shape }) => shape ?? []));
  let free = false;
  for (const { name, shape } of ports) {
    for (const [axis, dim] of (shape ?? []).entries()) {
      if (typeof dim === 'number' || !isBatch(shape!, axis)) continue;
      const given = dims[`${name}:${axis}`] ?? (dim === null ? undefined : dims[dim]);
      if (given !== undefined) return { rows: given, batch: dim !== null && isBatchName(dim) ? given : 1 };
      free = true;
    }
  }
  return free ? { rows: batchRows, batch: batchRows } : { rows: 1, batch: 1 };
}

function arrayOf(elemType: ElemType, bytes: Uint8Array<ArrayBuffer>): NumberArray {
  const { buffer } = bytes;
  switch (elemType) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'uint8':
    case 'bool':
      return bytes;
    case 'float16':
      return new Uint16Array(buffer);
    default:
      throw new LabError(
        'unsupported',
        `An input of type ${elemType} cannot be fed here, so a variant of this model cannot be checked.`,
        'Export the model with inputs of floats, integers or booleans.',
      );
  }
}

/** What both files gave. */
export interface Checked {
  outputs: OutputError[];
  /** Elements of an output of the variant that are no numbers where the original's are, by output. */
  broken: string[];
  /** Elements left out because the original's are no numbers either. */
  notNumbers: number;
}

/** Bytes of outputs that are kept to be compared; further calls are left out. */
const keptBytes = 512 * 2 ** 20;

/** Runs both files, one after the other, on the same inputs, and compares what they give. */
export async function compareFiles(
  ort: Ort,
  files: { original: string; variant: string },
  fed: FedInputs,
  { provider, onCall = () => {} }: { provider: Provider; onCall?: (done: number, total: number) => void },
): Promise<Checked & { calls: number; rows: number }> {
  const total = 2 * fed.calls.length;
  const wanted: Record<string, Value>[] = [];
  await withSession(ort, files.original, provider, async (session) => {
    let bytes = 0;
    for (const [i, feeds] of fed.calls.entries()) {
      if (bytes > keptBytes) break;
      const answer = copied(await session.run(feeds));
      bytes += Object.values(answer).reduce((n, { data }) => n + data.byteLength, 0);
      wanted.push(answer);
      onCall(i + 1, total);
    }
  });
  const tally = createTally();
  await withSession(ort, files.variant, provider, async (session) => {
    for (const [i, want] of wanted.entries()) {
      tally.add(want, await session.run(fed.calls[i]!));
      onCall(fed.calls.length + i + 1, total);
    }
  });
  const share = wanted.length / fed.calls.length;
  return { ...tally.result(), calls: wanted.length, rows: Math.round(fed.rows * share) };
}

async function withSession<T>(
  ort: Ort,
  path: string,
  provider: Provider,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await ort.open({ path }, { provider });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** Outputs outlive their session. */
const copied = (values: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values).map(([name, v]) => [name, { ...v, data: v.data.slice() as NumberArray }]),
  );

interface Sums {
  elements: number;
  difference: number;
  size: number;
  maxAbs: number;
  equal: number;
  rows: number;
  same: number;
  isFloat: boolean;
  looksLikeClasses: boolean;
}

/** Adds up the differences of outputs over calls. */
export function createTally() {
  const sums = new Map<string, Sums>();
  const broken = new Set<string>();
  let notNumbers = 0;
  return {
    add(want: Record<string, Value>, got: Record<string, Value>): void {
      for (const [name, original] of Object.entries(want)) {
        const variant = got[name];
        if (variant === undefined || variant.dims.join() !== original.dims.join()) {
          throw new LabError(
            'unsupported',
            `The output ${name} of the variant has the shape [${variant?.dims.join(', ') ?? 'none'}] instead of [${original.dims.join(', ')}].`,
            'Report this with the model: a variant must have the shapes of its original.',
          );
        }
        const sum = sums.get(name) ?? emptySums(original);
        sums.set(name, sum);
        const [a, b] = [numbersOf(original), numbersOf(variant)];
        for (let i = 0; i < a.length; i++) {
          const [x, y] = [Number(a[i]), Number(b[i])];
          if (!Number.isFinite(x)) {
            notNumbers++;
            continue;
          }
          if (!Number.isFinite(y)) {
            broken.add(name);
            continue;
          }
          sum.elements++;
          sum.difference += (y - x) ** 2;
          sum.size += x * x;
          sum.maxAbs = Math.max(sum.maxAbs, Math.abs(y - x));
          if (x === y) sum.equal++;
        }
        if (sum.looksLikeClasses) addTops(sum, a, b, original.dims.at(-1)!);
      }
    },
    result(): Checked {
      return {
        outputs: [...sums].map(([name, s]) => ({
          name,
          elements: s.elements,
          relativeL2: s.isFloat && s.size > 0 ? Math.sqrt(s.difference / s.size) : null,
          maxAbs: s.maxAbs,
          sameTop: s.rows > 0 ? s.same / s.rows : null,
          ...(s.isFloat || s.elements === 0 ? {} : { equal: s.equal / s.elements }),
        })),
        broken: [...broken],
        notNumbers,
      };
    },
  };
}

const floats: readonly ElemType[] = ['float32', 'float64', 'float16'];

function emptySums({ elemType, dims }: Value): Sums {
  const isFloat = floats.includes(elemType);
  const last = dims.at(-1) ?? 0;
  return {
    elements: 0,
    difference: 0,
    size: 0,
    maxAbs: 0,
    equal: 0,
    rows: 0,
    same: 0,
    isFloat,
    // Scores of classes come as [batch, classes] or [batch, sequence, vocabulary]; caches and images have more dimensions.
    looksLikeClasses: isFloat && (dims.length === 2 || dims.length === 3) && last >= 2,
  };
}

function addTops(
  sum: Sums,
  a: ArrayLike<number | bigint>,
  b: ArrayLike<number | bigint>,
  width: number,
): void {
  for (let row = 0; row + width <= a.length; row += width) {
    sum.rows++;
    if (topOf(a, row, width) === topOf(b, row, width)) sum.same++;
  }
}

function numbersOf({ elemType, data }: Value): ArrayLike<number | bigint> {
  return elemType === 'float16' ? Float32Array.from(data as Uint16Array, float16Value) : data;
}

/** Examples of a test part that are fed at once. */
const examplesAtOnce = 64;

/**
 * Share of a data set's test part that each file gets right: its first output with as many values per example as there are
 * classes. @throws LabError bad_input where the model does not fit the data
 */
export async function compareAccuracy(
  ort: Ort,
  files: { original: string; variant: string },
  ports: readonly Port[],
  data: Dataset,
  provider: Provider,
): Promise<NonNullable<TransformReport['accuracy']>> {
  const feed = feedOf(ports, data);
  const right = async (path: string) =>
    withSession(ort, path, provider, async (session) => {
      let n = 0;
      for (let first = 0; first < data.test.n; first += feed.atOnce) {
        const count = Math.min(feed.atOnce, data.test.n - first);
        const answer = Object.values(await session.run(feed.batch(first, count)));
        const scores = answer.find(
          ({ dims }) =>
            dims.at(-1) === data.classes && dims.reduce((a, b) => a * b, 1) === count * data.classes,
        );
        if (scores === undefined) throw misfit(data, `it gives no ${data.classes} scores for an example`);
        const values = numbersOf(scores);
        for (let i = 0; i < count; i++)
          if (topOf(values, i * data.classes, data.classes) === data.test.y[first + i]) n++;
      }
      return n / data.test.n;
    });
  return {
    dataset: data.name,
    n: data.test.n,
    original: await right(files.original),
    variant: await right(files.variant),
  };
}

function feedOf(ports: readonly Port[], data: Dataset) {
  const port = ports[0];
  if (ports.length !== 1 || port === undefined || port.elemType !== 'float32' || port.shape === null)
    throw misfit(data, 'it does not take one input of float32');
  const isBatch = batchAxes([port.shape]);
  const hasBatch = port.shape.some((dim, axis) => typeof dim !== 'number' && isBatch(port.shape!, axis));
  const dims = port.shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return isBatch(port.shape!, axis) ? null : 1;
  });
  const perExample = dims.reduce<number>((n, d) => n * (d ?? 1), 1);
  if (perExample !== data.features)
    throw misfit(data, `it takes ${perExample} values and an example has ${data.features}`);
  return {
    atOnce: hasBatch ? examplesAtOnce : 1,
    batch: (first: number, count: number): Feeds => ({
      [port.name]: {
        elemType: 'float32',
        dims: dims.map((d) => d ?? count),
        data: data.test.x.slice(first * data.features, (first + count) * data.features),
      },
    }),
  };
}

function misfit(data: Dataset, why: string): LabError {
  return new LabError(
    'bad_input',
    `The model does not fit the data set ${data.name}: ${why}.`,
    'Name a data set that the model was trained for, or none.',
  );
}
