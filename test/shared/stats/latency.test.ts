import { describe, expect, it } from 'vitest';
import { type LatencyWindow, summarizeLatency } from '../../../src/shared/stats/latency';
import { robustZ, spikeCount } from '../../../src/shared/stats/robust';
import { drawFrom } from './draw';

const draw = drawFrom(3);
const noisy = (n: number, levelNs = 1e6, spread = 0.01) =>
  Float64Array.from({ length: n }, () => levelNs * Math.exp(spread * draw.normal()));
const window = (durationsNs: Float64Array): LatencyWindow => ({
  durationsNs,
  inferences: durationsNs.length,
  seconds: durationsNs.reduce((a, b) => a + b, 0) / 1e9,
});
const plain = { batch: 1, stride: 1, windowsMin: 1, codes: [] };

describe('summarizeLatency', () => {
  it('reports seconds, every percentile and the throughput of items', () => {
    const windows = Array.from({ length: 10 }, () => window(noisy(1000)));
    const result = summarizeLatency(windows, { ...plain, batch: 8, windowsMin: 10 });
    expect(result.verdict).toBe('valid');
    expect(result.n).toBe(10_000);
    expect(result.p50S.value).toBeCloseTo(1e-3, 5);
    const { p50S, p90S, p95S, p99S, p999S } = result;
    const values = [p50S, p90S, p95S, p99S, p999S].map((e) => e.value!);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(result.throughputHz! / 8000).toBeCloseTo(1, 2);
    expect(result.minS).toBeLessThan(result.p50S.low!);
  });

  it('a refused tail does not take the median with it', () => {
    const result = summarizeLatency([window(noisy(200))], plain);
    expect(result.p99S).toEqual({ value: null, low: null, high: null, missingReason: 'TOO_FEW_SAMPLES' });
    expect(result.p90S.value).not.toBeNull();
    expect([result.verdict, result.codes]).toEqual(['valid', []]);
  });

  it('gives a tail percentile only where those below it are given', () => {
    const delays = drawFrom(7);
    // Levels that last for thousands of inferences, and rare delays that have nothing to do with each other.
    const slow = Float64Array.from(
      { length: 100_000 },
      (_, i) => 1e6 * (1 + 0.1 * Math.sin(i / 8000)) * (delays.uniform() < 0.003 ? 2 + delays.uniform() : 1),
    );
    const { p95S, p999S } = summarizeLatency([window(slow)], plain);
    expect([p95S.value, p999S.value]).toEqual([null, null]);
    // The control: without the levels the delays are enough for both.
    const steady = slow.map((ns, i) => ns / (1 + 0.1 * Math.sin(i / 8000)) + delays.uniform());
    const free = summarizeLatency([window(steady)], plain);
    expect([free.p95S.value, free.p999S.value]).not.toContain(null);
  });

  it('a refused median is not measured', () => {
    // Each level held for 200 inferences: 1,000 samples that are worth about five.
    const levels = [...noisy(5)].flatMap((ns) => Array<number>(200).fill(ns));
    const result = summarizeLatency([window(Float64Array.from(levels))], plain);
    expect([result.verdict, result.p50S.value]).toEqual(['not_measured', null]);
    expect(result.codes).toContain('TOO_FEW_SAMPLES');
    expect(result.minS).not.toBeNull();
  });

  it('window medians that wander by more than 2.5 % are limited, by 1 % are not', () => {
    const at = (shift: number) =>
      summarizeLatency(
        Array.from({ length: 12 }, (_, i) => window(noisy(500, 1e6 * (1 + (i % 2) * shift), 0.1))),
        plain,
      );
    expect(at(0.08).codes).toEqual(['UNSTABLE_LATENCY']);
    expect(at(0.08).verdict).toBe('limited');
    expect(at(0.01).codes).toEqual([]);
  });

  it('windows on levels of their own are worth as many samples as there are windows', () => {
    const windows = [0, 1, 2, 3].map((i) => window(noisy(500, 1e6 * (1 + 0.1 * i))));
    const result = summarizeLatency(windows, plain);
    expect(result.nEff).toBeLessThan(20);
    expect(result.codes).toEqual(['UNSTABLE_LATENCY', 'TOO_FEW_SAMPLES']);
  });

  it('few inferences limit, fewer than five in a window are not measured', () => {
    const limited = summarizeLatency([window(noisy(25)), window(noisy(25))], plain);
    expect([limited.verdict, limited.codes]).toEqual(['limited', ['FEW_INFERENCES']]);
    const refused = summarizeLatency(
      Array.from({ length: 10 }, () => window(noisy(4))),
      plain,
    );
    expect([refused.verdict, refused.p50S.missingReason]).toEqual(['not_measured', 'FEW_INFERENCES']);
  });

  it('no window is null with a reason, never 0', () => {
    const result = summarizeLatency([], { ...plain, windowsMin: 5, codes: ['RUNNER_CRASH'] });
    expect(result.verdict).toBe('invalid');
    expect(result.p50S.missingReason).toBe('TOO_FEW_WINDOWS');
    expect([result.minS, result.meanS, result.sdS, result.throughputHz]).toEqual([null, null, null, null]);
  });

  it('one sample has no standard deviation', () => {
    expect(summarizeLatency([window(noisy(1))], plain).sdS).toBeNull();
  });

  it('a million samples: the same answer, not a minute', () => {
    const windows = Array.from({ length: 10 }, () => window(noisy(100_000)));
    const result = summarizeLatency(windows, plain);
    expect(result.n).toBe(1_000_000);
    expect(result.p999S.value! / 1e-3).toBeCloseTo(Math.exp(0.0309), 3);
  });
});

describe('robust statistics', () => {
  it('counts spikes on both sides and leaves clean noise alone', () => {
    const clean = Float64Array.from({ length: 2000 }, (_, i) => 100 + Math.sin(i));
    expect(spikeCount(clean.slice().sort())).toBe(0);
    const spiked = Float64Array.from([...clean, 500, 900, 1]).sort();
    expect(spikeCount(spiked)).toBe(3);
  });

  it('equals the definition', () => {
    const values = [1, 2, 2, 3, 14];
    expect(robustZ(values, 0)[4]).toBeCloseTo(12 / 1.4826, 10);
    expect(robustZ(values, 6)[4]).toBe(2);
    expect(robustZ([5, 5, 5], 0)).toEqual([0, 0, 0]);
  });

  it('still finds the one deviation among equal values', () => {
    const values = new Float64Array(100).fill(7);
    values[99] = 8;
    expect(spikeCount(values)).toBe(1);
  });
});
