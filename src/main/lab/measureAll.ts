import type { Experiment as ExperimentView } from '../../shared/contract';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import { protocolOf } from '../../shared/plan';
import type { Phase } from '../../shared/run';
import { parseRecipe } from '../models/builders';
import type { Experiment } from '../store/records';
import { isShort } from './beforeRun';
import type { LabContext } from './context';
import { openMeters } from './meterSession';
import { buildInto, identityModel } from './models';
import type { Pages } from './pages';
import { newRun, type Place, placesOf } from './places';
import { modelFinder } from './planModels';
import { preflight, preflightWords } from './preflight';
import { rangeFromPast, secondsLeft } from './progress';
import { isRecipe } from './recipes';
import { runOne, type Session } from './runOne';
import { turnOfOthers } from './turns';

export interface Measurement {
  experiment: Experiment;
  machine: Machine;
  tdpW: number | null;
  pages: Pages;
}

/** Measures every place that has no completed run yet, in the order of the plan. */
export async function measureAll(
  context: LabContext,
  { experiment, machine, tdpW, pages }: Measurement,
  signal: AbortSignal,
): Promise<ExperimentView['status']> {
  const { store, effects, emit } = context;
  const { plan, id: experimentId } = experiment;
  const meters = await openMeters(context, plan, tdpW);
  const places = placesOf(plan);
  const begun = effects.nowUnixMs();
  const last = store.reader.newestRuns(experimentId);
  const todo = places.filter((p) => last.get(p.ordinal)?.status !== 'completed');
  await turnOfOthers();
  const expectedS = expectations(context, todo);
  const actualS: number[] = [];
  let runBegun = begun;
  const session: Session = { system: effects.watchSystem(), runs: 0, readyC: new Map() };

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

  /** Windows still to come replace what was expected of the run, once they can be told. */
  const expectWindows = (place: Place, index: number) => (windows: number) => {
    const { idleAfterS, settleS } = protocolOf(place.condition);
    const afterS = idleAfterS > 0 ? idleAfterS + settleS : 0;
    expectedS[index] = (effects.nowUnixMs() - runBegun) / 1000 + windows * place.condition.windowS + afterS;
  };
  /** A look at the machine before anything is loaded; nobody waits for it where nothing is evidence. */
  const lookAtMachine = async (): Promise<string[]> => {
    if (plan.preset === 'glance' || todo.every((p) => isShort(p.condition))) return [];
    progress(null, plan.name, 'preflight');
    const find = modelFinder(store.reader, context.folder);
    const known = [...new Set(todo.map((p) => p.text))].flatMap((text) =>
      text === null ? [] : found(find, text),
    );
    const { note, warnings } = preflightWords(await preflight(session.system.look, known, signal));
    for (const text of warnings) emit({ type: 'warning', experimentId, text });
    return [note];
  };

  try {
    let notes = await lookAtMachine();
    for (const [index, place] of todo.entries()) {
      // Runs that fail at once would keep the thread from everything else.
      await turnOfOthers();
      if (signal.aborted) break;
      runBegun = effects.nowUnixMs();
      const there = last.get(place.ordinal);
      let run = there?.status === 'queued' ? store.reader.getRun(there.id) : null;
      if (run === null) {
        progress(null, place.text ?? 'identity', 'queued');
        await turnOfOthers(); // the line is drawn before a build keeps the thread
        const model = place.text === null ? identityModel(context) : modelOf(context, place.text);
        run = newRun(context, experimentId, machine.id, place, model);
        store.writer.addRuns([run]);
        emit({ type: 'changed', what: 'runs' });
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
          pages,
          session,
          notes,
          machineId: machine.id,
          onPhase: (stage) => progress(runId, label, stage),
          onWindowsLeft: expectWindows(place, index),
        },
        signal,
      );
      notes = [];
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

/** Seconds that each place should take, from earlier runs of its kind where there are some. */
function expectations({ store, folder }: LabContext, places: ReturnType<typeof placesOf>): number[] {
  const find = modelFinder(store.reader, folder);
  const idOf = (text: string) => {
    try {
      return find(text)?.id ?? text;
    } catch {
      return text; // a model that is gone since the plan was made fails in its own place
    }
  };
  const ids = new Map([...new Set(places.map((p) => p.text))].map((t) => [t, t === null ? null : idOf(t)]));
  const range = rangeFromPast(store.reader.pastRuns([...ids.values()].filter((id) => id !== null)));
  return places.map(
    ({ text, condition }) => range({ ...condition, modelId: ids.get(text) ?? condition.modelId }).low,
  );
}

/** The model, if it is there already; one that is gone fails in its own place. */
function found(find: ReturnType<typeof modelFinder>, text: string): Model[] {
  try {
    const model = find(text);
    return model ? [model] : [];
  } catch {
    return [];
  }
}

function modelOf(context: LabContext, text: string): Model {
  if (isRecipe(text)) return buildInto(context, parseRecipe(text)).model;
  return modelFinder(context.store.reader, context.folder)(text)!;
}
