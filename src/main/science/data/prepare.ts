import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DatasetManifest } from '../../../shared/dataset';
import { LabError } from '../../../shared/errors';
import { createRandom } from '../../models/random';
import { readCsv } from './csv';
import { shuffledIndices } from './examples';
import { type IdxFile, readIdxFolder } from './idx';
import { readNpy } from './npy';

/** What a user gives: files of examples and labels, or a folder with four IDX files. */
export interface DatasetFiles {
  folder: string | null;
  /** CSV or NPY. */
  examples: string | null;
  labels: string | null;
  testExamples: string | null;
  testLabels: string | null;
  /** Name of the label column of a CSV file without a file of labels. */
  labelColumn: string | null;
  /** Of one example; null: as the file has it. */
  shape: number[] | null;
  /** Where not every class has an example; null: counted. */
  classes: number | null;
  /** Share of the examples that is kept for testing where no test part is given. */
  testShare: number;
}

/** A labelled set ready to be stored. */
export interface PreparedDataset
  extends Pick<DatasetManifest, 'shape' | 'classes' | 'perClass' | 'split' | 'sources'> {
  train: Part;
  test: Part;
}

interface Part {
  x: Float32Array;
  y: Uint16Array;
}

const mostClasses = 1000;
const splitSeed = 1;

/**
 * Reads, checks and splits. Every refusal says what is wrong and where.
 * @throws LabError not_found, bad_input, memory_bound
 */
export async function prepareDataset(files: DatasetFiles): Promise<PreparedDataset> {
  const given = files.folder === null ? await fromFiles(files) : await fromFolder(files.folder);
  const features = given.examples.features;
  const shape = files.shape ?? given.examples.shape;
  if (shape.reduce((a, b) => a * b, 1) !== features) {
    throw new LabError(
      'bad_input',
      `An example has ${features} values and the shape ${shape.join(' × ')} ${shape.reduce((a, b) => a * b, 1)}.`,
      'Give a shape whose product is the number of values, or leave it out.',
    );
  }
  if (given.test !== null && given.test.features !== features) {
    throw new LabError(
      'bad_input',
      `A training example has ${features} values and a test example ${given.test.features}.`,
      'Use two files with the same columns.',
    );
  }
  const classes = classesOf([given.examples, ...(given.test ? [given.test] : [])], files.classes);
  const y = Uint16Array.from(given.examples.y);
  const parts: Pick<PreparedDataset, 'train' | 'test' | 'split'> =
    given.test === null
      ? drawn({ x: given.examples.x, y }, features, files.testShare)
      : {
          train: { x: given.examples.x, y },
          test: { x: given.test.x, y: Uint16Array.from(given.test.y) },
          split: { kind: 'given' },
        };
  return {
    ...parts,
    shape,
    classes,
    perClass: { train: countClasses(parts.train.y, classes), test: countClasses(parts.test.y, classes) },
    sources: given.sources,
  };
}

interface Read {
  x: Float32Array;
  /** Whole numbers from 0, checked. */
  y: Float64Array | Float32Array;
  features: number;
  shape: number[];
}

interface Given {
  examples: Read;
  test: Read | null;
  sources: DatasetManifest['sources'];
}

async function fromFiles(files: DatasetFiles): Promise<Given> {
  const { examples, labels, testExamples, testLabels, labelColumn } = files;
  if (examples === null) {
    throw new LabError('bad_input', 'No examples were given.', 'Name a CSV or NPY file with --examples.');
  }
  if (testExamples === null && testLabels !== null) {
    throw new LabError(
      'bad_input',
      'Labels of a test part were given, and no test part.',
      'Name its examples with --test-examples.',
    );
  }
  const first = await readPart(examples, labels, labelColumn, '--labels');
  const second =
    testExamples === null ? null : await readPart(testExamples, testLabels, labelColumn, '--test-labels');
  refuseOtherColumns(first.names, second?.names ?? null);
  const sources: DatasetManifest['sources'] = [];
  for (const [role, path] of [
    ['examples', examples],
    ['labels', labels],
    ['testExamples', testExamples],
    ['testLabels', testLabels],
  ] as const) {
    if (path !== null) sources.push({ role, name: basename(path), ...(await fileFacts(path)) });
  }
  return { examples: first, test: second, sources };
}

async function fromFolder(folder: string): Promise<Given> {
  const { train, test } = await readIdxFolder(folder);
  const read = ({ images, labels }: { images: IdxFile; labels: IdxFile }): Read => {
    const features = images.data.length / labels.data.length;
    const sizes = images.dims.slice(1);
    return {
      x: Float32Array.from(images.data, (byte) => byte / 255),
      y: checkedLabels(Float32Array.from(labels.data), labels.name),
      features,
      shape: sizes.length === 2 ? [1, ...sizes] : sizes,
    };
  };
  const source = (role: DatasetManifest['sources'][number]['role'], { name, bytes, sha256 }: IdxFile) => ({
    role,
    name,
    bytes,
    sha256,
  });
  return {
    examples: read(train),
    test: read(test),
    sources: [
      source('examples', train.images),
      source('labels', train.labels),
      source('testExamples', test.images),
      source('testLabels', test.labels),
    ],
  };
}

async function readPart(
  examples: string,
  labels: string | null,
  labelColumn: string | null,
  option: string,
): Promise<Read & { names: string[] | null }> {
  const kind = await kindOf(examples);
  if (kind === 'npy') {
    if (labels === null) {
      throw new LabError(
        'bad_input',
        `${examples} holds no labels.`,
        `Give them in a file of their own, NPY or CSV, with ${option}.`,
      );
    }
    const { shape, data } = await readNpy(examples);
    if (shape.length < 2 || shape[0] === 0) {
      throw new LabError(
        'bad_input',
        `${examples} has the shape ${shape.join(' × ') || 'of one number'}, which is no list of examples.`,
        'Save an array of at least one example whose first dimension counts the examples.',
      );
    }
    const sizes = shape.slice(1);
    const features = sizes.reduce((a, b) => a * b, 1);
    const y = await readLabels(labels);
    refuseOtherCount(shape[0], y.length, examples, labels);
    return { x: finite(data, features, examples), y, features, shape: sizes, names: null };
  }
  const table = await readCsv(examples, { labels: labels === null ? 'last' : 'none', labelColumn });
  const y =
    labels === null
      ? checkedLabels(table.labels!, `${table.labelName} of ${examples}`)
      : await readLabels(labels);
  refuseOtherCount(table.rows, y.length, examples, labels ?? examples);
  return { x: table.x, y, features: table.columns, shape: [table.columns], names: table.names };
}

async function readLabels(path: string): Promise<Float64Array | Float32Array> {
  if ((await kindOf(path)) === 'npy') {
    const { shape, data } = await readNpy(path);
    if (shape.length === 0 || shape.slice(1).some((s) => s !== 1)) {
      throw new LabError(
        'bad_input',
        `${path} has the shape ${shape.join(' × ')}, and labels are one number for each example.`,
        'Save one whole number for each example, for example with numpy.argmax(labels, axis=1).',
      );
    }
    return checkedLabels(data, path);
  }
  const table = await readCsv(path, { labels: 'none', labelColumn: null });
  if (table.columns !== 1) {
    throw new LabError(
      'bad_input',
      `${path} has ${table.columns} columns, and labels are one number for each example.`,
      'Give a file with one column.',
    );
  }
  return checkedLabels(table.x, path);
}

async function kindOf(path: string): Promise<'npy' | 'csv'> {
  const facts = await stat(path).catch(() => null);
  if (facts === null || !facts.isFile()) {
    throw new LabError('not_found', `There is no file ${path}.`, 'Check the path.');
  }
  if (facts.size === 0) throw new LabError('bad_input', `${path} is empty.`, 'Give a file with examples.');
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(6), 0, 6, 0);
    if (buffer.toString('latin1') === '\x93NUMPY') return 'npy';
    if ((buffer[0] === 0x1f && buffer[1] === 0x8b) || buffer.toString('latin1').startsWith('PK')) {
      throw new LabError('bad_input', `${path} is packed.`, 'Unpack it first.');
    }
    return 'csv';
  } finally {
    await file.close();
  }
}

function refuseOtherCount(examples: number, labels: number, examplesPath: string, labelsPath: string): void {
  if (examples === labels) return;
  throw new LabError(
    'bad_input',
    `${examplesPath} holds ${examples} examples and ${labelsPath} ${labels} labels.`,
    'Use two files that belong together.',
  );
}

function refuseOtherColumns(a: readonly string[] | null, b: readonly string[] | null): void {
  if (a === null || b === null) return;
  const at = a.findIndex((name, i) => name !== b[i]);
  if (at === -1) return;
  throw new LabError(
    'bad_input',
    `Column “${a[at]}” of the training part is “${b[at] ?? 'not there'}” in the test part.`,
    'Use two files with the same columns in the same order.',
  );
}

function finite(data: Float32Array | Float64Array, features: number, path: string): Float32Array {
  const x = Float32Array.from(data);
  const at = x.findIndex((v) => !Number.isFinite(v));
  if (at === -1) return x;
  throw new LabError(
    'bad_input',
    `Example ${Math.floor(at / features) + 1} of ${path}, value ${(at % features) + 1}, is ${data[at]}, which is no number that 32 bits hold.`,
    'Fill it, or leave out that example.',
  );
}

function checkedLabels<Y extends Float64Array | Float32Array>(labels: Y, where: string): Y {
  const at = labels.findIndex((v: number) => !Number.isInteger(v) || v < 0);
  if (at === -1) return labels;
  throw new LabError(
    'bad_input',
    `The label of example ${at + 1} (${where}) is ${labels[at]}, and labels are whole numbers from 0.`,
    'Number the classes 0, 1, 2 and so on.',
  );
}

function classesOf(parts: readonly Read[], stated: number | null): number {
  const seen = new Set<number>();
  for (const { y } of parts) for (const label of y) seen.add(label);
  let counted = 0;
  for (const label of seen) counted = Math.max(counted, label + 1);
  const classes = stated ?? counted;
  if (classes > mostClasses || counted > classes) {
    throw new LabError(
      'bad_input',
      counted > classes
        ? `A label is ${counted - 1}, and the ${classes} classes that were stated end at ${classes - 1}.`
        : `There are ${classes} classes, and the lab takes at most ${mostClasses}.`,
      'Check that the right column holds the labels.',
    );
  }
  if (seen.size < 2) {
    throw new LabError(
      'bad_input',
      'Every example has the same label, and a classifier needs two classes at least.',
      'Check that the right column holds the labels.',
    );
  }
  const empty = Array.from({ length: classes }, (_, c) => c).filter((c) => !seen.has(c));
  if (stated === null && empty.length > 0) {
    throw new LabError(
      'bad_input',
      `Labels go up to ${counted - 1}, and ${empty.length === 1 ? `class ${empty[0]} has` : `${empty.length} classes (${empty.slice(0, 5).join(', ')}${empty.length > 5 ? ' …' : ''}) have`} no example.`,
      `Number the classes without gaps, or state how many there are with --classes ${counted}.`,
    );
  }
  return classes;
}

function drawn(
  { x, y }: Part,
  features: number,
  share: number,
): Pick<PreparedDataset, 'train' | 'test' | 'split'> {
  const n = y.length;
  const tests = share === 1 ? n : Math.round(n * share);
  if (tests < 1 || (share < 1 && n - tests < 2)) {
    throw new LabError(
      'bad_input',
      `${n} examples are too few to keep ${Math.round(100 * share)} % of them for testing.`,
      'Add more examples, or give a test part.',
    );
  }
  const order = shuffledIndices(n, createRandom(splitSeed, 'own.split'));
  const take = (indices: readonly number[]): Part => {
    const part = {
      x: new Float32Array(indices.length * features),
      y: Uint16Array.from(indices, (i) => y[i]),
    };
    indices.forEach((i, row) => {
      part.x.set(x.subarray(i * features, (i + 1) * features), row * features);
    });
    return part;
  };
  return {
    train: take(order.slice(0, n - tests)),
    test: take(order.slice(n - tests)),
    split: { kind: 'drawn', seed: splitSeed, share },
  };
}

function countClasses(y: Uint16Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const c of y) counts[c] += 1;
  return counts;
}

async function fileFacts(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
