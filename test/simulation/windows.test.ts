import { describe, expect, it } from 'vitest';
import { counterEnergy } from '../../src/main/meters/counter';
import { simulatedSchema } from '../../src/main/meters/madeUp';
import { energyJ, SimulatedSensor } from '../../src/main/meters/simulatedSensor';
import type { EnergyWindow } from '../../src/shared/stats/energy';
import { summarizeEnergy } from '../../src/shared/stats/energy';
import { summarizeLatency } from '../../src/shared/stats/latency';
import { randomFrom } from '../../src/shared/stats/random';
import { mean, standardDeviation } from '../../src/shared/stats/robust';
import { drawFrom } from '../shared/stats/draw';
import { sensor, windowOf } from '../shared/stats/simulated';

describe('window edges of a simulated counter, 30 → 250 W, 3,000 windows each', () => {
  /** Relative error (%) of one window that opens `sinceS` after the step of the load. */
  const errors = (tauS: number, windowS: number, sinceS: number) => {
    const random = randomFrom(Math.round(1e4 * windowS + 1e3 * tauS));
    const stepS = 2 * tauS;
    const step = simulatedSchema.parse({
      curve: [
        [0, 30],
        [stepS, 250],
      ],
      joulePerCount: 1e-6,
    });
    const rules = { joulePerCount: step.joulePerCount, modulus: null, maxPlausibleW: 1e6 };
    return Array.from({ length: 3000 }, (_, seed) => {
      const meter = new SimulatedSensor({ ...step, tauS, seed });
      const fromS = stepS + sinceS;
      // Both edges at random phase; the start by the sensor's own phase.
      const seconds = windowS + (random.uniform() - 0.5) * tauS;
      const open = meter.at(fromS) as bigint;
      const close = meter.at(fromS + seconds) as bigint;
      const seen = counterEnergy(rules, open, close, seconds).energyJ!;
      return 100 * (seen / (energyJ(step, fromS + seconds) - energyJ(step, fromS)) - 1);
    });
  };

  // docs/method.md, 3.2: the table of the resolution floor.
  it.each([
    [0.1, 0.5, -8.8, 5.9, 8.2],
    [0.1, 1, -4.4, 2.9, 4.1],
    [0.1, 5, -0.88, 0.58, 0.81],
    [0.1, 10, -0.44, 0.29, 0.41],
    [0.02, 1, -0.88, 0.58, 0.82],
    [0.001, 0.1, -0.44, 0.29, 0.41],
    [1, 10, -4.4, 2.9, 4.1],
    [1, 60, -0.73, 0.48, 0.68],
  ])('τ %d s, T %d s: at the step %d ± %d percent, pre-rolled ± %d', (tauS, windowS, bias, sigma, rolled) => {
    const preRolled = errors(tauS, windowS, 1.5 * tauS);
    // Monte-Carlo: the mean of 3,000 to 4 standard errors, the sd to 5 %; 5 % of the table's own rounding.
    expect(Math.abs(mean(preRolled))).toBeLessThan((4 * rolled) / Math.sqrt(3000));
    expect(standardDeviation(preRolled) / rolled).toBeGreaterThan(0.93);
    expect(standardDeviation(preRolled) / rolled).toBeLessThan(1.07);
    const atStep = errors(tauS, windowS, 0);
    expect(Math.abs(mean(atStep) / bias - 1)).toBeLessThan(0.09);
    expect(standardDeviation(atStep) / sigma).toBeGreaterThan(0.9);
    expect(standardDeviation(atStep) / sigma).toBeLessThan(1.1);
  });
});

describe('OUTLIER_WINDOW', () => {
  const share = (runs: number, of: () => readonly string[]) => {
    let flagged = 0;
    for (let r = 0; r < runs; r++) if (of().includes('OUTLIER_WINDOW')) flagged += 1;
    return flagged / runs;
  };
  const clean = (draw: ReturnType<typeof drawFrom>, spread: number): EnergyWindow[] =>
    Array.from({ length: 10 }, () => windowOf(draw, { trueJ: 0.02, gain: 1, offset: 0, spread }));
  const codesOf = (windows: EnergyWindow[]) =>
    summarizeEnergy({ sensor, windows, before: null, after: null, windowsMin: 1, codes: [] }).gross.codes;

  it.each([0, 0.003, 0.02])('at most 5 percent of 2,000 clean runs of 10 windows, spread %d', (spread) => {
    const draw = drawFrom(60);
    expect(share(2000, () => codesOf(clean(draw, spread)))).toBeLessThanOrEqual(0.05);
  });

  it('at most 5 percent of 1,000 clean runs by their latency', () => {
    const draw = drawFrom(61);
    const window = () => {
      const durationsNs = Float64Array.from({ length: 200 }, () => 1e6 * Math.exp(0.05 * draw.normal()));
      return { durationsNs, inferences: 200, seconds: 0.2 };
    };
    const options = { batch: 1, stride: 1, windowsMin: 1, codes: [] };
    const codes = () => summarizeLatency(Array.from({ length: 10 }, window), options).codes;
    expect(share(1000, codes)).toBeLessThanOrEqual(0.05);
  });

  it('control: a shift by eight spreads is found in more than 80 percent', () => {
    const draw = drawFrom(62);
    const shifted = () => {
      const windows = clean(draw, 0.02);
      return codesOf([...windows.slice(1), { ...windows[0]!, energyJ: windows[0]!.energyJ * 1.16 }]);
    };
    expect(share(1000, shifted)).toBeGreaterThan(0.8);
  });
});

describe('a sensor that sees 25 of every 100 ms, load of 100 ms period', () => {
  const windowS = 10;
  const gapS = 0.025;
  const readyW = 30;
  /** 40 ms of 250 W, 60 ms of 50 W, over and over; with gaps, 25 ms of ready power after every eighth of the window. */
  const curve = (gaps: boolean): [number, number][] => {
    const steps: [number, number][] = [];
    let t = 0;
    let nextGap = windowS / 8;
    while (t < windowS + 1) {
      if (gaps && t >= nextGap) {
        steps.push([t, readyW]);
        t += gapS;
        nextGap += windowS / 8;
      }
      steps.push([t, 250], [t + 0.04, 50]);
      t += 0.1;
    }
    return steps;
  };
  const errorsOf = (gaps: boolean) => {
    const spec = simulatedSchema.parse({ curve: curve(gaps), duty: 0.25, tauS: 0.1, joulePerCount: 1e-6 });
    const random = randomFrom(63);
    return Array.from({ length: 60 }, () => {
      const meter = new SimulatedSensor({ ...spec, seed: Math.floor(1e9 * random.uniform()) });
      const seen = -Number(meter.at(0.3) as bigint) + Number(meter.at(0.3 + windowS) as bigint);
      return (seen * 1e-6) / (energyJ(spec, 0.3 + windowS) - energyJ(spec, 0.3)) - 1;
    });
  };

  it('with gaps the mean error is below 2 percent, without them it aliases', () => {
    const size = (errors: number[]) => mean(errors.map(Math.abs));
    expect(size(errorsOf(true))).toBeLessThan(0.02);
    expect(size(errorsOf(false))).toBeGreaterThan(0.3);
  });

  it('gross leaves out what the gaps drew, net does not count them twice', () => {
    const windows = [1, 2, 3, 4, 5].map((i) => ({
      energyJ: 130 * (windowS - 8 * gapS) * (1 + 1e-3 * i) + readyW * 8 * gapS,
      inferences: 98,
      seconds: windowS,
      edgeS: 0,
      gapS: 8 * gapS,
    }));
    const idle = { powerW: readyW, sdW: null, seconds: 30 };
    const { gross, net } = summarizeEnergy({
      sensor,
      windows,
      before: idle,
      after: idle,
      windowsMin: 1,
      codes: [],
    });
    const activeS = windowS - 8 * gapS;
    expect(gross.perInferenceJ! / ((130 * activeS) / 98)).toBeCloseTo(1.003, 3);
    expect(net.perInferenceJ! / (((130 - readyW) * activeS) / 98)).toBeCloseTo(1.0039, 3);
  });
});
