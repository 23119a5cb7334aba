import type { ImportReport } from '../../../shared/bundle';
import type { RunRecord } from '../../../shared/run';
import { printable } from '../../models/files';
import { sha256OfValue } from '../../store/canonical';
import type { LabStore } from '../../store/open';
import type { Experiment } from '../../store/records';
import type { PublicReader } from '../export/publicReader';
import { linesOfRun, type TableOfRuns, tablesOfRuns } from '../export/records';
import { isSameFile } from '../models';
import { recomputed } from '../verify';
import { mergeClaims } from './claims';
import { rankOf } from './rank';
import { type CameRun, type Contents, wholeRun } from './read';
import type { Came } from './table';

export interface Merge {
  /** One run with what it refers to, in one transaction. */
  run(came: CameRun): void;
  /** What is left when the runs are in: experiments that went on, accuracies, claims. */
  rest(): void;
  report: Pick<ImportReport, 'added' | 'runsThere' | 'conflicts' | 'warnings'>;
}

/** A run that the lab cannot take; what was written of it is undone. */
class LeftOut extends Error {}

/**
 * Adds to a lab what it does not have. Of what is there nothing changes, but that an experiment may have gone on; what has
 * the same id and other content is left out and said.
 * @param shared the lab as it would leave: what came home is compared with that
 */
export function createMerge(
  { reader, writer }: Pick<LabStore, 'reader' | 'writer'>,
  shared: PublicReader,
  contents: Contents,
): Merge {
  const own = reader.labId();
  const report: Merge['report'] = {
    added: { experiments: 0, runs: 0, models: 0, machines: 0, accuracies: 0, claimRuns: 0 },
    runsThere: 0,
    conflicts: [],
    warnings: [],
  };
  const runsThere = new Set(reader.runIds());
  const there = {
    models: new Set(reader.modelIds()),
    machines: new Set(reader.listMachines().map(({ id }) => id)),
    experiments: new Map(reader.listExperiments().map((e) => [e.id, e])),
  };
  const otherPlan = new Map<string, number>();
  for (const { value } of contents.experiments.values()) {
    const here = there.experiments.get(value.id);
    if (here && !isSamePlan(value, here, shared)) otherPlan.set(value.id, 0);
  }
  for (const { value } of contents.models.values()) {
    if (!there.models.has(value.id)) continue;
    if (isSameFile(reader.getModel(value.id), value)) continue;
    report.warnings.push(
      `The bundle counts ${printable(value.name)} (${value.id.slice(0, 12)}) otherwise than this lab; the lab’s own count stays.`,
    );
  }
  const mark = (what: Parameters<typeof writer.markOrigin>[0], id: string, lab: string) => {
    if (lab !== own) writer.markOrigin(what, [id], lab);
  };

  /** What a row refers to, where the lab lacks it. @returns remembers them, once they are in */
  const adder =
    <T>(
      what: 'model' | 'machine' | 'experiment',
      came: ReadonlyMap<string, { value: T; lab: string }>,
      put: (value: T) => void,
      enter: (id: string, value: T) => void,
    ) =>
    (id: string) => {
      const row = came.get(id);
      if (there[`${what}s`].has(id) || !row) return () => {};
      put(row.value);
      mark(what, id, row.lab);
      return () => {
        enter(id, row.value);
        report.added[`${what}s`] += 1;
      };
    };
  const addModel = adder('model', contents.models, writer.putModel, (id) => there.models.add(id));
  const addMachine = adder('machine', contents.machines, writer.putMachine, (id) => there.machines.add(id));
  const addExperiment = adder(
    'experiment',
    contents.experiments,
    (experiment) => writer.createExperiment(experiment, []),
    (id, experiment) => there.experiments.set(id, experiment),
  );

  const addRun = (came: CameRun) => {
    const { value: run, lab, sample } = came.run;
    const remember = writer.together(() => {
      const added = [
        addModel(run.condition.modelId),
        addMachine(run.machineId),
        addExperiment(run.experimentId),
      ];
      try {
        writer.putRun(wholeRun(came));
      } catch (thrown) {
        if (!isConstraint(thrown)) throw thrown;
        throw new LeftOut('does not fit what is there, and was left out');
      }
      const [wrong] = [
        ...reader.verifyRun(run.id).map(({ what, table, id }) => `${table} ${id} ${what}`),
        ...recomputed(reader, run),
      ];
      if (wrong !== undefined) throw new LeftOut(`contradicts itself and was left out: ${printable(wrong)}`);
      mark('run', run.id, lab);
      if (sample) writer.markSample('run', [run.id]);
      return added;
    });
    for (const each of remember) each();
    runsThere.add(run.id);
    report.added.runs += 1;
  };

  return {
    report,
    run(came) {
      const { id, experimentId } = came.run.value;
      const left = otherPlan.get(experimentId);
      if (left !== undefined) {
        otherPlan.set(experimentId, left + 1);
        return;
      }
      if (runsThere.has(id)) {
        const differs = differenceOf(came, shared, reader.getRun(id));
        if (differs === null) report.runsThere += 1;
        else report.conflicts.push(`Run ${id} ${differs}.`);
        return;
      }
      try {
        addRun(came);
      } catch (thrown) {
        if (!(thrown instanceof LeftOut)) throw thrown;
        report.conflicts.push(`Run ${id} ${thrown.message}.`);
      }
    },
    rest() {
      for (const [id, left] of otherPlan) {
        const name = printable(contents.experiments.get(id)!.value.plan.name);
        const runs = left === 1 ? 'its run was' : `its ${left} runs were`;
        report.conflicts.push(`Experiment ${id} (“${name}”) has another plan in this lab: ${runs} left out.`);
      }
      for (const { value } of contents.experiments.values()) {
        const here = there.experiments.get(value.id);
        if (!here || otherPlan.has(value.id) || rankOf(value.status) <= rankOf(here.status)) continue;
        writer.setExperimentStatus(value.id, value.status, value.endedUnixMs);
      }
      const accuracies = new Map(reader.accuracies().map((each) => [each.id, each]));
      const sharedAccuracies = new Map(shared.accuracies().map((each) => [each.id, each]));
      for (const { value, sha256, lab } of contents.accuracies) {
        if (accuracies.has(value.id)) {
          const same = [accuracies, sharedAccuracies].some(
            (of) => sha256OfValue(of.get(value.id)) === sha256,
          );
          if (!same)
            report.conflicts.push(
              `Accuracy ${value.id} is in this lab with other content; that of the bundle was left out.`,
            );
          continue;
        }
        const remember = writer.together(() => {
          const added = addModel(value.modelId);
          writer.putAccuracy(value);
          mark('accuracy', value.id, lab);
          return added;
        });
        remember();
        report.added.accuracies += 1;
      }
      const claims = mergeClaims({ reader, writer }, shared, contents, addMachine);
      report.added.claimRuns += claims.claimRuns;
      report.conflicts.push(...claims.conflicts);
    },
  };
}

const isConstraint = (thrown: unknown) =>
  String((thrown as { code?: unknown } | null)?.code).startsWith('SQLITE_CONSTRAINT');

function isSamePlan(value: Experiment, here: Experiment, shared: PublicReader): boolean {
  const plans = [here.planSha256, shared.getExperiment(here.id).planSha256];
  return plans.includes(value.planSha256);
}

const lineWords: Readonly<Record<TableOfRuns, string>> = {
  sensors: 'other sensors',
  windows: 'other windows',
  readings: 'other meter readings',
  states: 'other states of the machine',
  events: 'another log',
};

/** What the run in the lab has that the one that came does not, as a clause; null where they are the same. */
function differenceOf(came: CameRun, shared: PublicReader, here: RunRecord): string | null {
  const { id, status } = here;
  if (status === 'queued' || status === 'running')
    return 'is still to be measured in this lab, and that of the bundle was left out';
  const there = 'in this lab, and that of the bundle was left out';
  const isSame = came.run.sha256 === sha256OfValue(here) || came.run.sha256 === shared.recordHashOf(id);
  if (!isSame) return `has another record ${there}`;
  for (const table of tablesOfRuns) {
    const have = Array.from(linesOfRun(shared, id, table), ({ record }) => sha256OfValue(record));
    const want = (came[table] as Came<unknown>[]).map(({ sha256 }) => sha256);
    if (String(have) !== String(want)) return `has ${lineWords[table]} ${there}`;
  }
  return null;
}
