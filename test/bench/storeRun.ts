import { openLab } from '../../src/main/store/open';
import type { LabReader } from '../../src/main/store/reader';
import type { WindowSamples } from '../../src/shared/run';
import { experiment, machine, model, queuedRun } from '../store/children/records';

/** A lab with one running run, to append windows to and read them from. */
export function openTestStore(folder: string): {
  append(index: number, samples: WindowSamples): void;
  read(index: number): WindowSamples;
  reader: LabReader;
  runId: string;
  close(): void;
} {
  const store = openLab(folder);
  store.writer.putModel(model());
  store.writer.putMachine(machine());
  const plan = experiment(1);
  const run = queuedRun(plan.id, 0);
  store.writer.createExperiment(plan, [run]);
  store.writer.startRun(run.id, 1);
  return {
    append: (index, samples) =>
      store.writer.appendWindow(
        run.id,
        {
          index,
          openNs: 1n,
          closeNs: 2n,
          inferences: samples.inferences,
          codes: [],
          verdict: 'ok',
          energy: [],
        },
        samples,
      ),
    read: (index) => store.reader.getSamples(run.id, index),
    reader: store.reader,
    runId: run.id,
    close: () => store.close(),
  };
}
