import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BuildSpec,
  buildIdentity,
  buildModel,
  builtFamilies,
  ladderSpecs,
  nameOf,
  parseRecipe,
  recipeOf,
  writeBuilt,
} from '../../src/main/models/builders';
import { countMacs } from '../../src/main/models/macs';
import { countParameters } from '../../src/main/models/parameters';
import { createRandom } from '../../src/main/models/random';
import { readModel } from '../../src/main/models/reader';
import { encodeModel, modelBytes } from '../../src/main/models/writer';
import { LabError } from '../../src/shared/errors';
import { type Feed, openModel, runModel } from './run';

const nothingOutside = () => {
  throw new Error('no external data here');
};
const specs = fc.record({
  family: fc.constantFrom(...builtFamilies),
  // Even in the logarithm: 10^3 to 10^9.5.
  targetParameters: fc.double({ min: 3, max: 9.5, noNaN: true }).map((x) => Math.round(10 ** x)),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});
const small = (family: BuildSpec['family'], targetParameters = 5000): BuildSpec => ({
  family,
  targetParameters,
  seed: 1,
});
const floats = (dims: number[], seed = 1): Feed => {
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  createRandom(seed, 'feed').fillSymmetric(data, 1);
  return { elemType: 'float32', dims, data };
};
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('builders', () => {
  it('reach their target within 5 % at any size, and 1 % from 100,000 on', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const error = Math.abs(buildModel(spec).actualParameters / spec.targetParameters - 1);
        expect(error).toBeLessThan(spec.targetParameters >= 1e5 ? 0.01 : 0.05);
      }),
      { seed: 30, numRuns: 400 },
    );
  });

  it('have the sizes that the whole ladder asks for', () => {
    for (const family of builtFamilies) {
      for (const spec of ladderSpecs(family, { from: 1e3, to: 1e9, rungs: 25, seed: 1 })) {
        expect(Math.abs(buildModel(spec).actualParameters / spec.targetParameters - 1)).toBeLessThan(0.05);
      }
    }
  });

  it('state the parameters that the reader counts', () => {
    for (const family of builtFamilies) {
      for (const target of [1000, 30_000, 300_000]) {
        const built = buildModel(small(family, target));
        const { counts, precision } = countParameters(readModel(modelBytes(built.graph)), nothingOutside);
        expect(counts.parameters).toBe(built.actualParameters);
        // Weights are never 0; a decoder has ten zeros among its shape constants.
        expect(built.actualParameters - counts.parametersNonzero!).toBeLessThan(12);
        expect(precision).toBe('float32');
      }
    }
  });

  it('cost what arithmetic says, at any shape of inputs', () => {
    const macs = (spec: BuildSpec, sizes: Record<string, number>) => {
      const { graph } = buildModel(spec);
      const shapes = Object.fromEntries(
        graph.inputs.map((p) => [p.name, p.dims.map((d) => (typeof d === 'number' ? d : sizes[d]!))]),
      );
      return countMacs(readModel(modelBytes(graph)), shapes).macs;
    };
    const matrices = (spec: BuildSpec, but: string[] = []) =>
      buildModel(spec)
        .graph.initializers.filter((t) => t.dims.length === 2 && !but.includes(t.name))
        .reduce((n, t) => n + t.dims[0]! * t.dims[1]!, 0);
    // Each weight of the MLP once per item.
    expect(macs(small('mlp', 1e5), { batch: 3 })).toBe(3 * matrices(small('mlp', 1e5)));
    // The decoder: each matrix but the embedding once per token, and each token with all before it, twice per layer.
    const spec = small('decoder', 1e5);
    const { graph } = buildModel(spec);
    const layers = (graph.inputs.length - 1) / 2;
    const [, heads, , headDim] = graph.inputs[1]!.dims as number[];
    for (const [sequence, past] of [
      [1, 20],
      [20, 0],
    ] as const) {
      const attention = 2 * layers * sequence * (past + sequence) * heads! * headDim!;
      const want = sequence * matrices(spec, ['embedding']) + attention;
      expect(macs(spec, { batch: 1, sequence, past })).toBe(want);
    }
  });

  it('give the same bytes for the same recipe, others for another seed', () => {
    for (const family of builtFamilies) {
      const bytes = (seed: number) => sha(modelBytes(buildModel({ ...small(family), seed }).graph));
      expect(bytes(1)).toBe(bytes(1));
      expect(bytes(1)).not.toBe(bytes(2));
      const spec = { ...small(family), seed: 9 };
      const again = buildModel(parseRecipe(buildModel(spec).recipe));
      expect(sha(modelBytes(again.graph))).toBe(bytes(9));
    }
  });

  it('never repeat a stretch of weights, which a runtime would share', () => {
    const { graph } = buildModel({ family: 'mlp', targetParameters: 2_000_000, seed: 1 });
    const bytes = Buffer.from(modelBytes(graph));
    const seen = new Set<string>();
    for (let at = 4096; at + 32 < bytes.length; at += 4096) seen.add(bytes.toString('latin1', at, at + 32));
    expect(seen.size).toBe(Math.floor((bytes.length - 33) / 4096));
  });

  it('write the file that encodeModel describes', () => {
    const dir = mkdtempSync(join(tmpdir(), 'built-'));
    const built = buildModel(small('decoder', 400_000));
    const written = writeBuilt(built, join(dir, 'm.onnx'));
    expect(sha(readFileSync(written.path))).toBe(sha(modelBytes(built.graph)));
    expect(written).toEqual({
      path: join(dir, 'm.onnx'),
      bytes: readFileSync(written.path).length,
      external: null,
    });
    rmSync(dir, { recursive: true });
  });

  it('put weights beyond 1.5 GB beside the model, inline stays small', () => {
    const written = new Map<string, number>();
    writeBuilt(buildModel({ family: 'mlp', targetParameters: 4e8, seed: 1 }), '/nowhere/m.onnx', {
      // Not consumed: 1.6 GB.
      write: (path) => written.set(path, 1),
    });
    expect([...written.keys()]).toEqual(['/nowhere/model.data', '/nowhere/m.onnx']);
    const encoded = encodeModel(buildModel({ family: 'mlp', targetParameters: 4e8, seed: 1 }).graph, {
      externalLocation: 'model.data',
    });
    expect(encoded.modelBytes).toBeLessThan(5000);
    expect(encoded.external!.bytes).toBeGreaterThan(1.59e9);
  });
});

describe('built models in ONNX Runtime', () => {
  it.each([
    ['mlp', 'x', (batch: number) => [batch, 47], 'y'],
    ['cnn', 'image', (batch: number) => [batch, 3, 32, 32], 'logits'],
  ] as const)(
    '%s runs at any batch, finite, and each item alone as in the batch',
    async (family, input, dims, output) => {
      const built = buildModel(small(family));
      const session = await openModel(modelBytes(built.graph));
      const feed = floats(dims(3));
      const all = (await runModel(session, { [input]: feed }))[output]!;
      expect(all.data.every(Number.isFinite)).toBe(true);
      expect(new Set(all.data).size).toBeGreaterThan(all.data.length / 2);
      const n = feed.data.length / 3;
      const second = { ...feed, dims: dims(1), data: (feed.data as Float32Array).slice(n, 2 * n) };
      const alone = (await runModel(session, { [input]: second }))[output]!;
      const width = alone.data.length;
      for (let i = 0; i < width; i++) expect(alone.data[i]).toBeCloseTo(all.data[width + i]!, 5);
      await session.release();
    },
  );

  it('identity hands its input back', async () => {
    const session = await openModel(modelBytes(buildIdentity().graph));
    const { y } = await runModel(session, { x: floats([1]) });
    expect(y!.data[0]).toBe(floats([1]).data[0]);
    await session.release();
  });
});

describe('the decoder', () => {
  // Three layers and several heads.
  const built = buildModel({ family: 'decoder', targetParameters: 2_000_000, seed: 3 });
  const ports = built.graph.inputs.filter((p) => p.name.startsWith('past'));
  const [, heads, , headDim] = ports[0]!.dims as number[];
  const vocabulary = (built.graph.outputs[0]!.dims as number[])[2]!;
  const batch = 2;
  const tokens = (length: number, seed: number) => {
    const random = createRandom(seed, 'tokens');
    return Array.from({ length: batch }, () => Array.from({ length }, () => random.integer(0, vocabulary)));
  };
  const ids = (rows: number[][]): Feed => ({
    elemType: 'int64',
    dims: [batch, rows[0]!.length],
    data: BigInt64Array.from(rows.flat().map(BigInt)),
  });
  const noPast = () => Object.fromEntries(ports.map((p) => [p.name, floats([batch, heads!, 0, headDim!])]));
  const pastOf = (results: Record<string, { dims: readonly number[]; data: Float32Array }>) =>
    Object.fromEntries(
      ports.map((p) => {
        const { dims, data } = results[p.name.replace('past_key_values', 'present')]!;
        return [p.name, { elemType: 'float32' as const, dims, data }];
      }),
    );
  const last = (logits: { dims: readonly number[]; data: Float32Array }, row: number) => {
    const [, length] = logits.dims as number[];
    const at = (row * length! + length! - 1) * vocabulary;
    return [...logits.data.subarray(at, at + vocabulary)];
  };
  const largest = (a: number[], b: number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));

  it('decoding one token on a cache equals one prefill of the whole', async () => {
    const session = await openModel(modelBytes(built.graph));
    const rows = tokens(9, 5);
    const whole = await runModel(session, { input_ids: ids(rows), ...noPast() });
    expect(whole.logits!.dims).toEqual([batch, 9, vocabulary]);
    expect(whole.logits!.data.every(Number.isFinite)).toBe(true);

    let step = await runModel(session, { input_ids: ids(rows.map((r) => r.slice(0, 6))), ...noPast() });
    for (let at = 6; at < 9; at++) {
      step = await runModel(session, { input_ids: ids(rows.map((r) => [r[at]!])), ...pastOf(step) });
      expect(step['present.0.key']!.dims).toEqual([batch, heads, at + 1, headDim]);
    }
    for (let row = 0; row < batch; row++) {
      expect(largest(last(step.logits!, row), last(whole.logits!, row))).toBeLessThan(1e-4);
    }
    await session.release();
  });

  it('sees the past, and where in it a token stands, but never the future', async () => {
    const session = await openModel(modelBytes(built.graph));
    const rows = tokens(6, 7);
    const run = async (r: number[][]) =>
      (await runModel(session, { input_ids: ids(r), ...noPast() })).logits!;
    const at = (logits: { data: Float32Array }, position: number) => [
      ...logits.data.subarray(position * vocabulary, (position + 1) * vocabulary),
    ];
    const plain = await run(rows);
    const otherEnd = await run(rows.map((r) => [...r.slice(0, 5), (r[5]! + 1) % vocabulary]));
    const otherStart = await run(rows.map((r) => [(r[0]! + 1) % vocabulary, ...r.slice(1)]));
    const swapped = await run(rows.map((r) => [r[1]!, r[0]!, ...r.slice(2)]));
    expect(largest(at(plain, 4), at(otherEnd, 4))).toBeLessThan(1e-5);
    expect(largest(at(plain, 5), at(otherEnd, 5))).toBeGreaterThan(0.1);
    expect(largest(at(plain, 5), at(otherStart, 5))).toBeGreaterThan(1e-3);
    expect(largest(at(plain, 5), at(swapped, 5))).toBeGreaterThan(1e-4);
    await session.release();
  });
});

describe('ladders and recipes', () => {
  it('space their rungs evenly in the logarithm, ends included', () => {
    const targets = ladderSpecs('mlp', { from: 1e3, to: 1e8, rungs: 6, seed: 4 }).map(
      (s) => s.targetParameters,
    );
    expect(targets).toEqual([1e3, 1e4, 1e5, 1e6, 1e7, 1e8]);
  });

  it('read a recipe back as it was written', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        expect(parseRecipe(recipeOf(spec))).toEqual(spec);
      }),
      { seed: 30 },
    );
    expect(parseRecipe('mlp:1e6')).toEqual({ family: 'mlp', targetParameters: 1e6, seed: 1 });
    expect(parseRecipe('decoder:1.5M:seed=7')).toEqual({
      family: 'decoder',
      targetParameters: 1.5e6,
      seed: 7,
    });
  });

  it.each([
    '',
    'mlp',
    'mlp:',
    'rnn:1e6',
    'mlp:1e2',
    'mlp:1e12',
    'mlp:-5',
    'mlp:1e6:seed=x',
    'mlp:1e6:seed=4294967296',
    'mlp:1e6:size=2',
  ])('refuse “%s” and show what a recipe looks like', (text) => {
    expect.assertions(2);
    try {
      parseRecipe(text);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(LabError);
      expect((thrown as LabError).failure.remedy).toContain('mlp:1e6:seed=1');
    }
  });

  it('refuse a ladder that falls, has one foot, or leaves the range', () => {
    for (const range of [
      { from: 1e6, to: 1e3, rungs: 4 },
      { from: 1e3, to: 1e6, rungs: 1 },
      { from: 10, to: 1e6, rungs: 4 },
      { from: 1e3, to: 1e6, rungs: 2.5 },
    ]) {
      expect(() => ladderSpecs('cnn', { ...range, seed: 1 })).toThrow(LabError);
    }
  });

  it('name models by family and size', () => {
    const names = [1000, 9960, 31_623, 999_000, 1e6, 3.16e7, 1e9].map((targetParameters) =>
      nameOf({ family: 'mlp', targetParameters }),
    );
    expect(names).toEqual(['mlp-1.0k', 'mlp-10k', 'mlp-32k', 'mlp-1.0M', 'mlp-1.0M', 'mlp-32M', 'mlp-1.0B']);
  });
});
