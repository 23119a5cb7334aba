import { describe, expect, it } from 'vitest';
import type { LabEffects } from '../../src/main/lab/context';
import { storedWallMeters, wallWarnings, wallWindowS, withWallWindows } from '../../src/main/lab/wallMeters';
import { wallEffects } from '../../src/main/meters/wall';
import { LabError } from '../../src/shared/errors';
import { type PlanInput, planSchema } from '../../src/shared/plan';
import type { WallMeterInput } from '../../src/shared/wallMeter';
import { goodAnswer, json, meterOf, wallServer } from '../meters/wallServer';
import { VirtualTime } from '../sampler/support';
import { quick } from '../support/experiment';
import { fakeEffects, gate, until } from '../support/fakes';
import { openTestLab, temporaryFolder } from '../support/lab';

const generic: WallMeterInput = { kind: 'generic', address: '127.0.0.1:8000', label: 'Desk' };
const home: WallMeterInput = {
  kind: 'homeassistant',
  address: 'homeassistant.local:8123',
  token: 'S3CRET',
  entity: 'sensor.plug_power',
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (thrown: unknown) =>
      thrown instanceof LabError ? thrown.failure : (thrown as { failure?: unknown }).failure,
  );

describe('wall meters of a lab', () => {
  it('are added, listed without their token, switched off, removed and put back with it', async () => {
    const { lab, events } = openTestLab(fakeEffects());
    expect((await lab.listMeters({})).wallMeters).toEqual([]);
    const { meter } = await lab.addWallMeter({ meter: home });
    expect(meter).toMatchObject({
      address: 'http://homeassistant.local:8123',
      hasToken: true,
      enabled: true,
    });
    await lab.addWallMeter({ meter: generic });
    expect(JSON.stringify(await lab.listMeters({}))).not.toContain('S3CRET');
    expect(JSON.stringify(await lab.getSettings({}))).not.toContain('S3CRET');
    await lab.changeWallMeter({ id: meter.id, enabled: false });
    await lab.removeWallMeter({ id: meter.id });
    expect((await lab.listMeters({})).wallMeters).toHaveLength(1);
    await lab.restoreWallMeter({ id: meter.id });
    const { wallMeters } = await lab.listMeters({});
    expect(wallMeters.map((m) => [m.kind, m.enabled, m.hasToken])).toEqual([
      ['homeassistant', false, true],
      ['generic', true, false],
    ]);
    expect(events.filter((e) => e.type === 'changed' && e.what === 'settings')).toHaveLength(5);
    expect(JSON.stringify(events)).not.toContain('S3CRET');
  });

  it('survive the lab’s end; a token that was removed does not', async () => {
    const folder = temporaryFolder();
    const first = openTestLab(fakeEffects(), folder);
    const { meter } = await first.lab.addWallMeter({ meter: home });
    await first.lab.addWallMeter({ meter: generic });
    await first.lab.removeWallMeter({ id: meter.id });
    await first.close();
    const again = openTestLab(fakeEffects(), folder);
    expect((await again.lab.listMeters({})).wallMeters.map((m) => m.label)).toEqual(['Desk']);
    expect(await refusal(again.lab.restoreWallMeter({ id: meter.id }))).toMatchObject({ kind: 'not_found' });
  });

  it.each<[string, WallMeterInput, RegExp]>([
    ['a public address', { ...generic, address: '8.8.8.8' }, /not in your own network/],
    ['another scheme', { ...generic, address: 'ftp://10.0.0.1' }, /neither http nor https/],
    ['no token', { ...home, token: null }, /access token/],
    ['no entity', { ...home, entity: null }, /entity/],
  ])('are refused with %s, in words', async (_, meter, words) => {
    const { lab } = openTestLab(fakeEffects());
    expect(await refusal(lab.addWallMeter({ meter }))).toMatchObject({
      message: expect.stringMatching(words),
      remedy: expect.stringMatching(/\.$/),
    });
    expect((await lab.listMeters({})).wallMeters).toEqual([]);
  });

  it('are refused twice, and with a token that would break a header', async () => {
    const { lab } = openTestLab(fakeEffects());
    await lab.addWallMeter({ meter: generic });
    expect(await refusal(lab.addWallMeter({ meter: generic }))).toMatchObject({
      message: expect.stringContaining('Desk'),
    });
    await expect(lab.addWallMeter({ meter: { ...home, token: 'a\r\nHost: x' } })).rejects.toThrow();
  });

  it('cannot be changed past their commands', async () => {
    const { lab } = openTestLab(fakeEffects());
    for (const key of ['wallMeters', 'calibrations']) {
      expect(await refusal(lab.putSetting({ key, value: [] }))).toMatchObject({ kind: 'bad_input' });
    }
  });

  it('that nobody can read any more are left out', () => {
    const settings = { wallMeters: [{ id: 'x' }, meterOf('generic'), 3] as never };
    expect(storedWallMeters({ settings: () => settings }).map((m) => m.id)).toEqual(['w1']);
    expect(storedWallMeters({ settings: () => ({ wallMeters: 'x' }) })).toEqual([]);
  });
});

describe('trying a wall meter', () => {
  it('shows its reading, or says in words why there is none', async () => {
    const { lab } = openTestLab(fakeEffects());
    const address = await wallServer(json(goodAnswer));
    expect(await lab.testWallMeter({ meter: { kind: 'generic', address } })).toMatchObject({
      reading: { watts: 123.4, energyJ: 45678.9, intervalS: 1, label: 'Desk' },
      failure: null,
    });
    expect(await lab.testWallMeter({ meter: { kind: 'shelly2', address } })).toMatchObject({
      reading: null,
      failure: { message: expect.stringContaining('apower'), remedy: expect.any(String) },
    });
    const { meter } = await lab.addWallMeter({ meter: { kind: 'generic', address } });
    expect((await lab.testWallMeter({ id: meter.id })).reading?.watts).toBe(123.4);
    expect((await lab.testWallMeter({ meter: home && { ...home, token: null } })).failure?.message).toContain(
      'token',
    );
  });

  it('waits for the end of a measurement', async () => {
    const held = gate();
    const { lab, events } = openTestLab(fakeEffects({ inWindow: () => held.opened }));
    const { meter } = await lab.addWallMeter({ meter: generic });
    await lab.startExperiment({ plan: { ...quick, windowS: 0.05, models: ['mlp:1e3'], meters: 'none' } });
    await until(() => events.some((e) => e.type === 'window'));
    expect(await refusal(lab.testWallMeter({ id: meter.id }))).toMatchObject({
      message: expect.stringContaining('while the lab measures'),
    });
    expect(await refusal(lab.measureWallLag({ id: meter.id }))).toMatchObject({ kind: 'bad_input' });
    held.open();
    await until(() => events.some((e) => e.type === 'experimentEnded'));
  });
});

describe('the lag of a wall meter', () => {
  /** A plug that shows the load so many seconds late, in virtual time that passes by itself. */
  async function measured(lagS: number, stepW: number) {
    const time = new VirtualTime();
    const loads: { from: number; to: number }[] = [];
    const tS = () => Number(time.nowNs()) / 1e9;
    const wall: LabEffects['wall'] = {
      ...wallEffects,
      now: time.nowNs,
      after: time.after,
      httpGet: async () => {
        const under = loads.some((l) => tS() - lagS >= l.from && tS() - lagS < l.to);
        const watts = 50 + (under ? stepW : 0) + Math.sin(tS() * 7);
        return {
          status: 200,
          location: null,
          body: JSON.stringify({ ...goodAnswer, watts, seq: Math.floor(tS() * 100) }),
        };
      },
      load: () => {
        const load = { from: tS(), to: Number.POSITIVE_INFINITY };
        loads.push(load);
        return () => {
          load.to = tS();
        };
      },
    };
    const { lab } = openTestLab({ ...fakeEffects(), wall });
    const { meter } = await lab.addWallMeter({ meter: generic });
    let ended = false;
    const found = lab.measureWallLag({ id: meter.id }).then(
      (value) => ({ value, failure: null }),
      async (thrown) => ({ value: null, failure: await refusal(Promise.reject(thrown)) }),
    );
    void found.then(() => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let i = 0; i < 2000 && !ended; i++) {
      await time.pass(0.05);
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { wallMeters } = await lab.listMeters({});
    return { ...(await found), loads, stored: wallMeters[0] };
  }

  it('is found by three pulses of load with unequal gaps, and kept', async () => {
    const { value, stored, loads } = await measured(1.6, 40);
    expect(Math.abs((value?.lagS ?? 9) - 1.6)).toBeLessThan(0.3);
    expect(stored).toMatchObject({ lagS: value?.lagS, lagAtUnixMs: expect.any(Number) });
    expect(loads).toHaveLength(3);
    for (const { from, to } of loads) expect(to - from).toBeCloseTo(5, 1);
    const gaps = loads.slice(1).map((l, i) => l.from - loads[i].to);
    expect(Math.abs(gaps[0] - gaps[1])).toBeGreaterThan(1);
  });

  it('is not kept where the load does not show', async () => {
    const { value, failure, stored } = await measured(1.6, 0);
    expect(value).toBeNull();
    expect(failure).toMatchObject({ message: expect.stringContaining('does not show') });
    expect(stored.lagS).toBeNull();
  });
});

describe('plans with a wall meter', () => {
  const plan = (changed: Partial<PlanInput> = {}) =>
    planSchema.parse({ schema: 'thirtywatts.plan/1', models: ['m'], ...changed });
  const plug = meterOf('generic', { label: 'Desk' });

  it.each<[string, Partial<PlanInput>, number | undefined]>([
    ['standard', {}, 60],
    ['rigorous', { preset: 'rigorous' }, 60],
    ['quick', { preset: 'quick' }, undefined],
    ['glance', { preset: 'glance' }, undefined],
    ['standard with windows of its own', { windowS: 20 }, 20],
    ['standard without meters', { meters: 'none' }, undefined],
  ])('%s', (_, changed, windowS) => {
    expect(withWallWindows(plan(changed), [plug]).windowS).toBe(windowS);
    // Control: without one, and with one that is switched off, nothing changes.
    expect(withWallWindows(plan(changed), [])).toEqual(plan(changed));
    expect(withWallWindows(plan(changed), [{ ...plug, enabled: false }])).toEqual(plan(changed));
  });

  it('have windows of fifty updates, up to the longest there are', () => {
    expect(wallWindowS([{ ...plug, intervalS: 2 }])).toBe(100);
    expect(wallWindowS([{ ...plug, intervalS: 5 }])).toBeNull();
    expect(wallWindowS([plug, { ...plug, intervalS: 5 }])).toBe(60);
  });

  it('say what that means, in words', () => {
    expect(wallWarnings(plan(), [plug])).toEqual([expect.stringMatching(/^Windows are 60 s long.*Desk/)]);
    expect(wallWarnings(plan({ preset: 'quick' }), [plug])).toEqual([expect.stringContaining('too short')]);
    expect(wallWarnings(plan({ windowS: 30 }), [plug])).toEqual([expect.stringContaining('60 s')]);
    expect(wallWarnings(plan({ windowS: 60 }), [plug])).toEqual([]);
    expect(wallWarnings(plan(), [{ ...plug, intervalS: 10 }])).toEqual([
      expect.stringContaining('too seldom'),
    ]);
    expect(wallWarnings(plan(), [])).toEqual([]);
  });

  it('are previewed and stored so', async () => {
    const { lab, events } = openTestLab(fakeEffects());
    await lab.addWallMeter({ meter: generic });
    const input: PlanInput = { ...quick, preset: 'standard', windowS: undefined, models: ['mlp:1e3'] };
    expect((await lab.previewPlan({ plan: input })).warnings).toContainEqual(
      expect.stringContaining('60 s long'),
    );
    const { experimentId } = await lab.startExperiment({ plan: input });
    await lab.cancelExperiment({ experimentId });
    await until(() => events.some((e) => e.type === 'experimentEnded'));
    const { experiments } = await lab.listExperiments({});
    expect(experiments[0].plan.windowS).toBe(60);
    expect((await lab.findUnfinished({ plan: input })).experiment?.id).toBe(experimentId);
  });
});
