import { z } from 'zod';
import { accuracyInput } from './accuracy';
import type { AccuracyView } from './accuracyCosts';
import {
  type BundlePreview,
  type BundleProgress,
  bundleFormats,
  bundleOptionsSchema,
  type ExportedBundle,
  type ImportedBundle,
  type ImportReport,
} from './bundle';
import { type CalibrationRecord, type CalibrationView, calibrationInput } from './calibration';
import {
  type ClaimCard,
  type ClaimDetail,
  type ClaimInput,
  type ClaimProgress,
  type ClaimRunStatus,
  type ClaimStep,
  type ClaimVerdict,
  type ClaimVersion,
  claimOptionsSchema,
  ownClaimSchema,
  predictionSchema,
} from './claim';
import { type Comparison, mostCompared } from './comparison';
import { type DatasetView, datasetInput } from './dataset';
import type { Failure } from './errors';
import type { CurveRow } from './figures/rows';
import { type CurveSpec, xQuantities, yQuantities } from './figures/spec';
import type { LatencyTrace, LiveReading, PowerTrace, RunColumns } from './live';
import type { Machine } from './machine';
import type { MeterReport } from './meter';
import type { Macs, Model } from './model';
import { families, type Port } from './model';
import { type Plan, type Provider, planSchema } from './plan';
import type { RunProvenance } from './provenance';
import { type Phase, type RunRecord, runStatuses, uiModes, type WindowRecord } from './run';
import type { RunRow } from './runRow';
import type { SelfTestReport } from './selfTest';
import { type TransformReport, transformOptionsSchema } from './transform';
import { type WallMeterView, type WallReading, wallMeterInput } from './wallMeter';

export type Json = z.infer<ReturnType<typeof z.json>>;

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
  /**
   * Makes a variant of a model by id, prefix or name (int8, int4, pruned, low-rank, block-sparse), checks it against the
   * original's outputs and takes it into the lab (`transformProgress` events); refused while the lab is at work.
   */
  transformModel: transformOptionsSchema.extend({ model: z.string().min(1) }),
  /** Ends the variant that is being made; nothing of it stays. */
  cancelTransform: z.strictObject({}),
  /** Folder, version, who else has it open, what is in it: what a page asks first. */
  labInfo: z.strictObject({}),
  /** Models in the lab; those in the bin beside them only if asked for (`binned: true` lists both). */
  listModels: z.strictObject({ binned: z.boolean().default(false) }),
  /** Takes out of the lists or puts back; nothing is deleted, so that every change can be undone. */
  setBinned: z.strictObject({
    what: z.enum(['model', 'run']),
    ids: z.array(z.string()).min(1).max(100_000),
    binned: z.boolean(),
  }),
  /** A locked run cannot be put into the bin. */
  setLocked: z.strictObject({ runs: z.array(z.string()).min(1).max(100_000), locked: z.boolean() }),
  /** What the page remembers in this lab: theme, columns, filters, saved views. JSON by key. */
  getSettings: z.strictObject({}),
  putSetting: z.strictObject({ key: z.string().min(1).max(100), value: z.json() }),
  /** What a plan would do: runs, time, and why it would be refused; measures and stores nothing. */
  previewPlan: z.strictObject({ plan: planSchema }),
  /** By id, unambiguous id prefix or name. */
  showModel: z.strictObject({
    model: z.string().min(1),
    batch: z.number().int().min(1).default(1),
    dims: z.record(z.string(), z.number().int()).default({}),
  }),
  /**
   * Stores the experiment and its queued runs (the first 100 with it in one transaction, the others in pieces of 100; what
   * a crash leaves out is queued when it is resumed); measures at once, or when those before it are done.
   */
  startExperiment: z.strictObject({ plan: planSchema, tdpW: z.number().positive().nullable().default(null) }),
  /** An earlier experiment with the same plan that is not finished; null if there is none. */
  findUnfinished: z.strictObject({ plan: planSchema }),
  /** Queues what an unfinished experiment has left and goes on; interrupted runs are measured anew, never overwritten. */
  resumeExperiment: z.strictObject({
    experimentId: z.string(),
    tdpW: z.number().positive().nullable().default(null),
  }),
  /** Stops at once: the run in progress ends `cancelled`, what was measured stays. One that waits is taken out of the queue. */
  cancelExperiment: z.strictObject({ experimentId: z.string() }),
  listExperiments: z.strictObject({}),
  listRuns: z.strictObject({
    experimentId: z.string().nullable().default(null),
    status: z.enum(runStatuses).nullable().default(null),
  }),
  /** Rows of the run table in the order they were queued, at most `limit` after the first `offset`. */
  runRows: z.strictObject({
    offset: z.number().int().min(0).default(0),
    limit: z.number().int().min(1).max(5000).default(1000),
    /** Only these, for example those that changed; null: all. */
    ids: z.array(z.string()).max(5000).nullable().default(null),
    /** Also those in the bin; their rows say so in `binnedUnixMs`. */
    binned: z.boolean().default(false),
  }),
  /** Time line, windows, traces and distribution of one run, reduced to what a screen can show. */
  runColumns: z.strictObject({ run: z.string().min(4) }),
  /** Two or more runs against the first: ratios with intervals, and what differs between them. */
  compareRuns: z.strictObject({ runs: z.array(z.string().min(4)).min(2).max(mostCompared) }),
  /** By id or unambiguous prefix. */
  showRun: z.strictObject({ run: z.string().min(4) }),
  /** Everything recorded of how a run's results came about (docs/method.md, 7); what is not, with its reason. */
  showProvenance: z.strictObject({ run: z.string().min(4) }),
  /** Rows and specification of the efficiency curve. */
  figure: z.strictObject({
    experimentId: z.string().nullable().default(null),
    y: z.enum(['auto', ...yQuantities]).default('auto'),
    x: z.enum(xQuantities).default('parameters'),
    title: z.string().max(300).nullable().default(null),
    theme: z.enum(['light', 'dark']).default('light'),
  }),
  /** What a bundle of this selection would hold: files, rows, sizes (estimates), what in it points to a person. */
  previewBundle: bundleOptionsSchema,
  /**
   * Writes a bundle into the folder `into` (null: `exports` in the lab's folder): a folder of its own or a zip, whole or
   * not at all (`bundleProgress` events). One export or import at a time; refused while the lab measures.
   */
  exportBundle: bundleOptionsSchema.extend({
    into: z.string().min(1).nullable().default(null),
    format: z.enum(bundleFormats).default('folder'),
  }),
  /**
   * Takes in a bundle (folder or zip) of another lab: its sums are checked first, then its records are merged by hash
   * (`bundleProgress` events). Refused while the lab measures.
   */
  importBundle: z.strictObject({ path: z.string().min(1) }),
  /** Ends the export or import in progress: of an export nothing stays, of an import the runs that are whole. */
  cancelBundle: z.strictObject({}),
  /** Bundles that were imported, newest first. */
  listBundles: z.strictObject({}),
  /** One HTML file without scripts or outside links: question, machine, protocol, table, figures, verdicts, limits. */
  experimentReport: z.strictObject({ experiment: z.string().min(1) }),
  /** Starts or stops live readings of every meter that was found (`meterReadings`); refused while the lab measures. */
  watchMeters: z.strictObject({ on: z.boolean(), tdpW: z.number().positive().nullable().default(null) }),
  /** Wall meters of this lab (never their tokens) and every calibration that was ever entered. */
  listMeters: z.strictObject({}),
  /** Checks the address and stores it; the meter itself is not asked. */
  addWallMeter: z.strictObject({ meter: wallMeterInput }),
  changeWallMeter: z.strictObject({
    id: z.string(),
    enabled: z.boolean().nullable().default(null),
    label: z.string().trim().max(60).nullable().default(null),
  }),
  /** With its token. It can be put back until the lab is closed. */
  removeWallMeter: z.strictObject({ id: z.string() }),
  restoreWallMeter: z.strictObject({ id: z.string() }),
  /** Asks a stored meter (`id`) or one that is not stored yet once; refused while the lab measures. */
  testWallMeter: z.strictObject({
    id: z.string().nullable().default(null),
    meter: wallMeterInput.nullable().default(null),
  }),
  /** Loads the processor three times for 5 s, about 40 s in all, and stores how far the meter trails; refused while the lab measures. */
  measureWallLag: z.strictObject({ id: z.string() }),
  /** Enters a comparison of a sensor with a better meter; it holds for runs from now on. */
  addCalibration: calibrationInput,
  /** Takes a calibration out of force or puts it back; results that used it keep it. */
  setCalibrationRevoked: z.strictObject({ id: z.string(), revoked: z.boolean() }),
  /** Tests every meter that was found, idle and under load, for about a minute (`selfTest` events); refused while the lab measures. */
  selfTestMeters: z.strictObject({ tdpW: z.number().positive().nullable().default(null) }),
  /** The page's answer to an opened window: whether it draws nothing while the window is open. Stored with the run. */
  confirmQuiet: z.strictObject({
    runId: z.string(),
    mode: z.enum(uiModes).extract(['quiet', 'normal']),
    /** Which window is answered, counted from 0; null: the one that was announced last. */
    index: z.number().int().min(0).nullable().default(null),
  }),
  /** The nine claims and the user's own, each with its newest prediction and verdict. */
  listClaims: z.strictObject({}),
  /** By id (`kernel`), label (`C2`) or title of an own claim; any case. With every version and run. */
  showClaim: z.strictObject({ claim: z.string().min(1) }),
  /** What a run of a claim would do and how long it takes; starts nothing. */
  previewClaim: z.strictObject({ claim: z.string().min(1), options: claimOptionsSchema }),
  /** Queues a run of the claim's newest version; its evidence is stored step by step. */
  runClaim: z.strictObject({ claim: z.string().min(1), options: claimOptionsSchema }),
  /** Goes on with a cancelled, failed or interrupted run where it stopped. */
  resumeClaimRun: z.strictObject({ claimRunId: z.string() }),
  cancelClaimRun: z.strictObject({ claimRunId: z.string() }),
  /** Writes one's own prediction down: a new version, which starts without evidence. */
  predictClaim: z.strictObject({ claim: z.string().min(1), prediction: predictionSchema }),
  /** A new claim of the user's own (`claim` null), or a new version of one. */
  writeClaim: z.strictObject({ claim: z.string().min(1).nullable().default(null), own: ownClaimSchema }),
  /** Labelled data: generated, installed, and the user's own. */
  listDatasets: z.strictObject({}),
  /** Reads, checks and copies labelled data into the lab; refused while the lab measures. */
  addDataset: datasetInput,
  /** Deletes the lab's copy of a data set that was added; what was measured with it stays. */
  removeDataset: z.strictObject({ name: z.string().min(1) }),
  /** Counts how often a classifier is right on a data set's test part (`accuracyProgress` events); refused while the lab is at work. */
  testAccuracy: accuracyInput,
  /** Ends the test that runs; nothing of it stays. */
  cancelAccuracy: z.strictObject({}),
  /** Newest last; of one model, by id, prefix or name, or of all. With what a right answer costs. */
  listAccuracies: z.strictObject({ model: z.string().min(1).nullable().default(null) }),
  /** Adds the bundled sample dataset: runs recorded elsewhere, marked SAMPLE wherever they show. */
  loadSample: z.strictObject({}),
  /** Recomputes every stored hash and looks for what does not fit; refused while the lab measures. */
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
  status: 'queued' | 'running' | 'completed' | 'cancelled' | 'interrupted';
  plan: Plan;
  planSha256: string;
  runs: { queued: number; running: number; completed: number; cancelled: number; failed: number };
}

export interface RunDetail {
  run: RunRecord;
  model: Model;
  machine: Machine;
  windows: WindowRecord[];
  /** Part of the sample dataset: recorded elsewhere. */
  sample: boolean;
  /** Median of the identity model on the same provider and engine in this experiment, s; shown beside, never subtracted. */
  callOverheadS: number | null;
}

export interface LabInfo {
  folder: string;
  version: string;
  /** Open for reading only, because of the process with this id (null: not known); null where this lab may write. */
  readOnly: { holderPid: number | null } | null;
  models: number;
  runs: number;
  sampleLoaded: boolean;
  /** The experiment that is measured now. */
  measuring: string | null;
}

/** What a plan would do. */
export interface PlanPreview {
  /** Runs in all, and those that only measure the cost of a call. */
  runs: number;
  overheadRuns: number;
  /** Of the runs those of the control: one small model, measured twice in each block. */
  controlRuns: number;
  /** Seconds: if every run stops as early as its preset allows, and if none does. An estimate. */
  expectedS: { low: number; high: number };
  /** What a person should know before starting; empty where nothing is odd. */
  warnings: string[];
  /** Why it cannot be started; null where it can. */
  refusal: Failure | null;
}

export interface Outputs {
  describeMachine: { machine: Machine; providers: ProviderReport[]; meters: MeterReport[]; lab: string };
  importModels: {
    imported: { model: Model; alreadyThere: boolean; path: string }[];
    refused: { path: string; failure: Failure }[];
  };
  buildModel: { model: Model; alreadyThere: boolean };
  transformModel: { model: Model; report: TransformReport };
  cancelTransform: { cancelled: boolean };
  labInfo: LabInfo;
  /** `withoutFile`: ids of those that came with a bundle, which holds no files of models; absent: none. */
  listModels: { models: Model[]; withoutFile?: string[] };
  setBinned: { changed: number };
  setLocked: { changed: number };
  getSettings: { settings: Record<string, Json> };
  putSetting: Record<string, never>;
  previewPlan: PlanPreview;
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
  listRuns: { runs: { run: RunRecord; modelName: string; parameters: number | null; sample: boolean }[] };
  runRows: { rows: RunRow[]; total: number };
  runColumns: RunColumns;
  compareRuns: Comparison;
  showRun: RunDetail;
  showProvenance: RunProvenance;
  figure: { spec: CurveSpec; rows: CurveRow[] };
  previewBundle: BundlePreview;
  exportBundle: ExportedBundle;
  importBundle: ImportReport;
  cancelBundle: { cancelled: boolean };
  listBundles: { labId: string; bundles: ImportedBundle[] };
  /** `name`: a file name for it. */
  experimentReport: { name: string; html: string };
  watchMeters: { watching: boolean };
  listMeters: { wallMeters: WallMeterView[]; calibrations: CalibrationView[] };
  addWallMeter: { meter: WallMeterView };
  changeWallMeter: { meter: WallMeterView };
  removeWallMeter: Record<string, never>;
  restoreWallMeter: { meter: WallMeterView };
  /** One of the two is null. */
  testWallMeter: { reading: WallReading | null; failure: Failure | null };
  measureWallLag: { lagS: number; correlation: number };
  addCalibration: { calibration: CalibrationRecord };
  setCalibrationRevoked: { changed: boolean };
  selfTestMeters: SelfTestReport;
  confirmQuiet: Record<string, never>;
  listClaims: { claims: ClaimCard[] };
  showClaim: ClaimDetail;
  previewClaim: {
    steps: ClaimStep[];
    expectedS: number;
    warnings: string[];
    refusal: Failure | null;
    /** Numbers that a person may type; absent or empty: the claim takes none. */
    inputs?: ClaimInput[];
  };
  runClaim: { claimRunId: string };
  resumeClaimRun: { claimRunId: string };
  cancelClaimRun: { cancelled: boolean };
  predictClaim: { version: ClaimVersion };
  writeClaim: { version: ClaimVersion };
  listDatasets: { datasets: DatasetView[] };
  addDataset: { dataset: DatasetView };
  removeDataset: Record<string, never>;
  testAccuracy: { accuracy: AccuracyView };
  cancelAccuracy: { cancelled: boolean };
  listAccuracies: { accuracies: AccuracyView[] };
  loadSample: { runs: number; alreadyThere: boolean };
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
  /** A window is about to open, or has closed. Between the two, the page draws nothing that moves. */
  | { type: 'window'; experimentId: string; runId: string; index: number; open: boolean }
  /** What was measured since the last one, sent between windows only; already reduced. */
  | {
      type: 'samples';
      experimentId: string;
      runId: string;
      power: PowerTrace[];
      latency: LatencyTrace | null;
    }
  | { type: 'meterReadings'; readings: LiveReading[] }
  /** The self test of the meters goes on: what it does now, and how far it is. */
  | { type: 'claimProgress'; progress: ClaimProgress }
  | {
      type: 'claimEnded';
      claimRunId: string;
      claim: string;
      status: ClaimRunStatus;
      /** Null unless it completed. */
      verdict: ClaimVerdict | null;
    }
  | { type: 'accuracyProgress'; modelId: string; share: number }
  | { type: 'selfTest'; text: string; doneS: number; totalS: number }
  /** A variant of a model is being made: share done, 0 to 1, and what is done now. */
  | { type: 'bundleProgress'; progress: BundleProgress }
  | { type: 'transformProgress'; modelId: string; share: number; label: string }
  | { type: 'importProgress'; done: number; total: number; path: string }
  /** Something was added, binned or changed: lists should be asked for again. */
  | {
      type: 'changed';
      what: 'models' | 'runs' | 'experiments' | 'settings' | 'claims' | 'datasets' | 'accuracies' | 'bundles';
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
