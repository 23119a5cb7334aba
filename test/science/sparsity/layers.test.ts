import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { modelBytes } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import { nonzero } from '../../../src/main/science/linear/matrix';
import { buildLayout } from '../../../src/main/science/sparsity/build';
import { assertSameFunction, differenceFromTwin } from '../../../src/main/science/sparsity/compare';
import { sparseLayers } from '../../../src/main/science/sparsity/layersTask';
import {
  curveLayouts,
  fullLayouts,
  type LayoutChoice,
  type LayoutGroup,
  layoutGroups,
} from '../../../src/main/science/sparsity/layouts';
import { choosingGraph } from '../../../src/main/science/sparsity/pieces';

const ort = openOrt();
const folder = mkdtempSync(join(tmpdir(), 'tw-sparsity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A size that need not divide by anything, and a layout with a kept share that leaves something. */
const anyLayout = fc.record({
  inputs: fc.integer({ min: 40, max: 300 }),
  outputs: fc.integer({ min: 20, max: 300 }),
  group: fc.constantFrom<LayoutGroup>(...layoutGroups),
  kept: fc.constantFrom(0.05, 0.1, 0.25, 0.5),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

describe('layouts', () => {
  it('compute what the dense layer with the same weights computes, whatever the size', async () => {
    await fc.assert(
      fc.asyncProperty(anyLayout, async ({ inputs, outputs, group, kept, seed }) => {
        const whole = group === 'dense' || group === 'int8' || group === 'int4';
        const built = buildLayout({ inputs, outputs }, { group, kept: whole ? 1 : kept }, seed);
        const difference = await differenceFromTwin(ort, built, inputs, seed);
        expect(difference).toBeLessThanOrEqual(built.tolerance);
        expect(built.macs).toBeLessThanOrEqual(
          inputs * outputs * (group === 'blocks' || group === 'low-rank' ? 8 : 1),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('of one size and seed share the mask: zeros stored, zeros gathered and winners are the same weights', async () => {
    const size = { inputs: 120, outputs: 90 };
    const twins = (['masked', 'gather'] as const).map((group) =>
      modelBytes(buildLayout(size, { group, kept: 0.05 }, 7).twin),
    );
    expect(twins[0]).toEqual(twins[1]);
    const winners = (['winners', 'complementary', 'winners-dense'] as const).map((group) =>
      modelBytes(buildLayout(size, { group, kept: 0.1 }, 7).twin),
    );
    expect(winners[1]).toEqual(winners[0]);
    expect(winners[2]).toEqual(winners[0]);
  });

  it('have as many weights as they say', () => {
    const { twin } = buildLayout({ inputs: 400, outputs: 200 }, { group: 'masked', kept: 0.05 }, 3);
    const weights = twin.initializers.find((t) => t.name === 'layer.weight')!.data as Float32Array;
    expect(nonzero(weights)).toBe(20 * 200);
    const packed = buildLayout({ inputs: 400, outputs: 200 }, { group: 'complementary', kept: 0.1 }, 3);
    const stored = packed.graph.initializers.find((t) => t.name === 'packed')!;
    // 20 outputs share a pack: a twentieth of the columns.
    expect(stored.dims).toEqual([400, 10]);
    expect(nonzero(stored.data as Float32Array)).toBe(20 * 200);
    expect(packed.macs).toBe(40 * 10);
  });

  it('are told apart from one that computes something else', async () => {
    const size = { inputs: 128, outputs: 256 };
    for (const choice of [
      { group: 'blocks', kept: 0.25 },
      { group: 'complementary', kept: 0.1 },
      { group: 'gather', kept: 0.05 },
    ] satisfies LayoutChoice[]) {
      const built = buildLayout(size, choice, 5);
      const name = { blocks: 'layer.index', complementary: 'owner', gather: 'index' }[choice.group];
      const wrong = {
        ...built,
        graph: {
          ...built.graph,
          initializers: built.graph.initializers.map((t) => {
            if (t.name !== name) return t;
            // Two neighbours change places.
            const data = (t.data as BigInt64Array).slice();
            const other = data.findIndex((v) => v !== data[0]);
            [data[0], data[other]] = [data[other]!, data[0]!];
            return { ...t, data };
          }),
        },
      };
      const difference = await differenceFromTwin(ort, wrong, size.inputs, 5);
      expect(difference).toBeGreaterThan(built.tolerance);
      expect(() => assertSameFunction('It', difference, built.tolerance)).toThrow(/does not compute/);
    }
  });
});

describe('choosing winners', () => {
  it('keeps the k largest of each example, by sorting and by halving alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: 400 }),
        fc.integer({ min: 1, max: 5 }),
        async (units, batch) => {
          const x = Float32Array.from({ length: units * batch }, (_, i) => Math.sin(i * i + units));
          const k = Math.max(1, Math.round(units / 10));
          for (const how of ['topk', 'bisection'] as const) {
            const session = await ort.open(choosingGraph(how, units, 0.1));
            const { y } = await session.run({ x: { elemType: 'float32', dims: [batch, units], data: x } });
            await session.close();
            for (let b = 0; b < batch; b++) {
              const row = x.subarray(b * units, (b + 1) * units);
              const cut = Float32Array.from(row).sort()[units - k]!;
              const expected = row.map((v) => (v >= cut ? v : 0));
              expect((y!.data as Float32Array).subarray(b * units, (b + 1) * units)).toEqual(expected);
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the task', () => {
  it('hands out a file for each layout, compared before', async () => {
    const seen: number[] = [];
    const layouts = [...fullLayouts, ...curveLayouts];
    const { output, models } = await sparseLayers.run(
      {
        seed: 1,
        layers: [{ size: { inputs: 160, outputs: 256 }, layouts }],
        choosing: [{ units: 50, how: ['relu', 'topk', 'bisection'] }],
      },
      {
        ort,
        folder,
        dataset: () => Promise.reject(new Error('no data needed')),
        progress: (share) => seen.push(share),
      },
    );
    expect(output.layouts).toHaveLength(layouts.length);
    expect(new Set(output.layouts.map((l) => l.key)).size).toBe(layouts.length);
    expect(models).toHaveLength(layouts.length + 3);
    for (const { file } of models!) expect(statSync(join(folder, file)).size).toBeGreaterThan(50);
    for (const l of output.layouts) {
      expect(l.difference).toBeLessThan(0.03);
      expect(l.denseMacs / l.macs).toBeGreaterThan(0.99);
    }
    expect(seen.every((share) => share > 0 && share <= 1)).toBe(true);
  });
});
