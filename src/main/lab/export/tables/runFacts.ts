import type { AccuracyRecord } from '../../../../shared/accuracy';
import type { Machine } from '../../../../shared/machine';
import type { Model } from '../../../../shared/model';
import type { RunRecord, WindowRecord } from '../../../../shared/run';
import type { DeviceState, Experiment } from '../../../store/records';
import { callOverheadS } from '../../queries';
import type { BundleSource } from '../types';
import { notRecorded } from './columns';

/** A run with everything that its row shows. */
export interface RunFacts {
  run: RunRecord;
  model: Model;
  machine: Machine;
  experiment: Experiment;
  windows: readonly WindowRecord[];
  states: readonly DeviceState[];
  accuracy: AccuracyRecord | null;
  callOverheadS: number | null;
  recordSha256: string;
  labId: string;
  /** Part of the sample dataset: recorded elsewhere. */
  isSample: boolean;
}

/** The selected runs in order of id, each read when it is asked for. */
export function* runFactsOf({ reader, selection }: BundleSource): Iterable<RunFacts> {
  const models = new Map(selection.models.map((m) => [m.id, m]));
  const experiments = new Map(selection.experiments.map((e) => [e.id, e]));
  const machines = new Map(selection.machines.map((m) => [m.id, m]));
  const accuracies = Map.groupBy(selection.accuracies, (a) => a.modelId);
  const overheads = Map.groupBy(
    selection.runs.filter((run) => run.role === 'overhead'),
    (run) => run.experimentId,
  );
  for (const run of selection.runs) {
    yield {
      run,
      model: models.get(run.condition.modelId) ?? reader.getModel(run.condition.modelId),
      machine: machines.get(run.machineId) ?? reader.getMachine(run.machineId),
      experiment: experiments.get(run.experimentId) ?? reader.getExperiment(run.experimentId),
      windows: reader.getWindows(run.id),
      states: reader.getStates(run.id),
      accuracy: accuracyFor(run, accuracies.get(run.condition.modelId) ?? []),
      callOverheadS: callOverheadS(reader, run, overheads.get(run.experimentId) ?? []),
      recordSha256: reader.recordHashOf(run.id),
      labId: selection.labOf(run.id),
      isSample: selection.sample.has(run.id),
    };
  }
}

/** Of the tests of its model the newest on the run's own provider, else the newest of all. */
function accuracyFor(run: RunRecord, tests: readonly AccuracyRecord[]): AccuracyRecord | null {
  const own = tests.filter((a) => a.provider === run.condition.provider);
  return (
    (own.length > 0 ? own : tests).toSorted(
      (a, b) => b.createdUnixMs - a.createdUnixMs || (a.id < b.id ? -1 : 1),
    )[0] ?? null
  );
}

/** Why a run lacks what only a whole run has. */
export function whyUnreached({ outcome }: RunRecord): string {
  if (outcome?.kind === 'failed') return `the run failed (${outcome.phase})`;
  if (outcome?.kind === 'cancelled') return `the run was cancelled (${outcome.phase})`;
  return notRecorded;
}

export const nsToS = (ns: number | null | undefined): number | null =>
  ns === null || ns === undefined ? null : ns / 1e9;

/** Codes, each once and sorted, `|` between them. */
export const codesText = (codes: readonly string[]): string => [...new Set(codes)].sort().join('|');

/** The processor or graphics device that the run's provider computes on, by name. */
export const deviceOf = ({ condition }: RunRecord, machine: Machine): string =>
  condition.provider === 'cpu' ? machine.cpu.model : (machine.gpus[0]?.name ?? machine.cpu.model);
