import { z } from 'zod';

export const providers = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type Provider = (typeof providers)[number];

export const engines = ['capi', 'package'] as const;
export type Engine = (typeof engines)[number];

export const presetNames = ['glance', 'quick', 'standard', 'rigorous'] as const;
export type PresetName = (typeof presetNames)[number];

/** The numbers behind a preset (docs/method.md, 1.2 to 1.4). Times in seconds. */
export interface Preset {
  windowS: number;
  windowsMin: number;
  windowsMax: number;
  /** Target half-width of the 95 % repeatability interval over the mean; null: never stops early. */
  targetRel: number | null;
  warmupMinS: number;
  warmupCapS: number;
  /** 0: no idle baseline is taken and net energy is not measured. */
  settleS: number;
  idleBeforeS: number;
  idleAfterS: number;
  /** Least inferences in a window; the window grows up to windowCapS to hold them. */
  inferencesMin: number;
  windowCapS: number;
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  glance: {
    windowS: 5,
    windowsMin: 1,
    windowsMax: 1,
    targetRel: null,
    warmupMinS: 1,
    warmupCapS: 2,
    settleS: 0,
    idleBeforeS: 0,
    idleAfterS: 0,
    inferencesMin: 8,
    windowCapS: 20,
  },
  quick: {
    windowS: 5,
    windowsMin: 5,
    windowsMax: 10,
    targetRel: 0.05,
    warmupMinS: 3,
    warmupCapS: 60,
    settleS: 5,
    idleBeforeS: 15,
    idleAfterS: 10,
    inferencesMin: 30,
    windowCapS: 120,
  },
  standard: {
    windowS: 10,
    windowsMin: 10,
    windowsMax: 20,
    targetRel: 0.02,
    warmupMinS: 3,
    warmupCapS: 60,
    settleS: 5,
    idleBeforeS: 30,
    idleAfterS: 30,
    inferencesMin: 30,
    windowCapS: 120,
  },
  rigorous: {
    windowS: 60,
    windowsMin: 10,
    windowsMax: 20,
    targetRel: 0.01,
    warmupMinS: 3,
    warmupCapS: 180,
    settleS: 5,
    idleBeforeS: 60,
    idleAfterS: 60,
    inferencesMin: 30,
    windowCapS: 120,
  },
};

export const planSchema = z.strictObject({
  schema: z.literal('thirtywatts.plan/1'),
  name: z.string().max(200).default('untitled'),
  /** Model ids, unambiguous id prefixes (8 or more digits), or names in the lab. Measured in this order. */
  models: z.array(z.string().min(1)).min(1).max(1000),
  providers: z.array(z.enum(providers)).min(1).default(['cpu']),
  engines: z.array(z.enum(engines)).min(1).default(['capi']),
  batches: z.array(z.number().int().min(1).max(65536)).min(1).default([1]),
  /** Intra-op threads. */
  threads: z.array(z.number().int().min(1).max(1024)).min(1).default([1]),
  preset: z.enum(presetNames).default('standard'),
  /** Seconds per window, instead of the preset's. Shorter than a meter allows: energy is not measured. */
  windowS: z.number().min(0.05).max(600).optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  /** Sizes of free dimensions, by name (`sequence`) or by input and axis (`input_ids:1`). */
  dims: z.record(z.string(), z.number().int().min(0)).default({}),
  /** Fixed fill values of inputs, by input name (`sr: 16000`); every element takes the value. */
  values: z.record(z.string(), z.number()).default({}),
  graphOptimization: z.enum(['disabled', 'basic', 'extended', 'all']).default('all'),
  /** `cpu`: nodes that the provider lacks may run on the CPU; the results are `limited`. `none`: they are `invalid`. */
  fallback: z.enum(['none', 'cpu']).default('none'),
  /** Also measures an identity model per provider and engine: the cost of a call, shown beside, never subtracted. */
  callOverhead: z.boolean().default(true),
  memoryLimitMB: z.number().int().min(64).optional(),
  /** A runner that says nothing for so many seconds beyond what its step should take is killed. */
  deadlineS: z.number().min(1).max(3600).default(60),
  meters: z.enum(['auto', 'none']).default('auto'),
});
export type Plan = z.infer<typeof planSchema>;
export type PlanInput = z.input<typeof planSchema>;

/** One cell of a plan: what one run measures. */
export const conditionSchema = z.strictObject({
  modelId: z.string(),
  provider: z.enum(providers),
  engine: z.enum(engines),
  batch: z.number().int(),
  threads: z.number().int(),
  preset: z.enum(presetNames),
  windowS: z.number(),
  seed: z.number().int(),
  dims: z.record(z.string(), z.number().int()),
  values: z.record(z.string(), z.number()),
  graphOptimization: z.enum(['disabled', 'basic', 'extended', 'all']),
  fallback: z.enum(['none', 'cpu']),
});
export type Condition = z.infer<typeof conditionSchema>;

/** All conditions of a plan whose model names are resolved to ids, in the order they run. */
export function expandPlan(plan: Plan): Condition[] {
  const windowS = plan.windowS ?? presets[plan.preset].windowS;
  const { preset, seed, dims, values, graphOptimization, fallback } = plan;
  return plan.models.flatMap((modelId) =>
    plan.providers.flatMap((provider) =>
      plan.batches.flatMap((batch) =>
        plan.threads.flatMap((threads) =>
          plan.engines.map((engine) => ({
            modelId,
            provider,
            engine,
            batch,
            threads,
            preset,
            windowS,
            seed,
            dims,
            values,
            graphOptimization,
            fallback,
          })),
        ),
      ),
    ),
  );
}
