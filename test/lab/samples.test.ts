import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationsInside,
  inferencesBetween,
  longestStandstillS,
  samplesOf,
} from '../../src/main/lab/samples';

/** A closed loop from durations and gaps (ns), as the runner records it. */
function loopOf(durations: readonly number[], gaps: readonly number[], stride = 1) {
  const starts: bigint[] = [];
  const ends: bigint[] = [];
  let t = 1_000_000_007n;
  durations.forEach((d, i) => {
    if (i % stride === 0) {
      starts.push(t);
      ends.push(t + BigInt(d));
    }
    t += BigInt(d + (gaps[i] ?? 0));
  });
  return samplesOf(BigUint64Array.from(starts), BigUint64Array.from(ends), stride, durations.length);
}

const durations = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 200 });

describe('inferences between two instants', () => {
  it('counts whole inferences as one and cut ones by their fraction', () => {
    const samples = loopOf([100, 100, 100], [0, 0]);
    const at = (ns: number) => samples.originNs + BigInt(ns);
    expect(inferencesBetween(samples, at(0), at(300))).toBe(3);
    expect(inferencesBetween(samples, at(50), at(250))).toBe(2);
    expect(inferencesBetween(samples, at(25), at(75))).toBe(0.5);
  });

  it('is null where the samples do not reach: never a guess', () => {
    const samples = loopOf([100, 100], [0]);
    expect(inferencesBetween(samples, samples.originNs - 1n, samples.originNs + 50n)).toBeNull();
    expect(inferencesBetween(samples, samples.originNs, samples.originNs + 201n)).toBeNull();
  });

  it('adds up: any cut in between gives the same sum, and the whole gives all', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (list, cut) => {
        const samples = loopOf(
          list,
          list.map((d) => d % 7),
        );
        const end = samples.originNs + BigInt(samples.startsNs.at(-1)! + samples.durationsNs.at(-1)!);
        const middle = samples.originNs + BigInt(Math.floor(Number(end - samples.originNs) * cut));
        const a = inferencesBetween(samples, samples.originNs, middle)!;
        const b = inferencesBetween(samples, middle, end)!;
        expect(a).toBeGreaterThanOrEqual(0);
        expect(b).toBeGreaterThanOrEqual(0);
        expect(a + b).toBeCloseTo(list.length, 9);
      }),
      { seed: 30 },
    );
  });

  it('agrees with itself when only every third inference was stored', () => {
    const list = Array.from({ length: 301 }, (_, i) => 1000 + (i % 5));
    const gaps = list.map(() => 10);
    const whole = loopOf(list, gaps);
    const thinned = loopOf(list, gaps, 3);
    const [from, to] = [whole.originNs + 40_000n, whole.originNs + 200_000n];
    expect(inferencesBetween(thinned, from, to)!).toBeCloseTo(inferencesBetween(whole, from, to)!, 0);
  });
});

describe('the longest standstill', () => {
  const s = (n: number) => Math.round(n * 1e9);
  const steady = Array<number>(50).fill(s(0.01));
  const over = (samples: ReturnType<typeof loopOf>) =>
    longestStandstillS(samples, samples.originNs, samples.originNs + BigInt(s(100))).standstillS;

  it('is the hole in a steady loop, between two inferences or inside one', () => {
    expect(
      over(
        loopOf(
          steady,
          steady.map((_, i) => (i === 20 ? s(2) : 0)),
        ),
      ),
    ).toBeCloseTo(2, 6);
    expect(over(loopOf(steady.with(20, s(2.01)), []))).toBeCloseTo(2, 6);
    expect(over(loopOf(steady, []))).toBeCloseTo(0, 6);
  });

  it('takes neither a slow model nor a stride for a hole', () => {
    expect(over(loopOf([s(3), s(3), s(3)], []))).toBeCloseTo(0, 6);
    expect(over(loopOf(Array(301).fill(1_000_000), Array(301).fill(10), 100))).toBeCloseTo(0, 6);
  });
});

describe('durations inside a window', () => {
  it('are those of the inferences that start in it', () => {
    const samples = loopOf([100, 200, 300], [0, 0]);
    const at = (ns: number) => samples.originNs + BigInt(ns);
    expect([...durationsInside(samples, at(0), at(300))]).toEqual([100, 200]);
    expect([...durationsInside(samples, at(1), at(301))]).toEqual([200, 300]);
  });
});
