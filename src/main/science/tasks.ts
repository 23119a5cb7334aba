import { accuracy } from './accuracy/task';
import { lessDataCurves, lessDataModels } from './lessData/curves';
import { capacity } from './machines/capacity';
import { superpositionMachines } from './machines/make';
import { kernelOrdinary, kernelRebuild } from './pathkernel/tasks';
import { trainLadder } from './size/trainLadder';
import { trainMixture } from './size/trainMixture';
import { sparseLayers } from './sparsity/layersTask';
import { sparseRobustness } from './sparsity/robustnessTask';
import { sparsityVariants } from './sparsity/variantsTask';
import type { MadeModel, Tools } from './tools';
import { transform } from './variants/task';

/**
 * A piece of an experiment that needs ONNX Runtime or much time: a function from plain JSON to plain JSON, run in a
 * process of its own. Same input, same build and machine: same output.
 */
export interface Task<I, O> {
  run(input: I, tools: Tools): Promise<{ output: O; models?: MadeModel[] }>;
}

/** Every task by name. */
export const tasks = {
  accuracy,
  transform,
  'ort-version': {
    async run(_input: Record<string, never>, { ort }: Tools) {
      return { output: { version: ort.version } };
    },
  },
  'superposition-machines': superpositionMachines,
  capacity,
  'kernel-rebuild': kernelRebuild,
  'less-data-curves': lessDataCurves,
  'less-data-models': lessDataModels,
  'kernel-ordinary': kernelOrdinary,
  'sparse-layers': sparseLayers,
  'sparse-robustness': sparseRobustness,
  'sparsity-variants': sparsityVariants,
  'size-ladder': trainLadder,
  'size-mixture': trainMixture,
} satisfies Record<string, Task<never, unknown>>;

export type TaskName = keyof typeof tasks;
export type TaskInput<N extends TaskName> = Parameters<(typeof tasks)[N]['run']>[0];
export type TaskOutput<N extends TaskName> = Awaited<ReturnType<(typeof tasks)[N]['run']>>['output'];
