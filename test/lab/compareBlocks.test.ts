import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/main/lab/compare';
import { turnsOf } from '../../src/main/lab/compareLoad';
import type { ComparedRun } from '../../src/main/lab/compareSides';
import { type ControlPair, controlEntries } from '../../src/main/lab/controls';
import type { ComparedQuantity, Ratio } from '../../src/shared/comparison';
import type { SensorInfo } from '../../src/shared/meter';
import type { RunRecord } from '../../src/shared/run';
import { randomFrom } from '../../src/shared/stats/random';
import { chosen, modelOf, planSensor, type TurnNumbers, turnOf } from '../support/comparePlans';

const random = randomFrom(5);
const at = (ratio: number, joules = ratio): TurnNumbers => ({
  p50S: 1e-3 * ratio,
  p95S: 1.2e-3 * ratio,
  grossJ: 0.05 * joules,
  netJ: 0.03 * joules,
});
/** The turns of an entry, one a block, at these ratios to 1 ms and 50 mJ. */
const turns = (
  entry: number,
  ratios: readonly number[],
  over: Partial<RunRecord> = {},
  sensor?: SensorInfo,
) =>
  ratios.map((ratio, block) =>
    turnOf({ entry, block, blocks: ratios.length, position: 0 }, at(ratio), over, [], sensor),
  );
const scatter = (ratio: number, blocks = 6, sd = 0.002) =>
  Array.from({ length: blocks }, () => ratio * Math.exp(sd * random.normal()));
const control = (second: readonly number[], first = second.map(() => 1)): ControlPair => ({
  experimentId: 'experiment',
  provider: 'cpu',
  entries: [turns(2, first), turns(3, second)],
});
const row = (
  runs: ComparedRun[],
  quantity: ComparedQuantity = 'p50S',
  controls: ControlPair[] = [],
  i = 1,
): Ratio => compare(runs, controls).quantities.find((q) => q.quantity === quantity)!.rows[i];
const pair = (ratio: number, blocks = 6) => [
  chosen(turns(0, scatter(1, blocks))),
  chosen(turns(1, scatter(ratio, blocks))),
];
const steady = control(scatter(1));

describe('two conditions of a plan with blocks', () => {
  it('are compared over their blocks, each with its own: what blocks share falls out', () => {
    const shared = [1, 1.2, 0.7, 2, 1.1, 0.9];
    const runs = [
      chosen(turns(0, shared)),
      chosen(
        turns(
          1,
          shared.map((s) => 0.9 * s),
        ),
      ),
    ];
    const found = row(runs, 'p50S', [steady]);
    expect(found).toMatchObject({
      method: 'paired',
      verdict: 'B_lower',
      word: 'lower',
      blocks: { used: 6, leftOut: 0 },
      p: 2 / 64,
      pHolm: 2 / 64,
      why: null,
    });
    expect(found.ratio!.value).toBeCloseTo(0.9, 9);
    expect(found.codes).not.toContain('NOT_INTERLEAVED');
    // The control: the same turns mixed up between the blocks show nothing.
    const mixed = [
      chosen(turns(0, shared)),
      chosen(
        turns(
          1,
          [...shared].reverse().map((s) => 0.9 * s),
        ),
      ),
    ];
    expect(row(mixed, 'p50S', [steady]).verdict).toBe('no_difference_shown');
  });

  it('whatever turn was chosen stands for its condition', () => {
    const [a, b] = [turns(0, scatter(1)), turns(1, scatter(0.9))];
    const first = row([chosen(a), chosen(b)]);
    for (const i of [1, 5]) {
      const other = row([
        { ...chosen(a), ...a[i] },
        { ...chosen(b), ...b[5 - i] },
      ]);
      expect({ ...other, runId: '' }).toEqual({ ...first, runId: '' });
    }
  });

  it('the other way round it is the inverse, and the verdict turns', () => {
    const runs = pair(0.93);
    const [there, back] = [row(runs), row([...runs].reverse())];
    expect([there.verdict, back.verdict]).toEqual(['B_lower', 'A_lower']);
    expect(back.ratio!.value).toBeCloseTo(1 / there.ratio!.value, 12);
    expect(back.ratio!.low).toBeCloseTo(1 / there.ratio!.high, 12);
    expect(back.p).toBe(there.p);
  });

  it('blocks without a usable result of both are left out and counted; below six nothing can be shown', () => {
    const broken = (own: ReturnType<typeof turns>, blocks: number[]) =>
      own.map((turn, i) =>
        blocks.includes(i)
          ? { ...turn, run: { ...turn.run, latency: { ...turn.run.latency!, verdict: 'invalid' as const } } }
          : turn,
      );
    const eight = [turns(0, scatter(1, 8)), turns(1, scatter(0.8, 8))] as const;
    const left = row([chosen(broken(eight[0], [1])), chosen(broken(eight[1], [7]))]);
    expect(left).toMatchObject({ verdict: 'B_lower', blocks: { used: 6, leftOut: 2 } });
    const few = row([chosen(broken(eight[0], [1, 2])), chosen(broken(eight[1], [7]))]);
    expect(few).toMatchObject({
      verdict: 'no_difference_shown',
      blocks: { used: 5, leftOut: 3 },
      why: 'Only 5 blocks have a usable result of both; a difference can be shown from 6 blocks on.',
    });
    // A turn that was never measured counts as left out too.
    const missing = row([chosen(eight[0].slice(0, 7)), chosen(eight[1])]);
    expect(missing.blocks).toEqual({ used: 7, leftOut: 1 });
    const one = row([chosen(eight[0].slice(0, 1)), chosen(eight[1])]);
    expect(one).toMatchObject({ verdict: 'not_comparable', why: expect.stringContaining('Only one block') });
  });

  it('many pairs are corrected for, and the words name the blocks that it takes', () => {
    const many = (blocks: number) => [
      chosen(turns(0, scatter(1, blocks))),
      ...[1, 4, 5, 6, 7].map((entry) => chosen(turns(entry, scatter(0.8, blocks), { role: 'measure' }))),
    ];
    const six = row(many(6));
    expect(six).toMatchObject({ verdict: 'no_difference_shown', p: 2 / 64 });
    expect(six.pHolm).toBeCloseTo((5 * 2) / 64, 12);
    expect(six.why).toBe(
      'Only 6 blocks have a usable result of both; a difference can be shown from 8 blocks on for 5 pairs tested together.',
    );
    expect(row(many(8)).verdict).toBe('B_lower');
  });

  it('an energy ratio has the offset of its meter as far as powers differ, and on two meters both gains', () => {
    const offset = (entry: number, ratio: number, offsetJ: number, sensor?: SensorInfo) =>
      chosen(
        Array.from({ length: 6 }, (_, block) =>
          turnOf({ entry, block, blocks: 6, position: 0 }, { ...at(ratio), offsetJ }, {}, [], sensor),
        ),
      );
    const width = (runs: ComparedRun[]) => {
      const { low, high } = row(runs, 'grossJ').ratio!;
      return Math.log(high / low) / 2;
    };
    // w/P of 4 % and of 1 %: 3 % stay.
    expect(width([offset(0, 1, 0.002), offset(1, 0.9, 0.00045)])).toBeCloseTo(
      1.96 * (0.002 / 0.05 - 0.00045 / 0.045),
      3,
    );
    expect(width([offset(0, 1, 0.002), offset(1, 1, 0.002)])).toBeCloseTo(0, 9);
    const other = { ...planSensor, id: 'sim:other' };
    expect(width([offset(0, 1, 0), offset(1, 0.9, 0, other)])).toBeCloseTo(1.96 * Math.hypot(0.05, 0.05), 3);
    const calibrated = { ...planSensor, calibration: { id: 'c', gain: 1, gainRel1s: 0.01 } } as SensorInfo;
    expect(width([offset(0, 1, 0, calibrated), offset(1, 0.9, 0, calibrated)])).toBeCloseTo(0, 9);
    expect(width([offset(0, 1, 0), offset(1, 0.9, 0, calibrated)])).toBeCloseTo(
      1.96 * Math.hypot(0.05, 0.01),
      3,
    );
  });

  it('net energy has the baselines of both, and none is told where it is at or below zero in a block', () => {
    const net = (entry: number, baselineJ: number, netJ = 0.03) =>
      chosen(
        Array.from({ length: 6 }, (_, block) =>
          turnOf({ entry, block, blocks: 6, position: 0 }, { ...at(1), netJ, baselineJ }),
        ),
      );
    const { low, high } = row([net(0, 0.0009), net(1, 0.0012)], 'netJ').ratio!;
    expect(Math.log(high / low) / 2).toBeCloseTo(1.96 * 0.05, 3);
    expect(row([net(0, 0), net(1, 0, -0.001)], 'netJ')).toMatchObject({
      verdict: 'not_comparable',
      ratio: null,
      why: expect.stringContaining('too small'),
    });
  });

  it('another driver in one block is named with its block', () => {
    const runs = pair(0.9);
    const [a, b] = runs;
    const moved = b.turns.map((turn, i) =>
      i === 3 ? { ...turn, machine: { ...turn.machine, onnxruntime: '1.31.0' } } : turn,
    );
    const found = row([a, { ...b, turns: moved }]);
    expect(found).toMatchObject({ verdict: 'not_comparable', word: 'not comparable' });
    expect(found.why).toMatch(/^In block 4: .*ONNX Runtime 1.31.0 here/);
    expect(found.codes).toContain('CONTEXT_MISMATCH');
  });

  it('turns of two experiments are not paired: one value a block, out of turn', () => {
    const [a, b] = pair(0.9);
    const elsewhere = b.turns.map((turn) => ({ ...turn, run: { ...turn.run, experimentId: 'other' } }));
    const found = row([a, chosen(elsewhere)]);
    expect(found).toMatchObject({ method: 'unpaired', verdict: 'B_lower', blocks: null });
    expect(found.codes).toContain('NOT_INTERLEAVED');
    // Six values against six: 2/C(12, 6).
    expect(found.p).toBeCloseTo(2 / 924, 12);
  });
});

describe('the control', () => {
  it('raises the noise floor to what it differed by, and the words say where it comes from', () => {
    const wide = control([1.05, 0.99, 1.04, 1.01, 0.995, 1.09]);
    const hidden = row(pair(1.02), 'p50S', [wide]);
    expect(hidden).toMatchObject({
      verdict: 'no_difference_shown',
      floor: { from: 'control', provider: 'cpu' },
    });
    expect(hidden.why).toMatch(
      /^The difference of 2\.\d+ % is inside the noise floor of 2\.\d+ %: .* on cpu/,
    );
    expect(row(pair(1.1), 'p50S', [wide]).verdict).toBe('A_lower');
    expect(row(pair(1.02), 'p50S', [steady])).toMatchObject({
      verdict: 'A_lower',
      floor: { from: 'least', controls: 1 },
    });
  });

  it('without one the floor is 1 %', () => {
    const found = row(pair(1.005));
    expect(found).toMatchObject({ verdict: 'no_difference_shown', floor: { from: 'least', controls: 0 } });
    expect(found.why).toContain('noise floor of 1.0 %');
  });

  it('that differs from itself in every block refuses everything on its provider, and nothing on another', () => {
    const failing = control(scatter(1.03));
    const refused = row(pair(0.5), 'p50S', [failing]);
    expect(refused).toMatchObject({ verdict: 'not_comparable', word: 'not comparable', p: 2 / 64 });
    expect(refused.codes).toContain('CONTROL_FAILED');
    expect(refused.why).toMatch(/^The control failed: .* on cpu, differed by 3\.\d %/);
    const elsewhere = { ...failing, provider: 'cuda' as const };
    expect(row(pair(0.5), 'p50S', [elsewhere]).verdict).toBe('B_lower');
    const another = { ...failing, experimentId: 'another' };
    expect(row(pair(0.5), 'p50S', [another]).verdict).toBe('B_lower');
  });

  it('one of two that fails by chance is corrected for: 0.03 twice is not below 0.05', () => {
    const runs = [
      chosen(turns(0, scatter(1))),
      chosen(turns(1, scatter(0.5), { condition: { ...turns(1, [1])[0].run.condition, provider: 'cuda' } })),
    ];
    const both = [control(scatter(1.03)), { ...control(scatter(1)), provider: 'cuda' as const }];
    expect(row(runs, 'p50S', both).verdict).toBe('B_lower');
    expect(row(runs, 'p50S', both.slice(0, 1)).verdict).toBe('not_comparable');
  });

  it('measured once each fails where its interval leaves out 1 by more than 1 %', () => {
    const once = (ratio: number): ControlPair => {
      const side = (entry: number, level: number) =>
        turnOf(
          { entry, block: 0, blocks: 1, position: 0 },
          at(level),
          {},
          scatter(level, 10, 0.001).map((r) => ({
            medianS: 1e-3 * r,
            p95S: 1.2e-3 * r,
            itemsPerS: 1e3 / r,
            grossJ: 0.05 * r,
            netJ: 0.03 * r,
          })),
        );
      return { experimentId: 'experiment', provider: 'cpu', entries: [[side(2, 1)], [side(3, ratio)]] };
    };
    const separate = pair(0.9).map((run) => {
      const { turn: _, ...own } = run.turns[0].run;
      const windows = scatter(run.run.latency!.p50S.value! * 1e3, 10).map((r) => ({
        medianS: 1e-3 * r,
        p95S: 1.2e-3 * r,
        itemsPerS: 1e3 / r,
        grossJ: 0.05 * r,
        netJ: 0.03 * r,
      }));
      return chosen([{ ...run.turns[0], run: own, windows }]);
    });
    expect(row(separate, 'p50S', [once(1.04)])).toMatchObject({ verdict: 'not_comparable' });
    expect(row(separate, 'p50S', [once(1.04)]).codes).toContain('CONTROL_FAILED');
    expect(row(separate, 'p50S', [once(1.005)]).verdict).toBe('B_lower');
  });

  it('is found among the runs of an experiment: equal conditions under two numbers', () => {
    const { runs } = {
      runs: [...turns(0, [1, 1]), ...turns(3, [1, 1]), ...turns(2, [1, 1])].map((t) => t.run),
    };
    const [found, ...others] = controlEntries(runs);
    expect(others).toEqual([]);
    expect(found.entries.map((e) => e.map((r) => r.turn!.entry))).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(controlEntries(runs.filter((r) => r.turn!.entry !== 3))).toEqual([]);
    const single = { ...runs[0], turn: undefined };
    expect(turnsOf(single, runs)).toEqual([single]);
    expect(turnsOf(runs[1], runs).map((r) => r.turn!.block)).toEqual([0, 1]);
  });
});

describe('a model with zeros against its dense twin', () => {
  const macs = (effective: number) => ({ macs: 1000, missingReason: null, effective }) as RunRecord['macs'];
  const twins = (ratio: number, effective = 100, condition = {}) => {
    const of = (entry: number, ratios: number[], eff: number) => {
      const base = turns(entry, ratios)[0].run.condition;
      const own = turns(entry, ratios, { macs: macs(eff), condition: { ...base, ...condition } });
      return chosen(own, { model: modelOf(entry === 0 ? 'dense' : 'masked') });
    };
    return [of(0, scatter(1), 1000), of(1, scatter(ratio), effective)];
  };

  it('says whether the zeros were skipped, from either side, for time and energy alone', () => {
    expect(row(twins(1)).zeros).toEqual({ verdict: 'zeros_not_skipped', f: 0.9, masked: 'B' });
    expect(row(twins(0.4)).zeros?.verdict).toBe('zeros_skipped');
    expect(row([...twins(0.4)].reverse()).zeros).toEqual({ verdict: 'zeros_skipped', f: 0.9, masked: 'A' });
    expect(row(twins(0.4), 'grossJ').zeros?.verdict).toBe('zeros_skipped');
    expect(row(twins(0.4), 'throughputHz').zeros).toBeUndefined();
  });

  it('says nothing of two models without counted zeros, with other graphs, or both sparse', () => {
    expect(row(pair(0.9)).zeros).toBeUndefined();
    expect(row(twins(1, 1000)).zeros).toBeUndefined();
    const [a, b] = twins(1);
    const other = { ...b, model: modelOf('masked', { counts: { ...b.model.counts, parameters: 5 } }) };
    expect(row([a, other]).zeros).toBeUndefined();
    const sparse = {
      ...a,
      ...{ run: { ...a.run, macs: macs(500) } },
    };
    expect(row([sparse, b]).zeros).toBeUndefined();
  });
});

describe('whatever the blocks hold', () => {
  it('a stated difference always has six blocks, an interval without 1, p below 0.05 and more than the floor', () => {
    const ratios = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(ratios, ratios, (own, second) => {
        const n = Math.min(own.length, second.length);
        const runs = [
          chosen(
            turns(
              0,
              own.slice(0, n).map(() => 1),
            ),
          ),
          chosen(turns(1, own.slice(0, n))),
        ];
        const found = row(runs, 'p50S', [control(second.slice(0, n))]);
        if (found.verdict !== 'A_lower' && found.verdict !== 'B_lower') {
          expect(found.why).not.toBeNull();
          return;
        }
        const { ratio, pHolm, floor, blocks } = found;
        expect(blocks!.used).toBeGreaterThanOrEqual(6);
        expect(ratio!.low > 1 || ratio!.high < 1).toBe(true);
        expect(pHolm!).toBeLessThan(0.05);
        expect(Math.abs(Math.log(ratio!.value))).toBeGreaterThan(floor!.ln);
        expect(found.verdict).toBe(ratio!.value < 1 ? 'B_lower' : 'A_lower');
      }),
      { seed: 60, numRuns: 200 },
    );
  });
});
