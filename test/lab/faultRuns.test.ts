import { describe, expect, it, vi } from 'vitest';
import type { MeterProvider } from '../../src/shared/meter';
import {
  counterId,
  dramId,
  energyOf,
  type Faults,
  failed,
  gaugeId,
  type Here,
  measureOne,
  truthJ,
  usesVirtualTime,
} from '../support/virtualLab';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (await import('../support/virtualLab')).virtualWait,
}));

usesVirtualTime();

const inWindows = ({ step }: Here) => step === 'window';

describe('a fault that stays', () => {
  it('of the meter ends as its code with too few windows: no joule, and the latency is not touched', async () => {
    const reading: Faults['reading'] = (r, here) => (inWindows(here) ? failed(r, 'ENOENT') : r);
    const { detail } = await measureOne({ reading });
    const [energy] = detail.run.energy;
    for (const part of [energy!.gross, energy!.net]) {
      expect(part).toMatchObject({
        verdict: 'invalid',
        perInferenceJ: null,
        repeat: null,
        absolute: null,
        u: null,
      });
      expect(part.codes).toEqual(expect.arrayContaining(['READ_FAILED', 'TOO_FEW_WINDOWS']));
    }
    expect(detail.run.latency!.verdict).toBe('valid');
    // The first window four times; then the meter is not waited for any more, and the latency has its windows.
    expect(detail.windows.map((w) => [w.slot, w.attempt])).toEqual([
      ...[0, 1, 2, 3].map((attempt) => [0, attempt]),
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((slot) => [slot, 0]),
    ]);
  });

  it('of the device (lost) spoils everything, and no window is measured again', async () => {
    const { detail } = await measureOne({
      reading: (r, here) => (inWindows(here) && here.window! >= 1 ? failed(r, 'DEVICE_LOST', true) : r),
    });
    expect(detail.run.latency).toMatchObject({ verdict: 'invalid' });
    expect(detail.run.latency!.codes).toContain('DEVICE_LOST');
    expect(detail.run.energy[0]!.gross).toMatchObject({ verdict: 'invalid' });
    expect(detail.windows.every((w) => w.attempt === 0)).toBe(true);
    for (const w of detail.windows.slice(1))
      expect(w.energy[0]).toMatchObject({ energyJ: null, code: 'DEVICE_LOST' });
  });

  it('of a sensor beside it (lost) is that sensor’s alone', async () => {
    const { detail } = await measureOne(
      {
        reading: (r, here) => (r.sensorId === dramId && inWindows(here) ? failed(r, 'DEVICE_LOST', true) : r),
      },
      { kinds: ['counter', 'gauge', 'dram'] },
    );
    expect(energyOf(detail, dramId).gross).toMatchObject({ verdict: 'invalid', perInferenceJ: null });
    expect(detail.run.latency!.verdict).toBe('valid');
    expect(energyOf(detail, counterId).gross.verdict).toBe('valid');
  });

  it('slows the device: every try is void and nothing is left', async () => {
    const { detail } = await measureOne({ health: () => ({ throttle: ['hw_thermal'] }) });
    // Six windows, each four times: with four left, five good ones are out of reach.
    expect(detail.windows.map((w) => [w.slot, w.attempt])).toEqual(
      Array.from({ length: 24 }, (_, i) => [Math.floor(i / 4), i % 4]),
    );
    expect(detail.windows.every((w) => w.verdict === 'void' && w.codes.includes('THROTTLED'))).toBe(true);
    const { latency, energy } = detail.run;
    expect(latency!.verdict).not.toBe('valid');
    expect(latency!.codes).toEqual(expect.arrayContaining(['THROTTLED', 'TOO_FEW_WINDOWS']));
    expect(latency!.p50S.value).toBeNull();
    expect(energy[0]!.gross).toMatchObject({ verdict: 'invalid', perInferenceJ: null });
  });

  it.each([
    ['SWAPPING', { swappedPages: 4 }],
    ['BACKGROUND_LOAD', { seconds: 5, ownS: 5, busyS: 6, totalS: 10 }],
  ] as const)(
    '%s counts after three more tries at one window, from then on at once, and limits',
    async (code, used) => {
      const { detail } = await measureOne({ runner: { used: () => used } });
      expect(detail.windows.map((w) => [w.slot, w.attempt, w.verdict])).toEqual([
        ...[0, 1, 2].map((attempt) => [0, attempt, 'void']),
        [0, 3, 'flagged'],
        ...[1, 2, 3, 4].map((slot) => [slot, 0, 'flagged']),
      ]);
      const { latency, energy } = detail.run;
      expect(latency).toMatchObject({ verdict: 'limited' });
      expect(latency!.p50S.value).not.toBeNull();
      for (const part of [energy[0]!.gross, energy[0]!.net]) {
        expect(part.verdict).toBe('limited');
        expect(part.codes).toContain(code);
        expect(part.perInferenceJ).not.toBeNull();
      }
    },
  );

  it.each([
    ['POWER_CAP', { throttle: ['sw_power_cap'] }],
    ['LIMIT_LOWERED', { powerLimitW: 100, defaultLimitW: 110 }],
  ] as const)('%s is a label: the result stays valid', async (code, health) => {
    const { detail } = await measureOne({ health: () => health });
    expect(detail.windows).toHaveLength(5);
    for (const w of detail.windows) expect(w).toMatchObject({ verdict: 'ok', codes: [code], attempt: 0 });
    expect(detail.run.latency).toMatchObject({ verdict: 'valid', codes: [code] });
    expect(detail.run.energy[0]!.gross).toMatchObject({ verdict: 'valid' });
    expect(detail.run.energy[0]!.gross.codes).toContain(code);
  });

  it('is a battery: limited, with the same numbers', async () => {
    const { detail } = await measureOne({ look: () => ({ power: { source: 'battery', mode: null } }) });
    expect(detail.run.latency).toMatchObject({ verdict: 'limited', codes: ['ON_BATTERY'] });
    expect(detail.run.energy[0]!.gross).toMatchObject({ verdict: 'limited' });
  });

  it('is a battery during some of the windows: limited, although the run begins and ends on mains', async () => {
    const { detail } = await measureOne({
      look: ({ window }) =>
        window === 2 || window === 3 ? { power: { source: 'battery', mode: null } } : {},
    });
    expect(detail.windows.flatMap((w) => w.codes)).toEqual([]);
    expect(detail.run.latency).toMatchObject({ verdict: 'limited', codes: ['ON_BATTERY'] });
    expect(detail.run.energy[0]!.gross.verdict).toBe('limited');
  });

  it('is a temperature that runs away: limited', async () => {
    const warming = (perWindow: number): Faults => ({
      health: (here) => ({ tempC: 50 + (here.window ?? 0) * perWindow }),
    });
    const { detail } = await measureOne(warming(3));
    expect(detail.run.latency!.codes).toContain('TEMP_DRIFT');
    expect(detail.run.energy[0]!.gross.verdict).toBe('limited');
    const steady = await measureOne(warming(2)); // 8 °C in all
    expect(steady.detail.run.latency!.codes).not.toContain('TEMP_DRIFT');
  });
});

describe('what is no fault', () => {
  it('a counter that wraps: the same energy, no code', async () => {
    const { detail } = await measureOne(
      {},
      { kinds: ['counter'], sensors: { counter: { modulus: '650000', maxPlausibleW: 60 } } },
    );
    expect(detail.windows.flatMap((w) => w.codes)).toEqual([]);
    const { gross } = detail.run.energy[0]!;
    expect(gross.verdict).toBe('valid');
    expect(gross.absolute!.low).toBeLessThan(truthJ(detail));
    expect(Math.abs(gross.perInferenceJ! / truthJ(detail) - 1)).toBeLessThan(0.01);
  });

  it('a read that fails once and succeeds at once again', async () => {
    let struck = 0;
    const { detail } = await measureOne({
      reading: (r, here) => {
        if (r.sensorId !== counterId || here.window !== 2 || struck > 0) return r;
        struck += 1;
        return failed(r, 'EIO');
      },
    });
    expect(struck).toBe(1);
    expect(detail.windows).toHaveLength(5);
    expect(detail.windows.flatMap((w) => w.codes)).toEqual([]);
  });

  it('a device that has no counter: its gauge gives the same result within its uncertainty', async () => {
    const both = await measureOne({});
    const { detail } = await measureOne({}, { kinds: ['gauge'] });
    const [alone, counted] = [energyOf(detail, gaugeId), energyOf(both.detail, counterId)];
    expect(alone).toMatchObject({ headline: true, gross: { verdict: 'valid' } });
    const u = Math.hypot(alone.gross.u!.repeatJ!, counted.gross.u!.repeatJ!);
    expect(Math.abs(alone.gross.perInferenceJ! - counted.gross.perInferenceJ!)).toBeLessThan(3 * u);
  });
});

describe('a meter that cannot be used', () => {
  const refusing = (status: 'denied' | 'broken'): MeterProvider => ({
    id: 'rapl',
    title: 'Refusing meter',
    platforms: ['linux', 'darwin', 'win32'],
    probe: async () => ({ status, reason: 'No.', remedy: { text: 'Ask.', command: null } }),
    open: async () => {
      throw new Error('never asked');
    },
  });
  it.each([
    ['denied', 'SENSOR_DENIED'],
    ['broken', 'SENSOR_BROKEN'],
  ] as const)('%s: no joule, and why', async (status, code) => {
    const { detail } = await measureOne({}, { kinds: [], others: [refusing(status)] });
    expect(detail.run.energy).toHaveLength(1);
    expect(detail.run.energy[0]!.gross).toMatchObject({ verdict: 'not_measured', perInferenceJ: null });
    expect(detail.run.energy[0]!.gross.codes).toContain(code);
    expect(detail.run.latency!.verdict).toBe('valid');
  });

  it('none at all: null, never 0', async () => {
    const { detail } = await measureOne({}, { plan: { meters: 'none' } });
    for (const { gross, net, powerMeanW } of detail.run.energy) {
      expect([gross.perInferenceJ, net.perInferenceJ, powerMeanW]).toEqual([null, null, null]);
      expect(gross.verdict).toBe('not_measured');
    }
    expect(detail.windows.every((w) => w.energy.length === 0)).toBe(true);
  });
});

describe('a clock that drops', () => {
  it('in one window of five by 3 % voids it, by 1 % does not', async () => {
    const dropping = (mhz: number): Faults => ({
      health: (here) => ({ clockMHz: here.window === 4 ? mhz : 2000 }),
    });
    const { detail } = await measureOne(dropping(1940));
    expect(detail.windows[4]).toMatchObject({ slot: 4, attempt: 0, verdict: 'void', codes: ['CLOCK_DRIFT'] });
    expect(detail.windows[5]).toMatchObject({ slot: 4, attempt: 1, verdict: 'ok' });
    const steady = await measureOne(dropping(1980));
    expect(steady.detail.windows).toHaveLength(5);
  });
});

describe('an outlier', () => {
  const slowWindow = (ms: number) => ({
    durationNs: (_: number, w: number) => (w === 1 ? ms : 1) * 1e6 + w * 100,
  });
  it('gets one more window, and both stay', async () => {
    const { detail } = await measureOne({ runner: slowWindow(1.2) });
    expect(detail.windows.map((w) => [w.slot, w.verdict])).toEqual(
      [0, 1, 2, 3, 4, 5].map((slot) => [slot, 'ok']),
    );
    expect(detail.run.latency!.codes).toContain('OUTLIER_WINDOW');
    expect(detail.run.energy[0]!.windows).toBe(6);
  });

  it('that is none gets none', async () => {
    const { detail } = await measureOne({ runner: slowWindow(1) });
    expect(detail.windows).toHaveLength(5);
    expect(detail.run.latency!.codes).not.toContain('OUTLIER_WINDOW');
  });
});

describe('a comparison', () => {
  it('runs every entry once in each block, with the windows of a turn, and rests between all', async () => {
    const { details, events } = await measureOne(
      {},
      { plan: { models: ['mlp:1e3', 'mlp:2e3'], blocks: 2, control: true, seed: 3 } },
    );
    const runs = details.map((d) => d.run);
    expect(runs.map((r) => [r.turn!.block, r.turn!.position])).toEqual(
      [0, 1].flatMap((b) => [0, 1, 2, 3].map((p) => [b, p])),
    );
    for (const block of [0, 1]) {
      const own = runs.filter((r) => r.turn!.block === block);
      expect(own.map((r) => r.turn!.entry).sort()).toEqual([0, 1, 2, 3]);
      expect(own.filter((r) => r.role === 'control')).toHaveLength(2);
    }
    for (const { run, windows } of details) {
      expect(windows).toHaveLength(1);
      expect(run.facts!.stopReason).toBe('fixed');
      expect(run.energy[0]!.gross.verdict).toBe('valid');
      expect(Math.abs(run.energy[0]!.powerReadyW! / 15 - 1)).toBeLessThan(0.02);
    }
    const times = (stage: string) =>
      new Set(events.flatMap((e) => (e.type === 'progress' && e.stage === stage ? [e.runId] : []))).size;
    expect([times('preflight'), times('bare_idle'), times('cool_down')]).toEqual([1, 1, 7]);
  });
});
