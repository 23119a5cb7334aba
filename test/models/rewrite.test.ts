import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/main/models/reader';
import { type ModelEdits, rewriteModel } from '../../src/main/models/rewrite';
import { modelFile, storedExternals } from '../../src/main/models/stored';
import { tensorValues } from '../../src/main/models/values';
import { type EncodedModel, encodeModel, type Graph, modelBytes } from '../../src/main/models/writer';
import { temporaryFolder } from '../support/lab';
import { openModel, runModel } from './run';
import { constant, field, model, node, port, tensor, weights } from './support';

const nothing: ModelEdits = { nodes: new Map(), without: new Set(), initializers: [], domains: {} };
const inline = { externalLocation: null, openExternal: storedExternals('/nowhere') };
const joined = (chunks: Iterable<Uint8Array>) => Buffer.concat([...chunks].map((c) => Buffer.from(c)));
const rewritten = (bytes: Uint8Array, edits: ModelEdits = nothing) =>
  joined(rewriteModel(bytes, readModel(bytes), edits, inline).model());

const archive = resolve(import.meta.dirname, '../../../shared/conformance/onnx-backend-data-v1.22.0.tgz');

/** Names and contents of the plain files of a tar archive. Source: POSIX.1-1988 (ustar), as GNU tar writes it. */
function* tarFiles(tar: Uint8Array): Iterable<[string, Uint8Array]> {
  const text = (from: number, length: number) =>
    Buffer.from(tar.subarray(from, from + length))
      .toString('latin1')
      .replace(/\0.*$/s, '');
  let long: string | null = null;
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const type = text(at + 156, 1);
    const content = tar.subarray(at + 512, at + 512 + size);
    const prefix = text(at + 345, 155);
    const name: string = long ?? (prefix ? `${prefix}/${text(at, 100)}` : text(at, 100));
    // GNU puts a name of more than 100 characters into a block of its own before the file.
    long = type === 'L' ? Buffer.from(content).toString('utf8').replace(/\0.*$/s, '') : null;
    if (type === '0' || type === '') yield [name, content];
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

describe.skipIf(!existsSync(archive))(
  'every case of the ONNX backend suite (skipped where it is not there)',
  () => {
    const files = new Map<string, Uint8Array>();
    beforeAll(() => {
      for (const [name, bytes] of tarFiles(gunzipSync(readFileSync(archive))))
        if (name.endsWith('.onnx')) files.set(name, bytes);
    });

    it('comes out as the same bytes where nothing is edited', () => {
      expect(files.size).toBe(1914);
      const changed = [...files].flatMap(([name, bytes]) => (rewritten(bytes).equals(bytes) ? [] : [name]));
      expect(changed).toEqual([]);
    });

    it('comes out as the same bytes even when each message is taken apart on the way', () => {
      // A model with external data is copied field by field down to its tensors; here none of them is external.
      const changed = [...files].filter(([, bytes]) => {
        const read = readModel(bytes);
        const moved = rewriteModel(
          bytes,
          { ...read, externals: [{ location: 'x', offset: 0, length: 1 }] },
          nothing,
          {
            ...inline,
            externalLocation: 'x.data',
          },
        );
        return moved.external !== null || !joined(moved.model()).equals(bytes);
      });
      expect(changed).toEqual([]);
    });

    it('keeps everything but what an edit names: nodes, attributes, ports and initializers are read as before', () => {
      const edits: ModelEdits = {
        ...nothing,
        initializers: [{ name: 'tw.extra', elemType: 'float32', dims: [2], data: Float32Array.of(1, 2) }],
        domains: { 'com.example': 3 },
      };
      let seen = 0;
      for (const bytes of [...files.values()].filter((_, i) => i % 4 === 0)) {
        const [before, after] = [readModel(bytes), readModel(rewritten(bytes, edits))];
        expect(tensorValues(after.graph.initializers.get('tw.extra')!)).toEqual([1, 2]);
        expect(after.opsets).toEqual([...before.opsets, { domain: 'com.example', version: 3 }]);
        expect(after.graph.nodes.map((n) => [n.op, n.inputs, n.outputs, [...n.attributes.keys()]])).toEqual(
          before.graph.nodes.map((n) => [n.op, n.inputs, n.outputs, [...n.attributes.keys()]]),
        );
        expect(after.graph.outputs).toEqual(before.graph.outputs);
        seen += after.graph.nodes.length;
      }
      expect(seen).toBeGreaterThan(500);
    });
  },
);

describe('rewriting a model', () => {
  const linear = model({
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
    inputs: [port('x', 'float32', ['n', 2])],
    outputs: [port('y', 'float32', ['n', 2])],
    initializers: [weights('w', [2, 2], [1, 2, 3, 4]), weights('idle', [1], [5])],
  });
  const entry = (key: string, value: string) => Buffer.concat([field(1, key), field(2, value)]);

  it('leaves notes, metadata and fields that nobody knows where they are', () => {
    const bytes = Buffer.concat([
      linear,
      field(6, 'what its maker wrote about it'),
      field(14, entry('license', 'CC-BY-4.0')),
      field(99, 'from a later version of the format'),
    ]);
    const out = rewritten(bytes, {
      ...nothing,
      nodes: new Map([[0, [{ op: 'MatMul', inputs: ['x', 'v'], outputs: ['y'] }]]]),
      without: new Set(['w']),
      initializers: [{ name: 'v', elemType: 'float32', dims: [2, 2], data: Float32Array.of(1, 0, 0, 1) }],
    });
    const read = readModel(out);
    expect(read.metadata.get('license')).toBe('CC-BY-4.0');
    for (const text of ['what its maker wrote about it', 'from a later version of the format'])
      expect(out.includes(text)).toBe(true);
    expect([...read.graph.initializers.keys()]).toEqual(['idle', 'v']);
    expect(read.graph.nodes[0]?.inputs).toEqual(['x', 'v']);
  });

  it('takes a weight out of the inputs too, and lists a new one there before version 4 of the format', async () => {
    const old = Buffer.from(
      model({
        nodes: [node('MatMul', ['x', 'w'], ['y'])],
        inputs: [port('x', 'float32', ['n', 2]), port('w', 'float32', [2, 2])],
        outputs: [port('y', 'float32', ['n', 2])],
        initializers: [weights('w', [2, 2], [1, 2, 3, 4])],
      }),
    );
    // Field 1 of the file is the version of the format.
    expect([old[0], old[1]]).toEqual([8, 8]);
    old[1] = 3;
    const out = rewritten(old, {
      ...nothing,
      nodes: new Map([[0, [{ op: 'MatMul', inputs: ['x', 'v'], outputs: ['y'] }]]]),
      without: new Set(['w']),
      initializers: [{ name: 'v', elemType: 'float32', dims: [2, 2], data: Float32Array.of(2, 0, 0, 2) }],
    });
    expect(readModel(out).graph.inputs.map(({ name }) => name)).toEqual(['x', 'v']);
    const session = await openModel(out);
    const x = { elemType: 'float32' as const, dims: [1, 2], data: Float32Array.of(3, 4) };
    expect([...(await runModel(session, { x })).y!.data]).toEqual([6, 8]);
    await session.release();
  });

  /** Written with its weights outside, in a folder as the lab keeps one. */
  function stored(g: Graph): { folder: string; bytes: Uint8Array } {
    const folder = temporaryFolder();
    const encoded = encodeModel(g, { externalLocation: 'weights.bin' });
    writeFileSync(join(folder, 'weights.bin'), joined(encoded.external!.chunks()));
    return { folder, bytes: joined(encoded.model()) };
  }
  const write = (folder: string, { model: chunks, external }: EncodedModel) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, modelFile), joined(chunks()));
    if (external) writeFileSync(join(folder, external.location), joined(external.chunks()));
    return join(folder, modelFile);
  };
  const numbers = (n: number, first: number) => Float32Array.from({ length: n }, (_, i) => first + i);

  it('gathers what is left of external data in one file, in branches too, each stretch once', async () => {
    const big = 512;
    const branch = (name: string, first: number): Graph => ({
      name,
      nodes: [{ op: 'Add', inputs: ['x', `${name}.w`], outputs: [`${name}.y`] }],
      initializers: [{ name: `${name}.w`, elemType: 'float32', dims: [big], data: numbers(big, first) }],
      inputs: [],
      outputs: [{ name: `${name}.y`, elemType: 'float32', dims: [big] }],
    });
    const { folder, bytes } = stored({
      name: 'g',
      nodes: [
        { op: 'ReduceSum', inputs: ['x'], outputs: ['s'], attributes: { keepdims: { int: 0 } } },
        { op: 'Greater', inputs: ['s', 'zero'], outputs: ['c'] },
        {
          op: 'If',
          inputs: ['c'],
          outputs: ['b'],
          attributes: {
            then_branch: { graph: branch('then', 1) },
            else_branch: { graph: branch('else', -1000) },
          },
        },
        { op: 'Mul', inputs: ['b', 'w'], outputs: ['y'] },
      ],
      initializers: [
        { name: 'zero', elemType: 'float32', dims: [], data: Float32Array.of(0) },
        { name: 'w', elemType: 'float32', dims: [big], data: numbers(big, 3) },
        { name: 'unused', elemType: 'float32', dims: [100_000], data: numbers(100_000, 0) },
      ],
      inputs: [{ name: 'x', elemType: 'float32', dims: [big] }],
      outputs: [{ name: 'y', elemType: 'float32', dims: [big] }],
    });
    const encoded = rewriteModel(
      bytes,
      readModel(bytes),
      { ...nothing, without: new Set(['unused']) },
      { externalLocation: 'moved.data', openExternal: storedExternals(folder) },
    );
    const path = write(join(folder, 'out'), encoded);
    const read = readModel(readFileSync(path));
    expect(new Set(read.externals.map(({ location }) => location))).toEqual(new Set(['moved.data']));
    expect(read.externals).toHaveLength(3);
    // Three stretches at multiples of 64 KiB: the 400 kB that nobody uses are gone.
    expect(encoded.external!.bytes).toBe(2 * 65536 + 4 * big);
    writeFileSync(join(folder, modelFile), bytes);
    for (const sign of [1, -1]) {
      const x = { elemType: 'float32' as const, dims: [big], data: new Float32Array(big).fill(sign) };
      const results = await Promise.all(
        [join(folder, modelFile), path].map(async (file) => {
          const session = await openModel(file);
          const { y } = await runModel(session, { x });
          await session.release();
          return [...y!.data];
        }),
      );
      expect(results[1]).toEqual(results[0]);
    }
  });

  it('takes small external tensors back into the file, and keeps a stretch that two tensors name once', () => {
    const folder = temporaryFolder();
    const all = numbers(1024, 0);
    writeFileSync(join(folder, 'w.bin'), new Uint8Array(all.buffer));
    const outside = (name: string, dims: number[], offset: number) =>
      tensor(name, 'float32', dims, {
        external: { location: 'w.bin', offset, length: 4 * dims.reduce((a, b) => a * b, 1) },
      });
    const bytes = model({
      nodes: [constant('c', outside('', [2], 4)), node('Add', ['a', 'b'], ['y'])],
      outputs: [port('y', 'float32', [1024])],
      initializers: [outside('a', [1024], 0), outside('b', [1024], 0)],
    });
    const encoded = rewriteModel(bytes, readModel(bytes), nothing, {
      externalLocation: 'm.data',
      openExternal: storedExternals(folder),
    });
    const read = readModel(joined(encoded.model()));
    expect(encoded.external!.bytes).toBe(4096);
    expect(joined(encoded.external!.chunks()).equals(Buffer.from(all.buffer))).toBe(true);
    const value = read.graph.nodes[0]?.attributes.get('value');
    expect(value?.kind === 'tensor' && tensorValues(value.value)).toEqual([1, 2]);
  });

  it('refuses to lose external data for want of a file name', () => {
    const bytes = model({
      nodes: [],
      initializers: [tensor('a', 'float32', [1], { external: { location: 'w.bin', offset: 0, length: 4 } })],
    });
    expect(() => rewriteModel(bytes, readModel(bytes), nothing, inline)).toThrow(/name its file/);
  });

  it('writes the plain builder’s files back as they are', () => {
    const bytes = modelBytes({ name: 'g', nodes: [], initializers: [], inputs: [], outputs: [] });
    expect(rewritten(bytes).equals(Buffer.from(bytes))).toBe(true);
  });
});
