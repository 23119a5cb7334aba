import { formatBytes, formatPercent, formatQuantity } from '../../../shared/units';
import { NoFileBadge, SampleBadge } from '../../parts/badges';
import { formatUtc, Moment } from '../../parts/dates';
import type { TableColumn } from '../../parts/table/columns';
import { hashOfView } from '../../state/view';
import { type ModelRow, noFileText } from './modelRows';

const dash = <span className="tw-muted">–</span>;
/** Sizes of a ladder span many decades, so each count has its own prefix. */
const count = (value: number | null | undefined) => (value == null ? dash : formatQuantity(value));

/** Columns of the model list. */
export const modelColumns: readonly TableColumn<ModelRow>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 212,
    value: ({ model }) => model.name,
    hint: ({ model }) => `${model.name}, ${model.id.slice(0, 16)}…`,
    cell: ({ model, sample, noFile }) => (
      <>
        <a
          className="tw-table-link"
          data-part="link"
          tabIndex={-1}
          href={hashOfView({ page: 'models', model: model.id })}
        >
          {model.name}
        </a>
        {sample && <SampleBadge />}
        {noFile && <NoFileBadge why={noFileText(model)} />}
      </>
    ),
  },
  { id: 'family', title: 'Family', width: 84, value: ({ model }) => model.family },
  {
    id: 'parameters',
    title: 'Parameters',
    width: 105,
    number: { unit: '', whole: true },
    value: ({ model }) => model.counts.parameters,
    hint: ({ model: { counts } }) => counts.parametersMissingReason,
    cell: ({ model }) => count(model.counts.parameters),
  },
  {
    id: 'nonzero',
    title: 'Non-zero (%)',
    width: 110,
    number: { unit: '', whole: true },
    value: ({ nonzeroShare }) => nonzeroShare,
    hint: ({ nonzeroShare }) =>
      nonzeroShare === null ? 'Not counted, or no weights' : 'Weights that are not zero, of all',
    cell: ({ nonzeroShare }) =>
      nonzeroShare === null ? dash : formatPercent(nonzeroShare).replace(' %', ''),
  },
  {
    id: 'macs',
    title: 'MACs, batch 1',
    width: 120,
    hidden: true, // known only of models that were opened: counting reads the whole file
    number: { unit: '', whole: true },
    value: ({ macs }) => macs ?? null,
    hint: ({ macs }) =>
      macs === undefined
        ? 'Counted when the model is opened'
        : macs === null
          ? 'Cannot be counted; the opened model says why'
          : 'Multiply-accumulates of one inference',
    cell: ({ macs }) => count(macs),
  },
  {
    id: 'bytes',
    title: 'Size',
    width: 100,
    number: { unit: 'B' },
    value: ({ bytes }) => bytes,
    hint: ({ model, bytes }) =>
      `${formatBytes(model.fileBytes)} file, ${formatBytes(bytes - model.fileBytes)} external data`,
  },
  { id: 'precision', title: 'Precision', width: 90, value: ({ model }) => model.precision },
  { id: 'opset', title: 'Opset', width: 65, number: { unit: '', whole: true }, value: ({ opset }) => opset },
  { id: 'producer', title: 'Producer', width: 120, value: ({ model }) => model.producer || null },
  {
    id: 'imported',
    title: 'Imported',
    width: 150,
    value: ({ model }) => model.importedUnixMs,
    hint: ({ model }) => formatUtc(model.importedUnixMs),
    cell: ({ model }) => <Moment unixMs={model.importedUnixMs} />,
  },
  { id: 'runs', title: 'Runs', width: 70, number: { unit: '', whole: true }, value: ({ runs }) => runs },
];

const besides = ['name', 'family', 'parameters', 'bytes', 'runs', 'precision'];
/** Those that stay while a model, which shows the rest, is open beside the list. */
export const narrowColumns: readonly TableColumn<ModelRow>[] = besides.flatMap((id) =>
  modelColumns.filter((column) => column.id === id),
);
