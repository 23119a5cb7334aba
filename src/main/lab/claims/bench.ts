import type { AccuracyRecord } from '../../../shared/accuracy';
import type { ClaimOptions, Prediction } from '../../../shared/claim';
import { LabError } from '../../../shared/errors';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import { type Plan, planSchema } from '../../../shared/plan';
import { poolTurns } from '../../../shared/poolRuns';
import { type RunRow, runRowOf } from '../../../shared/runRow';
import type { Bench, Measured, ToMeasure } from '../../science/protocol';
import type { TaskName } from '../../science/tasks';
import type { LabReader } from '../../store/reader';
import type { LabContext } from '../context';
import { mostGlanceEnergy, type PlanGroup, planGroups } from './plans';
import type { Science } from './science';

export interface BenchParts {
  context: LabContext;
  science: Science;
  claimRunId: string;
  /** `C5 sparsity`: begins the names of its experiments. */
  label: string;
  options: ClaimOptions;
  prediction: Prediction;
  machine: Machine;
  /** Energy can be measured here, so first looks take windows that are long enough where they can. */
  hasMeter: boolean;
  signal: AbortSignal;
  /** Measures a plan to its end; goes on with the experiment where one is given. @returns its status */
  measurePlan(
    plan: Plan,
    experimentId: string | null,
    began: (experimentId: string) => void,
  ): Promise<string>;
  accuracy(modelId: string, dataset: string): Promise<AccuracyRecord>;
  /** By name or recipe, built where it has to be. */
  findModel(text: string): Model;
  onStep(key: string, share: number, label: string | null): void;
  /** A step that an earlier try of this run has done. */
  onKept(key: string): void;
}

/** One experiment of a measuring step, and the caller's keys of its conditions in their order. */
interface StoredGroup {
  experimentId: string;
  conditions: string[];
}

interface TaskStep {
  output: unknown;
  models: Record<string, string>;
  ortVersion: string;
}

/** The bench of one claim run: what is stored under a step's key is not done again. */
export function createBench(parts: BenchParts): Bench {
  const { context, claimRunId, options, prediction, machine, signal } = parts;
  const { reader, writer } = context.store;
  const done = new Map(reader.claimSteps(claimRunId).map((step) => [step.key, step.value]));

  const step = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    if (done.has(key)) {
      parts.onKept(key);
      return done.get(key) as T;
    }
    refuseAborted(signal);
    parts.onStep(key, 0, null);
    const begun = context.effects.nowUnixMs();
    const value = await work();
    refuseAborted(signal);
    writer.addClaimStep({
      claimRunId,
      key,
      seconds: (context.effects.nowUnixMs() - begun) / 1000,
      value,
    });
    done.set(key, value);
    parts.onStep(key, 1, null);
    context.emit({ type: 'changed', what: 'claims' });
    return value;
  };

  /** Measures plan after plan; what an earlier try of this step began goes on. @param from share of the step already done */
  const measureGroups = async (place: string, groups: readonly PlanGroup[], from: number, share: number) => {
    const known = new Map(reader.claimExperiments(claimRunId).map((e) => [e.key, e.experimentId] as const));
    const stored: StoredGroup[] = [];
    const key = place.split('/')[0] as string;
    for (const [at, group] of groups.entries()) {
      const own = `${place}/${group.key}`;
      parts.onStep(key, from + (share * at) / groups.length, null);
      let id = '';
      const status = await parts.measurePlan(
        planSchema.parse(group.plan),
        known.get(own) ?? null,
        (experimentId) => {
          id = experimentId;
          if (!known.has(own)) writer.addClaimExperiment({ claimRunId, key: own, experimentId });
          context.emit({ type: 'changed', what: 'claims' });
        },
      );
      refuseAborted(signal);
      if (status !== 'completed') {
        throw new LabError(
          'cancelled',
          `The measurement “${group.plan.name}” ended ${status}.`,
          'Resume the claim run: what was measured stays.',
        );
      }
      stored.push({ experimentId: id, conditions: group.conditions });
    }
    return stored;
  };

  return {
    options,
    machine,
    criterion(key) {
      const found = prediction.criteria.find((c) => c.key === key);
      if (found) return found;
      throw new LabError(
        'bad_input',
        `The prediction has no threshold called “${key}”.`,
        'Write the prediction again from the lab’s own.',
      );
    },
    async task<N extends TaskName>(key: string, name: N, input: never) {
      const { output, models } = await step<TaskStep>(key, () =>
        parts.science.run(name, input, {
          wait: true,
          signal,
          onProgress: (share, label) => parts.onStep(key, share, label),
        }),
      );
      return { output: output as never, models };
    },
    async measure(key, conditions, { blocks, windowS } = {}) {
      const name = `${parts.label}: ${key}`;
      const groupsOf = (some: readonly ToMeasure[], suffix: string) =>
        planGroups(some, {
          name: `${name}${suffix}`,
          options,
          hasMeter: parts.hasMeter && conditions.length <= mostGlanceEnergy,
          blocks,
          windowS,
        });
      const stored = await step<StoredGroup[]>(key, async () => {
        const first = await measureGroups(key, groupsOf(conditions, ''), 0, 1);
        const lost = lostIn(reader, first);
        if (options.form !== 'glance' || lost.length === 0 || lost.length === conditions.length) return first;
        // One short window has no second try of its own: what was disturbed is measured once more.
        const again = conditions.filter((c) => lost.includes(c.key));
        return [...first, ...(await measureGroups(`${key}/again`, groupsOf(again, ', again'), 0.9, 0.1))];
      });
      const measured = new Map<string, Measured>();
      for (const group of stored) {
        for (const own of measuredOf(reader, group)) {
          const before = measured.get(own.key);
          // A second try stands for the first where it saw more: chosen by the width of its interval, never by its value.
          if (!before || spreadOf(own.row) < spreadOf(before.row)) measured.set(own.key, own);
        }
      }
      return measured;
    },
    model: parts.findModel,
    accuracy: (key, modelId, dataset) => step(key, () => parts.accuracy(modelId, dataset)),
    derive(key, compute) {
      if (done.has(key)) return done.get(key) as never;
      const value = compute();
      writer.addClaimStep({ claimRunId, key, seconds: 0, value });
      done.set(key, value);
      return value;
    },
  };
}

/** Conditions of an experiment as they were measured, turns pooled. */
function measuredOf(reader: LabReader, { experimentId, conditions }: StoredGroup): Measured[] {
  const rows = rowsOf(reader, experimentId);
  return conditions.flatMap((key, entry) => {
    const turns = rows
      .filter((row) => row.role === 'measure' && row.entry === entry)
      .sort((a, b) => a.block - b.block);
    const [row] = poolTurns(turns);
    return row ? [{ key, row, turns, batch: row.batch }] : [];
  });
}

/** From one end of the 95 % interval of the median to the other, as a factor; infinite without one. */
function spreadOf({ p50S: { value, low, high } }: RunRow): number {
  return value === null || low === null || high === null || !(low > 0)
    ? Number.POSITIVE_INFINITY
    : high / low;
}

/** A median that is not known within this factor was disturbed: an undisturbed window knows it within a few per cent. */
const disturbedFrom = 1.5;

/** Keys of conditions that something disturbed although their run did not fail. */
function lostIn(reader: LabReader, groups: readonly StoredGroup[]): string[] {
  return groups
    .flatMap((group) => measuredOf(reader, group))
    .filter(({ row }) => row.failure === null && spreadOf(row) > disturbedFrom)
    .map(({ key }) => key);
}

/** The newest run of each place of an experiment, as rows. */
export function rowsOf(reader: LabReader, experimentId: string): RunRow[] {
  const experimentName = reader.getExperiment(experimentId).plan.name;
  const newest = [...reader.newestRuns(experimentId).values()].map(({ id }) => id);
  return reader.getRuns(newest).map((run) =>
    runRowOf({
      run,
      model: reader.getModel(run.condition.modelId),
      machine: reader.getMachine(run.machineId),
      experimentName,
    }),
  );
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new LabError('cancelled', 'Cancelled.');
}
