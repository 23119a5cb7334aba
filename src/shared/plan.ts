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
  /** Idle of the machine before any model is loaded, once a session; 0: not taken. */
  bareIdleS: number;
  /** Rest between runs: at least so long, and until the device is within 2 °C of the first ready idle, at most the cap. */
  coolDownMinS: number;
  coolDownCapS: number;
  /** Look at the meters under load before the first window (step 6); 0: none. */
  meterCheckS: number;
  /** In a plan with blocks: windows, and ready idle before and after, of each turn. */
  turnWindows: number;
  turnIdleS: number;
  /** So often a void window is measured again. */
  repeats: number;
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
    bareIdleS: 0,
    coolDownMinS: 0,
    coolDownCapS: 0,
    meterCheckS: 0,
    turnWindows: 1,
    turnIdleS: 0,
    repeats: 0,
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
    bareIdleS: 10,
    coolDownMinS: 5,
    coolDownCapS: 120,
    meterCheckS: 5,
    turnWindows: 1,
    turnIdleS: 15,
    repeats: 3,
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
    bareIdleS: 10,
    coolDownMinS: 5,
    coolDownCapS: 120,
    meterCheckS: 5,
    turnWindows: 2,
    turnIdleS: 15,
    repeats: 3,
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
    bareIdleS: 60,
    coolDownMinS: 5,
    coolDownCapS: 120,
    meterCheckS: 5,
    turnWindows: 1,
    turnIdleS: 60,
    repeats: 3,
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
  /** Turns of every condition: with two or more the plan is a comparison, measured interleaved. Needs a preset above glance. */
  blocks: z.number().int().min(1).max(100).default(1),
  /** A small dense model measured twice per provider (A/A): the machine's noise floor of the day. None at `glance`. */
  control: z.boolean().default(true),
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
  /** Windows of one turn in a plan with blocks; absent: as many as the preset asks for. */
  windows: z.number().int().min(1).optional(),
});
export type Condition = z.infer<typeof conditionSchema>;

/** All conditions of a plan whose model names are resolved to ids, in the order they run. */
export function expandPlan(plan: Plan): Condition[] {
  const windowS = plan.windowS ?? presets[plan.preset].windowS;
  const { preset, seed, dims, values, graphOptimization, fallback } = plan;
  const turn = plan.blocks > 1 ? { windows: presets[preset].turnWindows } : {};
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
            ...turn,
          })),
        ),
      ),
    ),
  );
}

/**
 * The numbers that a condition is measured with: the preset's; of one turn of a comparison the fixed windows and the
 * idle stretches of a turn, since optional stopping would inflate false alarms (docs/method.md, 1.4 and 1.5).
 */
export function protocolOf({ preset, windows }: Pick<Condition, 'preset' | 'windows'>): Preset {
  const whole = presets[preset];
  if (windows === undefined) return whole;
  const { turnIdleS } = whole;
  return {
    ...whole,
    windowsMin: windows,
    windowsMax: windows,
    targetRel: null,
    idleBeforeS: turnIdleS,
    idleAfterS: turnIdleS,
  };
}
