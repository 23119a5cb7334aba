import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locationProblem } from '../../src/main/models/external';
import {
  findModelFiles,
  type ImportEffects,
  importModel,
  verifyModelFiles,
} from '../../src/main/models/import';
import { encodeModel, type Graph, modelBytes } from '../../src/main/models/writer';
import { type ErrorKind, LabError } from '../../src/shared/errors';
import { type ElemType, modelSchema } from '../../src/shared/model';
import { openModel } from './run';

let dir: string;
let lab: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'import-'));
  lab = join(dir, 'lab');
  mkdirSync(join(dir, 'in'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, 'in', name);
const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const weights = Float32Array.from({ length: 512 }, (_, i) => i + 1);
const graph: Graph = {
  name: 'g',
  nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
  initializers: [{ name: 'w', elemType: 'float32', dims: [512], data: weights }],
  inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', 512] }],
  outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', 512] }],
};
const effects: ImportEffects = {
  nowUnixMs: () => 1_700_000_000_000,
  freeBytes: () => 1e12,
  rename: renameSync,
  processAlive: () => false,
};
const run = (name: string, with_: Partial<ImportEffects> = {}) =>
  importModel(at(name), lab, {}, { ...effects, ...with_ });

/** A model whose weights lie in `location`; the file itself is not written. */
const externalModel = (location: string) => {
  const encoded = encodeModel(graph, { externalLocation: location });
  return Buffer.concat([...encoded.model()].map((c) => Buffer.from(c)));
};
const data = Buffer.from(weights.buffer);

function refusal(act: () => unknown): { kind: ErrorKind; text: string } {
  try {
    act();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LabError);
    const { kind, message, remedy } = (thrown as LabError).failure;
    return { kind, text: `${message} ${remedy}` };
  }
  throw new Error('was not refused');
}
const labIsEmpty = () => !existsSync(join(lab, 'models')) || readdirSync(join(lab, 'models')).length === 0;

describe('importing a model', () => {
  it('copies the file under its SHA-256 and says what it is', () => {
    writeFileSync(at('net.onnx'), modelBytes(graph));
    const { model, path, alreadyThere } = run('net.onnx');
    expect(modelSchema.parse(model)).toEqual(model);
    expect(model).toMatchObject({
      id: sha(modelBytes(graph)),
      name: 'net',
      family: 'imported',
      recipe: null,
      producer: 'thirty-watts',
      precision: 'float32',
      importedUnixMs: 1_700_000_000_000,
      counts: { parameters: 512, parametersNonzero: 512, parameterBytes: 2048 },
    });
    expect(alreadyThere).toBe(false);
    expect(path).toBe(join(lab, 'models', model.id, 'model.onnx'));
    expect(readFileSync(path).equals(modelBytes(graph))).toBe(true);
    expect(readdirSync(join(lab, 'models'))).toEqual([model.id]);
  });

  it('twice is one model, whatever the file is called', () => {
    writeFileSync(at('a.onnx'), modelBytes(graph));
    writeFileSync(at('b.onnx'), modelBytes(graph));
    const [first, second] = [run('a.onnx'), run('b.onnx')];
    expect(second.alreadyThere).toBe(true);
    expect(second.model.id).toBe(first.model.id);
    expect(readdirSync(join(lab, 'models'))).toHaveLength(1);
  });

  it('takes external data along, in subfolders too, and what comes out runs', async () => {
    mkdirSync(at('deep'));
    writeFileSync(at('deep/w.bin'), data);
    writeFileSync(at('net.onnx'), externalModel('deep/w.bin'));
    const { model, path, dir: stored } = run('net.onnx');
    expect(model.externalData).toEqual([{ location: 'deep/w.bin', sha256: sha(data), bytes: 2048 }]);
    expect(model.fileSha256).toBe(sha(externalModel('deep/w.bin')));
    expect(model.id).toBe(sha(`tw-model-1\n${model.fileSha256}\ndeep/w.bin ${sha(data)}\n`));
    expect(model.counts.parametersNonzero).toBe(512);
    expect(run('net.onnx').alreadyThere).toBe(true);
    expect(verifyModelFiles(stored, model)).toBeNull();
    await (await openModel(path)).release();
    // Other weights under the same graph are another model.
    writeFileSync(at('deep/w.bin'), Buffer.from(weights.map((x) => 2 * x).buffer));
    expect(run('net.onnx').model.id).not.toBe(model.id);
  });

  it('names a model after its folder where the file is only called model.onnx', () => {
    mkdirSync(at('tiny-net'));
    writeFileSync(at('tiny-net/model.onnx'), modelBytes(graph));
    expect(run('tiny-net/model.onnx').model.name).toBe('tiny-net');
  });

  it('follows a link that the user names, as caches of models have them', () => {
    writeFileSync(at('blob'), modelBytes(graph));
    symlinkSync(at('blob'), at('linked.onnx'));
    expect(run('linked.onnx').model.name).toBe('linked');
  });

  it('replaces a stored copy that is damaged', () => {
    writeFileSync(at('net.onnx'), modelBytes(graph));
    const { path, model, dir: stored } = run('net.onnx');
    const bytes = readFileSync(path);
    bytes[bytes.length - 20]! ^= 1;
    writeFileSync(path, bytes);
    expect(verifyModelFiles(stored, model)?.kind).toBe('lab_damaged');
    expect(run('net.onnx').alreadyThere).toBe(false);
    expect(verifyModelFiles(stored, model)).toBeNull();
  });
});

// Pipes, devices and links are made with the tools of Linux and macOS.
const posix = describe.skipIf(process.platform === 'win32');

posix('external data', () => {
  beforeEach(() => {
    writeFileSync(join(dir, 'secret.bin'), data);
    writeFileSync(at('w.bin'), data);
  });

  it('is taken when it is plain (the control of every refusal below)', () => {
    writeFileSync(at('m.onnx'), externalModel('w.bin'));
    expect(run('m.onnx').model.externalData).toHaveLength(1);
  });

  const cases: [what: string, location: string, kind: ErrorKind, make?: () => void][] = [
    ['a parent folder', '../secret.bin', 'unsafe_model'],
    ['a parent folder in the middle', 'x/../../secret.bin', 'unsafe_model'],
    ['an absolute path', '/etc/hostname', 'unsafe_model'],
    ['a name with NUL', 'w.bin\0../../secret.bin', 'unsafe_model'],
    ['a backslash', '..\\secret.bin', 'unsafe_model'],
    ['the marker of memory addresses', '*/_ORT_MEM_ADDR_/*', 'unsafe_model'],
    ['a drive', 'C:w.bin', 'unsafe_model'],
    ['a very long name', 'w'.repeat(2000), 'unsafe_model'],
    [
      'the name that the model itself gets',
      'model.onnx',
      'unsafe_model',
      () => writeFileSync(at('model.onnx'), data),
    ],
    ['a file that is not there', 'nope.bin', 'not_found'],
    ['a folder that is not there', 'nope/w.bin', 'not_found'],
    ['a symbolic link', 'link.bin', 'unsafe_model', () => symlinkSync(at('w.bin'), at('link.bin'))],
    ['a link to a device', 'zero.bin', 'unsafe_model', () => symlinkSync('/dev/zero', at('zero.bin'))],
    ['a folder that is a link out', 'out/secret.bin', 'unsafe_model', () => symlinkSync(dir, at('out'))],
    ['a hard link', 'hard.bin', 'unsafe_model', () => linkSync(join(dir, 'secret.bin'), at('hard.bin'))],
    ['a pipe', 'pipe.bin', 'unsafe_model', () => execFileSync('mkfifo', [at('pipe.bin')])],
    ['a folder', 'folder.bin', 'unsafe_model', () => mkdirSync(at('folder.bin'))],
    [
      'a file that is too short',
      'short.bin',
      'unsafe_model',
      () => writeFileSync(at('short.bin'), data.subarray(1)),
    ],
  ];
  it.each(cases)('refuses %s, and leaves nothing behind', (_, location, kind, make) => {
    make?.();
    writeFileSync(at('m.onnx'), externalModel(location));
    const { kind: got, text } = refusal(() => run('m.onnx'));
    expect(got).toBe(kind);
    expect(text).not.toContain('\0');
    expect(labIsEmpty()).toBe(true);
  });

  it('accepts plain names only: letters of any script, no way up', () => {
    for (const fine of ['w.bin', 'a/b/c.data', 'Gewichte ä.bin', '权重.bin', '.hidden', 'a..b'])
      expect(locationProblem(fine)).toBeNull();
    for (const bad of ['', '.', '..', './w', 'a//b', 'a/', 'a/../b', 'a\nb', 'a\ufffdb'])
      expect(locationProblem(bad)).not.toBeNull();
  });
});

posix('files that are no model', () => {
  const cases: [what: string, kind: ErrorKind, words: RegExp, make: (path: string) => void][] = [
    ['an empty file', 'not_a_model', /empty/, (p) => writeFileSync(p, '')],
    ['text', 'not_a_model', /text/, (p) => writeFileSync(p, 'hello\n'.repeat(100))],
    ['a truncated model', 'not_a_model', /./, (p) => writeFileSync(p, modelBytes(graph).subarray(0, 60))],
    ['a folder', 'not_a_model', /not a regular file/, (p) => mkdirSync(p)],
    ['a pipe', 'not_a_model', /not a regular file/, (p) => execFileSync('mkfifo', [p])],
    ['a device', 'not_a_model', /not a regular file/, (p) => symlinkSync('/dev/zero', p)],
    ['nothing', 'not_found', /no file/, () => {}],
    [
      '2 GiB (sparse)',
      'not_a_model',
      /external data/,
      (p) => {
        writeFileSync(p, modelBytes(graph));
        truncateSync(p, 2 ** 31);
      },
    ],
  ];
  it.each(cases)('%s', (_, kind, words, make) => {
    make(at('m.onnx'));
    const got = refusal(() => run('m.onnx'));
    expect(got.kind).toBe(kind);
    expect(got.text).toMatch(words);
    expect(labIsEmpty()).toBe(true);
  });
});

describe('inputs and outputs', () => {
  const withPorts = (input: ElemType, output: ElemType): Graph => ({
    ...graph,
    initializers: [],
    nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: { int: 1 } } }],
    inputs: [{ name: 'x', elemType: input, dims: [1] }],
    outputs: [{ name: 'y', elemType: output, dims: [1] }],
  });
  const types: [ElemType, ElemType, string | null][] = [
    ['float32', 'bfloat16', null],
    ['float16', 'float64', null],
    ['bool', 'uint64', null],
    ['float32', 'string', null],
    ['string', 'float32', 'input “x” has the type string'],
    ['float32', 'int4', 'output “y” has the type int4'],
    ['uint4', 'float32', 'input “x” has the type uint4'],
    ['float32', 'float8e4m3fn', 'output “y” has the type float8e4m3fn'],
    ['float32', 'uint2', 'output “y” has the type uint2'],
    ['complex64', 'float32', 'input “x” has the type complex64'],
  ];
  it.each(types)('%s in and %s out: %s', (input, output, words) => {
    writeFileSync(at('m.onnx'), modelBytes(withPorts(input, output)));
    if (words === null) expect(run('m.onnx').model.inputs[0]?.elemType).toBe(input);
    else
      expect(refusal(() => run('m.onnx'))).toMatchObject({
        kind: 'unsupported',
        text: expect.stringContaining(words),
      });
  });
});

describe('the lab folder', () => {
  beforeEach(() => {
    writeFileSync(at('w.bin'), data);
    writeFileSync(at('m.onnx'), externalModel('w.bin'));
  });

  it('has no half model when the import dies before the last step, and takes it the next time', () => {
    const die = () => {
      throw new Error('killed');
    };
    expect(() => run('m.onnx', { rename: die })).toThrow('killed');
    expect(labIsEmpty()).toBe(true);
    expect(run('m.onnx').alreadyThere).toBe(false);
  });

  it('is cleaned of what a killed import left, but not of one that still runs', () => {
    const stale = join(lab, 'models', '.importing-999999-abc');
    mkdirSync(stale, { recursive: true });
    writeFileSync(join(stale, 'model.onnx'), 'half');
    run('m.onnx', { processAlive: () => true });
    expect(existsSync(stale)).toBe(true);
    run('m.onnx');
    expect(existsSync(stale)).toBe(false);
  });

  it('is not filled to the last byte', () => {
    const got = refusal(() => run('m.onnx', { freeBytes: () => 2e6 }));
    expect(got.kind).toBe('no_space');
    expect(labIsEmpty()).toBe(true);
  });

  it('notices every way in which a stored model can differ', () => {
    const { model, dir: stored } = run('m.onnx');
    const changes: (() => void)[] = [
      () => appendFileSync(join(stored, 'w.bin'), 'x'),
      () => writeFileSync(join(stored, 'w.bin'), Buffer.alloc(2048)),
      () => rmSync(join(stored, 'w.bin')),
      () => {
        rmSync(join(stored, 'w.bin'));
        symlinkSync(at('w.bin'), join(stored, 'w.bin'));
      },
      () => rmSync(stored, { recursive: true }),
    ];
    for (const change of changes) {
      rmSync(stored, { recursive: true, force: true });
      run('m.onnx');
      expect(verifyModelFiles(stored, model)).toBeNull();
      change();
      expect(verifyModelFiles(stored, model)).toMatchObject({ kind: 'lab_damaged' });
    }
  });
});

describe('finding models', () => {
  it('lists a folder recursively, sorted, without links and other files', () => {
    mkdirSync(at('b'));
    for (const name of ['b/2.onnx', 'b/1.ONNX', 'a.onnx', 'weights.bin']) writeFileSync(at(name), 'x');
    symlinkSync(at('a.onnx'), at('link.onnx'));
    symlinkSync(dir, at('loop'));
    expect(findModelFiles(join(dir, 'in'))).toEqual([at('a.onnx'), at('b/1.ONNX'), at('b/2.onnx')]);
    expect(findModelFiles(at('weights.bin'))).toEqual([at('weights.bin')]);
  });

  it('says what is missing', () => {
    expect(refusal(() => findModelFiles(join(dir, 'in'))).text).toMatch(/^No \.onnx file in /);
    expect(refusal(() => findModelFiles(at('nope'))).kind).toBe('not_found');
    expect(refusal(() => findModelFiles('/dev/null')).kind).toBe('not_a_model');
  });
});
