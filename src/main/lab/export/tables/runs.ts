import { engines, presetNames, providers } from '../../../../shared/plan';
import { phases, type RunRecord, uiModes } from '../../../../shared/run';
import type { BundleTable } from '../types';
import {
  batches,
  columnsOf,
  count,
  dateTime,
  explained,
  flag,
  notRecorded,
  oneOf,
  optional,
  ordinal,
  quantity,
  text,
} from './columns';
import { runEnergyColumns } from './runEnergy';
import { deviceOf, type RunFacts, runFactsOf } from './runFacts';
import { runLatencyColumns } from './runLatency';
import { runModelColumns } from './runModel';
import { runQualityColumns } from './runQuality';

/** Ways in which a run that is in a bundle has ended. */
export const endedStatuses = ['completed', 'cancelled', 'failed'] as const;
export const runRoles = ['measure', 'overhead', 'control'] as const;

const identity = [
  text<RunFacts>('run_id', 'UUID of the run.', ({ run }) => run.id),
  text<RunFacts>('experiment_id', 'Experiment that the run belongs to.', ({ run }) => run.experimentId),
  text<RunFacts>('lab_id', 'Random number of the lab that measured the run.', ({ labId }) => labId),
  ordinal<RunFacts>('ordinal', 'Place of the run in its plan, from 0.', ({ run }) => run.ordinal),
  oneOf<RunFacts>(
    'role',
    runRoles,
    'measure: a condition of the plan; overhead: an identity model that shows what a call costs; control: one of two equal runs that show what the machine makes different.',
    ({ run }) => run.role,
  ),
  optional(
    ordinal<RunFacts>(
      'entry',
      'Number of its condition in a comparison, from 0.',
      ({ run }) => run.turn?.entry,
    ),
  ),
  optional(ordinal<RunFacts>('block', 'Block of a comparison, from 0.', ({ run }) => run.turn?.block)),
  optional(ordinal<RunFacts>('position', 'Place inside its block, from 0.', ({ run }) => run.turn?.position)),
  flag<RunFacts>(
    'is_sample',
    'True for runs of the sample dataset that comes with the program, recorded on another machine.',
    ({ isSample }) => isSample,
  ),
  oneOf<RunFacts>('status', endedStatuses, 'How the run ended.', ({ run }) => run.status),
  optional(
    text<RunFacts>('status_reason', 'Why a failed run failed, in one sentence.', ({ run }) =>
      run.outcome?.kind === 'failed' ? run.outcome.message : null,
    ),
  ),
  optional(
    oneOf<RunFacts>('failed_phase', phases, 'Phase in which the run failed or was cancelled.', ({ run }) =>
      run.outcome && run.outcome.kind !== 'completed' ? run.outcome.phase : null,
    ),
  ),
  optional(
    text<RunFacts>('failed_signal', 'Signal that ended the process of a failed run.', ({ run }) =>
      run.outcome?.kind === 'failed' ? run.outcome.signal : null,
    ),
  ),
  dateTime<RunFacts>('queued_at', 'When the run was put into the queue, UTC.', ({ run }) => run.queuedUnixMs),
  ordinal<RunFacts>('queued_unix_ms', 'The same in ms since 1970.', ({ run }) => run.queuedUnixMs),
  optional(
    ordinal<RunFacts>(
      'started_unix_ms',
      'When the run started, ms since 1970 UTC; empty where it was cancelled before.',
      ({ run }) => run.startedUnixMs,
    ),
  ),
  ...explained<RunFacts>('duration_missing_reason', ({ run }) => whyNoDuration(run), [
    quantity('duration_s', 'From the start of the run to its end by the wall clock.', ({ run }) =>
      whyNoDuration(run) === null ? (run.endedUnixMs! - run.startedUnixMs!) / 1000 : null,
    ),
  ]),
];

function whyNoDuration({ startedUnixMs, endedUnixMs, outcome }: RunRecord): string | null {
  if (startedUnixMs === null) return 'the run never started';
  if (endedUnixMs === null) return notRecorded;
  const unseen = outcome?.kind === 'failed' && outcome.exitCode === null && outcome.signal === null;
  return unseen && outcome.cause === 'crash' ? 'nobody saw the run end' : null;
}

const condition = [
  oneOf<RunFacts>(
    'engine',
    engines,
    'How ONNX Runtime is called: its C API, or its JavaScript package.',
    ({ run }) => run.condition.engine,
  ),
  optional(
    text<RunFacts>('engine_version', 'Version of ONNX Runtime.', ({ run, machine }) =>
      run.facts === null ? machine.onnxruntime : run.facts.ortVersion,
    ),
  ),
  oneOf<RunFacts>(
    'provider_requested',
    providers,
    'Execution provider that the plan asked for.',
    ({ run }) => run.condition.provider,
  ),
  optional(
    text<RunFacts>(
      'provider_used',
      'Execution providers that the nodes of the graph ran on, each with its number of nodes.',
      ({ run }) => run.facts?.assignment?.map((a) => `${a.provider}:${a.nodes}`).join('|'),
    ),
  ),
  optional(
    text<RunFacts>(
      'device',
      'Processor or graphics device that the provider computes on.',
      ({ run, machine }) => deviceOf(run, machine),
    ),
  ),
  count<RunFacts>('batch_size_count', 'Items in one inference.', ({ run }) => run.condition.batch),
  count<RunFacts>('threads_count', 'Threads inside one operator.', ({ run }) => run.condition.threads),
  oneOf<RunFacts>(
    'preset',
    presetNames,
    'Named set of numbers behind the protocol.',
    ({ run }) => run.condition.preset,
  ),
  quantity<RunFacts>('window_s', 'Planned length of a window.', ({ run }) => run.condition.windowS),
  ordinal<RunFacts>('seed', 'Seed of inputs and order.', ({ run }) => run.condition.seed),
  optional(
    text<RunFacts>('input_shapes', 'Name, element type and shape of each input that was fed.', ({ run }) =>
      run.facts?.inputs.map((i) => `${i.name}:${i.elemType}[${i.shape.join('x')}]`).join('|'),
    ),
  ),
  optional(
    text<RunFacts>(
      'inputs_assumed',
      'Sizes and values of inputs that nobody gave, so that the lab chose them.',
      ({ run }) => run.facts?.assumed.join('|'),
    ),
  ),
  oneOf<RunFacts>(
    'ui_mode',
    [...uiModes, notRecorded],
    'What the page did meanwhile; headless: none was open.',
    ({ run }) => run.uiMode ?? notRecorded,
  ),
  count<RunFacts>(
    'windows_count',
    'Windows that were measured, void ones included.',
    (r) => r.windows.length,
  ),
  count<RunFacts>(
    'windows_kept_count',
    'Windows that results stand on.',
    (r) => r.windows.filter((w) => w.verdict !== 'void').length,
  ),
];

const provenance = [
  text<RunFacts>('machine_id', 'Machine that measured the run.', ({ run }) => run.machineId),
  optional(text<RunFacts>('machine_cpu', 'Its processor.', ({ machine }) => machine.cpu.model)),
  text<RunFacts>(
    'machine_os',
    'Its operating system, release and architecture.',
    ({ machine }) => `${machine.os.platform} ${machine.os.release} ${machine.os.arch}`,
  ),
  optional(
    text<RunFacts>(
      'node_version',
      'Version of Node.js.',
      ({ run, machine }) => run.facts?.nodeVersion ?? machine.node,
    ),
  ),
  optional(
    text<RunFacts>(
      'app_version',
      'Version of Thirty Watts that measured.',
      ({ machine }) => machine.app.version,
    ),
  ),
  optional(text<RunFacts>('app_commit', 'Commit of its source.', ({ machine }) => machine.app.commit)),
  text<RunFacts>(
    'plan_sha256',
    'SHA-256 of the canonical JSON of the plan.',
    ({ experiment }) => experiment.planSha256,
  ),
  text<RunFacts>(
    'condition_sha256',
    'SHA-256 of the canonical JSON of the condition: equal for repeats.',
    ({ run }) => run.conditionSha256,
  ),
  text<RunFacts>(
    'record_sha256',
    'SHA-256 of the canonical JSON of the run’s record in provenance/records/runs.jsonl.',
    ({ recordSha256 }) => recordSha256,
  ),
];

/** One row per run that has ended, failed and cancelled ones included. */
export const runs: BundleTable<RunFacts> = {
  name: 'runs',
  title: 'Runs',
  description:
    'One row per run: one model under one condition, measured once. Failed and cancelled runs are here too.',
  primaryKey: ['run_id'],
  foreignKeys: [
    { fields: ['experiment_id'], table: 'experiments', to: ['experiment_id'] },
    { fields: ['model_id'], table: 'models', to: ['model_id'] },
    { fields: ['machine_id'], table: 'machines', to: ['machine_id'] },
    { fields: ['accuracy_id'], table: 'accuracies', to: ['accuracy_id'] },
  ],
  columns: columnsOf<RunFacts>(
    identity,
    runModelColumns,
    condition,
    runLatencyColumns,
    runEnergyColumns,
    runQualityColumns,
    provenance,
  ),
  raw: false,
  count: ({ selection }) => selection.runs.length,
  rows: (source) => batches(runFactsOf(source), 200),
};
