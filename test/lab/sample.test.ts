import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type LabContext, labEffects } from '../../src/main/lab/context';
import { resource } from '../../src/main/lab/paths';
import { loadSample, readSample } from '../../src/main/lab/sample';
import { readRecorded, recordedOf, writeRecorded } from '../../src/main/lab/sampleFile';
import { openLab } from '../../src/main/store/open';
import type { LabEvent } from '../../src/shared/contract';
import { failureOf } from '../../src/shared/errors';
import { headlineEnergy } from '../../src/shared/run';
import { parseCsv } from '../support/csv';
import { openTestLab, temporaryFolder } from '../support/lab';

const idle = { atWork: () => [] };

function openContext(): LabContext & { events: LabEvent[] } {
  const folder = temporaryFolder();
  const events: LabEvent[] = [];
  return { folder, store: openLab(folder), effects: labEffects, emit: (event) => events.push(event), events };
}

describe('the sample dataset', () => {
  it('is small, measured to the end, and says that its joules are simulated', () => {
    expect(statSync(resource('sample', 'sample.br')).size).toBeLessThan(400_000);
    const { experiment, models, runs } = readSample();
    expect(experiment.plan.name).toMatch(/^Sample: /);
    expect(models.map((m) => m.family).sort()).toEqual([
      ...Array(4).fill('decoder'),
      ...Array(8).fill('mlp'),
    ]);
    expect(runs.length).toBe(12);
    for (const { run, windows, readings, events } of runs) {
      expect(run.status).toBe('completed');
      expect(run.latency?.p50S.value).toBeGreaterThan(0);
      const energy = headlineEnergy(run);
      expect(energy?.sensor?.origin).toBe('simulated');
      expect(energy?.gross.perInferenceJ).toBeGreaterThan(0);
      expect(windows.length).toBeGreaterThanOrEqual(5);
      expect(windows.every(({ samples }) => samples.startsNs.length > 20)).toBe(true);
      expect(readings.some((r) => r.role === 'edge') && readings.some((r) => r.role === 'trace')).toBe(true);
      expect(events.length).toBeGreaterThan(3);
    }
    // Nothing of the person or machine that recorded it beyond the fingerprint.
    expect(JSON.stringify(runs.map(({ run }) => run))).not.toMatch(/\/(home|root|tmp|work)\//);
  });

  it('comes into a lab whole: the models built here are those measured, every row is as recorded, verify agrees', async () => {
    const { lab, events, folder, close } = openTestLab();
    expect(await lab.labInfo({})).toMatchObject({ models: 0, runs: 0, sampleLoaded: false });
    expect(await lab.loadSample({})).toEqual({ runs: 12, alreadyThere: false });
    expect(await lab.labInfo({})).toMatchObject({ models: 12, runs: 12, sampleLoaded: true });
    for (const what of ['models', 'runs', 'experiments'] as const)
      expect(events).toContainEqual({ type: 'changed', what });
    const { rows, total } = await lab.runRows({});
    expect(total).toBe(12);
    expect(rows.every((row) => row.sample && row.grossJ.value !== null && row.origin === 'simulated')).toBe(
      true,
    );
    const recorded = readSample();
    expect(rows.map((row) => row.startedUnixMs)).toEqual(recorded.runs.map(({ run }) => run.startedUnixMs));
    const { checked, problems } = await lab.verify({});
    expect(problems).toEqual([]);
    expect(checked).toBeGreaterThan(12 * 30);
    expect((await lab.listExperiments({})).experiments).toMatchObject([
      { id: recorded.experiment.id, status: 'completed', runs: { completed: 12 } },
    ]);
    await close();
    const view = openLab(folder, { readOnly: true });
    const { models, ...stored } = recordedOf(view.reader, recorded.experiment.id);
    const { models: recordedModels, ...rest } = recorded;
    expect(stored).toEqual(rest);
    // Of a model only the time of its import is this lab's own.
    const timeless = (all: typeof models) => all.map((m) => ({ ...m, importedUnixMs: 0 }));
    expect(timeless(models)).toEqual(timeless(recordedModels));
    view.close();
  }, 60_000);

  it('is loaded once: again, at once or later, changes nothing; from the bin it comes back', async () => {
    const context = openContext();
    const { reader, writer } = context.store;
    const both = await Promise.all([loadSample(context, idle), loadSample(context, idle)]);
    expect(both.map((b) => b.alreadyThere).sort()).toEqual([false, true]);
    const state = () => [reader.listRuns(), reader.listModels(), reader.marks('run'), reader.marks('model')];
    const before = state();
    const told = context.events.length;
    expect(await loadSample(context, idle)).toEqual({ runs: 12, alreadyThere: true });
    expect(state()).toEqual(before);
    expect(context.events.length).toBe(told);
    writer.setBinned('run', reader.runIds(), 5);
    writer.setBinned('model', reader.modelIds(), 5);
    expect(await loadSample(context, idle)).toEqual({ runs: 12, alreadyThere: true });
    expect([...reader.marks('run').values()]).toEqual(
      Array(12).fill({ binnedUnixMs: null, locked: false, sample: true }),
    );
    expect([...reader.marks('model').values()].every((m) => m.binnedUnixMs === null)).toBe(true);
    context.store.close();
  }, 60_000);

  it('is completed where a bundle brought a part of it', async () => {
    const recorded = readSample();
    const context = openContext();
    const { reader } = context.store;
    const runs = recorded.runs.slice(0, 1);
    const models = recorded.models.filter(({ id }) => id === runs[0]?.run.condition.modelId);
    await loadSample(context, idle, { ...recorded, runs, models });
    expect(reader.runIds()).toHaveLength(1);
    expect(await loadSample(context, idle)).toEqual({ runs: 12, alreadyThere: false });
    expect(reader.listRuns().map((run) => run.id)).toEqual(recorded.runs.map(({ run }) => run.id));
    expect(reader.verify().problems).toEqual([]);
    context.store.close();
  }, 60_000);

  it('is not loaded while the lab measures, and not at all with another model', async () => {
    const context = openContext();
    const { reader } = context.store;
    const refusal = async (load: Promise<unknown>) => failureOf(await load.catch((thrown) => thrown));
    expect(await refusal(loadSample(context, { atWork: () => ['one'] }))).toMatchObject({
      kind: 'bad_input',
      remedy: expect.any(String),
    });
    expect(reader.listModels()).toEqual([]);
    const recorded = readSample();
    const other = { ...recorded, models: [{ ...recorded.models[0]!, id: 'f'.repeat(64) }] };
    expect((await refusal(loadSample(context, idle, other))).kind).toBe('internal');
    expect(reader.listRuns()).toEqual([]);
    // One row that the store refuses takes all the others with it.
    const last = recorded.runs.at(-1)!;
    const broken = {
      ...recorded,
      runs: [...recorded.runs.slice(0, -1), { ...last, windows: [...last.windows, last.windows[0]!] }],
    };
    await expect(loadSample(context, idle, broken)).rejects.toThrow();
    expect([reader.listRuns(), reader.listExperiments(), [...reader.marks('run')]]).toEqual([[], [], []]);
    expect(reader.verify().problems).toEqual([]);
    context.store.close();
  }, 60_000);

  it('is marked in lists, curves and exports, and never mixed with own runs', async () => {
    const { lab } = openTestLab();
    await lab.loadSample({});
    expect((await lab.listRuns({})).runs.every((r) => r.sample)).toBe(true);
    const { rows } = await lab.figure({});
    expect(rows.length).toBe(12);
    expect(rows.every((row) => row.sample)).toBe(true);
    // A run whose windows were disturbed has no valid energy to draw.
    expect(rows.filter((row) => row.y !== null).length).toBeGreaterThanOrEqual(10);
    const { path } = await lab.exportBundle({ into: temporaryFolder(), raw: 'none' });
    const [head, ...lines] = parseCsv(readFileSync(join(path, 'data', 'runs.csv'), 'utf8'));
    expect(lines.map((line) => line[head!.indexOf('is_sample')])).toEqual(Array(12).fill('true'));
  }, 60_000);
});

describe('a recorded experiment as a file', () => {
  it('reads back as it was written; a column that is not what its record says is refused', () => {
    const recorded = readSample();
    const [first, second] = recorded.runs;
    const two = { ...recorded, runs: [first!, second!] };
    expect(readRecorded(writeRecorded(two))).toEqual(two);
    const text = brotliDecompressSync(writeRecorded(two));
    expect(readRecorded(brotliCompressSync(text))).toEqual(two); // control
    text[text.length - 1]! ^= 1;
    expect(() => readRecorded(brotliCompressSync(text))).toThrow(/checksum/);
    expect(() => readRecorded(brotliCompressSync(Buffer.from('{"format":"other/1"}\n')))).toThrow(/other\/1/);
  });
});
