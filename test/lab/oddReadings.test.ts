import { describe, expect, it, vi } from 'vitest';
import {
  type Faults,
  gaugeId,
  type Here,
  intoS,
  measureVirtually,
  usesVirtualTime,
} from '../support/virtualLab';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (await import('../support/virtualLab')).virtualWait,
}));

usesVirtualTime();

/** A gauge alone that shows `watts` between 2 s and `untilS` of the windows that `where` holds for. */
const showing = (watts: number, untilS: number, where: (here: Here) => boolean): Faults => ({
  reading: (r, here) =>
    r.sensorId === gaugeId && here.step === 'window' && where(here) && intoS(here) > 2 && intoS(here) < untilS
      ? { ...r, raw: watts }
      : r,
});
const inOne = ({ window }: Here) => window === 2;

async function measureOne(faults: Faults, kinds: readonly ('counter' | 'gauge')[] = ['gauge']) {
  const { details, verified, status } = await measureVirtually(faults, { kinds });
  expect(verified.problems).toEqual([]);
  expect(status).toBe('completed');
  const { run, windows } = details[0]!;
  return { windows, latency: run.latency!, energy: run.energy[0]!, truthJ: 40 / run.latency!.throughputHz! };
}

describe('a gauge that shows what cannot be, now and then', () => {
  it.each([
    ['0 W for a second', 0, 3, 'ZERO_READ'],
    ['20 kW once', 20_000, 2.15, 'IMPLAUSIBLE'],
    ['−40 W once', -40, 2.15, 'IMPLAUSIBLE'],
  ] as const)('%s: the mean would pass, the window does not', async (_, watts, untilS, code) => {
    const { windows, energy, truthJ } = await measureOne(showing(watts, untilS, inOne));
    expect(windows.map((w) => [w.slot, w.attempt])).toEqual(
      [0, 1, 2, 2, 3, 4].map((s, i) => [s, +(i === 3)]),
    );
    expect(windows[2]!.energy[0]).toMatchObject({ energyJ: null, code });
    expect(energy.gross.verdict).toBe('valid');
    expect(Math.abs(energy.gross.perInferenceJ! / truthJ - 1)).toBeLessThan(0.01);
  });

  it('in every window leaves no energy, and the latency as it was', async () => {
    const { energy, latency } = await measureOne(showing(0, 3, () => true));
    expect(energy.gross).toMatchObject({ verdict: 'invalid', perInferenceJ: null });
    expect(latency.verdict).toBe('valid');
  });
});

describe('a counter that leaps', () => {
  it('by more than the device can draw is not believed, though the mean over the window would pass', async () => {
    let leapt = 0n;
    const { windows, energy, truthJ } = await measureOne(
      {
        reading: (r, here) => {
          if (here.step === 'window' && inOne(here) && intoS(here) > 3) leapt = 5_000_000n;
          return typeof r.raw === 'bigint' ? { ...r, raw: r.raw + leapt } : r;
        },
      },
      ['counter'],
    );
    expect(windows[2]!.energy[0]).toMatchObject({ energyJ: null, code: 'COUNTER_RESET' });
    expect(energy.gross.verdict).toBe('valid');
    expect(Math.abs(energy.gross.perInferenceJ! / truthJ - 1)).toBeLessThan(0.01);
  });
});

describe('what is no number', () => {
  it('is a failed read of a gauge, whose other readings give the energy', async () => {
    const { energy, truthJ } = await measureOne(showing(Number.NaN, 2.3, () => true));
    expect(energy.gross.verdict).toBe('valid');
    expect(Math.abs(energy.gross.perInferenceJ! / truthJ - 1)).toBeLessThan(0.01);
  });

  it('is a failed read of a counter beyond 64 bits', async () => {
    const { windows, energy } = await measureOne(
      { reading: (r, here) => (here.step === 'window' && inOne(here) ? { ...r, raw: 2n ** 70n } : r) },
      ['counter'],
    );
    expect(windows[2]!.energy[0]).toMatchObject({ energyJ: null, code: 'READ_FAILED' });
    expect(energy.gross.verdict).toBe('valid');
  });

  it('in the state of a device is not known, and ends nothing', async () => {
    const odd = { tempC: Number.NaN, clockMHz: Number.POSITIVE_INFINITY, powerLimitW: Number.NaN };
    const { windows, energy } = await measureOne({ health: () => odd });
    expect(energy.gross.verdict).toBe('valid');
    expect(windows[0]!.state).toMatchObject({ tempC: null, clockMHz: null, powerLimitW: null });
  });

  it('nor is a power limit of 0 W a limit', async () => {
    const { energy } = await measureOne({ health: () => ({ powerLimitW: 0 }) });
    expect(energy.gross.verdict).toBe('valid');
  });
});
