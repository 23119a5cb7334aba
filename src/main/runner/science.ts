// The science process: one task of an experiment behind a claim, then it ends. Killed when a run is cancelled.
import { failureOf } from '../../shared/errors';
import { openDataset } from '../science/data/open';
import type { FromScience, TaskJob } from '../science/messages';
import { type Task, tasks } from '../science/tasks';
import { tieToParent } from './guard';
import { openOrt } from './ort/free';

const post = (message: FromScience) =>
  new Promise<void>((resolve, reject) =>
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );

process.once('message', async (job: TaskJob) => {
  tieToParent(job.parentPid);
  try {
    const ort = openOrt();
    const task = (tasks as Record<string, Task<unknown, unknown>>)[job.task];
    if (!task) throw new Error(`There is no task called ${job.task}.`);
    const { output, models = [] } = await task.run(job.input, {
      ort,
      folder: job.folder,
      dataset: (name, options) => openDataset(job.data, name, options),
      progress: (share, label) =>
        void post({ type: 'progress', share, label: label ?? null }).catch(() => {}),
    });
    await post({ type: 'done', output, models, ortVersion: ort.version });
  } catch (thrown) {
    await post({ type: 'failed', failure: failureOf(thrown) }).catch(() => {});
  }
  process.disconnect();
  process.exit(0);
});
