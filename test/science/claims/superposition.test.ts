import { describe, expect, it } from 'vitest';
import { conditionKey } from '../../../src/main/science/claims/machinePlan';
import { pickP50 } from '../../../src/main/science/claims/ratio';
import { exactSlope, measuredSlope, slopeText } from '../../../src/main/science/claims/slopes';
import { superpositionClaim } from '../../../src/main/science/claims/superposition';
import { superpositionFigures } from '../../../src/main/science/claims/superpositionFigures';
import {
  judgeSuperposition,
  type SuperpositionFound,
} from '../../../src/main/science/claims/superpositionJudge';
import {
  superpositionPublished,
  superpositionTables,
} from '../../../src/main/science/claims/superpositionTables';
import { superpositionText } from '../../../src/main/science/claims/superpositionText';
import type { CapacityRow } from '../../../src/main/science/machines/capacity';
import type { machineGraph } from '../../../src/main/science/machines/graphs';
import type { MachinePoint } from '../../../src/main/science/machines/make';
import type { Measured } from '../../../src/main/science/protocol';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { panelFigureSchema } from '../../../src/shared/figures/panels/schema';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';
import { fakeMachine } from '../../support/fakeRecords';

const ns = [100, 400, 800, 1600, 3200];
const { criterion } = fakeJudge(superpositionText.prediction);

interface MadeUp {
  /** Exponents of what the network costs. */
  bytes?: number;
  time?: { 1: number; 256: number };
  /** Exponent of the explicit machine's time. */
  explicit?: number;
  /** Of 1,000 queries at each n. */
  equal?: number;
  held?: CapacityRow[];
  blocks?: number;
  /** Relative half width of single runs. */
  rel?: number;
  joules?: boolean;
  /** Leaves out the network's time at batch 1 and these n. */
  missing?: number[];
}

const rows = (...shares: [number, number][]): CapacityRow[] =>
  shares.map(([n, held]) => ({
    hidden: 16,
    parameters: 826,
    n,
    classes: 10,
    held: [held, held / 2, held / 2],
  }));

/** Made-up machines whose costs are exact power laws. */
function madeUp({
  bytes = 0,
  time = { 1: 0, 256: 0 },
  explicit = 1,
  equal = 1000,
  held = rows([100, 1], [200, 0.995], [400, 0.7]),
  blocks = 5,
  rel = 0.01,
  joules = false,
  missing = [],
}: MadeUp = {}): SuperpositionFound {
  const points: MachinePoint[] = [];
  const measured = new Map<string, Measured>();
  const nothing = { value: null, low: null, high: null };
  for (const n of ns) {
    for (const kind of ['explicit', 'network'] as const) {
      const own = kind === 'network';
      points.push({
        key: `${kind}-${n}`,
        kind,
        n,
        features: 40,
        floats: 1000,
        bytes: own ? 6840 * (n / 100) ** bytes : 20_000 * n,
        macs: 1600,
        accuracy: 0.5,
        trainS: 1,
        iterations: 64,
      });
      for (const batch of [1, 256] as const) {
        const s = own ? 2e-6 * (n / 100) ** time[batch] : 1e-6 * n ** explicit;
        const gone = own && batch === 1 && missing.includes(n);
        const one = fakeMeasured(
          `${kind}-${n}`,
          {
            batch,
            macs: 1600 * batch,
            p50S: gone ? nothing : around(s * batch, rel),
            grossJ: joules ? around(10 * s * batch, rel) : nothing,
            origin: joules ? 'simulated' : null,
          },
          blocks,
        );
        measured.set(conditionKey(`${kind}-${n}`, batch), one);
      }
    }
  }
  return {
    provider: 'cpu',
    largest: 4,
    machines: {
      dataset: 'mnist1d',
      classes: 10,
      sigma: 4,
      points,
      agreement: ns.map((n) => ({ n, queries: 1000, explicit: equal, superposed: equal, worstLogit: 0.01 })),
    },
    measured,
    capacity: { dataset: 'mnist1d', features: 40, rows: held },
  };
}
const judge = (over?: MadeUp) => judgeSuperposition(criterion, madeUp(over));
const partOf = (over: MadeUp, key: string) => judge(over).parts.find((p) => p.key === key)!;

describe('slopes', () => {
  const law = (exponent: number, blocks: number, drift = (_: number) => 1) =>
    ns.map((n) => {
      const one = fakeMeasured('m', { p50S: around(1e-6 * n ** exponent) }, blocks);
      const turns = one.turns.map((t, b) => ({ ...t, p50S: around(1e-6 * n ** exponent * drift(b)) }));
      return { n, measured: { ...one, turns } };
    });

  it('take one slope a block, so that what moves a whole block leaves no trace', () => {
    const slope = measuredSlope(
      law(1, 5, (b) => 1 + b),
      pickP50,
    )!;
    expect(slope.n).toBe(5);
    expect(slope.value.value).toBeCloseTo(1, 9);
    expect(slope.value.high - slope.value.low).toBeLessThan(1e-9);
  });

  it('hold 5 % between single runs', () => {
    const slope = measuredSlope(law(0, 1), pickP50)!;
    expect(slope).toMatchObject({ n: 5, from: 100, to: 3200 });
    expect(slope.value.high - slope.value.low).toBeGreaterThan(0.03);
    expect(slope.value.high - slope.value.low).toBeLessThan(0.15);
  });

  it('leave out what was not measured while three points are left', () => {
    const points = law(0.5, 5);
    const without = (k: number) => points.map((p, i) => (i < k ? { ...p, measured: undefined } : p));
    expect(measuredSlope(without(2), pickP50)).toMatchObject({ from: 800, to: 3200 });
    expect(measuredSlope(without(3), pickP50)).toBeNull();
    expect(measuredSlope([], pickP50)).toBeNull();
  });

  it('of exact numbers are exact', () => {
    const { value } = exactSlope([
      { n: 10, y: 100 },
      { n: 20, y: 200 },
    ])!;
    expect(value.value).toBeCloseTo(1, 12);
    expect([value.low, value.high]).toEqual([value.value, value.value]);
    expect(slopeText({ value: -0.001, low: -0.012, high: 0.01 })).toBe('0.00 (−0.01 to 0.01)');
  });
});

describe('the verdict of C3', () => {
  it('holds within limits: flat, until the capacity', () => {
    const judged = judge();
    expect(judged.verdict).toBe('within_limits');
    expect(judged.parts.map((p) => [p.key, p.verdict])).toEqual([
      ['same-function', 'supported'],
      ['storage', 'supported'],
      ['query-time', 'supported'],
      ['explicit', 'supported'],
      ['capacity', 'within_limits'],
    ]);
    expect(judged.boundary).toContain('n* = 200');
    expect(judged.boundary).toContain('P/n* = 4.13');
    expect(judged.sentence).toContain('slope of 0.00 at batch 1 and 0.00 at batch 256');
  });

  it('is supported where no limit was reached', () => {
    expect(judge({ held: rows([100, 1], [200, 1]) })).toMatchObject({ verdict: 'supported', boundary: null });
  });

  it.each([
    ['bytes', { bytes: 0.4 }],
    ['time at both batches', { time: { 1: 0.3, 256: 0.5 } }],
  ])('is refuted where the network’s %s grow', (_, over) => {
    expect(judge(over).verdict).toBe('refuted');
  });

  it('holds within limits where time grows at one batch alone, or slowly', () => {
    const one = judge({ time: { 1: 0.4, 256: 0 } });
    expect(one.verdict).toBe('within_limits');
    expect(one.boundary).toContain('batch 1');
    expect(judge({ time: { 1: 0.1, 256: 0.1 } }).verdict).toBe('within_limits');
    expect(judge({ bytes: 0.1 }).verdict).toBe('within_limits');
  });

  it('is inconclusive where the intervals straddle the threshold', () => {
    const straddling = { blocks: 1, rel: 0.3 };
    expect(partOf(straddling, 'query-time').verdict).toBe('inconclusive');
    expect(judge(straddling).verdict).toBe('inconclusive');
  });

  it('does not count a machine that keeps every example and does not grow as evidence', () => {
    expect(partOf({ explicit: 0.1 }, 'explicit').verdict).toBe('within_limits');
    expect(judge({ explicit: 0.1 }).verdict).toBe('within_limits');
    expect(judge({ explicit: 0.1, held: rows([100, 1]) }).boundary).toContain('keeps every example');
    // Storage and query time hold, and at both batches the network grows slowly: every failing condition is named.
    const slow = judge({ time: { 1: 0.1, 256: 0 } });
    expect(slow.boundary).toMatch(/Not for: network, time per query, batch 1/);
    expect(slow.boundary).not.toContain('batch 256');
  });

  it('is not measured where the machines decide differently, and inconclusive where that is open', () => {
    const different = judge({ equal: 900 });
    expect(different.verdict).toBe('not_measured');
    expect(different.sentence).toMatch(
      /^The machine that keeps every example and the network decide alike on 4,500 of 5,000/,
    );
    expect(judge({ equal: 996 }).verdict).toBe('inconclusive');
    // A part that refutes does not count either: it is not the same function.
    expect(judge({ equal: 900, bytes: 1 }).verdict).toBe('not_measured');
  });

  it('leaves out one point, and is inconclusive without two of four', () => {
    expect(judge({ missing: [800] }).verdict).toBe('within_limits');
    expect(partOf({ missing: [3200] }, 'query-time').findings[0].condition).toContain(
      '400 to 1,600 examples',
    );
    const open = judge({ missing: [800, 1600] });
    expect(open.verdict).toBe('inconclusive');
    expect(open.parts.find((p) => p.key === 'query-time')!.findings[0].missing).toBeTruthy();
  });

  it('shows energy where a meter is, and decides by time', () => {
    const { findings } = partOf({ joules: true }, 'query-time');
    const energy = findings.filter((f) => f.condition.includes('energy'));
    expect(energy.length).toBe(4);
    expect(energy.every((f) => f.shownOnly && f.value !== null)).toBe(true);
    expect(partOf({}, 'query-time').findings.some((f) => f.condition.includes('energy'))).toBe(false);
  });
});

describe('what C3 shows', () => {
  it('has tables whose rows fit their columns', () => {
    for (const joules of [false, true]) {
      const found = madeUp({ joules });
      for (const table of superpositionTables(found)) {
        expect(table.rows.length).toBeGreaterThan(0);
        for (const row of table.rows) expect(row.length).toBe(table.columns.length);
      }
    }
    const [machines] = superpositionTables(madeUp());
    const macs = machines.columns.findIndex((c) => c.key === 'macs');
    // Per call in the row, per query in the table: as the formula has it.
    for (const row of machines.rows) expect(row[macs + 1]).toBe(row[macs]);
  });

  it('draws storage, queries and capacity; without a meter it says so, and a simulated one is marked', () => {
    for (const joules of [false, true]) {
      const found = madeUp({ joules });
      const { limits } = judgeSuperposition(criterion, found);
      const figures = superpositionFigures(found, limits, fakeMachine());
      expect(figures.map((f) => f.kind)).toEqual(['storage-query', 'capacity']);
      for (const figure of figures) expect(panelFigureSchema.safeParse(figure).error).toBeUndefined();
      const [storage, capacity] = figures;
      expect(storage.panels.length).toBe(3);
      expect(storage.badge).toBe(joules ? 'SIMULATED' : null);
      expect(storage.caption.includes('Energy was not measured in every')).toBe(!joules);
      expect(storage.panels[1].y.title).toContain(joules ? 'J' : 's');
      expect(capacity.panels[0].guides.filter((g) => g.kind === 'vertical').length).toBe(1);
    }
  });

  it('puts the published figures beside ours', () => {
    const published = superpositionPublished(madeUp());
    expect(published.map((p) => p.source).join()).toMatch(/2404\.05405.*2505\.24832.*1910\.01663/);
    // 200 labels at 0.995: 200·(log₂10 + 0.995·log₂0.995 + 0.005·log₂(0.005/9))/826; 400 at 0.7 are 0.721.
    expect(published[0].ours).toMatch(/^0\.790 bits/);
  });
});

describe('the plan of C3', () => {
  it.each(['glance', 'full'] as const)(
    '%s: measures only machines that the task makes, in the time it says',
    async (form) => {
      const options = claimOptionsSchema.parse({ form });
      const steps = superpositionClaim.steps(options);
      const asked: string[] = [];
      const found = madeUp();
      const outcome = await superpositionClaim.run({
        options,
        machine: fakeMachine(),
        criterion,
        // The models that the task's input asks for, and no others.
        task: async (key: string, _: string, input: never) => {
          asked.push(key);
          if (key === 'capacity') return { output: found.capacity, models: {} };
          const { paths, beside } = input as Parameters<typeof keysOf>[0];
          return {
            output: found.machines,
            models: Object.fromEntries(keysOf({ paths, beside }).map((k) => [k, k])),
          };
        },
        measure: async (key: string, conditions: { key: string; batch: number }[]) => {
          asked.push(key);
          expect(new Set(conditions.map((c) => c.key)).size).toBe(conditions.length);
          if (form === 'glance') expect(conditions.length).toBeLessThanOrEqual(20);
          return new Map(
            conditions.map((c) => [c.key, found.measured.get(c.key)!] as const).filter(([, m]) => m),
          );
        },
      } as never);
      expect(asked).toEqual(steps.map((s) => s.key));
      expect(outcome.parts.length).toBe(5);
      if (form === 'glance') expect(steps.reduce((sum, s) => sum + s.expectedS, 0)).toBeLessThanOrEqual(120);
    },
  );
});

function keysOf({
  paths,
  beside,
}: {
  paths: { n: number; models: Parameters<typeof machineGraph>[0][] }[];
  beside: { kind: string; n: number; m?: number; model: boolean }[];
}): string[] {
  return [
    ...paths.flatMap(({ n, models }) => models.map((kind) => `${kind}-${n}`)),
    ...beside.flatMap(({ kind, n, m, model }) =>
      model ? [kind === 'ridge' ? `ridge-${n}` : `${kind}-${m}-${n}`] : [],
    ),
  ];
}
