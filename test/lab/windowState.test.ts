import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Health } from '../../src/shared/meter';
import { type ReasonCode, verdictOf } from '../../src/shared/reasons';
import type { PowerState } from '../../src/shared/run';
import { health, judge, look, states, usage } from '../support/windowParts';

describe('a window of which nothing is known', () => {
  it('has no code, and null in every place, never 0', () => {
    const unknown = { machine: null, swappedPages: null };
    const [before, after] = usage();
    const { codes, state } = judge({
      usage: [
        { ...before, ...unknown },
        { ...after, ...unknown },
      ],
      ...states(() => ({})),
    });
    expect(codes).toEqual([]);
    expect(state).toEqual({
      samples: 2,
      tempC: null,
      clockMHz: null,
      powerLimitW: null,
      throttle: null,
      throttleTime: null,
      backgroundCpu: null,
      otherClients: null,
      otherSm: null,
      swappedPages: null,
      majorFaults: 0,
      power: [
        { source: null, mode: null },
        { source: null, mode: null },
      ],
    });
  });

  it('but a quiet one has zeros where zero was seen', () => {
    const { codes, state } = judge(states(() => ({ otherSmPct: 0, otherClients: 0, throttle: [] })));
    expect(codes).toEqual([]);
    expect(state).toMatchObject({
      backgroundCpu: 0,
      otherSm: 0,
      otherClients: 0,
      throttle: {},
      swappedPages: 0,
    });
  });
});

describe('THROTTLED', () => {
  /** Of 200 states so many show a name. */
  const shown = (name: string, count: number) => ({
    edges: [health({ throttle: [] }), health({ throttle: [] })],
    health: Array.from({ length: 198 }, (_, i) => health({ throttle: i < count ? [name] : [] })),
  });
  // NVML's bits 8, 64, 32 and 128.
  it.each(['hw_slowdown', 'hw_thermal', 'sw_thermal', 'hw_power_brake'])(
    'by %s in more than 1 %% of the states',
    (name) => {
      expect(judge(shown(name, 3)).codes).toEqual(['THROTTLED']);
      expect(judge(shown(name, 2)).codes).toEqual([]);
      expect(judge(shown(name, 3)).state.throttle).toEqual({ [name]: 0.015 });
    },
  );

  it.each(['gpu_idle', 'sync_boost', 'display', 'applications_clocks'])('not by %s', (name) => {
    expect(judge(shown(name, 198)).codes).toEqual([]);
  });

  it('not by the power cap, which is a label and leaves the result valid', () => {
    expect(judge(shown('sw_power_cap', 3)).codes).toEqual(['POWER_CAP']);
    expect(judge(shown('sw_power_cap', 2)).codes).toEqual([]);
    expect(verdictOf(['POWER_CAP'], 'gross')).toBe('valid');
  });

  const grew = (name: string, ns: bigint) => ({
    edges: [health({ throttleNs: { [name]: 7_000n } }), health({ throttleNs: { [name]: 7_000n + ns } })],
  });
  it.each(['sw_thermal', 'hw_thermal', 'hw_power_brake'])('by %s for more than 1 %% of the time', (name) => {
    expect(judge(grew(name, 50_100_000n)).codes).toEqual(['THROTTLED']);
    expect(judge(grew(name, 50_000_000n)).codes).toEqual([]);
    expect(judge(grew(name, 50_000_000n)).state.throttleTime).toEqual({ [name]: 0.01 });
  });
  it('not by time under the power cap', () => {
    expect(judge(grew('sw_power_cap', 5_000_000_000n)).codes).toEqual(['POWER_CAP']);
  });
  it('not by counters of which only one end is known', () => {
    const { codes, state } = judge({
      edges: [health(), health({ throttleNs: { hw_thermal: 9_000_000_000n } })],
    });
    expect(codes).toEqual([]);
    expect(state.throttleTime).toBeNull();
  });

  it('by a core whose count grew since the look before the window, also where a meter tells nothing of it', () => {
    const hot = look({ cpu: health({ throttle: ['thermal'] }) });
    const cool = look({ cpu: health({ throttle: [] }) });
    for (const meter of [{}, states(() => ({ tempC: 50 }))]) {
      expect(judge({ looks: [cool, hot], ...meter }).codes).toEqual(['THROTTLED']);
      // What grew before the window is not of it.
      expect(judge({ looks: [cool, cool], ...meter }).codes).toEqual([]);
    }
  });
});

describe('LIMIT_LOWERED', () => {
  it.each([
    [250, 300, ['LIMIT_LOWERED']],
    [299.4, 300, ['LIMIT_LOWERED']],
    [299.6, 300, []],
    [300, 300, []],
    [320, 300, []],
    [null, 300, []],
    [250, null, []],
  ])('of %s W where the maker set %s W: %j', (powerLimitW, defaultLimitW, expected) => {
    const { codes, state } = judge(states(() => ({ powerLimitW, defaultLimitW })));
    expect(codes).toEqual(expected);
    expect(state.powerLimitW).toBe(powerLimitW);
  });
});

describe('SWAPPING', () => {
  it.each([
    [{ swappedPages: 1 }, ['SWAPPING']],
    [{ majorFaults: 1 }, ['SWAPPING']],
    [{ swappedPages: 0, majorFaults: 0 }, []],
    [{ swappedPages: null }, []],
  ])('%j: %j', (used, expected) => {
    expect(judge({ usage: usage(used) }).codes).toEqual(expected);
  });
});

describe('BACKGROUND_LOAD', () => {
  const busy = (othersS: number, ownS = 5) => usage({ ownS, machine: { busyS: ownS + othersS, totalS: 10 } });

  it('by more than 5 % of the processor', () => {
    expect(judge({ usage: busy(0.51) }).codes).toEqual(['BACKGROUND_LOAD']);
    expect(judge({ usage: busy(0.49) }).codes).toEqual([]);
    expect(judge({ usage: busy(0.3) }).state.backgroundCpu).toBeCloseTo(0.03, 9);
  });

  it('not by the lab itself: service and sampler are taken off', () => {
    const own = { usage: busy(0.9), looks: [look({ ownS: 7 }), look({ ownS: 7.4 })] as const, samplerS: 0.2 };
    expect(judge(own).codes).toEqual([]);
    expect(judge(own).state.backgroundCpu).toBeCloseTo(0.03, 9);
    expect(judge({ usage: busy(0.9) }).codes).toEqual(['BACKGROUND_LOAD']); // the control
  });

  it('is not told of less than a second: its ticks of 10 ms are too few', () => {
    const short = usage({ atNs: 900_000_000n, machine: { busyS: 1.7, totalS: 1.8 }, ownS: 0.9 });
    expect(judge({ usage: short })).toMatchObject({ codes: [], state: { backgroundCpu: null } });
  });

  it('is not told where the processor’s times are unknown, or did not move', () => {
    expect(judge({ usage: usage({ machine: null }) }).state.backgroundCpu).toBeNull();
    expect(judge({ usage: usage({ machine: { busyS: 0, totalS: 0 } }) }).state.backgroundCpu).toBeNull();
  });

  it('by any share of the device’s cores, not by a program that only waits there', () => {
    expect(judge(states((i) => ({ otherSmPct: i === 4 ? 3 : 0 }))).codes).toEqual(['BACKGROUND_LOAD']);
    expect(judge(states((i) => ({ otherSmPct: i === 4 ? 3 : 0 }))).state.otherSm).toBe(0.03);
    expect(judge(states(() => ({ otherSmPct: 0, otherClients: 2 })))).toMatchObject({
      codes: [],
      state: { otherClients: 2 },
    });
  });

  it('by more than 100 MB of device memory that came or went', () => {
    const moved = (bytes: number) => states((i) => ({ memoryUsedBytes: 5e9 + (i > 5 ? bytes : 0) }));
    expect(judge(moved(101e6)).codes).toEqual(['BACKGROUND_LOAD']);
    expect(judge(moved(-101e6)).codes).toEqual(['BACKGROUND_LOAD']);
    expect(judge(moved(100e6)).codes).toEqual([]);
  });
});

describe('POWER_SOURCE_CHANGED', () => {
  const between = (a: Partial<PowerState>, b: Partial<PowerState>) => {
    const of = (power: Partial<PowerState>) => look({ power: { source: null, mode: null, ...power } });
    return judge({ looks: [of(a), of(b)] }).codes;
  };
  it.each([
    [{ source: 'ac' }, { source: 'battery' }, true],
    [{ source: 'battery' }, { source: 'ac' }, true],
    [{ mode: 'balanced' }, { mode: 'performance' }, true],
    [{ source: 'battery' }, { source: 'battery' }, false],
    [{ source: null }, { source: 'ac' }, false],
    [{ mode: 'balanced' }, { mode: null }, false],
  ] as const)('from %j to %j: %s', (a, b, changed) => {
    expect(between(a, b)).toEqual(changed ? ['POWER_SOURCE_CHANGED'] : []);
  });
});

describe('CLOCK_DRIFT', () => {
  const at = (clockMHz: number | null) => states(() => ({ clockMHz }));
  const before = { clocksMHz: [2000, 2000, 1990] };

  it('by more than 2 % off the median of the windows before, to either side', () => {
    expect(judge(at(2041), before).codes).toEqual(['CLOCK_DRIFT']);
    expect(judge(at(1959), before).codes).toEqual(['CLOCK_DRIFT']);
    expect(judge(at(2039), before).codes).toEqual([]);
    expect(judge(at(1961), before).codes).toEqual([]);
  });

  it('is not told of fewer than three windows, fewer than five readings, or none', () => {
    expect(judge(at(1500), { clocksMHz: [2000, 2000] }).codes).toEqual([]);
    expect(judge({ edges: [health({ clockMHz: 1500 }), health({ clockMHz: 1500 })] }, before).codes).toEqual(
      [],
    );
    expect(judge(at(null), before)).toMatchObject({ codes: [], state: { clockMHz: null } });
  });

  it('counts readings of the clock, not states without one', () => {
    const one = states((i) => ({ clockMHz: i === 3 ? 1500 : null }));
    expect(judge(one, before).codes).toEqual([]);
  });
});

describe('TIME_JUMP', () => {
  it.each([
    [5.1, ['TIME_JUMP']],
    [5, []],
    [1, []],
    [null, []],
  ])('where the sampler did not beat for %s s: %j', (standstillS, expected) => {
    expect(judge({}, { standstillS }).codes).toEqual(expected);
  });
});

describe('the state', () => {
  it('is the meter’s own where it tells one, and else the processor’s', () => {
    const looks = [
      look({ cpu: health({ tempC: 40, clockMHz: 3000 }) }),
      look({ cpu: health({ tempC: 44, clockMHz: 3100 }) }),
    ] as const;
    expect(judge({ looks, ...states(() => ({ tempC: 60, clockMHz: 1500 })) }).state).toMatchObject({
      tempC: 60,
      clockMHz: 1500,
    });
    expect(judge({ looks }).state).toMatchObject({ tempC: 44, clockMHz: 3050, samples: 2 });
    // A wall meter has an entry, and knows nothing of the processor.
    expect(judge({ looks, ...states(() => ({})) }).state).toMatchObject({ tempC: 44, clockMHz: 3050 });
  });
});

describe('whatever machine and meters say', () => {
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
  const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  const anyHealth: fc.Arbitrary<Health> = fc.record({
    tempC: maybe(number),
    clockMHz: maybe(fc.double({ min: 0, max: 1e5, noNaN: true })),
    utilPct: maybe(number),
    powerLimitW: maybe(number),
    defaultLimitW: maybe(number),
    otherClients: maybe(fc.nat()),
    otherSmPct: maybe(fc.integer({ min: 0, max: 200 })),
    memoryUsedBytes: maybe(fc.nat()),
    throttle: maybe(fc.subarray(['hw_thermal', 'sw_power_cap', 'thermal', 'display'])),
    throttleNs: maybe(
      fc.dictionary(fc.constantFrom('hw_thermal', 'sw_power_cap'), fc.bigInt({ min: 0n, max: 2n ** 63n })),
    ),
  });
  const anyUsage = fc.record({
    atNs: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    ownS: fc.double({ min: 0, max: 1e9, noNaN: true }),
    machine: maybe(
      fc.record({
        busyS: fc.double({ min: 0, max: 1e9, noNaN: true }),
        totalS: fc.double({ min: 0, max: 1e9, noNaN: true }),
      }),
    ),
    majorFaults: fc.nat(),
    swappedPages: maybe(fc.nat()),
  });
  const anyLook = fc.record({
    power: fc.record({
      source: maybe(fc.constantFrom('ac' as const, 'battery' as const)),
      mode: maybe(fc.string()),
    }),
    cpu: anyHealth,
    clocksMs: number,
    ownS: fc.double({ min: 0, max: 1e9, noNaN: true }),
  });
  const anyAround = fc.record({
    looks: fc.tuple(anyLook, anyLook),
    usage: fc.tuple(anyUsage, anyUsage),
    edges: fc.oneof(fc.constant([]), fc.tuple(anyHealth, anyHealth)),
    health: fc.array(anyHealth, { maxLength: 12 }),
    seconds: fc.double({ min: 0, max: 600, noNaN: true }),
    samplerS: maybe(fc.double({ min: 0, max: 100, noNaN: true })),
  });

  it('nothing throws, every share lies between 0 and 1 or is null, and every code is one of a window’s', () => {
    const ofWindow: ReasonCode[] = [
      ...(['THROTTLED', 'POWER_CAP', 'LIMIT_LOWERED', 'SWAPPING', 'BACKGROUND_LOAD'] as const),
      ...(['POWER_SOURCE_CHANGED', 'CLOCK_DRIFT', 'TIME_JUMP'] as const),
    ];
    fc.assert(
      fc.property(
        anyAround,
        maybe(number),
        fc.array(fc.double({ min: 1, max: 1e5, noNaN: true })),
        (all, standstillS, clocksMHz) => {
          const { state, codes } = judge(all, { standstillS, clocksMHz });
          const shares = [
            state.backgroundCpu,
            state.otherSm,
            ...Object.values(state.throttle ?? {}),
            ...Object.values(state.throttleTime ?? {}),
          ];
          for (const share of shares) {
            if (share === null) continue;
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
          for (const value of [state.tempC, state.clockMHz, state.swappedPages, state.majorFaults])
            expect(Number.isNaN(value)).toBe(false);
          expect(codes.filter((c) => !ofWindow.includes(c))).toEqual([]);
          expect(new Set(codes).size).toBe(codes.length);
        },
      ),
      { seed: 30, numRuns: 1000 },
    );
  });

  it('more states that say nothing add no code', () => {
    fc.assert(
      fc.property(anyAround, (all) => {
        const { codes } = judge(all);
        const silent = judge({ ...all, health: [...all.health, health()] }).codes;
        expect(silent).toEqual(codes);
      }),
      { seed: 30 },
    );
  });
});
