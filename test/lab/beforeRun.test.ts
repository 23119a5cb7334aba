import { describe, expect, it, vi } from 'vitest';
import { type BeforeParts, beforeRun, isShort } from '../../src/main/lab/beforeRun';
import type { ProviderMeters } from '../../src/main/lab/meterSession';
import type { ReasonCode } from '../../src/shared/reasons';
import type { Phase } from '../../src/shared/run';
import type { Baseline } from '../../src/shared/stats/baseline';
import { sensor } from '../meters/support';
import { condition } from '../store/children/records';
import { passing, usesVirtualTime, virtualWait } from '../support/virtualLab';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (await import('../support/virtualLab')).virtualWait,
}));

usesVirtualTime();

const own = sensor();
const metered = { sensors: [own], headline: own, second: null } as unknown as ProviderMeters;

/** Runs what comes before a run; the idle stretch ends when its time is up, or is given up. */
async function comeBefore(
  changed: Partial<BeforeParts> = {},
  { found = { powerW: 10, sdW: null, seconds: 10 } as Baseline | ReasonCode, abortAfterS = Number.NaN } = {},
) {
  const bare = new Map<string, number>();
  const entered: Phase[] = [];
  let giveUp = () => {};
  let closeNs = 0n;
  const controller = new AbortController();
  const begun = process.hrtime.bigint();
  if (!Number.isNaN(abortAfterS)) setTimeout(() => controller.abort(), abortAfterS * 1000);
  const meters = {
    bare,
    planEdges: (_run: string, _mark: string, _open: bigint, close: bigint) => {
      closeNs = close;
    },
    giveUp: () => giveUp(),
    baselines: async () => {
      const waitMs = Number(closeNs - process.hrtime.bigint()) / 1e6;
      const given = await Promise.race([
        virtualWait(waitMs, false),
        new Promise<boolean>((resolve) => {
          giveUp = () => resolve(true);
        }),
      ]);
      return new Map([[own.id, given ? ('READ_FAILED' as const) : found]]);
    },
  } as unknown as BeforeParts['meters'];
  const codes = await passing(
    beforeRun(
      {
        runId: 'r',
        condition: condition(),
        meters,
        metered,
        temperatureC: () => null,
        first: false,
        readyC: null,
        enter: (phase) => entered.push(phase),
        ...changed,
      },
      controller.signal,
    ),
  );
  return { codes, entered, bare, seconds: Number(process.hrtime.bigint() - begun) / 1e9 };
}

describe('before the first run', () => {
  it('nothing rests, and the bare idle is measured for ten seconds', async () => {
    const { codes, entered, bare, seconds } = await comeBefore({ first: true });
    expect(entered).toEqual(['bare_idle']);
    expect(bare.get(own.id)).toBe(10);
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(10.2);
    expect(codes).toEqual([]);
  });

  it('a bare idle that could not be read is not known, and not 0', async () => {
    expect((await comeBefore({ first: true }, { found: 'READ_FAILED' })).bare.size).toBe(0);
  });

  it('without a meter there is nothing to measure', async () => {
    expect(await comeBefore({ first: true, metered: null })).toMatchObject({ entered: [], seconds: 0 });
  });
});

describe('between two runs', () => {
  const known = { metered: { ...metered, sensors: [] } };
  it.each<[string, number | null, number | null, number]>([
    ['the temperature cannot be read', null, 50, 5],
    ['nothing is known of the first ready idle', 70, null, 5],
    ['the device is as cool as then', 52, 50, 5],
    ['it is cooler, as a device without a model is', 40, 50, 5],
    ['it is hotter', 52.1, 50, 120],
  ])('where %s', async (_, now, readyC, seconds) => {
    const rest = await comeBefore({ ...known, temperatureC: () => now, readyC });
    expect(rest.entered).toEqual(['cool_down']);
    expect(Math.abs(rest.seconds - seconds)).toBeLessThanOrEqual(0.5);
    expect(rest.codes).toEqual(seconds === 120 ? ['TEMP_DRIFT'] : []);
  });

  it('a cancel ends the rest and the bare idle at once, with no code', async () => {
    const rest = await comeBefore({ temperatureC: () => 90, readyC: 50 }, { abortAfterS: 30 });
    expect(rest).toMatchObject({ entered: ['cool_down'], codes: [] });
    expect(rest.seconds).toBeLessThan(30.1);
    const idle = await comeBefore({ first: true }, { abortAfterS: 3 });
    expect(idle).toMatchObject({ entered: ['bare_idle'], codes: [] });
    expect(idle.seconds).toBeLessThan(3.1);
    expect(idle.bare.size).toBe(0);
  });
});

describe('a run that is no evidence', () => {
  it.each([{ windowS: 0.9 }, { preset: 'glance' as const }])('%j waits for nothing', async (changed) => {
    expect(await comeBefore({ condition: { ...condition(), ...changed } })).toMatchObject({
      entered: [],
      seconds: 0,
    });
    expect(isShort({ windowS: 1 })).toBe(false);
  });
});
