import type { ClaimOptions } from '../../../shared/claim';
import { type PlanInput, presets } from '../../../shared/plan';
import type { ToMeasure } from '../../science/protocol';

/** Interleaved turns of each condition in the full form, where the experiment does not ask for another number. */
export const fullBlocks = 3;
/** Window of a first look without energy, s: below 1 s everything is scaled down with it (lab/job.ts). */
export const glanceWindowS = 0.8;
/** So many conditions of a first look are measured with windows long enough for energy; more would take over two minutes. */
export const mostGlanceEnergy = 10;

export interface PlanGroup {
  /** Distinguishes the groups of a step, e.g. `batch-256`. */
  key: string;
  plan: PlanInput;
  /** Keys of the conditions, by their number in the plan. */
  conditions: string[];
}

/**
 * The plans that measure these conditions: one for each provider, thread count and batch, since the conditions that are
 * compared share them; within a plan the conditions are interleaved. Pure.
 */
export function planGroups(
  conditions: readonly ToMeasure[],
  {
    name,
    options,
    hasMeter,
    blocks = fullBlocks,
    windowS,
  }: { name: string; options: ClaimOptions; hasMeter: boolean; blocks?: number; windowS?: number },
): PlanGroup[] {
  const glance = options.form === 'glance';
  const long = hasMeter && options.meters === 'auto' && conditions.length <= mostGlanceEnergy;
  const glanceS = long ? presets.glance.windowS : glanceWindowS;
  const groups = Map.groupBy(conditions, (c) =>
    [c.provider ?? options.provider, c.threads ?? options.threads, c.batch].join(' '),
  );
  return [...groups.values()].map((own) => {
    const { batch, provider = options.provider, threads = options.threads } = own[0]!;
    const key = [`batch-${batch}`, provider, `threads-${threads}`].join('-');
    return {
      key,
      conditions: own.map((c) => c.key),
      plan: {
        schema: 'thirtywatts.plan/1',
        name: `${name}, batch ${batch}`.slice(0, 200),
        models: own.map((c) => c.modelId),
        providers: [provider],
        threads: [threads],
        batches: [batch],
        preset: glance ? 'glance' : 'quick',
        blocks: glance ? 1 : blocks,
        seed: options.seed,
        callOverhead: false,
        meters: options.meters,
        ...(glance ? { windowS: windowS ?? glanceS } : windowS === undefined ? {} : { windowS }),
      },
    };
  });
}
