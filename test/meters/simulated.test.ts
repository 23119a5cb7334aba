import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeAll, providers, providersFor } from '../../src/main/meters/index';
import { simulatedSchema } from '../../src/main/meters/madeUp';
import { replayProvider } from '../../src/main/meters/replay';
import { simulatedProvider } from '../../src/main/meters/simulated';
import { energyJ, SimulatedSensor } from '../../src/main/meters/simulatedSensor';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import { temporaryFolder } from '../support/lab';
import { readOne, sensorsOf, testEnv, VirtualClock } from './support';

const steady = { curve: [[0, 40]] as [number, number][], noiseW: 0.5 };

/** Edge reads at 3 and 13 s with a trace at 10 Hz. */
async function measure(spec: Parameters<typeof simulatedSchema.parse>[0]) {
  const clock = new VirtualClock();
  const provider = simulatedProvider([simulatedSchema.parse(spec)]);
  const env = testEnv({ now: clock.now });
  const info = sensorsOf(await provider.probe(env))[0]!;
  const meter = await provider.open([info.id], env);
  clock.advance(3);
  const open = readOne(meter, info.id);
  const trace = Array.from({ length: 99 }, () => {
    clock.advance(0.1);
    return readOne(meter, info.id);
  });
  clock.advance(0.1);
  const close = readOne(meter, info.id);
  return windowEnergy(info, { open, close, trace, powerLimitW: null, loaded: true });
}

describe('simulated meters', () => {
  it.each(['counter', 'gauge'])('measure a steady power as a %s', async (kind) => {
    const { energyJ, code } = await measure({ ...steady, kind });
    expect(code).toBeNull();
    expect(Math.abs(energyJ! / 400 - 1)).toBeLessThan(0.02);
  });

  it('show their gain and offset', async () => {
    const result = await measure({ ...steady, gain: 1.1, offsetW: 4 });
    expect(Math.abs(result.energyJ! / 480 - 1)).toBeLessThan(0.02);
  });

  it('see only part of the time where they are told to', async () => {
    // Power is up in the first quarter of each period and the sensor looks just there or elsewhere.
    const curve = [
      [0, 400],
      [0.025, 0],
    ] as [number, number][];
    const seen = await measure({ curve, periodS: 0.1, duty: 0.25, tauS: 0.1 });
    const whole = await measure({ curve, periodS: 0.1, duty: 1, tauS: 0.1 });
    expect(Math.abs(whole.energyJ! / 1000 - 1)).toBeLessThan(0.02);
    expect(Math.abs((seen.energyJ ?? 0) / 1000 - 1)).toBeGreaterThan(0.05);
  });

  it.each([
    [{ frozenFromS: 5 }, 'STALE_SENSOR'],
    [{ frozenFromS: 2 }, 'ZERO_READ'],
    [{ failsFromS: 5 }, 'READ_FAILED'],
    [{ lostFromS: 5 }, 'DEVICE_LOST'],
    [{ resetsAtS: 12.9 }, 'COUNTER_RESET'],
    [{ tauS: 0.5 }, 'WINDOW_TOO_SHORT'],
    [{ maxPlausibleW: 30 }, 'COUNTER_RESET'],
  ])('%j gives no number', async (fault, code) => {
    expect(await measure({ ...steady, ...fault })).toMatchObject({ energyJ: null, code });
  });

  it('know their true energy for any curve', () => {
    const step = fc.tuple(
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 300, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (steps, tS) => {
          const curve = steps.sort((a, b) => a[0] - b[0]);
          const n = 3000;
          let sum = 0;
          const at = (t: number) => (curve.findLast(([from]) => from <= t) ?? curve[0]!)[1];
          for (let i = 0; i < n; i++) sum += (at(((i + 0.5) * tS) / n) * tS) / n;
          expect(Math.abs(energyJ({ curve, periodS: null }, tS) - sum)).toBeLessThan(0.01 * tS * 300 + 1e-9);
        },
      ),
      { seed: 30, numRuns: 50 },
    );
  });

  it('show the same again for the same seed', () => {
    const series = (seed: number) => {
      const sensor = new SimulatedSensor(simulatedSchema.parse({ ...steady, seed }));
      return Array.from({ length: 20 }, (_, i) => sensor.at(i));
    };
    expect(series(7)).toEqual(series(7));
    expect(series(7)).not.toEqual(series(8));
  });
});

describe('replayed meters', () => {
  it('show each value from its time on, and null as a failed read', async () => {
    const clock = new VirtualClock();
    const env = testEnv({ now: clock.now });
    const common = { id: 'x', domain: 'cpu.package' as const, contains: [], provenance: 'measured' as const };
    const rest = { tauS: 0.1, averagingS: null, duty: 1, joulePerCount: 0.001, modulus: null, maxReadHz: 10 };
    const limits = { gainRel1s: 0.05, offsetW1s: 0, maxPlausibleW: 2000 };
    const series: [number, string | number | null][] = [
      [0, '10'],
      [1, null],
      [2, '30'],
    ];
    const provider = replayProvider([{ ...common, ...rest, ...limits, kind: 'counter', series }]);
    expect(sensorsOf(await provider.probe(env))[0]).toMatchObject({ id: 'replay:x', origin: 'replayed' });
    const meter = await provider.open(['replay:x'], env);
    expect(readOne(meter, 'replay:x').raw).toBe(10n);
    clock.advance(1);
    expect(readOne(meter, 'replay:x')).toMatchObject({ raw: null, error: { code: 'EIO' } });
    clock.advance(1);
    expect(readOne(meter, 'replay:x').raw).toBe(30n);
  });
});

describe('made-up meters stay out of the product', () => {
  it('are in no list of providers and in no probe', async () => {
    const ids = providers.map((p) => p.id);
    expect(ids).toEqual(expect.arrayContaining(['nvml', 'rapl', 'estimate']));
    expect(ids.filter((id) => /^(sim|replay)/.test(id))).toEqual([]);
    expect(providersFor(null)).toBe(providers);
    const sensors = (await probeAll(testEnv())).flatMap((r) =>
      r.result.status === 'ok' ? r.result.sensors : [],
    );
    expect(sensors.filter((s) => s.origin === 'simulated' || s.origin === 'replayed')).toEqual([]);
  });

  it('come only from a file that is named, and then alone', async () => {
    const file = join(temporaryFolder(), 'meter.json');
    writeFileSync(file, JSON.stringify({ meter: 'simulated', sensors: [{ curve: [[0, 40]] }] }));
    const reports = await probeAll(testEnv(), providersFor(file));
    expect(reports.map((r) => r.provider)).toEqual(['simulated']);
    writeFileSync(file, '{"meter":"simulated","sensors":[]}');
    expect(() => providersFor(file)).toThrow(/test meter/);
    expect(() => providersFor(`${file}.not`)).toThrow(/cannot be read/);
  });
});
