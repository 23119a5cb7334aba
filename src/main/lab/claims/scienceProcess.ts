import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf, LabError } from '../../../shared/errors';
import { claimRecipe } from '../../../shared/model';
import { parentOf } from '../../../shared/transform';
import { importModel } from '../../models/import';
import type { FromScience, TaskJob } from '../../science/messages';
import type { TaskInput, TaskName, TaskOutput } from '../../science/tasks';
import type { MadeModel } from '../../science/tools';
import type { LabContext } from '../context';
import { spawnProgram } from '../environment';
import { keepModel } from '../models';
import { dataPlaces } from './dataPlaces';

export interface TaskOptions {
  signal?: AbortSignal;
  /** Share done, 0 to 1, and what is done now. */
  onProgress?: (share: number, label: string | null) => void;
}

export interface TaskResult<N extends TaskName> {
  output: TaskOutput<N>;
  /** Ids in the lab of the models that it made, by their keys. */
  models: Record<string, string>;
  ortVersion: string;
}

const STDERR_TAIL = 2000;

/**
 * Runs one task in a process of its own and takes the models that it made into the lab. Nothing else may be measured
 * meanwhile: see science.ts, through which everything but tests goes.
 * @throws LabError what the task refused; cancelled; runner_failed for a process that died
 */
export async function runTask<N extends TaskName>(
  context: LabContext,
  task: N,
  input: TaskInput<N>,
  { signal, onProgress }: TaskOptions = {},
): Promise<TaskResult<N>> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-task-'));
  try {
    signal?.throwIfAborted();
    const job: TaskJob = { task, input, folder, data: dataPlaces(context.folder), parentPid: process.pid };
    const done = await processOf(job, signal, onProgress);
    return {
      output: done.output as TaskOutput<N>,
      models: takeModels(context, folder, done.models),
      ortVersion: done.ortVersion,
    };
  } catch (thrown) {
    if (signal?.aborted) throw new LabError('cancelled', 'Cancelled.', null, thrown);
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function processOf(
  job: TaskJob,
  signal: AbortSignal | undefined,
  onProgress: TaskOptions['onProgress'],
): Promise<Extract<FromScience, { type: 'done' }>> {
  const child = spawnProgram('science', ['ignore', 'ignore', 'pipe', 'ipc']);
  let stderr = '';
  let last: Exclude<FromScience, { type: 'progress' }> | null = null;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  child.on('message', (message: FromScience) => {
    if (message.type === 'progress') onProgress?.(message.share, message.label);
    else last = message;
  });
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  return new Promise((resolve, reject) => {
    const end = (how: string) => {
      signal?.removeEventListener('abort', kill);
      if (last?.type === 'done') resolve(last);
      else if (last?.type === 'failed') {
        const { kind, message, remedy } = last.failure;
        reject(new LabError(kind, message, remedy));
      } else {
        reject(
          new LabError(
            'runner_failed',
            `The experiment’s process ${how} during “${job.task}”. ${stderr.trim()}`.trim(),
            'Run it again; what was done before is kept.',
          ),
        );
      }
    };
    child.on('error', (error) => end(`could not be started (${failureOf(error).message})`));
    child.on('close', (code, by) => end(by ? `was ended by ${by}` : `ended with exit code ${code}`));
    child.send(job);
  });
}

function takeModels(context: LabContext, folder: string, made: readonly MadeModel[]): Record<string, string> {
  return Object.fromEntries(
    made.map(({ key, file, ...given }) => {
      // Variants of a user's model stand among the user's models; what a claim made does not, nor on its ladders' curves.
      const labels: typeof given =
        parentOf(given.recipe) !== null
          ? given
          : { ...given, family: 'imported', recipe: `${claimRecipe}${given.recipe}` };
      const imported = importModel(join(folder, file), context.folder, labels);
      return [key, keepModel(context, imported).model.id];
    }),
  );
}
