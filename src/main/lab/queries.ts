import { readFileSync } from 'node:fs';
import type { Experiment, Outputs, ParsedInput, RunDetail } from '../../shared/contract';
import { LabError } from '../../shared/errors';
import { newestOfEachPlace, type RunRecord } from '../../shared/run';
import type { RunMarks } from '../../shared/runRow';
import { resolveInputs } from '../models/inputs';
import { readModel } from '../models/reader';
import type { LabReader } from '../store/reader';
import type { Experiment as StoredExperiment } from '../store/records';
import { curveOf, rowsOfRuns } from './figures/curve';
import { modelFile, modelFolder } from './job';
import { modelMacs } from './modelMacs';

/** Median latency of the identity model on the same provider, engine and threads in the run's experiment, s. */
export function callOverheadS(
  reader: LabReader,
  run: RunRecord,
  siblings = reader.listRuns({ experimentId: run.experimentId, role: 'overhead' }),
): number | null {
  const { provider, engine, threads } = run.condition;
  const own = siblings.find(
    (r) =>
      r.experimentId === run.experimentId &&
      r.role === 'overhead' &&
      r.condition.provider === provider &&
      r.condition.engine === engine &&
      r.condition.threads === threads &&
      r.latency?.p50S.value != null &&
      r.latency.verdict !== 'invalid',
  );
  return own?.latency?.p50S.value ?? null;
}

export function showRun(reader: LabReader, text: string): RunDetail {
  const run = reader.findRun(text);
  return {
    run,
    model: reader.getModel(run.condition.modelId),
    machine: reader.getMachine(run.machineId),
    windows: reader.getWindows(run.id),
    sample: reader.marks('run').get(run.id)?.sample ?? false,
    callOverheadS: callOverheadS(reader, run),
  };
}

/**
 * The runs that lists, curves and exports for a person are made of: none of the bin; and runs of the sample dataset,
 * which were recorded elsewhere, only where their experiment is asked for by name or the lab holds nothing else. So a
 * curve or a table never mixes them with a person's own.
 * @param experimentId null: all experiments
 */
export function shownRuns(
  runs: readonly RunRecord[],
  marks: ReadonlyMap<string, RunMarks>,
  experimentId: string | null | undefined,
): RunRecord[] {
  const shown = runs.filter((run) => (marks.get(run.id)?.binnedUnixMs ?? null) === null);
  if (experimentId) return shown;
  const own = shown.filter((run) => !marks.get(run.id)?.sample);
  return own.length > 0 ? own : shown;
}

/** See shownRuns for which. */
export function listRuns(
  reader: LabReader,
  { experimentId, status }: ParsedInput<'listRuns'>,
): Outputs['listRuns'] {
  const models = new Map(reader.listModels().map((m) => [m.id, m]));
  const experiment = experimentId === null ? undefined : reader.findExperiment(experimentId).id;
  const marks = reader.marks('run');
  const runs = shownRuns(reader.listRuns({ experimentId: experiment }), marks, experiment).filter(
    (run) => status === null || run.status === status,
  );
  return {
    runs: runs.map((run) => {
      const model = models.get(run.condition.modelId);
      return {
        run,
        modelName: model?.name ?? run.condition.modelId.slice(0, 12),
        parameters: model?.counts.parameters ?? null,
        sample: marks.get(run.id)?.sample ?? false,
      };
    }),
  };
}

/** Counts at concrete shapes and the free dimensions that a plan may fix. */
export function showModel(
  reader: LabReader,
  labFolder: string,
  { model: text, batch, dims }: ParsedInput<'showModel'>,
): Outputs['showModel'] {
  const model = reader.findModel(text);
  const specs = resolveInputs(model.inputs, { batch, dims, values: {} });
  const graph = readModel(readFileSync(modelFile(labFolder, model)));
  const macs = modelMacs(modelFolder(labFolder, model.id), model, graph, specs);
  const freeDims = model.inputs.flatMap((port) => {
    const shape = specs.find((s) => s.name === port.name)?.shape ?? [];
    return (port.shape ?? []).flatMap((dim, axis) =>
      typeof dim === 'number'
        ? []
        : [{ name: dim ?? `${port.name}:${axis}`, input: port.name, axis, size: shape[axis] }],
    );
  });
  return { model, macs, freeDims, inputs: model.inputs };
}

/**
 * The efficiency curve of one experiment, or of every measured run in the lab (see shownRuns: no bin, no sample among a
 * person's own). Overhead runs are not models. Rows of the sample dataset say so, and the figure's title then does.
 */
export function figureOf(
  reader: LabReader,
  { experimentId, y, x, theme, title }: ParsedInput<'figure'>,
): Outputs['figure'] {
  const experiment = experimentId === null ? undefined : reader.findExperiment(experimentId).id;
  const marks = reader.marks('run');
  // First the newest of each place, then the bin: an older run does not take the place of one that was thrown away.
  const newest = newestOfEachPlace(reader.listRuns({ experimentId: experiment }));
  const runs = rowsOfRuns(
    reader,
    shownRuns(newest, marks, experiment).filter(
      (run) => run.role === 'measure' && run.status !== 'queued' && run.status !== 'running',
    ),
  );
  if (runs.length === 0) {
    throw new LabError(
      'not_found',
      'There is no measured run to draw yet.',
      'Measure something first, for example with the quickstart.',
    );
  }
  return curveOf(runs, { x: { quantity: x }, y, theme, title });
}

/**
 * An experiment with the state of its plan's places. `now`: what this process does with it; one that nobody measures
 * and that did not end is `interrupted`.
 */
export function viewOfExperiment(
  reader: LabReader,
  { id, plan, planSha256, createdUnixMs, status: stored }: StoredExperiment,
  now: 'running' | 'queued' | null,
): Experiment {
  const ended = stored === 'completed' || stored === 'cancelled' ? stored : 'interrupted';
  const runs = reader.countPlaces(id);
  return { id, name: plan.name, createdUnixMs, status: now ?? ended, plan, planSha256, runs };
}
