import { describe, expect, it } from 'vitest';
import type { SensorInfo } from '../../../src/shared/meter';
import {
  type EnergyInput,
  type EnergyWindow,
  repeatHalfWidthRel,
  summarizeEnergy,
} from '../../../src/shared/stats/energy';
import { mean, standardDeviation } from '../../../src/shared/stats/robust';
import { studentQuantile } from '../../../src/shared/stats/student';
import { drawFrom, shareOf } from './draw';
import { counterEnergy, sensor, windowOf } from './simulated';

const idle = { powerW: 30, sdW: 0.1, seconds: 30 };
const at = (perInferenceJ: number, seconds = 10, powerW = 100): EnergyWindow => ({
  energyJ: powerW * seconds,
  inferences: (powerW * seconds) / perInferenceJ,
  seconds,
  edgeS: 1e-5,
});
const input = (over: Partial<EnergyInput>): EnergyInput => ({
  sensor,
  windows: Array.from({ length: 10 }, (_, i) => at(0.01 * (1 + 0.01 * Math.sin(i)))),
  before: idle,
  after: idle,
  windowsMin: 5,
  codes: [],
  ...over,
});

describe('gross energy', () => {
  it('is the geometric mean, its repeat interval a t interval on logarithms', () => {
    const { gross } = summarizeEnergy(input({}));
    const logs = input({}).windows.map((w) => Math.log(w.energyJ / w.inferences));
    expect(gross.verdict).toBe('valid');
    expect(gross.perInferenceJ).toBeCloseTo(Math.exp(mean(logs)), 12);
    const half = (studentQuantile(0.975, 9) * standardDeviation(logs)) / Math.sqrt(10);
    expect(gross.repeat!.high).toBeCloseTo(gross.perInferenceJ! * Math.exp(half), 12);
    expect(repeatHalfWidthRel(input({}).windows, sensor)).toBeCloseTo(half, 12);
  });

  it('holds the repeat interval inside the absolute one, and the gain in the absolute one', () => {
    const { gross } = summarizeEnergy(input({}));
    expect(gross.absolute!.low).toBeLessThan(gross.repeat!.low);
    expect(gross.absolute!.high).toBeGreaterThan(gross.repeat!.high);
    expect(gross.u!.gainJ).toBeCloseTo(0.05 * gross.perInferenceJ!, 12);
    expect(Math.log(gross.absolute!.high / gross.perInferenceJ!)).toBeCloseTo(0.1, 2);
    expect(gross.u!.baselineJ).toBeNull();
  });

  it('repeats shrink the repeatability, never the gain', () => {
    const k = (n: number) =>
      summarizeEnergy(input({ windows: Array.from({ length: n }, () => at(0.01)) })).gross.u!;
    expect(k(40).repeatJ!).toBeCloseTo(k(10).repeatJ! / 2, 12);
    expect(k(40).gainJ).toBeCloseTo(k(10).gainJ!, 12);
    // Identical windows: the resolution floor stands in for the spread.
    expect(k(10).repeatJ).toBeCloseTo(k(10).resolutionJ! / Math.sqrt(10), 14);
  });

  it('windows that differ less than the meter resolves take the factor of what is known, not of few windows', () => {
    const windows = [0.009999, 0.01, 0.010001, 0.01, 0.01].map((j) => at(j));
    const { gross } = summarizeEnergy(input({ windows }));
    const half = Math.log(gross.repeat!.high / gross.perInferenceJ!);
    expect(half / (gross.u!.repeatJ! / gross.perInferenceJ!)).toBeCloseTo(1.96, 3);
    expect(gross.u!.repeatJ! / (gross.u!.resolutionJ! / Math.sqrt(5))).toBeCloseTo(1, 12);
  });

  it('a number that its own doubles cannot hold is null, and so is a window that its gaps would empty', () => {
    const beyond = [1, 1, 1].map(() => ({ energyJ: 1e308, inferences: 5, seconds: 1e-300, edgeS: 0 }));
    for (const windows of [beyond, [1, 2, 3].map(() => ({ ...at(0.01), gapS: 40 }))]) {
      const { gross } = summarizeEnergy(input({ windows, windowsMin: 1 }));
      expect([gross.verdict, gross.perInferenceJ]).toEqual(['not_measured', null]);
      expect(gross.codes).toContain('IMPLAUSIBLE');
    }
    // Control: with gaps of ordinary length the same windows are measured.
    const usual = summarizeEnergy(
      input({ windows: [1, 2, 3].map(() => ({ ...at(0.01), gapS: 0.2 })), windowsMin: 1 }),
    );
    expect(usual.gross.verdict).toBe('valid');
  });

  it('a glance has no repeatability and no net, and still an absolute interval', () => {
    const glance = summarizeEnergy(
      input({ windows: [at(0.01, 5)], before: null, after: null, windowsMin: 1, codes: ['GLANCE'] }),
    );
    expect(glance.gross.verdict).toBe('limited');
    expect(glance.gross.repeat).toBeNull();
    expect(glance.gross.u!.repeatJ).toBeNull();
    const { resolutionJ, edgeJ, gainJ, offsetJ, combinedJ } = glance.gross.u!;
    expect(combinedJ).toBeCloseTo(Math.hypot(resolutionJ!, edgeJ!, gainJ!, offsetJ!), 14);
    expect(Math.log(glance.gross.absolute!.high / 0.01)).toBeCloseTo((2 * combinedJ!) / 0.01, 10);
    expect([glance.net.verdict, glance.net.perInferenceJ, glance.powerReadyW]).toEqual([
      'not_measured',
      null,
      null,
    ]);
  });

  it('an estimate carries ×/÷ 2.5 and the code that says so', () => {
    const estimate: SensorInfo = { ...sensor, provenance: 'estimate', factor1s: 1.6, gainRel1s: 0 };
    const { gross } = summarizeEnergy(input({ sensor: estimate }));
    expect(gross.codes).toContain('ESTIMATE_ONLY');
    expect(gross.verdict).toBe('limited');
    expect(gross.absolute!.high / gross.perInferenceJ!).toBeCloseTo(1.6 ** 1.96, 3);
    expect(gross.perInferenceJ! / gross.absolute!.low).toBeCloseTo(2.5, 1);
    expect(gross.u!.gainJ).toBeNull();
  });

  it('no window, or a window without energy, is null with a code, never 0', () => {
    for (const windows of [[], [{ ...at(0.01), energyJ: 0 }]]) {
      const none = summarizeEnergy(input({ windows }));
      expect([none.gross.verdict, none.gross.perInferenceJ, none.powerMeanW]).toEqual([
        'invalid',
        null,
        null,
      ]);
      expect(none.gross.codes).toContain('TOO_FEW_WINDOWS');
    }
  });

  it('a refused meter stays refused whatever the windows say', () => {
    const none = summarizeEnergy(input({ codes: ['WINDOW_TOO_SHORT'] }));
    expect([none.gross.verdict, none.gross.perInferenceJ]).toEqual(['not_measured', null]);
  });

  it('fewer than five inferences in a window are not measured, fewer than thirty limited', () => {
    const slow = (n: number) => ({ energyJ: 1000, inferences: n, seconds: 10, edgeS: 0 });
    const of = (n: number) =>
      summarizeEnergy(input({ windows: Array.from({ length: 10 }, () => slow(n)) })).gross;
    expect([of(4).verdict, of(4).perInferenceJ]).toEqual(['not_measured', null]);
    expect([of(12).verdict, of(40).verdict]).toEqual(['limited', 'valid']);
  });

  it('a window far from the others is labelled and stays in', () => {
    const windows = [...input({}).windows.slice(0, 9), at(0.013)];
    const { gross } = summarizeEnergy(input({ windows }));
    expect(gross.codes).toEqual(['OUTLIER_WINDOW']);
    expect(gross.verdict).toBe('valid');
    expect(gross.perInferenceJ!).toBeGreaterThan(0.0101);
  });
});

describe('net energy', () => {
  it('subtracts ready power over the window', () => {
    const { net, powerReadyW } = summarizeEnergy(input({}));
    expect(powerReadyW).toBe(30);
    expect(net.perInferenceJ! / 0.01).toBeCloseTo(0.7, 2);
    expect(net.u!.offsetJ).toBeNull();
    expect(net.verdict).toBe('valid');
  });

  it('flags a drifting baseline, on net alone', () => {
    const { gross, net } = summarizeEnergy(input({ after: { ...idle, powerW: 34 } }));
    expect([gross.codes, net.codes]).toEqual([[], ['BASELINE_DRIFT']]);
    expect(net.verdict).toBe('limited');
    // d²/12 dominates: 4 W over √12, times T/N.
    expect(net.u!.baselineJ! / ((4 / Math.sqrt(12)) * 1e-4)).toBeCloseTo(1, 2);
  });

  it('an idle that wanders and comes back by chance is not taken for a steady one', () => {
    const of = (halvesW: readonly [number, number]) => {
      const before = { ...idle, atS: 20, halvesW };
      const after = { ...idle, atS: 170, halvesW };
      return summarizeEnergy(input({ before, after })).net;
    };
    const steady = of([30, 30.02]);
    const wandering = of([29, 31]);
    expect(steady.u!.baselineJ).toBeCloseTo(summarizeEnergy(input({})).net.u!.baselineJ!, 15);
    expect(wandering.u!.baselineJ! / steady.u!.baselineJ!).toBeGreaterThan(5);
    // Two differences of 2 W over halves of 15 s: rate 2·4/10/3 W²/s, times 150 s / 12.
    expect(wandering.u!.baselineJ! / (Math.sqrt((0.8 / 3) * 12.5) * 1e-4)).toBeCloseTo(1, 1);
  });

  it('says below resolution, and keeps the value, when idle eats it', () => {
    const { net } = summarizeEnergy(
      input({ before: { ...idle, powerW: 99.9 }, after: { ...idle, powerW: 100.2 } }),
    );
    expect(net.codes).toContain('BELOW_RESOLUTION');
    expect(net.perInferenceJ).not.toBeNull();
    expect(net.absolute!.low).toBeLessThan(0);
  });
});

describe('window edges, τ = 100 ms, 30 → 250 W', () => {
  it.each([
    [5, 0.81, -0.88, 0.58],
    [10, 0.41, -0.44, 0.29],
  ])(
    'T = %d s: pre-rolled σ %d percent; started at the step %d ± %d percent',
    (seconds, preRolled, bias, sigma) => {
      const draw = drawFrom(seconds);
      const errors = (start: number) =>
        Array.from({ length: 20_000 }, () => {
          // Windows end a little late by chance, so the lags of the two reads are independent.
          const length = seconds + draw.uniform() * 0.1;
          const phase = draw.uniform() * 0.1;
          const seen = counterEnergy(phase, 0.1, start, length, (t) => (t < 0 ? 30 : 250) * t);
          return 100 * (seen / (250 * length) - 1);
        });
      const rolled = errors(1);
      const stepped = errors(0);
      expect(mean(rolled)).toBeCloseTo(0, 1);
      expect(standardDeviation(rolled)).toBeCloseTo(preRolled, 1);
      expect(mean(stepped)).toBeCloseTo(bias, 1);
      expect(standardDeviation(stepped)).toBeCloseTo(sigma, 1);
      // The formula of the resolution floor is the pre-rolled row.
      const { u, perInferenceJ } = summarizeEnergy(
        input({ windows: [at(0.01, seconds), at(0.01, seconds)] }),
      ).gross;
      expect((100 * u!.resolutionJ!) / perInferenceJ! / preRolled).toBeCloseTo(1, 1);
    },
  );
});

describe('coverage of energy intervals at 95 %, 400 repetitions of 10 windows', () => {
  const trueJ = 0.02;

  it('absolute: gain, offset, phase and load drawn each time', () => {
    const draw = drawFrom(8);
    const offsetW = 2;
    const share = shareOf(400, () => {
      const gain = 1 + 0.05 * draw.normal();
      const offset = offsetW * draw.normal();
      const windows = Array.from({ length: 10 }, () => windowOf(draw, { trueJ, gain, offset, spread: 0.02 }));
      const { low, high } = summarizeEnergy(input({ sensor: { ...sensor, offsetW1s: offsetW }, windows }))
        .gross.absolute!;
      return low <= trueJ && trueJ <= high;
    });
    expect(share).toBeGreaterThanOrEqual(0.91);
    expect(share).toBeLessThanOrEqual(0.985);
  });

  it('repeatability: what repeats on the same sensor', () => {
    const draw = drawFrom(9);
    let without = 0;
    const share = shareOf(400, () => {
      const windows = Array.from({ length: 10 }, () =>
        windowOf(draw, { trueJ, gain: 1.08, offset: 0, spread: 0.02 }),
      );
      const { repeat } = summarizeEnergy(input({ windows })).gross;
      if (repeat!.low <= trueJ && trueJ <= repeat!.high) without += 1;
      return repeat!.low <= trueJ * 1.08 && trueJ * 1.08 <= repeat!.high;
    });
    expect(share).toBeGreaterThanOrEqual(0.91);
    expect(share).toBeLessThanOrEqual(0.985);
    // Control: repeats alone say nothing about a sensor that is 8 % off.
    expect(without / 400).toBeLessThan(0.05);
  });

  it('control: a percentile bootstrap of three windows undercovers where Student t does not', () => {
    const draw = drawFrom(10);
    let bootstrap = 0;
    const t = shareOf(400, () => {
      const values = [0, 1, 2].map(() => draw.normal());
      const ends = bootstrapEnds(values);
      if (ends.low <= 0 && 0 <= ends.high) bootstrap += 1;
      const half = (studentQuantile(0.975, 2) * standardDeviation(values)) / Math.sqrt(3);
      return Math.abs(mean(values)) <= half;
    });
    expect(t).toBeGreaterThanOrEqual(0.91);
    expect(bootstrap / 400).toBeLessThan(0.8);
  });
});

/** All 27 resamples of three values: the bootstrap without its own noise. */
function bootstrapEnds(values: readonly number[]): { low: number; high: number } {
  const means = values
    .flatMap((a) => values.flatMap((b) => values.map((c) => (a + b + c) / 3)))
    .sort((a, b) => a - b);
  return { low: means[0]!, high: means[26]! };
}
