import { cpus } from 'node:os';
import type { Provider } from '../../../shared/plan';
import { conditionSchema } from '../../../shared/plan';
import { parseRecipe } from '../../models/builders';
import type { LabContext } from '../context';
import { prepareRun } from '../job';
import { buildInto } from '../models';
import { controlRecipe } from '../places';
import { startRunner } from '../runnerProcess';

/** A runner that keeps a device busy until it is stopped. */
export interface Load {
  /** What it does, in words. */
  text: string;
  /** Resolves when inferences run, or with why they do not. */
  running: Promise<string | null>;
  stop(): Promise<void>;
}

/** Longer than any self test. */
const longestS = 300;

/** The model of the controls, over and over, through the same engine that measures. */
export function startLoad(context: LabContext, provider: Provider): Load {
  const { model } = buildInto(context, parseRecipe(controlRecipe));
  const threads = provider === 'cpu' ? cpus().length : 1;
  const condition = conditionSchema.parse({
    modelId: model.id,
    provider,
    engine: 'capi',
    batch: 64,
    threads,
    preset: 'glance',
    windowS: longestS,
    seed: 1,
    dims: {},
    values: {},
    graphOptimization: 'all',
    fallback: 'cpu',
  });
  const { job } = prepareRun(context.folder, model, condition, {
    prerollS: 0,
    phaseS: 0,
    gapS: 0,
    samplesMax: null,
    askTemperature: false,
  });
  let started: (why: string | null) => void = () => {};
  const running = new Promise<string | null>((resolve) => {
    started = resolve;
  });
  const runner = startRunner(
    job,
    { deadlineS: 60, memoryBytes: null },
    (message) => {
      if (message.type === 'windowPlan') started(null);
    },
    context.effects.runner,
  );
  void runner.ended.then((end) => started(end.kind === 'failed' ? end.message : 'It ended at once.'));
  return {
    text: `${model.name}, batch 64, on ${provider}${provider === 'cpu' ? ` (${threads} threads)` : ''}`,
    running,
    async stop() {
      runner.cancel();
      await runner.ended;
    },
  };
}
