import { describe, expect, it, onTestFinished } from 'vitest';
import { createScience } from '../../../src/main/lab/claims/science';
import { runTask } from '../../../src/main/lab/claims/scienceProcess';
import { type LabContext, labEffects } from '../../../src/main/lab/context';
import { openLab } from '../../../src/main/store/open';
import type { LabError } from '../../../src/shared/errors';
import { isClaimModel } from '../../../src/shared/model';
import { temporaryFolder } from '../../support/lab';

function setUp(): LabContext {
  const folder = temporaryFolder();
  const store = openLab(folder);
  onTestFinished(() => store.close());
  return { folder, store, effects: labEffects, emit: () => {} };
}
const failure = (thrown: unknown) => (thrown as LabError).failure;

describe('a task in a process of its own', () => {
  it('has ONNX Runtime, and its answer comes back as it is', async () => {
    const { output, models, ortVersion } = await runTask(setUp(), 'ort-version', {});
    expect(output.version).toBe(ortVersion);
    expect(ortVersion).toMatch(/^\d+\.\d+/);
    expect(models).toEqual({});
  });

  it('brings its models into the lab, marked as a claim’s and on no ladder', async () => {
    const context = setUp();
    const { models } = await runTask(context, 'sparse-layers', {
      seed: 1,
      layers: [],
      choosing: [{ units: 64, how: ['relu', 'topk'] }],
    });
    const made = Object.values(models).map((id) => context.store.reader.getModel(id));
    expect(made.length).toBeGreaterThanOrEqual(2);
    for (const model of made) expect([isClaimModel(model), model.family]).toEqual([true, 'imported']);
    expect(context.store.reader.verify().problems).toEqual([]);
  });

  it('tells its refusal in its own words', async () => {
    const options = { dataset: 'nothing of that name' };
    const thrown = await runTask(setUp(), 'accuracy', options as never).catch(failure);
    expect(thrown).toMatchObject({ message: expect.stringMatching(/\S/) });
  });

  it('ends at once when it is cancelled', async () => {
    const abort = new AbortController();
    const task = runTask(setUp(), 'ort-version', {}, { signal: abort.signal }).catch(failure);
    abort.abort();
    expect(await task).toMatchObject({ kind: 'cancelled' });
  });
});

describe('the machine, while a task runs', () => {
  it('is refused to a second task, or kept waiting for it, and free afterwards', async () => {
    const science = createScience(setUp(), () => false);
    const first = science.run('ort-version', {});
    expect(science.busy()).toBe(true);
    expect(await science.run('ort-version', {}).catch(failure)).toMatchObject({
      message: 'Another experiment is at work.',
    });
    const waiting = science.run('ort-version', {}, { wait: true });
    await first;
    await waiting;
    await science.idle();
    expect(science.busy()).toBe(false);
  });

  it('is refused while the lab measures', async () => {
    const science = createScience(setUp(), () => true);
    expect(await science.run('ort-version', {}).catch(failure)).toMatchObject({
      message: 'The lab is measuring, and this would disturb it.',
    });
    const abort = new AbortController();
    const waiting = science.run('ort-version', {}, { wait: true, signal: abort.signal }).catch(failure);
    abort.abort();
    expect(await waiting).toMatchObject({ kind: 'cancelled' });
  });
});
