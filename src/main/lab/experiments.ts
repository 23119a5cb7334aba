import type { Experiment as ExperimentView } from '../../shared/contract';
import { failureOf, LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import { type Condition, expandPlan, type Plan } from '../../shared/plan';
import { newestOfEachPlace, type Phase, type RunRecord } from '../../shared/run';
import { parseRecipe } from '../models/builders';
import { ownSettings } from '../models/inputs';
import { sha256OfValue } from '../store/canonical';
import { type Experiment, queuedRun } from '../store/records';
import type { LabContext } from './context';
import { openMeters } from './meterSession';
import { buildInto, identityModel, isRecipe, refuseUnknownSettings, resolveModel } from './models';
import { expectedRunS, secondsLeft } from './progress';
import { viewOfExperiment } from './queries';
import { runOne } from './runOne';

/** Runs experiments one at a time, one run at a time: two runs at once would measure each other. */
export interface Experiments {
  start(plan: Plan, tdpW: number | null): Promise<{ experimentId: string; runs: number }>;
  findUnfinished(plan: Plan): ExperimentView | null;
  resume(experimentId: string, tdpW: number | null): Promise<{ experimentId: string; runs: number }>;
  cancel(experimentId: string): boolean;
  list(): ExperimentView[];
  /** Cancels what is being measured; resolves when it is stored. */
  stop(): Promise<void>;
}

export function createExperiments(
  context: LabContext,
  describe: (tdpW: number | null) => Promise<Machine>,
): Experiments {
  const { store, effects, emit } = context;
  let live: { id: string; abort: AbortController; ended: Promise<void> } | null = null;

  const launch = (experiment: Experiment, machine: Machine, tdpW: number | null): void => {
    const abort = new AbortController();
    const ended = measureAll(context, experiment, machine, tdpW, abort.signal)
      .catch((thrown): ExperimentView['status'] => {
        emit({
          type: 'warning',
          experimentId: experiment.id,
          text: [failureOf(thrown).message, failureOf(thrown).remedy].filter(Boolean).join(' '),
        });
        return 'interrupted';
      })
      .then((status) => {
        live = null;
        emit({ type: 'experimentEnded', experimentId: experiment.id, status });
      });
    live = { id: experiment.id, abort, ended };
  };
  const refuseSecond = () => {
    if (live)
      throw new LabError(
        'bad_input',
        'The lab is measuring already.',
        'Wait until it has finished, or cancel it.',
      );
  };
  const view = (experiment: Experiment): ExperimentView =>
    viewOfExperiment(store.reader, experiment, live?.id === experiment.id);

  return {
    async start(plan, tdpW) {
      refuseSecond();
      // Resolved before anything is stored: a plan with one bad name measures nothing.
      refuseUnknownSettings(
        plan,
        plan.models.map((text) => resolveModel(context, text)),
      );
      const machine = await describe(tdpW);
      refuseSecond();
      store.writer.putMachine(machine);
      const experiment: Experiment = {
        id: effects.newId(),
        createdUnixMs: effects.nowUnixMs(),
        plan,
        planSha256: sha256OfValue(plan),
        status: 'running',
        endedUnixMs: null,
      };
      store.writer.createExperiment(experiment, queuedRuns(context, experiment, machine.id));
      launch(experiment, machine, tdpW);
      return { experimentId: experiment.id, runs: placesOf(plan).length };
    },
    findUnfinished(plan) {
      const planSha256 = sha256OfValue(plan);
      // A cancelled one counts: Ctrl-C and a second start go on where it stopped.
      const same = store.reader
        .listExperiments()
        .filter((e) => e.planSha256 === planSha256 && e.status !== 'completed');
      const last = same.at(-1);
      return last ? view(last) : null;
    },
    async resume(experimentId, tdpW) {
      refuseSecond();
      const experiment = store.reader.getExperiment(experimentId);
      const machine = await describe(tdpW);
      refuseSecond();
      store.writer.putMachine(machine);
      store.writer.setExperimentStatus(experimentId, 'running', null);
      // What ended badly is queued anew once; the old rows stay as they are.
      const runs = store.reader.listRuns({ experimentId });
      for (const last of newestOfEachPlace(runs)) {
        if (last.status === 'cancelled' || last.status === 'failed')
          store.writer.queueAgain(last.id, effects.newId(), effects.nowUnixMs());
      }
      launch(experiment, machine, tdpW);
      return { experimentId, runs: placesOf(experiment.plan).length };
    },
    cancel(experimentId) {
      if (live?.id !== experimentId) return false;
      live.abort.abort();
      return true;
    },
    list: () => store.reader.listExperiments().map(view),
    async stop() {
      live?.abort.abort();
      await live?.ended;
    },
  };
}

/** The condition of the identity model for each provider, engine and thread count that the plan uses. */
function overheadConditions(plan: Plan): Condition[] {
  if (!plan.callOverhead) return [];
  return expandPlan({
    ...plan,
    models: ['identity'],
    batches: [1],
    preset: 'glance',
    windowS: 0.5,
    dims: {},
    values: {},
  });
}

/** One place of a plan: its number, role and condition, with the model to be built first where it is a recipe. */
interface Place {
  ordinal: number;
  role: RunRecord['role'];
  /** What the plan calls the model; null for the identity model. */
  text: string | null;
  condition: Condition;
}

/** Every run of a plan, the overhead runs included. */
function placesOf(plan: Plan): Place[] {
  const measured = expandPlan(plan).map(
    (condition): Omit<Place, 'ordinal'> => ({ role: 'measure', text: condition.modelId, condition }),
  );
  // Last: the first point of the curve should not wait for them.
  const overhead = overheadConditions(plan).map(
    (condition): Omit<Place, 'ordinal'> => ({ role: 'overhead', text: null, condition }),
  );
  return [...measured, ...overhead].map((place, ordinal) => ({ ...place, ordinal }));
}

function newRun(
  context: LabContext,
  experimentId: string,
  machineId: string,
  place: Place,
  model: Model,
): RunRecord {
  // The plan's dimensions and values are for all its models together; the condition keeps what this one has.
  const condition = { ...place.condition, modelId: model.id, ...ownSettings(model.inputs, place.condition) };
  return queuedRun({
    id: context.effects.newId(),
    experimentId,
    ordinal: place.ordinal,
    role: place.role,
    condition,
    machineId,
    queuedUnixMs: context.effects.nowUnixMs(),
    macs: null,
  });
}

/** The runs of all models that are in the lab already; those of recipes join when their model is built. */
function queuedRuns(context: LabContext, experiment: Experiment, machineId: string): RunRecord[] {
  return placesOf(experiment.plan).flatMap((place) => {
    const model = place.text === null ? identityModel(context) : resolveModel(context, place.text);
    return model ? [newRun(context, experiment.id, machineId, place, model)] : [];
  });
}

/** Measures every place that has no completed run yet, in the order of the plan. */
async function measureAll(
  context: LabContext,
  experiment: Experiment,
  machine: Machine,
  tdpW: number | null,
  signal: AbortSignal,
): Promise<ExperimentView['status']> {
  const { store, effects, emit } = context;
  const { plan, id: experimentId } = experiment;
  const meters = await openMeters(context, plan, tdpW);
  const places = placesOf(plan);
  const begun = effects.nowUnixMs();
  const last = new Map(
    newestOfEachPlace(store.reader.listRuns({ experimentId })).map((run) => [run.ordinal, run]),
  );
  const todo = places.filter((p) => last.get(p.ordinal)?.status !== 'completed');
  const expectedS = todo.map((p) => expectedRunS(p.condition));
  const actualS: number[] = [];
  let runBegun = begun;

  const progress = (runId: string | null, label: string, stage: Phase | 'queued' | 'done') => {
    const now = effects.nowUnixMs();
    emit({
      type: 'progress',
      experimentId,
      runId,
      label,
      stage,
      finished: places.length - todo.length + actualS.length,
      total: places.length,
      elapsedS: (now - begun) / 1000,
      leftS: secondsLeft({ expectedS, actualS, currentS: (now - runBegun) / 1000 }),
    });
  };

  try {
    for (const place of todo) {
      if (signal.aborted) break;
      runBegun = effects.nowUnixMs();
      let run = last.get(place.ordinal);
      if (run?.status !== 'queued') {
        progress(null, place.text ?? 'identity', 'queued');
        await new Promise((resolve) => setImmediate(resolve)); // the line is drawn before a build keeps the thread
        const model = place.text === null ? identityModel(context) : modelOf(context, place.text);
        run = newRun(context, experimentId, machine.id, place, model);
        store.writer.addRuns([run]);
      }
      const model = store.reader.getModel(run.condition.modelId);
      const label = `${model.name} on ${run.condition.provider}${run.condition.engine === 'package' ? ' (session.run)' : ''}`;
      const runId = run.id;
      emit({ type: 'runChanged', experimentId, runId, status: 'running' });
      const done = await runOne(
        context,
        {
          run,
          model,
          plan,
          meters,
          machineId: machine.id,
          onPhase: (stage) => progress(runId, label, stage),
        },
        signal,
      );
      actualS.push((effects.nowUnixMs() - runBegun) / 1000);
      emit({ type: 'runChanged', experimentId, runId, status: done.status });
      if (meters.lost()) await meters.reopen();
    }
    const status = signal.aborted ? 'cancelled' : 'completed';
    store.writer.setExperimentStatus(experimentId, status, effects.nowUnixMs());
    progress(null, plan.name, 'done');
    return status;
  } finally {
    await meters.close();
  }
}

function modelOf(context: LabContext, text: string): Model {
  return isRecipe(text) ? buildInto(context, parseRecipe(text)).model : context.store.reader.findModel(text);
}
