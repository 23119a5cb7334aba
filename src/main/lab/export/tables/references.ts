import type { BundleSource, ReferenceRow } from '../types';
import { columnsOf, explained, generic, optional, smallTable, text } from './columns';

const words = (name: string, description: string) =>
  text<ReferenceRow>(name, description, (row) => (row[name] ?? null) as string | null);
const inUnit = (name: string, description: string) =>
  generic<ReferenceRow>(name, 'unit', description, (row) => (row[name] ?? null) as number | null);

/** Points of figures that no meter of the lab saw, once each. */
export const references = smallTable<ReferenceRow>(
  {
    name: 'reference_points',
    title: 'Reference points',
    description:
      'One row per quantity of a reference point of a figure: from the literature, measured by no meter of the lab and part of no fit.',
    primaryKey: ['reference_id', 'quantity'],
    foreignKeys: [],
    columns: columnsOf<ReferenceRow>(
      words('reference_id', 'The point.'),
      words('quantity', 'What the value is of.'),
      explained('value_missing_reason', (row) => (row.value_missing_reason ?? null) as string | null, [
        inUnit('value', 'The value that is drawn.'),
      ]),
      inUnit('low', 'Lower end of the range in the literature.'),
      inUnit('high', 'Upper end of the range in the literature.'),
      words('unit', 'UCUM code of value and ends.'),
      words('source', 'Where they come from.'),
      optional(words('url_or_doi', 'Address or DOI of the source.')),
      optional(words('note', 'What a reader must know.')),
    ),
  },
  rowsOf,
);

/** What a row of a figure can hold. */
export const referenceColumns: readonly string[] = references.columns.map((c) => c.name);

/** Several figures can show one point. */
function rowsOf(source: BundleSource): ReferenceRow[] {
  const all = source.figures().flatMap((figure) => figure.references);
  return [...new Map(all.map((row) => [JSON.stringify([row.reference_id, row.quantity]), row])).values()];
}
