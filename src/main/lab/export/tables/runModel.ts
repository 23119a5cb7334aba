import { families } from '../../../../shared/model';
import { columnsOf, count, explained, notRecorded, oneOf, optional, text } from './columns';
import { type RunFacts, whyUnreached } from './runFacts';

/** What a run's row repeats of its model, and the work of one inference at its shapes. */
export const runModelColumns = columnsOf<RunFacts>(
  text(
    'model_id',
    'Model that was measured: SHA-256 of its file and external data.',
    ({ model }) => model.id,
  ),
  optional(text('model_name', 'Its name in the lab.', ({ model }) => model.name)),
  oneOf(
    'model_family',
    families,
    'Kind of model, imported for files that were not built by the lab.',
    (r) => r.model.family,
  ),
  text(
    'precision',
    'Element type that holds most parameter bytes; mixed where none holds 90 %, none without parameters.',
    ({ model }) => model.precision,
  ),
  count('model_size_By', 'Bytes of its file and external data.', ({ model }) =>
    model.externalData.reduce((sum, e) => sum + e.bytes, model.fileBytes),
  ),
  explained('params_missing_reason', ({ model }) => model.counts.parametersMissingReason, [
    count('params_count', 'Parameters.', ({ model }) => model.counts.parameters),
  ]),
  explained('params_nonzero_missing_reason', () => 'a zero point is computed at run time', [
    count(
      'params_nonzero_count',
      'Parameters that are not zero.',
      ({ model }) => model.counts.parametersNonzero,
    ),
  ]),
  count('params_size_By', 'Bytes of the parameters.', ({ model }) => model.counts.parameterBytes),
  explained('macs_missing_reason', ({ run }) => run.macs?.missingReason ?? whyUnreached(run), [
    count(
      'macs_count',
      'Multiply-accumulates of one inference, zeros included.',
      ({ run }) => run.macs?.macs,
    ),
  ]),
  explained(
    'macs_effective_missing_reason',
    ({ run }) =>
      run.macs?.effective === undefined ? notRecorded : (run.macs.effectiveMissingReason ?? notRecorded),
    [
      count(
        'macs_effective_count',
        'Those whose weight is not zero; products of computed values count densely.',
        ({ run }) => run.macs?.effective,
      ),
    ],
  ),
  text('counting_convention', 'Name of the rules behind the counts.', ({ model }) => model.counts.convention),
);
