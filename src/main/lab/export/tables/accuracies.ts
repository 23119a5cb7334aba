import type { AccuracyRecord } from '../../../../shared/accuracy';
import { providers } from '../../../../shared/plan';
import { canonicalJson, sha256OfValue } from '../../../store/canonical';
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
  test: AccuracyRecord;
  labId: string;
}

/** One row per test of a model's accuracy. */
export const accuracies = smallTable<Row>(
  {
    name: 'accuracies',
    title: 'Accuracies',
    description: 'One row per test of a model on the test part of a data set.',
    primaryKey: ['accuracy_id'],
    foreignKeys: [{ fields: ['model_id'], table: 'models', to: ['model_id'] }],
    columns: columnsOf<Row>(
      text('accuracy_id', 'UUID of the test.', ({ test }) => test.id),
      text('model_id', 'Model that was tested.', ({ test }) => test.modelId),
      text('lab_id', 'Random number of the lab that tested it.', (r) => r.labId),
      dateTime('created_at', 'When it was tested, UTC.', ({ test }) => test.createdUnixMs),
      ordinal('created_unix_ms', 'The same in ms since 1970.', ({ test }) => test.createdUnixMs),
      text('dataset', 'Data set.', ({ test }) => test.dataset),
      text(
        'dataset_sha256',
        'SHA-256 of the data set: of its files or of its recipe.',
        ({ test }) => test.datasetSha256,
      ),
      ordinal('seed', 'Seed that made or chose the examples.', ({ test }) => test.seed),
      count('n_count', 'Examples.', ({ test }) => test.n),
      count('correct_count', 'Examples that the model classed right.', ({ test }) => test.correct),
      count('classes_count', 'Classes.', ({ test }) => test.classes),
      quantity('accuracy_ratio', 'Share of right answers.', ({ test }) => test.accuracy.value),
      quantity('accuracy_ci95_low_ratio', 'Lower end of its 95 % interval.', ({ test }) => test.accuracy.low),
      quantity(
        'accuracy_ci95_high_ratio',
        'Upper end of its 95 % interval.',
        ({ test }) => test.accuracy.high,
      ),
      oneOf('interval_method', ['wilson'], 'Method of the interval.', () => 'wilson'),
      explained('nll_missing_reason', ({ test }) => test.nllMissing, [
        quantity('nll_ratio', 'Mean of −ln p of the right class, in nats.', ({ test }) => test.nll),
      ]),
      oneOf(
        'scores',
        ['logits', 'probabilities', 'labels'],
        'What the output holds.',
        ({ test }) => test.scores,
      ),
      optional(text('input', 'Input that the examples went into.', ({ test }) => test.input)),
      oneOf(
        'layout',
        ['as_given', 'reshaped', 'channels_last', 'channels_first'],
        'How an example’s values went in.',
        ({ test }) => test.layout,
      ),
      optional(text('output', 'Output that was judged.', ({ test }) => test.output)),
      optional(
        text('normalise', 'What was done to each value before, as JSON.', ({ test }) =>
          test.normalise === null ? null : canonicalJson(test.normalise),
        ),
      ),
      oneOf('provider', providers, 'Execution provider.', ({ test }) => test.provider),
      count('batch_size_count', 'Examples in one call of the model.', ({ test }) => test.batch),
      optional(text('engine_version', 'Version of ONNX Runtime.', ({ test }) => test.ortVersion)),
      text('per_class', 'Examples and right answers of each class, as JSON.', ({ test }) =>
        canonicalJson(test.perClass),
      ),
      text(
        'record_sha256',
        'SHA-256 of the canonical JSON of its record in provenance/records/accuracies.jsonl.',
        ({ test }) => sha256OfValue(test),
      ),
    ),
  },
  ({ reader, selection }) => {
    const origins = reader.origins('accuracy');
    const own = reader.labId();
    return selection.accuracies.map((test) => ({ test, labId: origins.get(test.id) ?? own }));
  },
);
