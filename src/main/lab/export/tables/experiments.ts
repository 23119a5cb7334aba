import { presetNames } from '../../../../shared/plan';
import { runStatuses } from '../../../../shared/run';
import { canonicalJson, sha256OfValue } from '../../../store/canonical';
import type { Experiment } from '../../../store/records';
import {
  columnsOf,
  count,
  dateTime,
  explained,
  oneOf,
  optional,
  ordinal,
  quantity,
  smallTable,
  text,
} from './columns';

interface Row {
  experiment: Experiment;
  labId: string;
  runs: number;
}

/** One row per plan that was started. */
export const experiments = smallTable<Row>(
  {
    name: 'experiments',
    title: 'Experiments',
    description: 'One row per experiment: a plan that was started, with its protocol as canonical JSON.',
    primaryKey: ['experiment_id'],
    foreignKeys: [],
    columns: columnsOf<Row>(
      text('experiment_id', 'UUID of the experiment.', (r) => r.experiment.id),
      optional(text('name', 'Its name.', (r) => r.experiment.plan.name)),
      text('lab_id', 'Random number of the lab that measured it.', (r) => r.labId),
      oneOf('status', runStatuses, 'How far it is, or how it ended.', (r) => r.experiment.status),
      dateTime('created_at', 'When it was started, UTC.', (r) => r.experiment.createdUnixMs),
      ordinal('created_unix_ms', 'The same in ms since 1970.', (r) => r.experiment.createdUnixMs),
      explained('duration_missing_reason', () => 'it has not ended', [
        quantity(
          'duration_s',
          'From its start to its end by the wall clock, pauses included.',
          ({ experiment: e }) => (e.endedUnixMs === null ? null : (e.endedUnixMs - e.createdUnixMs) / 1000),
        ),
      ]),
      oneOf(
        'preset',
        presetNames,
        'Named set of numbers behind its protocol.',
        (r) => r.experiment.plan.preset,
      ),
      ordinal('seed', 'Seed of inputs and order.', (r) => r.experiment.plan.seed),
      count(
        'blocks_count',
        'Turns of every condition; two or more make it a comparison.',
        // Plans of the first version have none.
        (r) => r.experiment.plan.blocks ?? 1,
      ),
      count('runs_count', 'Its runs in this dataset.', (r) => r.runs),
      text('plan_sha256', 'SHA-256 of the canonical JSON of the plan.', (r) => r.experiment.planSha256),
      text('plan', 'The plan as canonical JSON: what `thirty-watts run` takes.', (r) =>
        canonicalJson(r.experiment.plan),
      ),
      text(
        'record_sha256',
        'SHA-256 of the canonical JSON of its record in provenance/records/experiments.jsonl.',
        (r) => sha256OfValue(r.experiment),
      ),
    ),
  },
  ({ reader, selection }) => {
    const origins = reader.origins('experiment');
    const own = reader.labId();
    const runs = Map.groupBy(selection.runs, (run) => run.experimentId);
    return selection.experiments.map((experiment) => ({
      experiment,
      labId: origins.get(experiment.id) ?? own,
      runs: runs.get(experiment.id)?.length ?? 0,
    }));
  },
);
