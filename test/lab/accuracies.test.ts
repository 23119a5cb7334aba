import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAccuracies, readAccuracies } from '../../src/main/lab/accuracies';
import type { Science } from '../../src/main/lab/claims/science';
import { labEffects } from '../../src/main/lab/context';
import { writeDatasets } from '../../src/main/lab/datasets';
import { importPaths } from '../../src/main/lab/models';
import { floats, node } from '../../src/main/models/builders/parts';
import { tasks } from '../../src/main/science/tasks';
import { openLab } from '../../src/main/store/open';
import { accuracyInput } from '../../src/shared/accuracy';
import type { LabEvent } from '../../src/shared/contract';
import { datasetInput } from '../../src/shared/dataset';
import { LabError } from '../../src/shared/errors';
import { placesIn } from '../support/data';
import { fakeEffects } from '../support/fakes';
import { temporaryFolder } from '../support/lab';
import { writeModel } from '../support/models';
import { toolsFor } from '../support/tools';

/** A lab with a classifier (which of two values is larger) and a CSV file of eight examples, six of them right. */
async function setUp() {
  const folder = temporaryFolder();
  const store = openLab(folder);
  onTestFinished(() => store.close());
  const events: LabEvent[] = [];
  const effects = { ...labEffects, ...fakeEffects() };
  const context = { folder, store, effects, emit: (event: LabEvent) => void events.push(event) };
  const places = placesIn(join(folder, 'data'));
  const source = temporaryFolder();
  const path = writeModel(source, 'larger', {
    name: 'larger',
    nodes: [node('MatMul', ['x', 'w'], 'y')],
    initializers: [floats('w', [2, 2], [1, 0, 0, 1])],
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', 2] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', 2] }],
  });
  const { imported } = await importPaths(context, [path]);
  const examples = join(source, 'points.csv');
  writeFileSync(examples, 'a,b,label\n5,1,0\n4,2,0\n1,6,1\n2,3,1\n9,8,0\n7,9,1\n8,1,1\n1,8,0\n');
  await writeDatasets(context, places, () => false).addDataset(
    datasetInput.parse({ name: 'points', examples, testShare: 1 }),
  );
  events.splice(0);
  // The task itself, in this process.
  const science = {
    async run(name: 'accuracy', input: never, { onProgress }: { onProgress(share: number): void }) {
      const { output } = await tasks[name].run(input, {
        ...toolsFor(places, source),
        progress: (share) => onProgress(share),
      });
      return { output, models: {}, ortVersion: '1.30.0' };
    },
  } as unknown as Science;
  return { context, store, events, science, model: imported[0].model };
}

const ask = (over = {}) => accuracyInput.parse({ model: 'larger', dataset: 'points', ...over });

describe('accuracies of a lab', () => {
  it('are counted, stored with their hash, announced and listed', async () => {
    const { context, store, events, science, model } = await setUp();
    const { testAccuracy } = createAccuracies(context, science);
    const { accuracy } = await testAccuracy(ask());
    expect(accuracy).toMatchObject({
      modelName: 'larger',
      costs: [],
      record: {
        modelId: model.id,
        dataset: 'points',
        n: 8,
        correct: 6,
        perClass: [
          { n: 4, correct: 3 },
          { n: 4, correct: 3 },
        ],
        ortVersion: '1.30.0',
      },
    });
    expect(accuracy.record.accuracy.value).toBe(0.75);
    expect(events).toEqual([
      { type: 'accuracyProgress', modelId: model.id, share: 1 },
      { type: 'changed', what: 'accuracies' },
    ]);
    expect(store.reader.accuracies()).toEqual([accuracy.record]);
    expect(store.reader.verify().problems).toEqual([]);

    await testAccuracy(ask({ batch: 3, normalise: { scale: 2 } }));
    const { listAccuracies } = readAccuracies(store.reader);
    const { accuracies } = await listAccuracies({ model: null });
    expect(accuracies.map((a) => a.record.correct)).toEqual([6, 6]);
    expect(accuracies[1].record.normalise).toEqual({ scale: 2, mean: [0], std: [1] });
    expect((await listAccuracies({ model: model.id.slice(0, 12) })).accuracies).toHaveLength(2);
    await expect(listAccuracies({ model: 'none' })).rejects.toThrow('none');
  });

  it('store nothing of a test that was refused', async () => {
    const { context, store, science } = await setUp();
    const { testAccuracy } = createAccuracies(context, science);
    await expect(testAccuracy(ask({ dataset: 'mnist1d', most: 10 }))).rejects.toThrow(
      'an example of mnist1d has 40 values',
    );
    await expect(testAccuracy(ask({ model: 'none' }))).rejects.toThrow('none');
    await expect(testAccuracy(ask({ dataset: 'flowers' }))).rejects.toThrow(
      'There is no data set called “flowers”.',
    );
    expect(store.reader.accuracies()).toEqual([]);
  });

  it('end when they are cancelled, and one that was refused does not take the place of the one that runs', async () => {
    const { context } = await setUp();
    const signals: AbortSignal[] = [];
    const science = {
      run: (_: string, __: unknown, { signal }: { signal: AbortSignal }) => {
        signals.push(signal);
        if (signals.length > 1)
          return Promise.reject(new LabError('bad_input', 'Another experiment is at work.'));
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new LabError('cancelled', 'Cancelled.')));
        });
      },
    } as unknown as Science;
    const { testAccuracy, cancelAccuracy } = createAccuracies(context, science);
    expect(await cancelAccuracy({})).toEqual({ cancelled: false });
    const first = testAccuracy(ask());
    await expect(testAccuracy(ask())).rejects.toThrow('at work');
    expect(await cancelAccuracy({})).toEqual({ cancelled: true });
    await expect(first).rejects.toThrow('Cancelled.');
    expect(signals.map((s) => s.aborted)).toEqual([true, false]);
  });
});
