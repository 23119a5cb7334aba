import { describe, expect, it } from 'vitest';
import { conditionKey } from '../../../src/main/science/claims/machinePlan';
import { rateOf, rateRatio } from '../../../src/main/science/claims/rates';
import { sameHardwareClaim } from '../../../src/main/science/claims/sameHardware';
import {
  judgeSameHardware,
  type SameHardwareFound,
} from '../../../src/main/science/claims/sameHardwareJudge';
import {
  sameHardwareFigures,
  sameHardwarePublished,
  sameHardwareTables,
} from '../../../src/main/science/claims/sameHardwareTables';
import { sameHardwareText } from '../../../src/main/science/claims/sameHardwareText';
import type { MachinePoint } from '../../../src/main/science/machines/make';
import type { Measured } from '../../../src/main/science/protocol';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { panelFigureSchema } from '../../../src/shared/figures/panels/schema';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';
import { fakeMachine } from '../../support/fakeRecords';

const { criterion } = fakeJudge(sameHardwareText.prediction);
const nothing = { value: null, low: null, high: null };

interface MadeUp {
  /** Rate of the kernel machine over the network's, by batch. */
  ratio?: { 1: number; 256: number };
  /** The explicit machine's over the network's. */
  explicit?: number;
  joules?: number | null;
  rel?: number;
  blocks?: number;
  lost?: boolean;
}

/** A network of 100 GFLOP/s and 20 GB/s, and machines that are so many times as fast. */
function madeUp({
  ratio = { 1: 1, 256: 1 },
  explicit = 0.8,
  joules = null,
  rel = 0.01,
  blocks = 5,
  lost = false,
}: MadeUp = {}): SameHardwareFound & { measured: Map<string, Measured> } {
  const points: MachinePoint[] = [];
  const measured = new Map<string, Measured>();
  const add = (
    key: string,
    kind: MachinePoint['kind'],
    n: number,
    macs: number,
    times: { 1: number; 256: number },
  ) => {
    points.push({
      key,
      kind,
      n,
      features: 40,
      floats: 1.1 * macs,
      bytes: 4.4 * macs,
      macs,
      accuracy: 0.5,
      trainS: 1,
      iterations: 9,
    });
    for (const batch of [1, 256] as const) {
      const s = batch === 1 ? (4 * 1.1 * macs) / 2e10 / times[1] : (2 * macs) / 1e11 / times[256];
      measured.set(
        conditionKey(key, batch),
        fakeMeasured(
          key,
          {
            batch,
            p50S: lost && kind === 'ridge' && batch === 1 ? nothing : around(s * batch, rel),
            grossJ:
              joules === null
                ? nothing
                : around((kind === 'ridge' ? 1 / joules : 1) * macs * 1e-9 * batch, rel),
          },
          blocks,
        ),
      );
    }
  };
  add('ridge-500', 'ridge', 500, 25_000, ratio);
  add('trained-500-500', 'trained', 500, 25_000, { 1: 1, 256: 1 });
  add('explicit-400', 'explicit', 400, 2_000_000, { 1: 0.05, 256: explicit });
  add('product', 'product', 0, 4_194_304, { 1: 1, 256: 1.25 });
  return {
    provider: 'cpu',
    machines: { dataset: 'mnist1d', classes: 10, sigma: 4, points, agreement: [] },
    measured,
    pairs: [
      { kernel: 'ridge-500', network: 'trained-500-500', decides: [1, 256] },
      { kernel: 'explicit-400', network: 'trained-500-500', decides: [] },
    ],
  };
}
const judge = (over?: MadeUp) => judgeSameHardware(criterion, madeUp(over));

describe('rates', () => {
  const found = madeUp({ ratio: { 1: 0.5, 256: 2 }, joules: 3 });
  const at = (key: string, batch: number) => ({
    point: found.machines.points.find((p) => p.key === key)!,
    measured: found.measured.get(conditionKey(key, batch))!,
  });

  it('are 2 multiply-adds over time at batch 256, and bytes of weights over time at batch 1', () => {
    expect(rateOf(at('trained-500-500', 256), 'FLOP/s')!.value / 1e11).toBeCloseTo(1, 9);
    expect(rateOf(at('ridge-500', 1), 'byte/s')!.value / 1e10).toBeCloseTo(1, 9);
    expect(rateOf(at('trained-500-500', 1), 'FLOP/J')!.value / 2e9).toBeCloseTo(1, 9);
    const rate = rateOf(at('ridge-500', 256), 'FLOP/s')!;
    expect(rate.low).toBeLessThan(rate.value);
    expect(rate.high).toBeGreaterThan(rate.value);
  });

  it('are compared with the work of each', () => {
    expect(rateRatio(at('ridge-500', 256), at('trained-500-500', 256), 'FLOP/s')!.value).toBeCloseTo(2, 9);
    expect(rateRatio(at('explicit-400', 256), at('trained-500-500', 256), 'FLOP/s')!.value).toBeCloseTo(
      0.8,
      9,
    );
    expect(rateRatio(at('ridge-500', 1), at('trained-500-500', 1), 'byte/s')!.value).toBeCloseTo(0.5, 9);
    expect(rateRatio(at('ridge-500', 256), at('trained-500-500', 256), 'FLOP/J')!.value).toBeCloseTo(3, 9);
  });
});

describe('the verdict of C4', () => {
  it('is supported within a half and twice', () => {
    const judged = judge();
    expect(judged).toMatchObject({ verdict: 'supported', boundary: null });
    expect(judged.sentence).toContain('100 GFLOP/s, 1');
    expect(judged.sentence).toContain('A plain product reaches 125 GFLOP/s.');
    expect(judged.parts.map((p) => p.key)).toEqual(['batch-256', 'batch-1']);
  });

  it('is refuted below a quarter everywhere', () => {
    expect(judge({ ratio: { 1: 0.1, 256: 0.2 } }).verdict).toBe('refuted');
  });

  it.each([
    ['one batch is outside', { ratio: { 1: 1, 256: 0.1 } }],
    ['all lie between a quarter and a half', { ratio: { 1: 0.4, 256: 0.4 } }],
    ['the kernel machine is much the faster', { ratio: { 1: 4, 256: 4 } }],
  ])('holds within limits where %s', (_, over) => {
    const judged = judge(over);
    expect(judged.verdict).toBe('within_limits');
    expect(judged.boundary).toMatch(/^Outside a half to twice: /);
  });

  it('is inconclusive where an interval straddles a half', () => {
    expect(judge({ ratio: { 1: 1, 256: 0.52 }, blocks: 1, rel: 0.1 }).verdict).toBe('inconclusive');
  });

  it('is inconclusive, with its reason, where one was not measured', () => {
    const judged = judge({ lost: true });
    expect(judged.verdict).toBe('inconclusive');
    const missing = judged.parts
      .flatMap((p) => p.findings)
      .filter((f) => f.state === 'missing' && !f.shownOnly);
    expect(missing.length).toBe(2);
    expect(missing.every((f) => f.missing)).toBe(true);
  });

  it('shows the explicit machine and does not let it decide', () => {
    const judged = judge({ explicit: 0.1 });
    expect(judged.verdict).toBe('supported');
    const shown = judged.parts.flatMap((p) => p.findings).filter((f) => f.condition.startsWith('explicit'));
    expect(shown.length).toBe(4);
    expect(shown.every((f) => f.shownOnly && f.state === 'fails')).toBe(true);
  });

  it('takes the wider interval where one window has none of repeats', () => {
    const found = madeUp({ joules: 1 });
    for (const [key, one] of found.measured) {
      const row = {
        ...one.row,
        grossAbsoluteJ: around(one.row.grossJ.value!, 0.1),
        grossJ: { value: one.row.grossJ.value, low: null, high: null },
      };
      found.measured.set(key, { ...one, row, turns: [{ ...row, block: 0 }] });
    }
    const part = judgeSameHardware(criterion, found).parts.find((p) => p.key === 'joules-256')!;
    expect(part.verdict).toBe('supported');
    expect(part.findings[0].value!.high).toBeGreaterThan(1.1);
  });

  it('asks for arithmetic per joule as well where a meter is', () => {
    const judged = judge({ joules: 1 });
    expect(judged.parts.map((p) => p.key)).toEqual(['batch-256', 'batch-1', 'joules-256', 'joules-1']);
    expect(judge({ joules: 0.1 }).parts.find((p) => p.key === 'joules-1')!.verdict).toBe('refuted');
    expect(judge({ joules: 0.1 }).verdict).toBe('within_limits');
  });
});

describe('what C4 shows', () => {
  it('has rows that fit their columns, the share of the plain product, and figures that can be drawn', () => {
    for (const joules of [null, 1]) {
      const found = madeUp({ joules });
      const [table] = sameHardwareTables(found);
      for (const row of table.rows) expect(row.length).toBe(table.columns.length);
      const share = table.columns.findIndex((c) => c.key === 'share');
      expect((table.rows[0][share] as { value: number }).value).toBeCloseTo(0.8, 9);
      const [figure] = sameHardwareFigures(found, fakeMachine());
      expect(panelFigureSchema.safeParse(figure).error).toBeUndefined();
      expect(figure.panels.length).toBe(joules === null ? 2 : 3);
      expect(figure.caption.includes('FLOP/J was not measured in every')).toBe(joules === null);
    }
    expect(sameHardwarePublished(madeUp())[0]).toMatchObject({ theirs: 'no figure is given' });
  });
});

describe('the plan of C4', () => {
  it.each(['glance', 'full'] as const)(
    '%s: every pair is measured together, and the product beside it',
    async (form) => {
      const options = claimOptionsSchema.parse({ form });
      const steps = sameHardwareClaim.steps(options);
      const asked: string[] = [];
      const found = madeUp();
      let conditions: { key: string; batch: number }[] = [];
      const outcome = await sameHardwareClaim.run({
        options,
        machine: fakeMachine(),
        criterion,
        task: async (key: string, _: string, input: never) => {
          asked.push(key);
          const { paths, beside } = input as {
            paths: { n: number; models: string[] }[];
            beside: { kind: string; n: number; m?: number }[];
          };
          const made = [
            'product',
            ...paths.flatMap(({ n, models }) => models.map((kind) => `${kind}-${n}`)),
            ...beside.map(({ kind, n, m }) => (kind === 'ridge' ? `ridge-${n}` : `${kind}-${m}-${n}`)),
          ];
          return { output: found.machines, models: Object.fromEntries(made.map((k) => [k, k])) };
        },
        measure: async (key: string, given: typeof conditions) => {
          asked.push(key);
          conditions = given;
          return new Map(given.map((c) => [c.key, found.measured.get(c.key)!] as const).filter(([, m]) => m));
        },
      } as never);
      expect(asked).toEqual(steps.map((s) => s.key));
      expect(new Set(conditions.map((c) => c.key)).size).toBe(conditions.length);
      expect(conditions.filter((c) => c.key.startsWith('product')).map((c) => c.batch)).toEqual([256]);
      expect(outcome.parts.length).toBe(2);
      if (form === 'glance') {
        expect(conditions.length).toBeLessThanOrEqual(20);
        expect(steps.reduce((sum, s) => sum + s.expectedS, 0)).toBeLessThanOrEqual(120);
      }
    },
  );
});
