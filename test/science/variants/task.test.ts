import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../src/main/models/builders';
import { importModel } from '../../../src/main/models/import';
import { readModel } from '../../../src/main/models/reader';
import type { Ort } from '../../../src/main/science/tools';
import { transform } from '../../../src/main/science/variants/task';
import type { LabError } from '../../../src/shared/errors';
import { reportLines, type TransformKind, transformKinds } from '../../../src/shared/transform';
import { model, node, port, weights } from '../../models/support';
import { temporaryFolder } from '../../support/lab';
import { noise, optionsOf, ort, storeModel, testTools } from './support';

const parent = { id: 'ab'.repeat(32), name: 'parent', source: null, licence: null };

async function failureOf(work: Promise<unknown>) {
  const thrown = await work.then(
    () => null,
    (e) => e as LabError,
  );
  return thrown?.failure ?? null;
}

describe('variants of the models that the lab builds', () => {
  const sizes = { mlp: 1e5, cnn: 1e6, decoder: 3e5 };
  const changed = { mlp: [3, 3], cnn: [1, 5], decoder: [13, 13] };
  it.each(['mlp', 'cnn', 'decoder'] as const)(
    '%s: every kind runs, and reports what it did',
    async (family) => {
      const built = buildModel({ family, targetParameters: sizes[family], seed: 1 });
      const path = storeModel(built.graph);
      for (const kind of transformKinds) {
        const tools = testTools();
        // Blocks small enough that those of the smallest layer can be left out too.
        const blocks = kind === 'block-sparse' ? { inputs: 16, outputs: 16 } : null;
        const { output, models } = await transform.run(
          { path, parent, options: optionsOf({ kind, blocks }) },
          tools,
        );
        const [withWeights, all] = [output.layers.changed, output.layers.withWeights];
        expect([kind, withWeights, all]).toEqual([kind, ...changed[family]]);
        const made = models![0]!;
        expect(made.recipe).toMatch(new RegExp(`^transform:${kind}:parent=abababababab:`));
        expect(readModel(readFileSync(join(tools.folder, made.file))).graph.outputs).toEqual(
          readModel(readFileSync(path)).graph.outputs,
        );
        const [worst] = output.outputs.map(({ relativeL2 }) => relativeL2!).sort((a, b) => b - a);
        if (kind === 'int8') expect(worst).toBeLessThan(0.02);
        if (kind === 'int4') expect(worst).toBeLessThan(0.15);
        // The whole file shrinks as far as its products are what it is made of.
        if (kind === 'int8' && family === 'mlp')
          expect(statSync(join(tools.folder, made.file)).size).toBeLessThan(0.3 * statSync(path).size);
        for (const line of reportLines(output)) expect(line).not.toMatch(/undefined|NaN|null/);
      }
    },
    20_000,
  );
});

const small = (w: Float32Array) =>
  model({
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
    inputs: [port('x', 'float32', ['n', 64])],
    outputs: [port('y', 'float32', ['n', 8])],
    initializers: [weights('w', [64, 8], [...w])],
  });

/** ONNX Runtime, but each value that a variant gives is changed: what a wrong scale or a broken kernel would do. */
const tampered = (change: (v: number) => number): Ort => ({
  version: ort.version,
  async open(given, settings) {
    const session = await ort.open(given, settings);
    const isVariant = 'path' in given && given.path.endsWith('variant.onnx');
    return {
      close: () => session.close(),
      async run(feeds) {
        const answer = await session.run(feeds);
        if (isVariant)
          for (const { data } of Object.values(answer))
            (data as Float32Array).forEach((v, i, all) => {
              all[i] = change(v);
            });
        return answer;
      },
    };
  },
});

describe('the check of a variant', () => {
  const stored = () => storeModel(small(noise(512, 1)));
  const run = (kind: TransformKind, change?: (v: number) => number, force = false) =>
    transform.run(
      {
        path: stored(),
        parent,
        options: optionsOf({
          kind,
          force,
          ...(kind === 'low-rank' ? { rank: 4 } : {}),
          ...(kind === 'block-sparse' ? { share: 0.5 } : {}),
        }),
      },
      { ...testTools(), ...(change ? { ort: tampered(change) } : {}) },
    );

  it('lets a good one pass', async () => {
    expect((await run('int8')).output.notes).toHaveLength(1);
  });

  it('catches a wrong scale, by the bound of the kind', async () => {
    expect(await failureOf(run('int8', (v) => 1.1 * v))).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(
        /^The int8 variant differs from the original by 10\.\d %.*at most 5\.00 % is accepted/,
      ),
    });
    expect(await failureOf(run('int4', (v) => 1.4 * v))).toMatchObject({
      message: expect.stringMatching(/int4/),
    });
    // Forced, it is kept and says so.
    const { output, models } = await run('int8', (v) => 1.1 * v, true);
    expect(models).toHaveLength(1);
    expect(output.notes.at(-1)).toMatch(/kept because you asked for it/);
  });

  it('refuses what is no number in every kind, forced or not', async () => {
    for (const kind of transformKinds)
      expect((await failureOf(run(kind, () => Number.NaN, true)))?.message).toMatch(
        /no numbers where the original/,
      );
  });

  it('reports but does not refuse kinds that change the function on purpose', async () => {
    const { output } = await run('pruned');
    expect(output.bound).toBeNull();
    expect(output.outputs[0]!.relativeL2).toBeGreaterThan(0.5);
    expect(reportLines(output).join(' ')).toMatch(/on purpose/);
  });

  it('says which operators a provider lacks', async () => {
    const options = optionsOf({ kind: 'int8', provider: 'webgpu' });
    expect(await failureOf(transform.run({ path: stored(), parent, options }, testTools()))).toMatchObject({
      message: expect.stringMatching(/webgpu has no DynamicQuantizeLinear and MatMulInteger/),
      remedy: expect.stringMatching(/int4/),
    });
  });
});

describe('a model with its weights in a file beside it', () => {
  it('has them beside its variant too, and the lab takes both', async () => {
    const { graph } = buildModel({ family: 'cnn', targetParameters: 3e5, seed: 2 });
    const path = storeModel(graph, { externalLocation: 'cnn.weights' });
    const inline = storeModel(graph);
    const tools = testTools();
    const options = optionsOf({ kind: 'int8' });
    const { output, models } = await transform.run({ path, parent, options }, tools);
    const plain = await transform.run({ path: inline, parent, options }, testTools());
    expect(output.outputs).toEqual(plain.output.outputs);
    expect(existsSync(join(tools.folder, 'variant.data'))).toBe(true);
    const lab = temporaryFolder();
    const origin = {
      source: 'example/parent',
      licence: { from: 'metadata' as const, name: 'license', text: 'MIT' },
    };
    const { model: taken } = importModel(join(tools.folder, models![0]!.file), lab, {
      ...models![0]!,
      origin,
    });
    expect(taken.externalData.map(({ location }) => location)).toEqual(['variant.data']);
    expect(taken).toMatchObject({ name: 'parent int8', family: 'imported', ...origin });
  });
});
