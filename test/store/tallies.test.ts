import { describe, expect, it } from 'vitest';
import { openLab } from '../../src/main/store/open';
import { newestOfEachPlace } from '../../src/shared/run';
import { completed, condition, measure, model, seed, tempDir, uuid } from './support';

describe('tallies', () => {
  it('count each place of a plan once, by its newest run, as the records do', () => {
    const store = openLab(tempDir());
    const { reader, writer } = store;
    const { experimentId, runIds } = seed(store, 4);
    seed(store, 2, 2); // another experiment
    measure(store, runIds[0]);
    for (const id of runIds.slice(1, 3)) {
      const run = writer.startRun(id, 5);
      writer.finishRun({
        ...run,
        status: 'cancelled',
        outcome: { kind: 'cancelled', phase: 'load' },
        endedUnixMs: 9,
      });
    }
    writer.queueAgain(runIds[1], uuid(900), 10);
    expect(reader.countPlaces(experimentId)).toEqual({
      queued: 2,
      running: 0,
      completed: 1,
      cancelled: 1,
      failed: 0,
    });
    const newest = reader.newestRuns(experimentId);
    for (const run of newestOfEachPlace(reader.listRuns({ experimentId })))
      expect(newest.get(run.ordinal)).toEqual({ id: run.id, status: run.status });
    expect(newest.get(1)?.id).toBe(uuid(900));
    store.close();
  });

  it('tell how long completed runs of a model took, without those of the sample', () => {
    const store = openLab(tempDir());
    const { reader, writer } = store;
    const { runIds } = seed(store, 3);
    for (const [i, id] of runIds.slice(0, 2).entries()) {
      const run = writer.startRun(id, 1000);
      writer.finishRun({ ...completed(run), startedUnixMs: 1000, endedUnixMs: 3500 + 1000 * i });
    }
    const { provider, engine, threads, preset, windowS } = condition();
    const kind = { modelId: model().id, provider, engine, threads, preset, windowS, stopReason: null };
    expect(reader.pastRuns([model().id])).toEqual([
      { ...kind, batch: 1, seconds: 2.5 },
      { ...kind, batch: 2, seconds: 3.5 },
    ]);
    writer.markSample('run', [runIds[0]]);
    expect(reader.pastRuns([model().id]).map((r) => r.batch)).toEqual([2]);
    expect(reader.pastRuns(['other'])).toEqual([]);
    store.close();
  });
});
