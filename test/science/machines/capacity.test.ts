import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapacityInput, type CapacityRow, capacity } from '../../../src/main/science/machines/capacity';
import { bestHeld, bitsPerExample, capacityLimits } from '../../../src/main/science/machines/limit';
import { randomFrom } from '../../../src/shared/stats/random';
import { toolsWith } from '../../support/tools';

const row = (n: number, ...held: number[]): CapacityRow => ({
  hidden: 16,
  parameters: 1000,
  n,
  classes: 10,
  held,
});

describe('n*', () => {
  it('is the largest number of examples that the best seed held', () => {
    const rows = [row(100, 1, 1, 0.98), row(200, 0.9, 0.992, 0.7), row(400, 0.98, 0.5, 0.6)];
    expect(capacityLimits(rows, 0.99)).toEqual([
      expect.objectContaining({ examples: 200, lost: 400, parametersPerExample: 5 }),
    ]);
    expect(capacityLimits([...rows].reverse(), 0.99)[0].examples).toBe(200);
    // The mean of the seeds would have ended at 100.
    expect(
      capacityLimits(
        rows.map((r) => ({ ...r, held: [Math.min(...r.held)] })),
        0.9,
      )[0].examples,
    ).toBe(100);
  });

  it('is absent where nothing was held, and open where everything was', () => {
    expect(capacityLimits([row(50, 0.5)], 0.99)[0]).toMatchObject({
      examples: null,
      lost: 50,
      parametersPerExample: null,
      bitsPerParameter: null,
    });
    expect(capacityLimits([row(50, 1), row(100, 1)], 0.99)[0]).toMatchObject({ examples: 100, lost: null });
    expect(capacityLimits([], 0.99)).toEqual([]);
  });

  it('is told for every network', () => {
    const other = { ...row(300, 1), hidden: 64, parameters: 4000 };
    expect(capacityLimits([row(100, 1), other], 0.99).map((l) => [l.hidden, l.parametersPerExample])).toEqual(
      [
        [16, 10],
        [64, 4000 / 300],
      ],
    );
  });
});

describe('bits of a held label', () => {
  it('are all of it when it is right, and none at chance', () => {
    expect(bitsPerExample(10, 1)).toBeCloseTo(Math.log2(10), 12);
    expect(bitsPerExample(10, 0.1)).toBeCloseTo(0, 12);
    expect(bitsPerExample(2, 0.5)).toBeCloseTo(0, 12);
    // Guide, 4.2: 4,000 labels, 0.988 held, 50,890 parameters: 0.25 bits per parameter.
    expect((4000 * bitsPerExample(10, 0.992)) / 50_890).toBeCloseTo(0.25, 1);
  });

  it('are never negative and grow above chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (classes, a) => {
          expect(bitsPerExample(classes, a)).toBeGreaterThan(-1e-9);
          const above = 1 / classes + a * (1 - 1 / classes);
          const more = above + (1 - above) / 2;
          expect(bitsPerExample(classes, more)).toBeGreaterThanOrEqual(bitsPerExample(classes, above) - 1e-9);
        },
      ),
    );
  });
});

describe('the task', () => {
  const random = randomFrom(3);
  const x = Float32Array.from({ length: 400 * 10 }, () => random.normal());
  const run = (over: Partial<CapacityInput>) =>
    capacity.run(
      {
        dataset: 'noise',
        seed: 1,
        seeds: 2,
        widths: [6],
        sizes: [16, 400],
        steps: 800,
        refine: 1,
        threshold: 0.99,
        stopAfter: 1,
        ...over,
      },
      toolsWith(async () => ({
        name: 'noise',
        shape: [10],
        features: 10,
        classes: 4,
        train: { x, y: new Uint8Array(400), n: 400 },
        test: { x: x.subarray(0, 10), y: new Uint8Array(1), n: 1 },
        licence: '',
        sha256: '',
      })),
    );

  it('holds few labels, not many, and looks between them', async () => {
    const { output } = await run({});
    expect(output.rows.map((r) => r.n)).toEqual([16, 80, 400]);
    const [few, , many] = output.rows;
    expect(bestHeld(few)).toBe(1);
    expect(bestHeld(many)).toBeLessThan(0.9);
    // Above chance, so it did learn; 6 hidden units of 10 inputs.
    expect(bestHeld(many)).toBeGreaterThan(0.3);
    expect(few.parameters).toBe(10 * 6 + 6 + 6 * 4 + 4);
    expect(few.held.length).toBe(2);
  });

  it('ends a width where more would only show less, and gives the same rows again', async () => {
    const options = { sizes: [16, 200, 300, 400], refine: 0, steps: 200 };
    const { output } = await run(options);
    expect(output.rows.map((r) => r.n)).toEqual([16, 200]);
    expect((await run(options)).output).toEqual(output);
  });

  it('refuses more labels than there are examples', async () => {
    await expect(run({ sizes: [401] })).rejects.toMatchObject({ failure: { kind: 'bad_input' } });
  });
});
