import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labEffects } from '../../src/main/lab/context';
import { openLabService } from '../../src/main/lab/service';
import type { Lab, LabEvent } from '../../src/shared/contract';
import { type PlanInput, planSchema } from '../../src/shared/plan';
import { quick } from '../support/experiment';
import { fakeEffects, gate, until } from '../support/fakes';
import { openTestLab, temporaryFolder } from '../support/lab';

const plan = (...models: string[]): PlanInput => ({ ...quick, windowS: 0.05, models, meters: 'none' });
const ended = (events: readonly LabEvent[]) =>
  events.flatMap((e) => (e.type === 'experimentEnded' ? [[e.experimentId, e.status]] : []));
const statuses = async (lab: Lab) => (await lab.listExperiments({})).experiments.map((e) => e.status);
const runStatuses = async (lab: Lab, experimentId: string) =>
  (await lab.listRuns({ experimentId })).runs.map(({ run }) => run.status);

describe('the queue', () => {
  it('measures experiments one after another, in the order in which they were started', async () => {
    const held = gate();
    const { lab, events } = openTestLab(fakeEffects({ inWindow: () => held.opened }));
    const { experimentId: a } = await lab.startExperiment({ plan: plan('mlp:1e3', 'mlp:2e3') });
    const { experimentId: b } = await lab.startExperiment({ plan: plan('mlp:3e3') });
    const { experimentId: c } = await lab.startExperiment({ plan: plan('mlp:1e3') });
    expect(await statuses(lab)).toEqual(['running', 'queued', 'queued']);
    expect((await lab.labInfo({})).measuring).toBe(a);
    await expect(lab.verify({})).rejects.toMatchObject({
      failure: { remedy: expect.stringMatching(/ended/) },
    });
    held.open();
    await until(() => ended(events).length === 3);
    expect(ended(events)).toEqual([
      [a, 'completed'],
      [b, 'completed'],
      [c, 'completed'],
    ]);
    expect(await statuses(lab)).toEqual(['completed', 'completed', 'completed']);
    // Never two at once: every run that starts is ended before the next.
    const runs = events.flatMap((e) => (e.type === 'runChanged' ? [e.status] : []));
    expect(runs).toEqual(Array(4).fill(['running', 'completed']).flat());
    expect((await lab.verify({})).problems).toEqual([]);
  });

  it.each([
    ['imports nothing', async () => {}, 'headless'],
    ['imports', (lab: Lab) => lab.importModels({ paths: [temporaryFolder()] }), 'normal'],
    ['builds', (lab: Lab) => lab.buildModel({ family: 'mlp', parameters: 4e3 }), 'normal'],
    [
      'refuses to export',
      (lab: Lab) => expect(lab.exportBundle({ into: temporaryFolder() })).rejects.toThrow('is measuring'),
      'headless',
    ],
  ] as const)('tells with a run whether the lab %s for somebody meanwhile', async (_what, work, uiMode) => {
    const held = gate();
    const { lab, events } = openTestLab(fakeEffects({ inWindow: () => held.opened }));
    const { experimentId } = await lab.startExperiment({ plan: plan('mlp:1e3') });
    await until(() => events.some((e) => e.type === 'window'));
    await work(lab);
    held.open();
    await until(() => ended(events).length === 1);
    const [{ run }] = (await lab.listRuns({ experimentId })).runs;
    expect(run.uiMode).toBe(uiMode);
  });

  it('keeps the order of starts that were asked for at the same time', async () => {
    const { lab, events } = openTestLab(fakeEffects());
    const ids = await Promise.all(
      ['mlp:1e3', 'mlp:2e3', 'mlp:3e3'].map((m) => lab.startExperiment({ plan: plan(m) })),
    );
    await until(() => ended(events).length === 3);
    expect(ended(events).map(([id]) => id)).toEqual(ids.map((i) => i.experimentId));
  });

  it('starts no process to look at the machine while one is measured', async () => {
    const held = gate();
    const effects = fakeEffects({ inWindow: () => held.opened });
    let samplers = 0;
    const startSampler: typeof effects.startSampler = () => {
      samplers += 1;
      return effects.startSampler!();
    };
    const { lab, events } = openTestLab({ ...effects, startSampler });
    await lab.startExperiment({ plan: plan('mlp:1e3') });
    await until(() => events.some((e) => e.type === 'window'));
    const before = samplers;
    await lab.startExperiment({ plan: plan('mlp:2e3') });
    expect(samplers).toBe(before);
    held.open();
    await until(() => ended(events).length === 2);
    expect(samplers).toBe(before + 1); // looked at before its own first run
  });

  it('cancelling one that waits takes it out: its runs end cancelled, and it can be resumed', async () => {
    const held = gate();
    const { lab, events } = openTestLab(fakeEffects({ inWindow: () => held.opened }));
    await lab.buildModel({ family: 'mlp', parameters: 2e3 });
    const { experimentId: a } = await lab.startExperiment({ plan: plan('mlp:1e3') });
    const { experimentId: b } = await lab.startExperiment({ plan: plan('mlp:2e3') });
    const { experimentId: c } = await lab.startExperiment({ plan: plan('mlp:3e3') });
    expect(await lab.cancelExperiment({ experimentId: b })).toEqual({ cancelled: true });
    expect(ended(events)).toEqual([[b, 'cancelled']]);
    expect(await statuses(lab)).toEqual(['running', 'cancelled', 'queued']);
    const [{ run }] = (await lab.listRuns({ experimentId: b })).runs;
    expect(run.outcome).toEqual({ kind: 'cancelled', phase: 'launch' });
    expect(await lab.cancelExperiment({ experimentId: b })).toEqual({ cancelled: false });
    held.open();
    await until(() => ended(events).length === 3);
    expect(ended(events).slice(1)).toEqual([
      [a, 'completed'],
      [c, 'completed'],
    ]);
    await lab.resumeExperiment({ experimentId: b });
    await until(() => ended(events).length === 4);
    expect(await runStatuses(lab, b)).toEqual(['cancelled', 'completed']); // never overwritten
    expect((await lab.verify({})).problems).toEqual([]);
  });

  it('goes on with the next when the one that is measured is cancelled', async () => {
    let first = true;
    const { lab, events } = openTestLab(
      fakeEffects({
        inWindow: () => {
          if (!first) return;
          first = false;
          return new Promise(() => {}); // until it is killed
        },
      }),
    );
    const { experimentId: a } = await lab.startExperiment({ plan: plan('mlp:1e3', 'mlp:2e3') });
    const { experimentId: b } = await lab.startExperiment({ plan: plan('mlp:3e3') });
    await until(() => events.some((e) => e.type === 'window'));
    await lab.cancelExperiment({ experimentId: a });
    await until(() => ended(events).length === 2);
    expect(ended(events)).toEqual([
      [a, 'cancelled'],
      [b, 'completed'],
    ]);
    // A window that never came is closed all the same.
    expect(events.filter((e) => e.type === 'window' && e.experimentId === a)).toMatchObject([
      { open: true },
      { open: false },
    ]);
  });

  it('leaves what waits when the lab is closed: interrupted after the next start, to be resumed', async () => {
    const folder = temporaryFolder();
    const one = openTestLab(fakeEffects({ inWindow: () => new Promise(() => {}) }), folder);
    await one.lab.startExperiment({ plan: plan('mlp:1e3') });
    const { experimentId } = await one.lab.startExperiment({ plan: plan('mlp:2e3') });
    await one.close();
    const { lab, events } = openTestLab(fakeEffects(), folder);
    expect(await statuses(lab)).toEqual(['cancelled', 'interrupted']);
    expect((await lab.findUnfinished({ plan: plan('mlp:2e3') })).experiment?.id).toBe(experimentId);
    await lab.resumeExperiment({ experimentId });
    await until(() => ended(events).length === 1);
    expect(await statuses(lab)).toEqual(['cancelled', 'completed']);
  });

  it('refuses to resume what is measured or waits, and does not offer it', async () => {
    const held = gate();
    const { lab, events } = openTestLab(fakeEffects({ inWindow: () => held.opened }));
    const { experimentId: a } = await lab.startExperiment({ plan: plan('mlp:1e3') });
    const { experimentId: b } = await lab.startExperiment({ plan: plan('mlp:2e3') });
    await expect(lab.resumeExperiment({ experimentId: a })).rejects.toThrow('being measured already');
    await expect(lab.resumeExperiment({ experimentId: b })).rejects.toThrow('waits in the queue already');
    expect((await lab.findUnfinished({ plan: plan('mlp:2e3') })).experiment).toBeNull();
    held.open();
    await until(() => ended(events).length === 2);
  });

  it('stores a large plan piece by piece: other messages are answered in between, nothing is lost', async () => {
    const service = openLabService(temporaryFolder(), {
      ...labEffects,
      ...fakeEffects({ inWindow: () => new Promise(() => {}) }),
    });
    const { handlers } = service;
    await handlers.buildModel({ family: 'mlp', parameters: 1e3, seed: 1 });
    const batches = Array.from({ length: 1200 }, (_, i) => i + 1);
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const started = await handlers.startExperiment({
      plan: planSchema.parse({ ...plan('mlp:1e3'), batches }),
      tdpW: null,
    });
    counting = false;
    expect(started.runs).toBe(1200);
    expect(turns).toBeGreaterThan(1200 / 100);
    const [{ runs }] = (await handlers.listExperiments({})).experiments;
    expect(runs.queued + runs.running).toBe(1200);
    await service.close();
  });

  it('leaves the thread to others where every run fails at once', async () => {
    const { lab, events, folder } = openTestLab(fakeEffects());
    const { model } = await lab.buildModel({ family: 'mlp', parameters: 1e3 });
    rmSync(join(folder, 'models', model.id, 'model.onnx'));
    let turns = 0;
    const turnsAtEnds: number[] = [];
    lab.onEvent((event) => {
      if (event.type !== 'runChanged' || event.status !== 'failed') return;
      turnsAtEnds.push(turns);
      setImmediate(() => {
        turns += 1;
      });
    });
    await lab.startExperiment({
      plan: { ...plan(model.id), batches: Array.from({ length: 40 }, (_, i) => i + 1) },
    });
    await until(() => ended(events).length === 1);
    const [{ runs }] = (await lab.listExperiments({})).experiments;
    expect(runs.failed).toBe(40);
    // A run's turn is had by the end of the next but one: held back, all would come after the last.
    expect(turnsAtEnds).toHaveLength(40);
    for (const [i, had] of turnsAtEnds.entries()) expect(had).toBeGreaterThanOrEqual(i - 1);
  });
});
