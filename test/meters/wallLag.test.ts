import { describe, expect, it } from 'vitest';
import { type LagFound, type LagSample, lagOf, type Pulse } from '../../src/main/meters/wallLag';

const ns = (s: number) => BigInt(Math.round(s * 1e9));
const pulses: Pulse[] = [
  { fromNs: ns(4), toNs: ns(9) },
  { fromNs: ns(13), toNs: ns(18) },
  { fromNs: ns(25), toNs: ns(30) },
];

const off = (found: LagFound, lagS: number) =>
  found.ok ? Math.abs(found.lagS - lagS) : Number.POSITIVE_INFINITY;

/** What a plug shows that averages over `meanS`, `lagS` late, with noise of this sd; every `everyS` a reading. */
function plug({ lagS = 1, meanS = 0, everyS = 0.5, noiseW = 0, stepW = 60, seed = 1 } = {}): LagSample[] {
  let state = seed;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const load = (tS: number): number => (pulses.some((p) => ns(tS) >= p.fromNs && ns(tS) < p.toNs) ? 1 : 0);
  const samples: LagSample[] = [];
  for (let tS = 0.1; tS < 37; tS += everyS) {
    const parts = Array.from({ length: 20 }, (_, i) => load(tS - lagS - (meanS * (i + 0.5)) / 20));
    const watts = 50 + (stepW * parts.reduce((a, b) => a + b, 0)) / 20 + noiseW * random() * Math.sqrt(12);
    samples.push({ atNs: ns(tS), watts });
  }
  return samples;
}

describe('the lag of a plug', () => {
  it.each([0, 0.5, 1.3, 2, 3.1, 4.8])('of %s s is found, on the rest of the grid of its readings', (lagS) => {
    const found = lagOf(pulses, plug({ lagS }));
    expect(off(found, lagS)).toBeLessThan(0.3);
  });

  it('is that of the middle of what a plug averages over', () => {
    const found = lagOf(pulses, plug({ lagS: 1, meanS: 1, everyS: 0.25 }));
    expect(off(found, 1.5)).toBeLessThan(0.2);
  });

  it('is found through noise of a sixth of the step, again and again', () => {
    for (let seed = 1; seed < 40; seed++) {
      const found = lagOf(pulses, plug({ lagS: 1.7, noiseW: 10, seed }));
      expect(off(found, 1.7)).toBeLessThan(0.6);
    }
  });

  it('is refused where the load does not show, and for a meter that stands still', () => {
    for (let seed = 1; seed < 40; seed++) {
      expect(lagOf(pulses, plug({ stepW: 0, noiseW: 10, seed })).ok).toBe(false);
    }
    expect(lagOf(pulses, plug({ stepW: 0 }))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/\.$/),
    });
    expect(lagOf(pulses, plug().slice(0, 10)).ok).toBe(false);
    expect(lagOf([], plug()).ok).toBe(false);
  });

  it('needs unequal gaps: with equal ones another lag fits as well', () => {
    // Control: pulses at 4, 13 and 22 s look alike when moved by one period, 9 s; the guide's rests do not.
    const equal: Pulse[] = [4, 13, 22].map((s) => ({ fromNs: ns(s), toNs: ns(s + 5) }));
    const overlap = (a: Pulse[], byS: number) =>
      a.filter((p) => a.some((q) => q.fromNs === p.fromNs + ns(byS))).length;
    expect(overlap(equal, 9)).toBe(2);
    expect(overlap(pulses, 9)).toBe(1);
  });
});
