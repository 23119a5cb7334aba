import { describe, expect, it, vi } from 'vitest';
import type { Health, Reading } from '../../src/shared/meter';
import type { ReasonCode } from '../../src/shared/reasons';
import { reasons } from '../../src/shared/reasons';
import type { Used } from '../support/fakes';
import {
  counterId,
  type Faults,
  type Here,
  intoS,
  type Kind,
  measureVirtually,
  slowCounter,
  usesVirtualTime,
} from '../support/virtualLab';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (await import('../support/virtualLab')).virtualWait,
}));

usesVirtualTime();

/** Windows that a fault concerns. */
type When = (here: Here) => boolean;
const failed = (r: Reading, code: string): Reading => ({ ...r, raw: null, error: { code, fatal: false } });
const both: readonly Kind[] = ['counter', 'gauge'];

interface Row {
  code: ReasonCode;
  what: string;
  /** The fault while `when` holds. */
  fault: (when: When) => Faults;
  kinds?: readonly Kind[];
}

/** Keeps showing what it showed when the fault began. */
function frozen(when: When): NonNullable<Faults['reading']> {
  const held = new Map<string, Reading['raw']>();
  return (r, here) => {
    if (!when(here)) {
      held.delete(r.sensorId);
      return r;
    }
    if (!held.has(r.sensorId)) held.set(r.sensorId, r.raw);
    return { ...r, raw: held.get(r.sensorId)! };
  };
}

/** What the device says of itself while the fault lasts. */
const says =
  (health: Partial<Health>) =>
  (when: When): Faults => ({
    health: (here) => (when(here) ? health : {}),
  });
/** What machine and runner use over the windows that the fault concerns. */
const uses =
  (used: Partial<Used>) =>
  (when: When): Faults => ({
    runner: { used: (window) => (when({ step: 'window', window, sinceS: 0 }) ? used : {}) },
  });
/** Something of the machine that is different at the second look of a window. */
const changesTo =
  (look: ReturnType<NonNullable<Faults['look']>>) =>
  (when: When): Faults => {
    let last: number | null = null;
    return {
      look: (here) => {
        const second = here.window !== null && here.window === last;
        last = here.window;
        return when(here) && second ? look : {};
      },
    };
  };

const rows: readonly Row[] = [
  {
    code: 'READ_FAILED',
    what: 'both tries at an edge fail',
    fault: (when) => ({ reading: (r, here) => (when(here) ? failed(r, 'ENOENT') : r) }),
  },
  {
    code: 'ZERO_READ',
    what: 'a counter that stands still for the whole window',
    kinds: ['counter'],
    fault: (when) => ({ reading: frozen(when) }),
  },
  {
    code: 'STALE_SENSOR',
    what: 'a counter that stands still after two seconds',
    kinds: ['counter'],
    fault: (when) => ({ reading: frozen((here) => when(here) && intoS(here) > 2) }),
  },
  {
    code: 'STALE_SENSOR',
    what: 'a gauge that shows one value under load',
    kinds: ['gauge'],
    fault: (when) => ({ reading: frozen(when) }),
  },
  {
    code: 'ZERO_READ',
    what: 'a gauge that shows 0 W under load',
    kinds: ['gauge'],
    fault: (when) => ({ reading: (r, here) => (when(here) ? { ...r, raw: 0 } : r) }),
  },
  {
    code: 'COUNTER_RESET',
    what: 'a counter that falls back',
    kinds: ['counter'],
    fault: (when) => ({
      reading: (r, here) => (when(here) && intoS(here) > 2 ? { ...r, raw: 3n } : r),
    }),
  },
  {
    code: 'COUNTER_RESET',
    what: 'a counter that jumps by more than the device can draw',
    kinds: ['counter'],
    fault: (when) => ({
      reading: (r, here) =>
        when(here) && intoS(here) > 2 ? { ...r, raw: (r.raw as bigint) + 10_000_000_000n } : r,
    }),
  },
  {
    code: 'IMPLAUSIBLE',
    what: 'more than one and a half times the power limit',
    fault: says({ powerLimitW: 20 }),
  },
  {
    code: 'SOURCES_DISAGREE',
    what: 'a counter that is 43 % low beside a gauge',
    fault: (when) => ({ reading: slowCounter(0.57, when) }),
  },
  {
    code: 'GAP',
    what: 'a gauge that cannot be read for two seconds',
    kinds: ['gauge'],
    fault: (when) => ({
      reading: (r, here) => (when(here) && intoS(here) > 2 && intoS(here) < 4 ? failed(r, 'EAGAIN') : r),
    }),
  },
  {
    code: 'FEW_SAMPLES',
    what: 'a gauge that can be read about once a second',
    kinds: ['gauge'],
    fault: (when) => {
      let readS = 0;
      return {
        reading: (r, here) => {
          const edge = intoS(here) < 0.2 || intoS(here) > 5.1;
          const nowS = Number(r.t0) / 1e9;
          if (!when(here) || edge || nowS - readS > 0.75) {
            readS = nowS;
            return r;
          }
          return failed(r, 'EAGAIN');
        },
      };
    },
  },
  {
    code: 'LATE_READ',
    what: 'reads that take 10 ms',
    fault: (when) => ({ reading: (r, here) => (when(here) ? { ...r, t1: r.t1 + 10_000_000n } : r) }),
  },
  ...['hw_slowdown', 'sw_thermal', 'hw_thermal', 'hw_power_brake'].map(
    (name): Row => ({
      code: 'THROTTLED',
      what: `${name} in one state of twelve`,
      fault: (when) => ({ health: (here, i) => ({ throttle: when(here) && i % 10 === 0 ? [name] : [] }) }),
    }),
  ),
  {
    code: 'THROTTLED',
    what: 'counters of slowed time that grew by 2 % of the window',
    fault: (when) => {
      let ns = 0n;
      return {
        health: (here) => {
          if (when(here)) ns += 10_000_000n;
          return { throttleNs: { hw_thermal: ns, sw_power_cap: 0n } };
        },
      };
    },
  },
  {
    code: 'THROTTLED',
    what: 'a core that counted a slowdown',
    fault: changesTo({
      cpu: {
        tempC: null,
        clockMHz: null,
        utilPct: null,
        powerLimitW: null,
        otherClients: null,
        throttle: ['thermal'],
        throttleNs: null,
      },
    }),
  },
  { code: 'SWAPPING', what: 'a page that was swapped', fault: uses({ swappedPages: 1 }) },
  { code: 'SWAPPING', what: 'a page fault of the runner that went to disk', fault: uses({ majorFaults: 1 }) },
  {
    code: 'BACKGROUND_LOAD',
    what: 'others on the processor for 6 % of it',
    fault: uses({ seconds: 5, ownS: 5, busyS: 5.6, totalS: 10 }),
  },
  {
    code: 'BACKGROUND_LOAD',
    what: 'another program on the cores of the device',
    fault: says({ otherSmPct: 1 }),
  },
  {
    code: 'BACKGROUND_LOAD',
    what: '101 MB of the device that came into use',
    fault: (when) => ({
      health: (here) => ({ memoryUsedBytes: when(here) && intoS(here) > 2 ? 301e6 : 200e6 }),
    }),
  },
  {
    code: 'POWER_SOURCE_CHANGED',
    what: 'a machine that is unplugged',
    fault: changesTo({ power: { source: 'battery', mode: 'balanced' } }),
  },
  {
    code: 'POWER_SOURCE_CHANGED',
    what: 'a power mode that changes',
    fault: changesTo({ power: { source: 'ac', mode: 'performance' } }),
  },
  {
    code: 'TIME_JUMP',
    what: 'a wall clock that is put an hour ahead',
    fault: changesTo({ clocksMs: 3_600_000 }),
  },
  { code: 'TIME_JUMP', what: 'a machine that slept for 20 s', fault: changesTo({ clocksMs: 20_000 }) },
];

/** Counts as V for the energy alone, or for latency too. */
const spoilsLatency = (code: ReasonCode) => reasons[code].hits === 'LE';

describe('a run without fault', () => {
  it('is valid in latency, gross and net, and stops at its target after five windows', async () => {
    const { details, verified, events } = await measureVirtually();
    const [{ run, windows }] = details as [(typeof details)[0]];
    const [energy] = run.energy;
    expect(run.latency).toMatchObject({ verdict: 'valid', codes: [] });
    expect(energy).toMatchObject({
      headline: true,
      gross: { verdict: 'valid', codes: [] },
      net: { verdict: 'valid' },
    });
    expect(energy!.sensor!.id).toBe(counterId);
    for (const [watts, truth] of [
      [energy!.powerMeanW, 40],
      [energy!.powerReadyW, 15],
      [energy!.powerBareW, 10],
    ] as const)
      expect(Math.abs(watts! / truth - 1)).toBeLessThan(0.01);
    expect(windows.map((w) => [w.verdict, w.slot, w.attempt, w.codes])).toEqual(
      [0, 1, 2, 3, 4].map((slot) => ['ok', slot, 0, []]),
    );
    const stages = events.flatMap((e) => (e.type === 'progress' ? [e.stage] : []));
    expect(stages.filter((s, i) => s !== stages[i - 1])).toEqual([
      ...['preflight', 'queued', 'bare_idle', 'load', 'check', 'idle_before', 'warmup', 'meter_check'],
      ...['window', 'idle_after', 'close', 'done'],
    ]);
    expect(verified.problems).toEqual([]);
  });
});

describe('a fault in one window', () => {
  it.each(rows)(
    'is $code and null, and the window is measured again: $what',
    async ({ code, fault, kinds }) => {
      const { details, verified } = await measureVirtually(
        fault(({ step, window }) => step === 'window' && window === 2),
        { kinds: kinds ?? both },
      );
      const [{ run, windows }] = details as [(typeof details)[0]];
      const [struck, again] = windows.slice(2) as [(typeof windows)[0], (typeof windows)[0]];
      const own = struck.energy.find((e) => e.sensorId === run.energy[0]!.sensor!.id)!;
      expect(struck).toMatchObject({
        slot: 2,
        attempt: 0,
        verdict: spoilsLatency(code) ? 'void' : 'flagged',
      });
      expect(struck.codes).toContain(code);
      if (!spoilsLatency(code)) expect(own).toMatchObject({ energyJ: null, code });
      expect(again).toMatchObject({ slot: 2, attempt: 1, verdict: 'ok', codes: [] });
      // The stored try takes no part; what is left is whole.
      expect(windows).toHaveLength(6);
      expect(run.energy[0]).toMatchObject({ windows: 5, gross: { verdict: 'valid' } });
      expect(run.energy[0]!.gross.codes).toContain(code);
      expect(run.latency!.verdict).toBe('valid');
      expect(verified.problems).toEqual([]);
    },
  );
});
