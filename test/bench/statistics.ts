import { summarizeLatency } from '../../src/shared/stats/latency';
import type { Figure } from './index';
import { benchLaws } from './laws';

/** 10^6 samples with correlation and a tail, as ten windows, to every percentile with its interval. */
export async function benchStatistics(): Promise<Figure[]> {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let level = 0;
  const windows = Array.from({ length: 10 }, () => ({
    durationsNs: Float64Array.from({ length: 100_000 }, () => {
      level = 0.6 * level + uniform();
      return Math.round(50_000 + 1000 * level + (uniform() > 0.999 ? 100_000 : 0));
    }),
    inferences: 100_000,
    seconds: 10,
  }));
  const begun = performance.now();
  summarizeLatency(windows, { batch: 1, stride: 1, windowsMin: 10, codes: [] });
  const seconds = (performance.now() - begun) / 1000;
  return [
    {
      what: '10^6 samples: all percentiles, intervals and effective size',
      value: `${seconds.toFixed(2)} s`,
      promise: '< 1 s',
      held: seconds < 1,
    },
    ...benchLaws(),
  ];
}
