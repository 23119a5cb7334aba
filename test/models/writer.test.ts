import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/main/models/reader';
import { encodeModel, type Graph, modelBytes } from '../../src/main/models/writer';
import { openModel, runModel } from './run';

const identity = (name: string, dims: (number | string)[]): Graph => ({
  name: 'g',
  nodes: [{ op: 'Identity', inputs: [name], outputs: ['y'] }],
  initializers: [],
  inputs: [{ name, elemType: 'float32', dims }],
  outputs: [{ name: 'y', elemType: 'float32', dims }],
});

const join = (chunks: Iterable<Uint8Array>) => Buffer.concat([...chunks].map((c) => Buffer.from(c)));

describe('writing ONNX', () => {
  it('gives the reader back what went in: names, sizes, free dimensions, every kind of attribute', () => {
    const branch: Graph = { ...identity('x', [1]), name: 'then', inputs: [] };
    const graph: Graph = {
      name: 'everything',
      nodes: [
        {
          op: 'Odd',
          domain: 'com.example',
          inputs: ['x', '', 'w'],
          outputs: ['y'],
          attributes: {
            i: { int: -3 },
            big: { int: 2n ** 40n },
            is: { ints: [1, -2, 300] },
            f: { float: 0.5 },
            fs: { floats: [1, -2.5] },
            s: { string: 'Grüße' },
            t: { tensor: { name: 't', elemType: 'int64', dims: [2], data: BigInt64Array.of(-1n, 7n) } },
            g: { graph: branch },
          },
        },
      ],
      initializers: [{ name: 'w', elemType: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      inputs: [{ name: 'x', elemType: 'float16', dims: ['batch', 3] }],
      outputs: [{ name: 'y', elemType: 'float32', dims: [] }],
    };
    const model = readModel(modelBytes(graph, { opset: 18, irVersion: 9, domains: { 'com.example': 2 } }));
    expect(model.irVersion).toBe(9);
    expect(model.producer).toBe('thirty-watts');
    expect(model.opsets).toEqual([
      { domain: '', version: 18 },
      { domain: 'com.example', version: 2 },
    ]);
    expect(model.graph.inputs).toEqual([
      { name: 'x', kind: 'tensor', elemType: 'float16', shape: ['batch', 3] },
    ]);
    expect(model.graph.outputs[0]?.shape).toEqual([]);
    expect(model.graph.initializers.get('w')?.dims).toEqual([2, 2]);
    const node = model.graph.nodes[0]!;
    expect([node.domain, node.op, ...node.inputs]).toEqual(['com.example', 'Odd', 'x', '', 'w']);
    const plain = ['i', 'big', 'is', 'f', 'fs', 's'].map((k) => {
      const attribute = node.attributes.get(k)!;
      return 'value' in attribute ? attribute.value : null;
    });
    expect(plain).toEqual([-3, 2 ** 40, [1, -2, 300], 0.5, [1, -2.5], 'Grüße']);
    const tensor = node.attributes.get('t');
    expect(tensor?.kind === 'tensor' && tensor.value.dims).toEqual([2]);
    const inner = node.attributes.get('g');
    expect(inner?.kind === 'graph' && inner.value.name).toBe('then');
  });

  it('knows its length before its bytes, inline and beside', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 5 }),
        fc.boolean(),
        (sizes, beside) => {
          const graph: Graph = {
            ...identity('x', [1]),
            initializers: sizes.map((n, i) => ({
              name: `w${i}`,
              elemType: 'float32',
              dims: [n],
              *data() {
                const half = new Uint8Array(new Float32Array(n).fill(i + 1).buffer);
                yield half.subarray(0, 2 * n);
                yield half.subarray(2 * n);
              },
            })),
          };
          const encoded = encodeModel(graph, beside ? { externalLocation: 'w.data' } : {});
          const bytes = join(encoded.model());
          expect(bytes.length).toBe(encoded.modelBytes);
          const external = encoded.external === null ? Buffer.alloc(0) : join(encoded.external.chunks());
          expect(external.length).toBe(encoded.external?.bytes ?? 0);
          const tensors = readModel(bytes).graph.initializers;
          for (const [i, n] of sizes.entries()) {
            const { payload } = tensors.get(`w${i}`)!;
            expect(payload.kind).toBe(beside && 4 * n >= 1024 ? 'external' : 'raw');
            if (payload.kind !== 'external') continue;
            expect(payload.offset % 65536).toBe(0);
            expect(external.readFloatLE(payload.offset)).toBe(i + 1);
            expect(external.readFloatLE(payload.offset + payload.length - 4)).toBe(i + 1);
          }
        },
      ),
      { seed: 30, numRuns: 50 },
    );
  });

  it('refuses a payload of another size than its shape', () => {
    const graph = (data: () => Iterable<Uint8Array>): Graph => ({
      ...identity('x', [1]),
      initializers: [{ name: 'w', elemType: 'float32', dims: [2], data }],
    });
    expect(() => modelBytes(graph(() => [new Uint8Array(4)]))).toThrow(RangeError);
    expect(() => modelBytes(graph(() => [new Uint8Array(12)]))).toThrow(RangeError);
    expect(modelBytes(graph(() => [new Uint8Array(8)])).length).toBeGreaterThan(0);
  });

  it('is what ONNX Runtime loads and runs', async () => {
    const session = await openModel(modelBytes(identity('x', ['n'])));
    const { y } = await runModel(session, {
      x: { elemType: 'float32', dims: [3], data: Float32Array.of(1, 2, 3) },
    });
    expect([...y!.data]).toEqual([1, 2, 3]);
    await session.release();
  });
});
