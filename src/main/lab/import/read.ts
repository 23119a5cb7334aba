import type { AccuracyRecord } from '../../../shared/accuracy';
import type { ClaimVersion } from '../../../shared/claim';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import type { RunRecord } from '../../../shared/run';
import type { StoredClaimExperiment, StoredClaimRun, StoredStep } from '../../store/claims';
import type { ReadingsRecord } from '../../store/readings';
import type { DeviceState, Experiment, RunEvent, SensorOfRun, StoredWindow } from '../../store/records';
import type { WholeRun } from '../../store/writer';
import { refused, refusedLine } from './refusal';
import { type Came, type ReadOptions, readTable, type TableReading } from './table';
import * as tables from './tables';

/** What is held of a bundle at once at most: everything but runs, and one run. */
const heldMaxBytes = 2 ** 30;

/** Everything in a bundle but its runs. */
export interface Contents {
  models: ReadonlyMap<string, Came<Model>>;
  machines: ReadonlyMap<string, Came<Machine>>;
  experiments: ReadonlyMap<string, Came<Experiment>>;
  accuracies: readonly Came<AccuracyRecord>[];
  claimVersions: readonly Came<ClaimVersion>[];
  claimRuns: readonly Came<StoredClaimRun>[];
  claimSteps: readonly Came<StoredStep>[];
  claimExperiments: readonly Came<StoredClaimExperiment>[];
}

/** A run of a bundle with everything that belongs to it. */
export interface CameRun {
  run: Came<RunRecord>;
  sensors: Came<SensorOfRun>[];
  windows: Came<StoredWindow>[];
  readings: Came<ReadingsRecord>[];
  states: Came<DeviceState>[];
  events: Came<RunEvent>[];
}

/** What a bundle may refer to without holding it. */
export interface Known {
  model(id: string): boolean;
  machine(id: string): boolean;
  experiment(id: string): boolean;
}

/** @throws LabError naming file and line */
export async function readContents(root: string, known: Known, pass: ReadOptions['pass']): Promise<Contents> {
  let held = 0;
  const all = async <T>(reading: TableReading<T>): Promise<Came<T>[]> => {
    const list: Came<T>[] = [];
    for await (const came of readTable(root, reading, { pass })) {
      held += came.bytes;
      if (held > heldMaxBytes)
        throw refused(`The records of the bundle hold more than ${heldMaxBytes} bytes beside runs.`);
      list.push(came);
    }
    return list;
  };
  const byId = async <T extends { id: string }>(reading: TableReading<T>) =>
    new Map((await all(reading)).map((came) => [came.value.id, came]));
  const contents: Contents = {
    models: await byId(tables.models),
    machines: await byId(tables.machines),
    experiments: await byId(tables.experiments),
    accuracies: await all(tables.accuracies),
    claimVersions: await all(tables.claimVersions),
    claimRuns: await all(tables.claimRuns),
    claimSteps: await all(tables.claimSteps),
    claimExperiments: await all(tables.claimExperiments),
  };
  for (const { value, path, line } of contents.accuracies) {
    if (!contents.models.has(value.modelId) && !known.model(value.modelId))
      throw refusedLine(path, line, `is about a model that is neither in the bundle nor in this lab`);
  }
  const versions = new Set(contents.claimVersions.map(({ lab, value }) => `${lab} ${value.id}`));
  for (const { lab, value, path, line } of contents.claimRuns) {
    if (!versions.has(`${lab} ${value.versionId}`))
      throw refusedLine(path, line, 'belongs to a version of its claim that is not in the bundle');
  }
  const runs = new Set(contents.claimRuns.map(({ lab, value }) => `${lab} ${value.id}`));
  for (const { lab, value, path, line } of [...contents.claimSteps, ...contents.claimExperiments]) {
    if (!runs.has(`${lab} ${value.claimRunId}`))
      throw refusedLine(path, line, 'belongs to a claim run that is not in the bundle');
  }
  return contents;
}

/** The runs of a bundle one after another, each whole. @throws LabError naming file and line */
export async function* readRuns(
  root: string,
  contents: Contents,
  known: Known,
  options: ReadOptions,
): AsyncGenerator<CameRun> {
  const children = {
    sensors: belongings(root, tables.sensors, options),
    windows: belongings(root, tables.windows, options),
    readings: belongings(root, tables.readings, options),
    states: belongings(root, tables.states, options),
    events: belongings(root, tables.events, options),
  };
  try {
    for await (const run of readTable(root, tables.runs, options)) {
      const { id, experimentId, condition, machineId } = run.value;
      const missing = !(contents.experiments.has(experimentId) || known.experiment(experimentId))
        ? 'an experiment'
        : !(contents.models.has(condition.modelId) || known.model(condition.modelId))
          ? 'a model'
          : !(contents.machines.has(machineId) || known.machine(machineId))
            ? 'a machine'
            : null;
      if (missing !== null)
        throw refusedLine(
          run.path,
          run.line,
          `names ${missing} that is neither in the bundle nor in this lab`,
        );
      const room = { bytes: heldMaxBytes - run.bytes };
      yield {
        run,
        sensors: await children.sensors.of(id, run.lab, room),
        windows: await children.windows.of(id, run.lab, room),
        readings: await children.readings.of(id, run.lab, room),
        states: await children.states.of(id, run.lab, room),
        events: await children.events.of(id, run.lab, room),
      };
    }
    for (const each of Object.values(children)) await each.end();
  } finally {
    for (const each of Object.values(children)) await each.close();
  }
}

/** Lines of a table in step with the runs that they belong to: both stand in order of the run's id. */
function belongings<T extends { runId: string }>(
  root: string,
  reading: TableReading<T>,
  options: ReadOptions,
) {
  const lines = readTable(root, reading, options);
  let next: Came<T> | null = null;
  let begun = false;
  const advance = async () => {
    begun = true;
    const step = await lines.next();
    next = step.done ? null : step.value;
  };
  const stray = ({ path, line }: Came<T>) =>
    refusedLine(path, line, 'belongs to a run that is not in the bundle');
  return {
    async of(runId: string, lab: string, room: { bytes: number }): Promise<Came<T>[]> {
      if (!begun) await advance();
      const own: Came<T>[] = [];
      for (let came: Came<T> | null = next; came !== null && came.value.runId <= runId; came = next) {
        if (came.value.runId < runId) throw stray(came);
        if (came.lab !== lab) throw refusedLine(came.path, came.line, 'names another lab than its run');
        room.bytes -= came.bytes;
        if (room.bytes < 0) throw refusedLine(came.path, came.line, 'makes its run larger than 1 GiB');
        own.push(came);
        await advance();
      }
      return own;
    },
    async end() {
      if (!begun) await advance();
      if (next !== null) throw stray(next);
    },
    close: () => lines.return(undefined),
  };
}

/** As the store takes it. Its columns were held against their checksums as they were read. */
export function wholeRun({ run, sensors, windows, readings, states, events }: CameRun): WholeRun {
  return {
    run: run.value,
    sensors: sensors.map(({ value }) => value),
    windows: windows.map((came) => ({ record: came.value, cells: tables.sampleCells(came)! })),
    readings: readings.map((came) => ({ record: came.value, cells: tables.readingCells(came)! })),
    states: states.map(({ value }) => value),
    events: events.map(({ value }) => value),
  };
}
