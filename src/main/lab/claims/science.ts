import { LabError } from '../../../shared/errors';
import type { TaskInput, TaskName } from '../../science/tasks';
import type { LabContext } from '../context';
import { runTask, type TaskOptions, type TaskResult } from './scienceProcess';

/** Tasks, one at a time and never beside a measurement: training would be measured with whatever runs. */
export interface Science {
  /**
   * @param wait until the machine is free (claims); else it is refused while the lab measures (a person waits for it)
   * @throws LabError bad_input while the lab measures, and what runTask throws
   */
  run<N extends TaskName>(
    task: N,
    input: TaskInput<N>,
    options?: TaskOptions & { wait?: boolean },
  ): Promise<TaskResult<N>>;
  /** Resolves when no task runs: called before an experiment is measured. */
  idle(): Promise<void>;
  busy(): boolean;
}

/** How often a waiting task looks whether the machine is free, ms. */
const LOOK_MS = 200;

export function createScience(context: LabContext, measuring: () => boolean): Science {
  let running: Promise<unknown> | null = null;
  return {
    async run(task, input, { wait = false, ...options } = {}) {
      while (running || measuring()) {
        if (!wait) {
          throw new LabError(
            'bad_input',
            running ? 'Another experiment is at work.' : 'The lab is measuring, and this would disturb it.',
            'Do it again when that has ended.',
          );
        }
        if (options.signal?.aborted) throw new LabError('cancelled', 'Cancelled.');
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      const work = runTask(context, task, input, options);
      running = work;
      try {
        return await work;
      } finally {
        running = null;
      }
    },
    async idle() {
      while (running) await running.catch(() => {});
    },
    busy: () => running !== null,
  };
}
