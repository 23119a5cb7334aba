import { describe, expect, it } from 'vitest';
import { unknownHealth } from '../../src/main/meters/reading';
import type { HealthSample } from '../../src/main/sampler/protocol';
import type { MeterProvider } from '../../src/shared/meter';
import { power, together } from './support';

const options = { userTdpW: null };

/** A meter that counts how often its state was asked for. */
function counting(): { provider: MeterProvider; asked: () => number } {
  const base = power();
  let asked = 0;
  const provider: MeterProvider = {
    ...base,
    open: async (ids, env) => {
      const meter = await base.open(ids, env);
      return { ...meter, health: () => ({ ...unknownHealth, tempC: 40 + asked++ }) };
    },
  };
  return { provider, asked: () => asked };
}

async function ready(provider: MeterProvider = power()) {
  const all = together(() => [provider]);
  await all.client.probe(options);
  await all.client.open(['simulated:power'], options);
  const states: HealthSample[] = [];
  all.client.onTrace((batch) => states.push(...batch.health));
  return { ...all, states };
}

describe('the state of the devices', () => {
  it('comes with the trace about twice a second, in order of time', async () => {
    const { provider } = counting();
    const { client, time, states } = await ready(provider);
    client.trace(10);
    await time.pass(20);
    expect(states.length).toBeGreaterThanOrEqual(36);
    expect(states.length).toBeLessThanOrEqual(41);
    for (const [i, { atNs, health }] of states.entries()) {
      if (i > 0) expect(atNs).toBeGreaterThan(states[i - 1]!.atNs);
      expect(health.simulated!.tempC).toBe(40 + i);
    }
  });

  it('is also seen at both edges of a window, and what lies between is sent after it', async () => {
    const { client, time, states, said } = await ready(counting().provider);
    client.trace(10);
    await time.pass(3);
    const [openNs, closeNs] = [time.in(1), time.in(6)];
    const edges = client.edges('w', [openNs, closeNs]);
    await time.pass(10);
    expect((await edges).map((e) => e.health.simulated?.tempC)).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    const inside = states.filter((s) => s.atNs > openNs && s.atNs < closeNs);
    expect(inside.length).toBeGreaterThanOrEqual(9);
    const spoken = said.filter(({ atNs }) => atNs > openNs && atNs < closeNs);
    expect(spoken).toEqual([]);
  });

  it('is not asked for without a trace, nor after it was stopped', async () => {
    const { provider, asked } = counting();
    const { client, time } = await ready(provider);
    await time.pass(10);
    expect(asked()).toBe(0);
    client.trace(10);
    await time.pass(5);
    client.trace(null);
    const then = asked();
    expect(then).toBeGreaterThan(5);
    await time.pass(10);
    expect(asked()).toBe(then);
  });

  it('of a meter that tells nothing is null in every place', async () => {
    const { client, time, states } = await ready();
    client.trace(10);
    await time.pass(2);
    expect(states.length).toBeGreaterThan(0);
    for (const { health } of states) expect(health.simulated).toEqual(unknownHealth);
  });
});

describe('a sampler that stood still', () => {
  it('tells so with the next edge, and with no edge after it', async () => {
    const { client, time } = await ready();
    const window = async (during: () => void) => {
      const edges = client.edges('w', [time.in(1), time.in(6)]);
      await time.pass(3);
      during();
      await time.pass(10);
      return (await edges).map((e) => e.standstillS);
    };
    const struck = await window(() => time.sleep(20));
    expect(struck[1]).toBeGreaterThanOrEqual(20);
    expect(struck[1]).toBeLessThan(22);
    for (const standstillS of [struck[0], ...(await window(() => {}))])
      expect(standstillS).toBeLessThanOrEqual(1.1);
  });
});
