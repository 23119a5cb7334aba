import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakEvenDollars,
  breakEvenJoules,
  type CentralMachine,
  centralDollars,
  centralJoules,
  draw,
  effectiveRate,
  type PoolMachine,
  type PoolWork,
  poolDollars,
  poolJoules,
} from '../../../src/main/science/economics/idle';
import { randomFrom } from '../../../src/shared/stats/random';

// The placeholders of the guide of the experiments, 8.2.
const machine: PoolMachine = {
  ratePerS: 600,
  loadW: 230,
  idleW: 60,
  offW: 3,
  hours: 3000,
  sleepShare: 0,
  pricePerKwh: 0.1872,
  rewardPerH: 0,
  wearPerH: 0,
};
const work: PoolWork = { unitS: 60, overheadS: 0.5, lostShare: 0.05, rejectedShare: 0.01, executions: 1.1 };
const card: CentralMachine = {
  ratePerS: 5000,
  loadW: 650,
  idleW: 200,
  pue: 1.54,
  pricePerKwh: 0.146,
  fixedPerH: 2.71,
  rented: true,
};
const kWhPerMillion = (joules: number) => (joules * 1e6) / 3.6e6;

describe('the economics of a pool', () => {
  it('gives the guide’s table from the guide’s placeholders', () => {
    const eight = Array.from({ length: 8 }, () => machine);
    expect(kWhPerMillion(poolJoules(eight, work, 'marginal'))).toBeCloseTo(0.094, 2);
    expect(kWhPerMillion(poolJoules(eight, work, 'woken'))).toBeCloseTo(0.125, 2);
    expect(kWhPerMillion(poolJoules(eight, work, 'full'))).toBeCloseTo(0.126, 3);
    for (const [u, kWh] of [
      [1, 0.056],
      [0.5, 0.073],
      [0.2, 0.124],
      [0.05, 0.381],
    ] as const) {
      expect(kWhPerMillion(centralJoules(card, u))).toBeCloseTo(kWh, 3);
    }
    const at = breakEvenJoules(card, poolJoules(eight, work, 'marginal'));
    expect(at.kind === 'at' && at.u).toBeCloseTo(0.31, 1);
    const woken = breakEvenJoules(card, poolJoules(eight, work, 'woken'));
    expect(woken.kind === 'at' && woken.u).toBeCloseTo(0.2, 2);
    // Sunk capital and no reward: the pool is cheaper at every utilisation; a market rate changes the sign.
    expect(breakEvenDollars(card, poolDollars(eight, work, 'marginal'))).toEqual({ kind: 'pool' });
    const paid = poolDollars([{ ...machine, rewardPerH: 0.31 }], work, 'marginal');
    expect(paid * 1e6).toBeCloseTo(0.187, 2);
    expect(breakEvenDollars(card, paid).kind).toBe('at');
  });

  it('has equal costs on both sides at the break-even, and the pool below it', () => {
    const watts = fc.double({ min: 1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(watts, watts, watts, fc.double({ min: 10, max: 1e4, noNaN: true }), (a, b, load, rate) => {
        const central = { ...card, loadW: Math.max(a, b), idleW: Math.min(a, b), ratePerS: rate };
        const pool = poolJoules([{ ...machine, loadW: load + 60 }], work, 'marginal');
        const even = breakEvenJoules(central, pool);
        if (even.kind === 'pool') {
          for (const u of [0.01, 0.5, 1])
            expect(centralJoules(central, u)).toBeGreaterThan(pool * (1 - 1e-9));
          return;
        }
        expect(centralJoules(central, even.u) / pool).toBeCloseTo(1, 6);
        expect(centralJoules(central, 0.9 * even.u)).toBeGreaterThan(pool);
        if (even.u < 0.9) expect(centralJoules(central, 1.1 * even.u)).toBeLessThan(pool);
      }),
    );
  });

  it('charges more the wider the attribution, and never counts lost work', () => {
    const joules = (['marginal', 'woken', 'full'] as const).map((a) => poolJoules([machine], work, a));
    expect(joules).toEqual([...joules].sort((x, y) => x - y));
    expect(effectiveRate(600, { ...work, lostShare: 0.5 })).toBeLessThan(effectiveRate(600, work));
    expect(
      effectiveRate(600, { unitS: 1, overheadS: 0, lostShare: 0, rejectedShare: 0, executions: 1 }),
    ).toBe(600);
    expect(centralDollars({ ...card, rented: false }, 1)).toBeGreaterThan(centralDollars(card, 1));
  });

  it('draws inside the range, with its mode where it says', () => {
    const random = randomFrom(3);
    const all = Array.from({ length: 4000 }, () => draw(random, { value: 2, low: 1, high: 5 }));
    expect(Math.min(...all)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...all)).toBeLessThanOrEqual(5);
    expect(all.reduce((a, b) => a + b, 0) / all.length).toBeCloseTo((1 + 2 + 5) / 3, 1);
    expect(draw(random, { value: 2, low: 2, high: 2 })).toBe(2);
  });
});
