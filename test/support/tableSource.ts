import { publicReader } from '../../src/main/lab/export/publicReader';
import { selectBundle } from '../../src/main/lab/export/selection';
import type { AnyTable, BundleFigure, BundleSource, BundleTable } from '../../src/main/lab/export/types';
import type { LabReader } from '../../src/main/store/reader';
import { type BundleOptionsInput, bundleOptionsSchema } from '../../src/shared/bundle';
import type { Cell } from '../../src/shared/csv';

/** What tables are made of, from a lab as it is: nothing redacted, figures as given. */
export function tableSource(
  reader: LabReader,
  figures: readonly BundleFigure[] = [],
  options: BundleOptionsInput = {},
): BundleSource {
  const parsed = bundleOptionsSchema.parse(options);
  const shown = publicReader(reader, (text) => text);
  return {
    options: parsed,
    createdUnixMs: Date.UTC(2026, 0, 15, 10),
    title: 'Test',
    reader: shown,
    selection: selectBundle(shown, parsed),
    figures: () => figures,
  };
}

/** A table whose rows may be looked at. */
export const known = (table: AnyTable): BundleTable<unknown> => table as unknown as BundleTable<unknown>;

/** All cells of a table, a record a row. */
export function cellsOf(table: AnyTable, source: BundleSource): Record<string, Cell>[] {
  const { columns, rows } = known(table);
  return [...rows(source)].flatMap((batch) =>
    batch.map((row) => Object.fromEntries(columns.map((c) => [c.name, c.of(row)]))),
  );
}
