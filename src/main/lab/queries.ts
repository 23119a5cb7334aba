import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment, Outputs, ParsedInput, RunDetail } from '../../shared/contract';
import { LabError } from '../../shared/errors';
import { type CurveRun, curveRows, defaultYQuantity } from '../../shared/figures/rows';
import { figureSpecSchema } from '../../shared/figures/spec';
import { newestOfEachPlace, type RunRecord } from '../../shared/run';
import { knownValues, resolveInputs } from '../models/inputs';
import { countMacs } from '../models/macs';
import { readModel } from '../models/reader';
import type { LabReader } from '../store/reader';
import type { Experiment as StoredExperiment } from '../store/records';
import { modelFolder } from './job';
import { appVersion } from './machine';

/** Median latency of the identity model on the same provider, engine and threads in the run's experiment, s. */
export function callOverheadS(
  reader: LabReader,
  run: RunRecord,
  siblings = reader.listRuns({ experimentId: run.experimentId }),
): number | null {
  const { provider, engine, threads } = run.condition;
  const own = siblings.find(
    (r) =>
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
    callOverheadS: callOverheadS(reader, run),
  };
}

export function listRuns(
  reader: LabReader,
  { experimentId, status }: ParsedInput<'listRuns'>,
): Outputs['listRuns'] {
  const models = new Map(reader.listModels().map((m) => [m.id, m]));
  const experiment = experimentId === null ? undefined : reader.findExperiment(experimentId).id;
  const runs = reader.listRuns({ experimentId: experiment, ...(status ? { status: [status] } : {}) });
  return {
    runs: runs.map((run) => {
      const model = models.get(run.condition.modelId);
      return {
        run,
        modelName: model?.name ?? run.condition.modelId.slice(0, 12),
        parameters: model?.counts.parameters ?? null,
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
  const graph = readModel(readFileSync(join(modelFolder(labFolder, model.id), 'model.onnx')));
  const macs = countMacs(graph, Object.fromEntries(specs.map((s) => [s.name, s.shape])), knownValues(specs));
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

/** The efficiency curve of one experiment, or of every measured run in the lab. Overhead runs are not models. */
export function figureOf(
  reader: LabReader,
  { experimentId, y, x, theme, title }: ParsedInput<'figure'>,
): Outputs['figure'] {
  const experiment = experimentId === null ? undefined : reader.findExperiment(experimentId).id;
  const runs: CurveRun[] = newestOfEachPlace(reader.listRuns({ experimentId: experiment }))
    .filter((run) => run.role === 'measure' && run.status !== 'queued' && run.status !== 'running')
    .map((run) => ({
      run,
      model: reader.getModel(run.condition.modelId),
      machine: reader.getMachine(run.machineId),
    }));
  if (runs.length === 0) {
    throw new LabError(
      'not_found',
      'There is no measured run to draw yet.',
      'Measure something first, for example with the quickstart.',
    );
  }
  const quantity = y === 'auto' ? defaultYQuantity(runs) : y;
  const spec = figureSpecSchema.parse({
    kind: 'curve-efficiency',
    x: { quantity: x },
    y: { quantity },
    // Built models are told apart by their size, a user's own by their names.
    pointLabels: runs.every(({ model }) => model.family === 'imported') ? 'model' : 'size',
    theme,
    title,
    appVersion: appVersion(),
  });
  return { spec, rows: curveRows(runs, x, quantity) };
}

/** An experiment with the state of its plan's places; one that nobody measures and that did not end is `interrupted`. */
export function viewOfExperiment(reader: LabReader, experiment: StoredExperiment, live: boolean): Experiment {
  const runs = { queued: 0, running: 0, completed: 0, cancelled: 0, failed: 0 };
  for (const run of newestOfEachPlace(reader.listRuns({ experimentId: experiment.id })))
    runs[run.status] += 1;
  const { id, plan, planSha256, createdUnixMs, status: stored } = experiment;
  const ended = stored === 'completed' || stored === 'cancelled' ? stored : 'interrupted';
  return { id, name: plan.name, createdUnixMs, status: live ? 'running' : ended, plan, planSha256, runs };
}
