import type { Handlers, LabInfo } from '../../shared/contract';
import { LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import type { RunRecord } from '../../shared/run';
import { noMarks, type RunMarks, type RunRow, runRowOf } from '../../shared/runRow';
import { lockHolder } from '../store/lock';
import type { Marked } from '../store/marks';
import type { LabView } from '../store/open';
import type { LabReader } from '../store/reader';
import { calibrationsKey } from './calibrations';
import type { LabContext } from './context';
import { isModelHere } from './job';
import { appVersion } from './machine';
import { turnOfOthers } from './turns';
import { wallMetersKey } from './wallMeters';

/** What the service knows and the store does not. */
export interface LibraryState {
  /** See LabInfo. */
  readOnly(): LabInfo['readOnly'];
  /** The experiment that is measured now. */
  measuring(): string | null;
  /** Ids of the experiments that are measured now or wait for it. */
  atWork(): readonly string[];
}

/** The same of a lab that is open for reading only: what its holder stored so far. */
export function viewState({ dir, reader }: Pick<LabView, 'dir' | 'reader'>): LibraryState {
  // What nobody measures any more can still say that it runs: its process was killed.
  const open = () => (lockHolder(dir) === null ? [] : reader.openRuns());
  return {
    readOnly: () => ({ holderPid: lockHolder(dir) }),
    measuring: () => open().find((run) => run.status === 'running')?.experimentId ?? null,
    atWork: () => [...new Set(open().map((run) => run.experimentId))],
  };
}

export type ReadLibrary = Pick<Handlers, 'labInfo' | 'listModels' | 'getSettings' | 'runRows'>;
export type WriteLibrary = Pick<Handlers, 'setBinned' | 'setLocked' | 'putSetting'>;

/** Text of one setting at most, in UTF-16 units: views and column widths are small, data does not belong there. */
const settingMax = 1 << 20;

/** Settings with commands of their own: they hold tokens, or may only grow. */
const keptApart: readonly string[] = [wallMetersKey, calibrationsKey];

/** What the page lists. The bin holds what the lists leave out; `binned: true` lists it too. */
export function readLibrary(reader: LabReader, folder: string, state: LibraryState): ReadLibrary {
  const runRows = pagedRows(reader);
  return {
    async labInfo() {
      const runs = reader.marks('run');
      return {
        folder,
        version: appVersion(),
        readOnly: state.readOnly(),
        models: outsideBin(reader.modelIds(), reader.marks('model')).length,
        runs: outsideBin(reader.runIds(), runs).length,
        sampleLoaded: [...runs.values()].some((mark) => mark.sample),
        measuring: state.measuring(),
      };
    },
    async listModels({ binned }) {
      const marks = reader.marks('model');
      const models = reader.listModels().filter(({ id }) => binned || !inBin(marks, id));
      // Only those of other labs are looked for on the disk: a look for each model of a large lab takes its time.
      const foreign = reader.origins('model');
      const withoutFile = models
        .map(({ id }) => id)
        .filter((id) => foreign.has(id) && !isModelHere(folder, id));
      return withoutFile.length === 0 ? { models } : { models, withoutFile };
    },
    getSettings: async () => ({
      settings: Object.fromEntries(
        Object.entries(reader.settings()).filter(([key]) => !keptApart.includes(key)),
      ),
    }),
    runRows,
  };
}

/**
 * Bin, locks and settings. All ids of a call or none; what changes nothing is no error and no event.
 * @throws LabError not_found for an id that is not there; bad_input for what may not go into the bin, naming it
 */
export function writeLibrary(
  { store: { reader, writer }, effects, emit }: LabContext,
  state: Pick<LibraryState, 'atWork'>,
): WriteLibrary {
  const changed = (what: 'models' | 'runs' | 'settings', count: number) => {
    if (count > 0) emit({ type: 'changed', what });
    return { changed: count };
  };
  return {
    async setBinned({ what, ids, binned }) {
      refuseUnknown(reader, what, ids);
      const marks = reader.marks(what);
      if (binned) {
        if (what === 'run') refuseLocked(reader, marks, ids);
        refuseLive(reader, what, ids, state.atWork());
      }
      const differ = [...new Set(ids)].filter((id) => inBin(marks, id) !== binned);
      const count = writer.setBinned(what, differ, binned ? effects.nowUnixMs() : null);
      return changed(what === 'model' ? 'models' : 'runs', count);
    },
    async setLocked({ runs, locked }) {
      refuseUnknown(reader, 'run', runs);
      const marks = reader.marks('run');
      const binned = runs.filter((id) => inBin(marks, id));
      if (locked && binned.length > 0) {
        throw new LabError(
          'bad_input',
          `${describeRuns(reader, binned)} in the bin and cannot be locked.`,
          'Take it out of the bin first.',
        );
      }
      return changed('runs', writer.setLocked('run', runs, locked));
    },
    async putSetting({ key, value }) {
      if (keptApart.includes(key)) {
        throw new LabError(
          'bad_input',
          `The setting ${key} is changed by commands of its own.`,
          'Use the page Machine & meters, or “thirty-watts meters”.',
        );
      }
      if (JSON.stringify(value).length > settingMax) {
        throw new LabError(
          'bad_input',
          `The setting ${key} is larger than ${settingMax} characters.`,
          'Keep less in it.',
        );
      }
      writer.putSetting(key, value, effects.nowUnixMs());
      changed('settings', 1);
      return {};
    },
  };
}

const inBin = (marks: ReadonlyMap<string, RunMarks>, id: string) =>
  (marks.get(id)?.binnedUnixMs ?? null) !== null;

const outsideBin = (ids: readonly string[], marks: ReadonlyMap<string, RunMarks>) =>
  ids.filter((id) => !inBin(marks, id));

function refuseUnknown(reader: LabReader, what: Marked, ids: readonly string[]): void {
  const known = new Set(what === 'model' ? reader.modelIds() : reader.runIds());
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) {
    throw new LabError(
      'not_found',
      `There is no ${what} ${unknown} in this lab.`,
      'Ask for the list again: it may have changed.',
    );
  }
}

function refuseLocked(reader: LabReader, marks: ReadonlyMap<string, RunMarks>, ids: readonly string[]): void {
  const locked = ids.filter((id) => marks.get(id)?.locked);
  if (locked.length === 0) return;
  throw new LabError(
    'bad_input',
    `${describeRuns(reader, locked)} locked and cannot be put into the bin.`,
    'Unlock it first.',
  );
}

/** Whatever is measured now or waits for it stays where it can be seen. */
function refuseLive(reader: LabReader, what: Marked, ids: readonly string[], live: readonly string[]): void {
  const open = reader.openRuns().filter((run) => live.includes(run.experimentId));
  const busy = new Set(open.map((run) => (what === 'model' ? run.modelId : run.id)));
  const id = ids.find((one) => busy.has(one));
  if (id === undefined) return;
  const named = what === 'model' ? `The model ${reader.getModel(id).name} is` : describeRuns(reader, [id]);
  throw new LabError(
    'bad_input',
    `${named} being measured, or waits to be.`,
    'Wait until its experiment has ended, or cancel it.',
  );
}

/** “The run … of mlp-1.0M is” or “3 runs, among them … of mlp-1.0M, are”. */
function describeRuns(reader: LabReader, ids: readonly string[]): string {
  const id = ids[0] as string;
  const one = `${id} of ${reader.getModel(reader.getRun(id).condition.modelId).name}`;
  return ids.length === 1 ? `The run ${one} is` : `${ids.length} runs, among them ${one}, are`;
}

/** Runs that are read before the service looks at its other messages: a page of 1,000 takes about ten such steps. */
const runsAtOnce = 100;

const ended = ({ status }: RunRecord) =>
  status === 'completed' || status === 'cancelled' || status === 'failed';

/** A row without its marks: those are read anew on each call. */
type Unmarked = Omit<RunRow, keyof RunMarks | 'lab'>;

/**
 * Rows in the order in which the runs were stored, which is the order in which they were queued: new runs come last and
 * no page shifts. A run that has ended never changes, so its row is made once.
 */
function pagedRows(reader: LabReader): Handlers['runRows'] {
  const rows = new Map<string, Unmarked>();
  const model = once((id): Model => reader.getModel(id));
  const machine = once((id): Machine => reader.getMachine(id));
  const experimentName = once((id) => reader.getExperiment(id).plan.name);
  const rowOf = (run: RunRecord): Unmarked => {
    const row = runRowOf({
      run,
      model: model(run.condition.modelId),
      machine: machine(run.machineId),
      experimentName: experimentName(run.experimentId),
    });
    if (ended(run)) rows.set(run.id, row);
    return row;
  };
  return async ({ offset, limit, ids, binned }) => {
    let marks = reader.marks('run');
    let labs = reader.origins('run');
    const wanted = ids === null ? null : new Set(ids);
    const matching = reader
      .runIds()
      .filter((id) => (wanted === null || wanted.has(id)) && (binned || !inBin(marks, id)));
    const page = matching.slice(offset, offset + limit);
    const missing = page.filter((id) => !rows.has(id));
    const fresh = new Map<string, Unmarked>();
    for (let from = 0; from < missing.length; from += runsAtOnce) {
      if (from > 0) await turnOfOthers();
      for (const run of reader.getRuns(missing.slice(from, from + runsAtOnce))) fresh.set(run.id, rowOf(run));
    }
    if (missing.length > runsAtOnce) {
      // A page that was told of a change meanwhile has the new row already: what is older must not come after it.
      marks = reader.marks('run');
      labs = reader.origins('run');
      const open = new Map(reader.openRuns().map(({ id, status }) => [id, status]));
      const moved = [...fresh.values()].filter((row) => !rows.has(row.id) && row.status !== open.get(row.id));
      for (const run of reader.getRuns(moved.map(({ id }) => id))) fresh.set(run.id, rowOf(run));
    }
    return {
      total: matching.length,
      rows: page.flatMap((id) => {
        const row = fresh.get(id) ?? rows.get(id);
        return row ? [{ ...row, ...(marks.get(id) ?? noMarks), lab: labs.get(id) ?? null }] : [];
      }),
    };
  };
}

/** Remembers what was found for each id: records never change. */
function once<T>(find: (id: string) => T): (id: string) => T {
  const found = new Map<string, T>();
  return (id) => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const value = find(id);
    found.set(id, value);
    return value;
  };
}
