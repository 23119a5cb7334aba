import { describe, expect, it } from 'vitest';
import { type LabContext, labEffects } from '../../../src/main/lab/context';
import { selfTest } from '../../../src/main/lab/selftest/selfTest';
import { madeUpSensor, simulatedSchema } from '../../../src/main/meters/madeUp';
import { simulatedProvider } from '../../../src/main/meters/simulated';
import { openLab } from '../../../src/main/store/open';
import type { LabEvent } from '../../../src/shared/contract';
import type { Machine } from '../../../src/shared/machine';
import { fakeEffects } from '../../support/fakes';
import { temporaryFolder } from '../../support/lab';

const times = { idleS: 0.6, burstS: 0.3, settleS: 0.05, loadS: 0.6, stretchS: 0.1 };

async function test(specs: object[]) {
  const parsed = specs.map((s) => simulatedSchema.parse({ curve: [[0, 40]], tauS: 0.02, ...s }));
  const sensors = parsed.map((s) => madeUpSensor('simulated', 'simulated', s));
  const folder = temporaryFolder();
  const store = openLab(folder);
  const events: LabEvent[] = [];
  const effects = { ...labEffects, ...fakeEffects({ windowS: 3 }, [simulatedProvider(parsed)]) };
  const context: LabContext = { folder, store, effects, emit: (e) => events.push(e) };
  const report = await selfTest(context, {
    machine: {} as Machine,
    meters: [{ provider: 'simulated', title: 'Simulated', result: { status: 'ok', sensors } }],
    providers: ['cpu'],
    tdpW: null,
    times,
  });
  store.close();
  return { report, events };
}

describe('the self test of the meters', () => {
  it('says of a counter that it lives, how often it updates and what it shows', async () => {
    const { report, events } = await test([{ id: 'package' }]);
    const [only] = report.sensors;
    expect(only).toMatchObject({ alive: true, why: null });
    expect(only!.tick!.medianS).toBeGreaterThan(0.01);
    expect(only!.tick!.medianS).toBeLessThan(0.03);
    expect(Math.abs(only!.loadW! - 40)).toBeLessThan(8);
    expect(only!.disturbance).not.toBeNull();
    expect(report.loads).toEqual([expect.stringContaining('on cpu')]);
    expect(events.filter((e) => e.type === 'selfTest').length).toBeGreaterThan(2);
  }, 20_000);

  it('says of one that stands still that it does, and gives no power of it', async () => {
    const { report } = await test([{ id: 'still', frozenFromS: 0 }]);
    expect(report.sensors[0]).toMatchObject({ alive: false, why: expect.stringContaining('never changed') });
  }, 20_000);

  it('says of one that cannot be read why', async () => {
    const { report } = await test([{ id: 'broken', failsFromS: 0 }]);
    expect(report.sensors[0]).toMatchObject({
      alive: false,
      loadW: null,
      why: expect.stringContaining('EIO'),
    });
  }, 20_000);

  it('starts no load and no sampler where nothing was found', async () => {
    const { report } = await test([]);
    expect(report).toMatchObject({ sensors: [], loads: [] });
  });
});
