import { z } from 'zod';
import type { Failure } from './errors';
import type { CurveRow } from './figures/rows';
import { type FigureSpec, xQuantities, yQuantities } from './figures/spec';
import type { Machine } from './machine';
import type { MeterReport } from './meter';
import type { Macs, Model } from './model';
import { families, type Port } from './model';
import { type Plan, type Provider, planSchema } from './plan';
import { type Phase, type RunRecord, runStatuses, type WindowRecord } from './run';

/** A command of the lab: its input is checked at the border by this schema, its output is typed by `Outputs`. */
export const commands = {
  /** Machine, execution providers found and refused, meters found and refused. Starts short-lived processes. */
  describeMachine: z.strictObject({ tdpW: z.number().positive().nullable().default(null) }),
  /** Copies the ONNX files at these paths (files or folders) into the lab; each path ends imported or refused. */
  importModels: z.strictObject({ paths: z.array(z.string().min(1)).min(1) }),
  /** Builds one model of a family at a size and imports it. */
  buildModel: z.strictObject({
    family: z.enum(families).exclude(['imported']),
    parameters: z.number().min(100).max(1e10),
    seed: z.number().int().min(0).default(1),
  }),
  listModels: z.strictObject({}),
  /** By id, unambiguous id prefix or name. */
  showModel: z.strictObject({
    model: z.string().min(1),
    batch: z.number().int().min(1).default(1),
    dims: z.record(z.string(), z.number().int()).default({}),
  }),
  /** Stores the experiment and its queued runs in one transaction and starts measuring. */
  startExperiment: z.strictObject({ plan: planSchema, tdpW: z.number().positive().nullable().default(null) }),
  /** An earlier experiment with the same plan that is not finished; null if there is none. */
  findUnfinished: z.strictObject({ plan: planSchema }),
  /** Queues what an unfinished experiment has left and goes on; interrupted runs are measured anew, never overwritten. */
  resumeExperiment: z.strictObject({
    experimentId: z.string(),
    tdpW: z.number().positive().nullable().default(null),
  }),
  /** Stops at once: the run in progress ends `cancelled`, what was measured stays. */
  cancelExperiment: z.strictObject({ experimentId: z.string() }),
  listExperiments: z.strictObject({}),
  listRuns: z.strictObject({
    experimentId: z.string().nullable().default(null),
    status: z.enum(runStatuses).nullable().default(null),
  }),
  /** By id or unambiguous prefix. */
  showRun: z.strictObject({ run: z.string().min(4) }),
  /** Rows and specification of the efficiency curve. */
  figure: z.strictObject({
    experimentId: z.string().nullable().default(null),
    y: z.enum(['auto', ...yQuantities]).default('auto'),
    x: z.enum(xQuantities).default('parameters'),
    title: z.string().max(300).nullable().default(null),
    theme: z.enum(['light', 'dark']).default('light'),
  }),
  /** Writes CSV files into a folder: runs, windows, readings, samples; whole or not at all. */
  exportData: z.strictObject({
    experimentId: z.string().nullable().default(null),
    folder: z.string().min(1),
    samples: z.boolean().default(true),
  }),
  /** Recomputes every stored hash and looks for what does not fit. */
  verify: z.strictObject({}),
} as const;

export type CommandName = keyof typeof commands;
export type Input<N extends CommandName> = z.input<(typeof commands)[N]>;
export type ParsedInput<N extends CommandName> = z.output<(typeof commands)[N]>;

export interface ProviderReport {
  provider: Provider;
  status: 'ok' | 'refused';
  /** Why it was refused; null when it is there. */
  reason: string | null;
  /** What it runs on where that is known to be software (SwiftShader): such figures say nothing about a GPU. */
  device: string | null;
}

export interface Experiment {
  id: string;
  name: string;
  createdUnixMs: number;
  status: 'running' | 'completed' | 'cancelled' | 'interrupted';
  plan: Plan;
  planSha256: string;
  runs: { queued: number; running: number; completed: number; cancelled: number; failed: number };
}

export interface RunDetail {
  run: RunRecord;
  model: Model;
  machine: Machine;
  windows: WindowRecord[];
  /** Median of the identity model on the same provider and engine in this experiment, s; shown beside, never subtracted. */
  callOverheadS: number | null;
}

export interface Outputs {
  describeMachine: { machine: Machine; providers: ProviderReport[]; meters: MeterReport[]; lab: string };
  importModels: {
    imported: { model: Model; alreadyThere: boolean; path: string }[];
    refused: { path: string; failure: Failure }[];
  };
  buildModel: { model: Model; alreadyThere: boolean };
  listModels: { models: Model[] };
  showModel: {
    model: Model;
    macs: Macs;
    freeDims: { name: string; input: string; axis: number; size: number }[];
    inputs: Port[];
  };
  startExperiment: { experimentId: string; runs: number };
  findUnfinished: { experiment: Experiment | null };
  resumeExperiment: { experimentId: string; runs: number };
  cancelExperiment: { cancelled: boolean };
  listExperiments: { experiments: Experiment[] };
  listRuns: { runs: { run: RunRecord; modelName: string; parameters: number | null }[] };
  showRun: RunDetail;
  figure: { spec: FigureSpec; rows: CurveRow[] };
  exportData: { folder: string; files: { name: string; rows: number }[] };
  verify: { checked: number; problems: { table: string; id: string; what: string }[] };
}

/** What the lab says without being asked. Ids and progress, never columns of data. */
export type LabEvent =
  | {
      type: 'progress';
      experimentId: string;
      runId: string | null;
      /** The run's model and provider, for a person. */
      label: string;
      stage: Phase | 'queued' | 'done';
      finished: number;
      total: number;
      elapsedS: number;
      /** Seconds left of the whole experiment, an estimate; null until one can be made. */
      leftS: number | null;
    }
  | { type: 'runChanged'; experimentId: string; runId: string; status: RunRecord['status'] }
  | { type: 'warning'; experimentId: string; text: string }
  | { type: 'experimentEnded'; experimentId: string; status: Experiment['status'] };

/** The lab as every door sees it. */
export type Lab = { [N in CommandName]: (input: Input<N>) => Promise<Outputs[N]> } & {
  /** Calls back on every event until the returned function is called. */
  onEvent(listener: (event: LabEvent) => void): () => void;
};

/** What the service implements: inputs already parsed. */
export type Handlers = { [N in CommandName]: (input: ParsedInput<N>) => Promise<Outputs[N]> };
