import { families, type Model } from '../../../../shared/model';
import { sha256OfValue } from '../../../store/canonical';
import { columnsOf, count, explained, oneOf, optional, ordinal, quantity, smallTable, text } from './columns';

/** One row per model that was measured. */
export const models = smallTable<Model>(
  {
    name: 'models',
    title: 'Models',
    description:
      'One row per model that was measured. Multiply-accumulates depend on the shapes that were fed: see the table runs.',
    primaryKey: ['model_id'],
    foreignKeys: [],
    columns: columnsOf<Model>(
      text(
        'model_id',
        'SHA-256 of the model: of its file, or of file and external data together.',
        (m) => m.id,
      ),
      optional(text('model_name', 'Its name in the lab.', (m) => m.name)),
      oneOf(
        'family',
        families,
        'Kind of model, imported for files that were not built by the lab.',
        (m) => m.family,
      ),
      optional(text('recipe', 'How the lab built it; empty for an imported file.', (m) => m.recipe)),
      text('file_sha256', 'SHA-256 of the .onnx file.', (m) => m.fileSha256),
      count('file_size_By', 'Bytes of the .onnx file.', (m) => m.fileBytes),
      count('external_data_count', 'Files of weights beside it.', (m) => m.externalData.length),
      optional(
        text('external_data_sha256', 'SHA-256 of each of them, in order.', (m) =>
          m.externalData.map((e) => e.sha256).join('|'),
        ),
      ),
      count('model_size_By', 'Bytes of all its files.', (m) =>
        m.externalData.reduce((sum, e) => sum + e.bytes, m.fileBytes),
      ),
      optional(
        ordinal(
          'opset',
          'Version of the operators of ONNX itself.',
          (m) => m.opsets.find((o) => o.domain === '' || o.domain === 'ai.onnx')?.version,
        ),
      ),
      optional(
        text('opsets', 'Every set of operators with its version.', (m) =>
          m.opsets.map((o) => `${o.domain || 'ai.onnx'}:${o.version}`).join('|'),
        ),
      ),
      text(
        'precision',
        'Element type that holds most parameter bytes; mixed where none holds 90 %, none without parameters.',
        (m) => m.precision,
      ),
      text('counting_convention', 'Name of the rules behind the counts.', (m) => m.counts.convention),
      explained('params_missing_reason', (m) => m.counts.parametersMissingReason, [
        count('params_count', 'Parameters.', (m) => m.counts.parameters),
      ]),
      explained('params_nonzero_missing_reason', () => 'a zero point is computed at run time', [
        count('params_nonzero_count', 'Parameters that are not zero.', (m) => m.counts.parametersNonzero),
      ]),
      explained('weight_sparsity_missing_reason', whyNoSparsity, [
        quantity('weight_sparsity_ratio', 'Share of parameters that are zero.', sparsity),
      ]),
      count('params_size_By', 'Bytes of the parameters.', (m) => m.counts.parameterBytes),
      optional(
        text('inputs', 'Name, element type and shape of each input.', (m) =>
          m.inputs
            .map((i) => `${i.name}:${i.elemType}[${(i.shape ?? ['?']).map((d) => d ?? '?').join('x')}]`)
            .join('|'),
        ),
      ),
      optional(
        text('outputs', 'Name and element type of each output.', (m) =>
          m.outputs.map((o) => `${o.name}:${o.elemType}`).join('|'),
        ),
      ),
      optional(text('producer', 'Program that wrote the file, as it says.', (m) => m.producer)),
      optional(
        text('licence', 'Licence as it was found with the file; nobody judged it.', (m) => m.licence?.text),
      ),
      optional(text('source', 'Where the file says that it comes from.', (m) => m.source)),
      text(
        'record_sha256',
        'SHA-256 of the canonical JSON of its record in provenance/records/models.jsonl.',
        (m) => sha256OfValue(m),
      ),
    ),
  },
  ({ selection }) => selection.models,
);

function sparsity({ counts: { parameters, parametersNonzero } }: Model): number | null {
  return parameters === null || parametersNonzero === null || parameters === 0
    ? null
    : 1 - parametersNonzero / parameters;
}

function whyNoSparsity({ counts }: Model): string {
  if (counts.parameters === 0) return 'it has no parameters';
  return counts.parametersMissingReason ?? 'a zero point is computed at run time';
}
