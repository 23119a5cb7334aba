import { z } from 'zod';
import { seedSchema } from './dataset';
import type { PanelFigure } from './figures/panels/spec';
import { providers } from './plan';

/** The nine claims that the lab is built around, C1 to C9 in this order. A user's own claims have ids `own-…`. */
export const builtinClaims = [
  'size',
  'kernel',
  'superposition',
  'same-hardware',
  'sparsity',
  'less-data',
  'idle',
  'brain',
  'fewer-chips',
] as const;
export type BuiltinClaim = (typeof builtinClaims)[number];

/** `C1` for `size` …; the id itself for a claim of the user's own. */
export function claimLabel(id: string): string {
  const at = builtinClaims.indexOf(id as BuiltinClaim);
  return at < 0 ? id : `C${at + 1}`;
}

export const claimVerdicts = [
  'supported',
  'refuted',
  'within_limits',
  'inconclusive',
  'not_measured',
] as const;
/**
 * `within_limits`: it holds in some conditions and not in others, and the boundary is printed. `inconclusive`: intervals
 * straddle the threshold. `not_measured`: a quantity that the rule needs is missing, with its reason.
 */
export type ClaimVerdict = (typeof claimVerdicts)[number];

/** A threshold: `value >= threshold`, `value <= threshold`, or `threshold <= value <= upper` for `within`. */
export const criterionSchema = z.strictObject({
  /** Stable within the claim, e.g. `speedup`. */
  key: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  /** What is compared, in words, e.g. "dense time over sparse time". */
  quantity: z.string().min(1).max(200),
  /** SI unit, '1' for ratios and counts, '%' never: shares are ratios from 0 to 1. */
  unit: z.string().max(20),
  relation: z.enum(['>=', '<=', 'within']),
  threshold: z.number(),
  /** Upper end; only for `within`. */
  upper: z.number().nullable().default(null),
  /** The negation is taken to hold only beyond this value (for `>=` below it, for `<=` above it); null: the threshold itself. */
  refuteAt: z.number().nullable().default(null),
});
export type Criterion = z.infer<typeof criterionSchema>;

/** Written down before the first run; hashed with its claim's version. */
export const predictionSchema = z.strictObject({
  by: z.enum(['lab', 'user']),
  /** What is expected, in words. */
  text: z.string().min(1).max(2000),
  expected: z.enum(claimVerdicts),
  criteria: z.array(criterionSchema).min(1).max(20),
});
export type Prediction = z.infer<typeof predictionSchema>;

/** Quantities that a user's own claim can be about; per call of the model (a batch), unless they say per item. */
export const claimQuantities = [
  'latencyP50',
  'latencyP95',
  'energyGross',
  'energyNet',
  'throughput',
  'itemsPerJoule',
  'powerMean',
  'accuracy',
  'correctPerJoule',
] as const;
export type ClaimQuantity = (typeof claimQuantities)[number];

const side = z.strictObject({
  /** Id, unambiguous prefix, name or recipe of a model. */
  model: z.string().min(1),
  provider: z.enum(providers).default('cpu'),
  batch: z.number().int().min(1).max(65536).default(1),
  threads: z.number().int().min(1).max(1024).default(1),
});

/** What a user's own claim measures: the ratio a/b of two conditions, or the exponent of a curve over models. */
export const ownTestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ratio'),
    a: side,
    b: side,
    quantity: z.enum(claimQuantities),
    /** Data set by name, where the quantity needs one. */
    dataset: z.string().nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('curve'),
    models: z.array(z.string().min(1)).min(2).max(50),
    x: z.enum(['parameters', 'parametersNonzero', 'macs', 'parameterBytes']),
    quantity: z.enum(claimQuantities),
    provider: z.enum(providers).default('cpu'),
    batch: z.number().int().min(1).max(65536).default(1),
    threads: z.number().int().min(1).max(1024).default(1),
    dataset: z.string().nullable().default(null),
  }),
]);
export type OwnTest = z.infer<typeof ownTestSchema>;

/** What the form of an own claim holds. */
export const ownClaimSchema = z.strictObject({
  title: z.string().trim().min(3).max(120),
  statement: z.string().trim().min(3).max(1000),
  source: z.string().trim().max(500).default(''),
  sceptic: z.string().trim().max(2000).default(''),
  test: ownTestSchema,
  prediction: predictionSchema,
});
export type OwnClaim = z.infer<typeof ownClaimSchema>;

/** One stored wording of a claim; never edited. A change after a run is a new version without evidence. */
export interface ClaimVersion {
  /** SHA-256 (hex) over everything below but `createdUnixMs`. */
  id: string;
  /** `size` …, or `own-<8 hex digits>`. */
  claim: string;
  version: number;
  title: string;
  statement: string;
  source: string;
  /** The reading that is tested and can fail. */
  reading: string;
  /** The protocol in words, a step a line. */
  protocol: string[];
  /** What a sceptic would say. */
  sceptic: string[];
  prediction: Prediction;
  /** Null for the nine. */
  test: OwnTest | null;
  createdUnixMs: number;
}

export const claimForms = ['glance', 'full'] as const;
/** `glance`: at most two minutes on two cores, a first look; `full`: the protocol, its time stated beforehand. */
export type ClaimForm = (typeof claimForms)[number];

export const claimOptionsSchema = z.strictObject({
  form: z.enum(claimForms).default('glance'),
  provider: z.enum(providers).default('cpu'),
  threads: z.number().int().min(1).max(1024).default(1),
  /** First seed; further ones count up from it. */
  seed: seedSchema,
  /** `mnist1d`, `mnist` where it is installed, or a data set of the user's own by name. */
  dataset: z.string().min(1).default('mnist1d'),
  meters: z.enum(['auto', 'none']).default('auto'),
  /** Rated power of the processor typed by the user, W, for the estimate of energy; absent: none. */
  tdpW: z.number().positive().optional(),
  /** What a person typed (C7: prices, hours, watts; C9: demand), by key; absent: the stated default. */
  inputs: z.record(z.string(), z.number()).default({}),
});
export type ClaimOptions = z.infer<typeof claimOptionsSchema>;

/** A number that a person may type for a claim (C7: prices, hours, watts; C9: demand), with its stated default. */
export interface ClaimInput {
  /** Key in `ClaimOptions.inputs`. */
  key: string;
  /** In words, without the unit. */
  label: string;
  /** As it is typed: `$/kWh`, `h`, `W`; '1' for ratios and counts. */
  unit: string;
  default: number;
  /** Smallest and largest that make sense; null: no end. */
  min: number | null;
  max: number | null;
  /** Where the default comes from, with its date. */
  source: string;
}

/** A value with its 95 % interval; `n`: seeds, windows or queries it rests on. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** One criterion in one condition. */
export interface Finding {
  /** Condition in words, e.g. "block-sparse 32×128, batch 1, cpu". */
  condition: string;
  criterion: string;
  value: Estimate | null;
  /** Why value is null; null otherwise. */
  missing: string | null;
  n: number | null;
  state: 'holds' | 'fails' | 'undecided' | 'missing';
  /** It says something but does not decide (a control, time in place of energy). */
  shownOnly: boolean;
}

/** One judged question of a claim. */
export interface ClaimPart {
  key: string;
  title: string;
  verdict: ClaimVerdict;
  /** Whole sentence with figures. */
  sentence: string;
  /** Where it holds and where not; null unless `within_limits`. */
  boundary: string | null;
  findings: Finding[];
}

export type Cell = number | string | boolean | Estimate | null;

export interface ResultTable {
  key: string;
  title: string;
  columns: { key: string; title: string /** SI unit, '' for text and counts. */; unit: string }[];
  rows: Cell[][];
  /** What a reader must know; null where nothing. */
  note: string | null;
}

/** A published figure beside ours. */
export interface Published {
  what: string;
  theirs: string;
  ours: string | null;
  source: string;
  note: string | null;
}

/** Everything that a claim run found; plain JSON, recomputable from its steps and runs. */
export interface ClaimOutcome {
  verdict: ClaimVerdict;
  sentence: string;
  boundary: string | null;
  parts: ClaimPart[];
  tables: ResultTable[];
  figures: PanelFigure[];
  published: Published[];
  /** Limits of this run in plain sentences, e.g. that no energy meter was found. */
  notes: string[];
}

export type ClaimRunStatus = 'running' | 'completed' | 'cancelled' | 'failed' | 'interrupted';

/** One go at a claim's protocol. */
export interface ClaimRun {
  id: string;
  /** Id of the version it is evidence for. */
  versionId: string;
  claim: string;
  version: number;
  options: ClaimOptions;
  status: ClaimRunStatus;
  startedUnixMs: number;
  endedUnixMs: number | null;
  /** Null until it has completed. */
  outcome: ClaimOutcome | null;
  /** Plain sentence where it failed. */
  failure: { message: string; remedy: string | null } | null;
  /** Steps done, with the SHA-256 of what each gave. */
  steps: { key: string; sha256: string; seconds: number }[];
  /** Runs it measured, with the hash that ties their numbers to stored rows. */
  runs: { id: string; sha256: string | null }[];
}

/** A step as it is announced before anything starts. */
export interface ClaimStep {
  key: string;
  label: string;
  /** An estimate for two cores, s. */
  expectedS: number;
}

export interface ClaimProgress {
  claimRunId: string;
  claim: string;
  /** What it does now, in words. */
  label: string;
  done: number;
  total: number;
  elapsedS: number;
  leftS: number | null;
}

/** A claim as the board lists it. */
export interface ClaimCard {
  current: ClaimVersion;
  versions: number;
  /** Newest completed run of the current version; null: not yet measured. */
  latest: ClaimRun | null;
  /** Its unfinished run, if any. */
  unfinished: ClaimRun | null;
  progress: ClaimProgress | null;
  /** Seconds that each form takes on this machine, an estimate. */
  expectedS: Record<ClaimForm, number>;
  /** Completed runs of other labs, which came with bundles; absent: none. */
  verdictsElsewhere?: number;
}

/** What another lab found of a claim; it came with a bundle. */
export interface ElsewhereRun {
  /** Id of the lab. */
  lab: string;
  run: ClaimRun;
  /** What it was measured on, in words; null where the bundle does not say. */
  machine: string | null;
}

export interface ClaimDetail extends ClaimCard {
  history: ClaimVersion[];
  runs: ClaimRun[];
  /** Verdicts of other labs, newest first; absent: none. */
  elsewhere?: ElsewhereRun[];
}
