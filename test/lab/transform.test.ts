import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Science } from '../../src/main/lab/claims/science';
import { labEffects } from '../../src/main/lab/context';
import { createTransforms } from '../../src/main/lab/transform';
import { importModel } from '../../src/main/models/import';
import { openLab } from '../../src/main/store/open';
import type { LabEvent } from '../../src/shared/contract';
import { LabError } from '../../src/shared/errors';
import { field, join as joined, model, node, port, weights } from '../models/support';
import { openTestLab, temporaryFolder } from '../support/lab';

/** y = x·w with 64 × 32 weights, under a licence. */
function licensed(): string {
  const property = joined([field(1, 'license'), field(2, 'CC-BY-4.0')]);
  const bytes = joined([
    model({
      nodes: [node('MatMul', ['x', 'w'], ['y'])],
      inputs: [port('x', 'float32', ['n', 64])],
      outputs: [port('y', 'float32', ['n', 32])],
      initializers: [
        weights(
          'w',
          [64, 32],
          Array.from({ length: 2048 }, (_, i) => Math.sin(i * 1.7)),
        ),
      ],
    }),
    field(14, property),
  ]);
  const path = join(temporaryFolder(), 'sines.onnx');
  writeFileSync(path, bytes);
  return path;
}

describe('variants in a lab', () => {
  it('are made in a process of their own, kept with their recipe and their parent’s licence', {
    timeout: 60_000,
  }, async () => {
    const { lab, events } = openTestLab();
    const { imported } = await lab.importModels({ paths: [licensed()] });
    const parent = imported[0]!.model;
    expect(parent.licence?.text).toBe('CC-BY-4.0');
    const { model: made, report } = await lab.transformModel({ model: 'sines', kind: 'int8' });
    expect(made).toMatchObject({
      name: 'sines int8',
      family: 'imported',
      recipe: `transform:int8:parent=${parent.id.slice(0, 12)}:minimum=1024:seed=1`,
      licence: parent.licence,
    });
    expect(made.counts.operators).toMatchObject({ DynamicQuantizeLinear: 1, MatMulInteger: 1 });
    expect(report.layers).toEqual({ withWeights: 1, changed: 1 });
    expect(report.outputs[0]!.relativeL2).toBeLessThan(0.02);
    expect((await lab.listModels({})).models.map(({ name }) => name)).toContain('sines int8');
    const shares = events.flatMap((e) => (e.type === 'transformProgress' ? [e.share] : []));
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    // The same again is the same file.
    expect((await lab.transformModel({ model: parent.id, kind: 'int8' })).model.id).toBe(made.id);
    // A refusal comes through with its reason, and nothing is added.
    await expect(lab.transformModel({ model: made.id, kind: 'int4' })).rejects.toMatchObject({
      failure: {
        kind: 'unsupported',
        message: expect.stringMatching(/MatMulInteger is no plain matrix product/),
      },
    });
    expect((await lab.listModels({})).models).toHaveLength(2);
  });

  /** A lab whose tasks never end by themselves. */
  function waiting() {
    const folder = temporaryFolder();
    const store = openLab(folder);
    const events: LabEvent[] = [];
    const { model: parent } = importModel(licensed(), folder);
    store.writer.putModel(parent);
    let running = false;
    const science: Pick<Science, 'run'> = {
      run: (_task, _input, { signal, onProgress } = {}) => {
        if (running) return Promise.reject(new LabError('bad_input', 'Another experiment is at work.'));
        running = true;
        onProgress?.(0.5, 'Half');
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            running = false;
            reject(new LabError('cancelled', 'Cancelled.'));
          });
        });
      },
    };
    const transforms = createTransforms(
      { folder, store, effects: labEffects, emit: (e) => events.push(e) },
      science,
    );
    return { transforms, events, parent, close: () => store.close() };
  }
  const int8 = { kind: 'int8', block: null, share: null, rank: null, blocks: null, minimum: null } as const;
  const ask = {
    ...int8,
    seed: 1,
    dims: {},
    force: false,
    provider: 'cpu',
    dataset: null,
    model: 'sines',
  } as const;

  it('end at once when cancelled; one that was refused beside it takes nothing from it', async () => {
    const { transforms, events, parent, close } = waiting();
    const first = transforms.transformModel(ask);
    const ended = expect(first).rejects.toMatchObject({ failure: { kind: 'cancelled' } });
    await expect(transforms.transformModel(ask)).rejects.toThrow(/Another experiment/);
    expect(events).toEqual([{ type: 'transformProgress', modelId: parent.id, share: 0.5, label: 'Half' }]);
    expect(await transforms.cancelTransform({})).toEqual({ cancelled: true });
    await ended;
    expect(await transforms.cancelTransform({})).toEqual({ cancelled: false });
    close();
  });

  it('are refused before anything starts where the options contradict the kind or the model is not there', async () => {
    const { transforms, events, close } = waiting();
    await expect(transforms.transformModel({ ...ask, rank: 3 })).rejects.toThrow(/says nothing/);
    await expect(transforms.transformModel({ ...ask, model: 'nobody' })).rejects.toThrow(/nobody/);
    expect(events).toEqual([]);
    close();
  });
});
