import { describe, expect, it } from 'vitest';
import type { LabContext } from '../../src/main/lab/context';
import { createMeterWatch } from '../../src/main/lab/watchMeters';
import type { LabEvent } from '../../src/shared/contract';
import type { LiveReading } from '../../src/shared/live';
import { power, together } from '../sampler/support';
import { quick } from '../support/experiment';
import { fakeEffects, gate, until } from '../support/fakes';
import { openTestLab } from '../support/lab';

const readings = (events: readonly LabEvent[]) =>
  events.flatMap((e) => (e.type === 'meterReadings' ? [e.readings] : []));

/** A watch on a sampler whose time the test lets pass. */
async function watching(meter: Record<string, unknown> = {}, longestMs?: number) {
  const sampler = together(() => [power({ kind: 'counter', joulePerCount: 1e-4, tauS: 0.1, ...meter })]);
  const events: LabEvent[] = [];
  let measuring = false;
  const context = {
    effects: { startSampler: () => sampler.client, nowUnixMs: () => 1000 },
    emit: (event: LabEvent) => events.push(event),
    store: { reader: { settings: () => ({}) } },
  } as unknown as LabContext;
  const watch = createMeterWatch(context, () => measuring, longestMs);
  return { ...sampler, events, watch, measure: () => (measuring = true) };
}

describe('live readings of the meters', () => {
  it('come at most twice a second, of a counter as its mean power; the first has none yet', async () => {
    const { watch, events, time } = await watching();
    expect(await watch.set(true, null)).toEqual({ watching: true });
    await time.pass(20);
    const told = readings(events);
    expect(told.length).toBeGreaterThan(10);
    expect(told.length).toBeLessThanOrEqual(40);
    const flat = told.flat() as LiveReading[];
    expect(flat[0].sensor).toMatchObject({ origin: 'simulated', domain: expect.any(String) });
    const watts = flat.flatMap((r) => r.powerW ?? []);
    expect(watts.length).toBeGreaterThan(10);
    for (const w of watts) expect(Math.abs(w - 40)).toBeLessThan(10);
    await watch.stop();
    await time.pass(10);
    expect(readings(events).at(-1)).toEqual([]);
    expect(readings(events).length).toBe(told.length + 1);
  });

  it('say why there is none, and never 0', async () => {
    const { watch, events, time } = await watching({ failsFromS: 5 });
    await watch.set(true, null);
    await time.pass(12);
    const flat = readings(events).flat();
    expect(flat.at(-1)).toMatchObject({ powerW: null, error: 'EIO' });
    expect(flat.some((r) => r.powerW === 0)).toBe(false);
    await watch.stop();
  });

  it('are refused while the lab measures, in words', async () => {
    const { watch, measure } = await watching();
    measure();
    await expect(watch.set(true, null)).rejects.toThrow('while the lab measures');
    expect(await watch.set(false, null)).toEqual({ watching: false });
  });

  it('end by themselves after their time', async () => {
    const { watch, events, said } = await watching({}, 20);
    await watch.set(true, null);
    await until(() => readings(events).some((r) => r.length === 0));
    expect(said.at(-1)?.message.type).toBe('closed');
  });

  it('where there is no meter, nothing is watched', async () => {
    const { lab } = openTestLab(fakeEffects());
    expect(await lab.watchMeters({ on: true })).toEqual({ watching: false });
  });

  it('end before an experiment is measured, and are refused until it is done', async () => {
    const held = gate();
    const { lab, events } = openTestLab(
      fakeEffects({ inWindow: () => held.opened }, [power({ tauS: 0.02 })]),
    );
    expect(await lab.watchMeters({ on: true })).toEqual({ watching: true });
    await until(() => readings(events).some((r) => r.length > 0));
    await lab.startExperiment({ plan: { ...quick, windowS: 0.05, models: ['mlp:1e3'], meters: 'none' } });
    await until(() => events.some((e) => e.type === 'window'));
    const ended = events.findIndex((e) => e.type === 'meterReadings' && e.readings.length === 0);
    expect(ended).toBeGreaterThanOrEqual(0);
    expect(ended).toBeLessThan(events.findIndex((e) => e.type === 'runChanged'));
    await expect(lab.watchMeters({ on: true })).rejects.toThrow('while the lab measures');
    held.open();
    await until(() => events.some((e) => e.type === 'experimentEnded'));
    expect(await lab.watchMeters({ on: true })).toEqual({ watching: true });
    expect(await lab.watchMeters({ on: false })).toEqual({ watching: false });
  });
});
