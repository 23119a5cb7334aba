import { labWord } from '../../shared/bundle';
import type { Experiment as ExperimentView } from '../../shared/contract';
import { failureOf, LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import type { Plan } from '../../shared/plan';
import { sha256OfValue } from '../store/canonical';
import type { Experiment } from '../store/records';
import type { LabContext } from './context';
import { measureAll } from './measureAll';
import { identityModel } from './models';
import type { Pages } from './pages';
import { newRun, type Place, placesOf } from './places';
import { modelFinder, modelsOfPlan } from './planModels';
import { viewOfExperiment } from './queries';
import { createTurns, turnOfOthers } from './turns';

/** Runs experiments one at a time, one run at a time: two runs at once would measure each other. */
export interface Experiments {
  /** Stores the experiment; it is measured when those before it are done. */
  start(plan: Plan, tdpW: number | null): Promise<{ experimentId: string; runs: number }>;
  /** The newest with the same plan that has not ended and is neither measured nor waiting; null if there is none. */
  findUnfinished(plan: Plan): ExperimentView | null;
  resume(experimentId: string, tdpW: number | null): Promise<{ experimentId: string; runs: number }>;
  /** Ends what is measured, or takes what waits out of the queue. @returns false for any other */
  cancel(experimentId: string): Promise<boolean>;
  list(): ExperimentView[];
  /** Id of what is measured now. */
  measuring(): string | null;
  /** Ids of what is measured now, first, and of what waits. */
  atWork(): string[];
  /** Cancels what is being measured; resolves when it is stored. What waits stays stored and can be resumed. */
  stop(): Promise<void>;
}

export interface ExperimentParts {
  describe(tdpW: number | null): Promise<Machine>;
  pages: Pages;
  /** Called before an experiment is measured: ends what would disturb it. */
  quiet(): Promise<void>;
}

interface Waiting {
  experiment: Experiment;
  /** Null where it was not looked at, because another experiment was being measured. */
  machine: Machine | null;
  tdpW: number | null;
}

/** Rows that are written in one go; a plan of 10,000 runs is stored piece by piece, so that nothing else waits long. */
const CHUNK = 100;

export function createExperiments(
  context: LabContext,
  { describe, pages, quiet }: ExperimentParts,
): Experiments {
  const { store, effects, emit } = context;
  const waiting: Waiting[] = [];
  let live: { id: string; machine: Machine | null; abort: AbortController; ended: Promise<void> } | null =
    null;
  let stopping = false;
  /** Starts and resumes are stored one after another, in the order in which they were asked for. */
  const { inTurn, all } = createTurns();
  const changed = () => {
    emit({ type: 'changed', what: 'experiments' });
    emit({ type: 'changed', what: 'runs' });
  };

  const launchNext = (): void => {
    if (live || stopping) return;
    const next = waiting.shift();
    if (!next) return;
    const { id } = next.experiment;
    const own = { id, machine: next.machine, abort: new AbortController(), ended: Promise.resolve() };
    live = own;
    own.ended = measureOne(next, own)
      .catch((thrown): ExperimentView['status'] => {
        const { message, remedy } = failureOf(thrown);
        emit({ type: 'warning', experimentId: id, text: [message, remedy].filter(Boolean).join(' ') });
        return 'interrupted';
      })
      .then((status) => {
        live = null;
        emit({ type: 'experimentEnded', experimentId: id, status });
        emit({ type: 'changed', what: 'experiments' });
        launchNext();
      });
  };
  const measureOne = async (
    { experiment, tdpW }: Waiting,
    own: { machine: Machine | null; abort: AbortController },
  ): Promise<ExperimentView['status']> => {
    store.writer.setExperimentStatus(experiment.id, 'running', null);
    await quiet();
    own.machine ??= await describe(tdpW);
    store.writer.putMachine(own.machine);
    return measureAll(context, { experiment, machine: own.machine, tdpW, pages }, own.abort.signal);
  };

  /**
   * The machine to queue runs with. Looking at it starts processes, so while something is measured the one that is
   * known must do; it is looked at again before the experiment's first run.
   */
  const machineNow = async (tdpW: number | null): Promise<{ machine: Machine; fresh: boolean }> => {
    if (live?.machine) return { machine: live.machine, fresh: false };
    return { machine: await describe(tdpW), fresh: true };
  };
  const enqueue = (experiment: Experiment, machine: Machine | null, tdpW: number | null) => {
    waiting.push({ experiment, machine, tdpW });
    launchNext();
    changed();
  };
  const refuseClosing = () => {
    if (stopping)
      throw new LabError('cancelled', 'The lab is closing.', 'Start it again when the lab is open.');
  };
  const stateOf = (id: string): 'running' | 'queued' | null => {
    if (live?.id === id) return 'running';
    return waiting.some((w) => w.experiment.id === id) ? 'queued' : null;
  };
  const view = (experiment: Experiment): ExperimentView =>
    viewOfExperiment(store.reader, experiment, stateOf(experiment.id));

  return {
    start: (plan, tdpW) =>
      inTurn(async () => {
        refuseClosing();
        // Resolved before anything is stored: a plan with one bad name measures nothing.
        const find = modelFinder(store.reader, context.folder);
        modelsOfPlan(plan, find);
        const { machine, fresh } = await machineNow(tdpW);
        refuseClosing();
        store.writer.putMachine(machine);
        const experiment: Experiment = {
          id: effects.newId(),
          createdUnixMs: effects.nowUnixMs(),
          plan,
          planSha256: sha256OfValue(plan),
          status: 'queued',
          endedUnixMs: null,
        };
        const places = placesOf(plan);
        await turnOfOthers();
        await storeQueued(context, experiment, machine.id, places, find);
        enqueue(experiment, fresh ? machine : null, tdpW);
        return { experimentId: experiment.id, runs: places.length };
      }),
    findUnfinished(plan) {
      const planSha256 = sha256OfValue(plan);
      const elsewhere = store.reader.origins('experiment');
      // A cancelled one counts: Ctrl-C and a second start go on where it stopped.
      const same = store.reader
        .listExperiments()
        .filter((e) => e.planSha256 === planSha256 && e.status !== 'completed' && stateOf(e.id) === null)
        .filter((e) => !elsewhere.has(e.id));
      const last = same.at(-1);
      return last ? view(last) : null;
    },
    resume: (experimentId, tdpW) =>
      inTurn(async () => {
        refuseClosing();
        refuseAtWork(stateOf(experimentId));
        refuseElsewhere(store.reader.origins('experiment').get(experimentId));
        const experiment = store.reader.getExperiment(experimentId);
        const { machine, fresh } = await machineNow(tdpW);
        refuseClosing();
        store.writer.setExperimentStatus(experimentId, 'queued', null);
        // What ended badly is queued anew once; the old rows stay as they are.
        const again = [...store.reader.newestRuns(experimentId).values()].filter(
          ({ status }) => status === 'cancelled' || status === 'failed',
        );
        await inChunks(context, again, ({ id }) =>
          store.writer.queueAgain(id, effects.newId(), effects.nowUnixMs()),
        );
        enqueue(experiment, fresh ? machine : null, tdpW);
        return { experimentId, runs: placesOf(experiment.plan).length };
      }),
    async cancel(experimentId) {
      if (live?.id === experimentId) {
        live.abort.abort();
        return true;
      }
      const at = waiting.findIndex((w) => w.experiment.id === experimentId);
      if (at < 0) return false;
      waiting.splice(at, 1);
      await inTurn(() => cancelQueued(context, experimentId));
      emit({ type: 'experimentEnded', experimentId, status: 'cancelled' });
      changed();
      return true;
    },
    list: () => store.reader.listExperiments().map(view),
    measuring: () => live?.id ?? null,
    atWork: () => [...(live ? [live.id] : []), ...waiting.map((w) => w.experiment.id)],
    async stop() {
      stopping = true;
      live?.abort.abort();
      await all();
      await live?.ended;
    },
  };
}

function refuseAtWork(state: 'running' | 'queued' | null): void {
  if (state === null) return;
  const [what, remedy] =
    state === 'running'
      ? ['is being measured already', 'Wait until it has finished, or cancel it.']
      : ['waits in the queue already', 'It is measured when those before it are done.'];
  throw new LabError('bad_input', `This experiment ${what}.`, remedy);
}

/** Its other runs were measured on another machine: one experiment is one machine. */
function refuseElsewhere(lab: string | undefined): void {
  if (lab === undefined) return;
  throw new LabError(
    'bad_input',
    `This experiment was measured in another lab (${labWord(lab)}).`,
    'Start its plan anew.',
  );
}

/** Writes piece by piece, each in one transaction, and lets others have the thread in between. */
async function inChunks<T>({ store }: LabContext, all: readonly T[], write: (one: T) => void): Promise<void> {
  for (let from = 0; from < all.length; from += CHUNK) {
    store.writer.together(() => {
      for (const one of all.slice(from, from + CHUNK)) write(one);
    });
    await turnOfOthers();
  }
}

/**
 * The experiment with the runs of all models that are in the lab already; those of recipes join when their model is
 * built, and so would those that a crash between two pieces left out.
 */
async function storeQueued(
  context: LabContext,
  experiment: Experiment,
  machineId: string,
  places: readonly Place[],
  find: (text: string) => Model | null,
): Promise<void> {
  const { writer } = context.store;
  const identity = places.some((p) => p.text === null) ? identityModel(context) : null;
  const queue = (place: Place) => {
    const model = place.text === null ? identity : find(place.text);
    return model ? [newRun(context, experiment.id, machineId, place, model)] : [];
  };
  writer.createExperiment(experiment, places.slice(0, CHUNK).flatMap(queue));
  await inChunks(context, places.slice(CHUNK), (place) => writer.addRuns(queue(place)));
}

/** Ends an experiment that nobody measures: what is still queued of it ends `cancelled`. */
async function cancelQueued(context: LabContext, experimentId: string): Promise<void> {
  const { store, effects } = context;
  const queued = [...store.reader.newestRuns(experimentId).values()].filter((r) => r.status === 'queued');
  await inChunks(context, queued, ({ id }) =>
    store.writer.finishRun({
      ...store.reader.getRun(id),
      status: 'cancelled',
      endedUnixMs: effects.nowUnixMs(),
      outcome: { kind: 'cancelled', phase: 'launch' },
    }),
  );
  store.writer.setExperimentStatus(experimentId, 'cancelled', effects.nowUnixMs());
}
