import type { BundleOptions } from '../../../shared/bundle';
import type { Cell, Column } from '../../../shared/csv';
import type { FigureFiles } from '../figures/files';
import type { AppFacts } from './manifest/app';
import type { PublicReader } from './publicReader';
import type { Selection } from './selection';

/** Table Schema types (Data Package 2.0); docs/bundle.md, 5.2. */
export type CellType = 'string' | 'integer' | 'number' | 'boolean' | 'datetime';

/**
 * One column of a table. `of` gives text for `string` and `datetime` (RFC 3339 UTC, whole seconds, `Z`), number or bigint
 * for `integer`, number for `number`, boolean for `boolean`; null is missing. An empty string counts as missing.
 */
export interface BundleColumn<R> extends Column<R> {
  type: CellType;
  /** UCUM code, `1` for ratios and counts; null where the column carries no quantity. */
  unit: string | null;
  nullable: boolean;
  /** One plain sentence. */
  description: string;
  /** Closed list of values; absent: open. */
  values?: readonly string[];
  /** Column of the same table that says why a cell of this one is empty, and is itself empty where none of its own are. */
  missing?: string;
  /** Column of the same table that holds the unit of each cell; `unit` is null then. */
  unitColumn?: string;
}

export interface ForeignKey {
  fields: readonly string[];
  table: string;
  to: readonly string[];
}

/** A table of a bundle: `data/<name>.csv` and `data/<name>.parquet` with the same cells in the same order. */
export interface BundleTable<R = never> {
  name: string;
  title: string;
  description: string;
  primaryKey: readonly string[];
  foreignKeys: readonly ForeignKey[];
  columns: readonly BundleColumn<R>[];
  /** One of the large ones (samples, readings): see BundleOptions.raw. */
  raw: boolean;
  /** Rows, cheaply: exact where that is known without reading them, else an estimate. */
  count(source: BundleSource): number;
  /** Rows in order of the primary key, in batches of some thousands at most; pulled only as fast as the disk takes them. */
  rows(source: BundleSource): Iterable<readonly R[]>;
  /** The cells of `rows` as one array a column, the fast way for tables of millions of rows; used where it is there. */
  columnar?(source: BundleSource): Iterable<readonly ArrayLike<Cell>[]>;
}

/** A table whose row type nobody needs to know. */
export type AnyTable = BundleTable<never>;

/** Everything that tables, figures and manifests are made of: what leaves the lab, already free of signs of persons. */
export interface BundleSource {
  options: BundleOptions;
  /** `options.created` or now, Unix ms, whole seconds. */
  createdUnixMs: number;
  title: string;
  reader: PublicReader;
  selection: Selection;
  /** Drawn once, at the first call. */
  figures(): readonly BundleFigure[];
}

/** One figure of a bundle, as text. */
export interface BundleFigure extends FigureFiles {
  /** File stem below figures/, [a-z0-9-]. */
  name: string;
  kind: string;
  /** What data/fits and data/reference_points hold of it. */
  fits: readonly FitRow[];
  references: readonly ReferenceRow[];
}

/** One fitted line of a figure. */
export type FitRow = Readonly<Record<string, Cell>>;
/** One quantity of one reference point. */
export type ReferenceRow = Readonly<Record<string, Cell>>;

/** A file that lies in the bundle being written. */
export interface WrittenFile {
  path: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  rows: number | null;
  /** IANA media type. */
  mediaType: string;
}

/** Where a bundle's files go, in the order of docs/bundle.md, 5.4; each is hashed as it is written. */
export interface BundleSink {
  /** Text or bytes, whole. */
  put(path: string, content: string | Uint8Array, mediaType: string): Promise<WrittenFile>;
  /** Pieces as they come; memory stays constant. @param rows told by the pieces, null for other files */
  stream(
    path: string,
    pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
    mediaType: string,
    rows?: () => number,
  ): Promise<WrittenFile>;
  /** What is written so far, in order. */
  files(): readonly WrittenFile[];
}

/** Everything that the manifests say; the files are those written before the manifest. */
export interface ManifestInput {
  source: BundleSource;
  /** Folder name of the bundle. */
  name: string;
  tables: readonly AnyTable[];
  files: readonly WrittenFile[];
  /** The program that writes; absent: this one (manifest/app.ts). */
  app?: AppFacts;
}
