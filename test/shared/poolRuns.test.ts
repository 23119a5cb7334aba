import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveRows } from '../../src/shared/figures/rows';
import { leastBlocks, poolTurns } from '../../src/shared/poolRuns';
import type { Verdict } from '../../src/shared/run';
import { type RunRow, runRowOf } from '../../src/shared/runRow';
import { fakeMachine, fakeModel, fakeRun } from '../support/fakeRecords';
import { drawFrom, shareOf } from './stats/draw';

const model = fakeModel('m', 1e6);

/** One turn of an entry in a comparison. */
function turn(block: number, over: Partial<RunRow> = {}, grossJ = 1e-3): RunRow {
  const run = fakeRun({ experiment: 'e', ordinal: 2 * block, model, grossJ, p50S: 2e-3 });
  const row = runRowOf({ run, model, machine: fakeMachine(), experimentName: 'e' });
  return {
    ...row,
    entry: 0,
    block,
    blocks: 6,
    windows: 2,
    energyVerdict: 'valid',
    netVerdict: 'valid',
    ...over,
  };
}
const turns = (n: number, over: (block: number) => Partial<RunRow> = () => ({})) =>
  Array.from({ length: n }, (_, block) => turn(block, over(block)));

describe('turns of a comparison', () => {
  it('of one entry become one row; runs of no comparison stay what they are', () => {
    const alone = { ...turn(0), id: 'alone', blocks: 1 };
    const other = turns(6).map((t) => ({ ...t, id: `b${t.id}`, entry: 1 }));
    const elsewhere = turns(6).map((t) => ({ ...t, id: `c${t.id}`, experimentId: 'f' }));
    const rows = poolTurns([...turns(6), alone, ...other, ...elsewhere]);
    expect(rows).toHaveLength(4);
    expect(rows[1]).toBe(alone);
    expect(rows[0]).toMatchObject({ entry: 0, turns: { latency: 6, energy: 6, net: 6 } });
    expect(poolTurns(rows.filter((r) => r.blocks === 1))).toEqual([alone]);
  });

  it('are pooled on logarithms, counts add up, and a curve draws one point with its blocks', () => {
    const values = [1, 2, 4, 1, 2, 4].map((v) => v * 1e-3);
    const [row] = poolTurns(values.map((j, block) => turn(block, {}, j)));
    expect(row!.grossJ.value).toBeCloseTo(2e-3, 12);
    expect(Math.log(row!.grossJ.high! / 2e-3)).toBeCloseTo(-Math.log(row!.grossJ.low! / 2e-3), 9);
    expect([row!.windows, row!.n]).toEqual([12, 6000]);
    // Gain is common to all turns: the absolute interval is wider than what they scatter by.
    expect(row!.grossAbsoluteJ.low!).toBeLessThan(row!.grossJ.low!);
    const points = curveRows([row!], 'parameters', 'energyGross');
    expect(points).toMatchObject([{ y: row!.grossJ.value, n: 12, turns: 6, verdict: 'valid' }]);
  });

  it('the interval is that of Student’s t over blocks: it covers 93 to 97 % of 2,000', () => {
    const draw = drawFrom(14);
    const covered = shareOf(2000, () => {
      const [row] = poolTurns(turns(6, () => ({ grossJ: around(1e-3 * Math.exp(0.03 * draw.normal())) })));
      return row!.grossJ.low! <= 1e-3 && 1e-3 <= row!.grossJ.high!;
    });
    expect(covered).toBeGreaterThanOrEqual(0.93);
    expect(covered).toBeLessThanOrEqual(0.97);
  });

  it.each<[Verdict[], Verdict]>([
    [['valid', 'valid', 'valid', 'valid', 'valid', 'valid'], 'valid'],
    [['valid', 'valid', 'limited', 'valid', 'valid', 'valid'], 'limited'],
    [['valid', 'valid', 'valid', 'valid', 'valid'], 'limited'],
    [['valid', 'valid', 'valid', 'valid', 'valid', 'valid', 'invalid'], 'limited'],
    [['valid', 'valid', 'valid', 'valid', 'valid', 'valid', 'not_measured'], 'valid'],
    [['valid', 'invalid', 'invalid'], 'limited'],
    [['invalid', 'not_measured'], 'invalid'],
    [['not_measured', 'not_measured'], 'not_measured'],
  ])('%j pool to %s', (verdicts, expected) => {
    const rows = verdicts.map((energyVerdict, block) => {
      const measured = energyVerdict === 'valid' || energyVerdict === 'limited';
      return turn(block, { energyVerdict, ...(measured ? {} : { grossJ: nothing }) });
    });
    const [row] = poolTurns(rows);
    expect(row!.energyVerdict).toBe(expected);
    // Each result is judged apart.
    expect(row!.latencyVerdict).toBe(rows.length >= leastBlocks ? 'valid' : 'limited');
    const used = verdicts.filter((v) => v === 'valid' || v === 'limited').length;
    expect(row!.turns!.energy).toBe(used);
    expect(row!.grossJ.value === null).toBe(used === 0);
  });

  it('one usable turn has a value and no interval; an invalid one leaves no number in the mean', () => {
    const [row] = poolTurns([turn(0), turn(1, { energyVerdict: 'invalid' }, 5)]);
    expect(row!.grossJ).toEqual({ value: expect.closeTo(1e-3, 12), low: null, high: null });
    expect(row!.energyVerdict).toBe('limited');
  });

  it('net energy may cross zero: it is pooled as it is, and keeps its sign', () => {
    const values = [-2, 1, -1, 2, -3, 1];
    const [row] = poolTurns(values.map((v, block) => turn(block, { netJ: around(v) })));
    expect(row!.netJ.value).toBeCloseTo(-1 / 3, 12);
    expect(row!.netJ.low!).toBeLessThan(0);
    expect(row!.netJ.high!).toBeGreaterThan(0);
  });

  it('does not depend on the order of the turns', () => {
    const rows = [1, 1.1, 0.9, 1.05, 1, 0.97].map((j, block) => turn(block, {}, j * 1e-3));
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 6 }), (shuffled) => {
        expect(poolTurns(shuffled)).toEqual(poolTurns(rows));
      }),
      { seed: 2, numRuns: 20 },
    );
  });

  it('controls are pooled apart from what is measured, and keep their role', () => {
    const controls = turns(6).map((t) => ({ ...t, id: `k${t.id}`, role: 'control' as const }));
    expect(poolTurns([...turns(6), ...controls]).map((r) => r.role)).toEqual(['measure', 'control']);
  });
});

const nothing = { value: null, low: null, high: null };
function around(value: number) {
  return { value, low: value * 0.99, high: value * 1.01 };
}
