import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LabStore } from '../../src/main/store/open';
import * as records from './children/records';

export * from './children/records';

/** A folder of the test's own, gone when it ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'tw-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Fills a lab with one model, machine, and experiment of as many runs as asked, all queued. */
export function seed(store: LabStore, runs = 1, salt = 1): { experimentId: string; runIds: string[] } {
  const { writer } = store;
  writer.putModel(records.model());
  writer.putMachine(records.machine());
  const experiment = records.experiment(salt);
  const queued = Array.from({ length: runs }, (_, ordinal) => records.queuedRun(experiment.id, ordinal));
  writer.createExperiment(experiment, queued);
  return { experimentId: experiment.id, runIds: queued.map((run) => run.id) };
}

/** A run measured from start to end, with every kind of row. */
export function measure(store: LabStore, runId: string, windows = 3): void {
  records.measureInto(store.writer, runId, windows);
}

/** Everything that a lab holds, as plain values: equal before and after means that nothing was lost or changed. */
export function everythingIn({ reader }: Pick<LabStore, 'reader'>): unknown {
  return {
    models: reader.listModels(),
    machines: reader.listMachines(),
    experiments: reader.listExperiments(),
    runs: reader.listRuns().map((run) => ({
      run,
      windows: reader.getWindows(run.id),
      samples: reader.getWindows(run.id).map(({ index }) => reader.getSamples(run.id, index)),
      sensors: reader.sensorsOf(run.id),
      readings: reader.getReadings(run.id),
      states: reader.getStates(run.id),
      events: reader.getEvents(run.id),
      hashes: reader.hashesOf(run.id),
    })),
  };
}
