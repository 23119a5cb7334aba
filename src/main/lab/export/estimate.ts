import type { BundleFile, BundleFormat } from '../../../shared/bundle';
import type { Cell } from '../../../shared/csv';
import { turnOfOthers } from '../turns';
import { type CellBatch, cellBatches } from './cells';
import { csvPieces } from './csvFile';
import { machineFilePath } from './machineFile';
import { parquetPieces } from './parquetFile';
import { type BundleParts, hasCsv, tablesOf } from './parts';
import { recordPath, tablesOfRuns } from './records';
import type { AnyTable, BundleSource } from './types';

/** What a bundle would take, by a few of its runs and figures; exact where those are all. */
export interface Estimate {
  /** In the order of writing; without the zip. */
  files: BundleFile[];
  /** Of the folder, and of the zip too where there is one. */
  bytes: number;
  zipBytes: number;
  zipMs: number;
  figureMs: number;
  totalMs: number;
  /** Time for a file; 0 for one that is not known of. */
  ms(path: string): number;
  /** At least 1. */
  bytesOf(path: string): number;
}

const RUNS = 8;
const FIGURES = 6;
const ROWS = 8_192;
/** Rough times, ms: only their ratios matter (`npm run bench -- export`). */
const cost = {
  csvCell: 0.000_25,
  parquetCell: 0.000_28,
  byte: 0.000_03,
  file: 2,
  figure: 12,
  png: 120,
  zipByte: 0.000_028,
};
/** What deflate leaves of text and base64, roughly. */
const zipShare = 0.35;

/** @throws LabError as the source's reader does */
export async function estimateBundle(
  source: BundleSource,
  parts: BundleParts,
  format: BundleFormat,
): Promise<Estimate> {
  const few = fewOf(source);
  const found: (BundleFile & { ms: number })[] = [];
  const add = (path: string, bytes: number, ms: number, rows: number | null = null) =>
    found.push({ path, bytes: Math.round(bytes), rows, ms: ms + cost.file });

  const sizes: ({ table: AnyTable } & ReturnType<typeof tableSize>)[] = [];
  for (const table of tablesOf(source, parts)) {
    sizes.push({ table, ...tableSize(table, source, few) });
    await turnOfOthers();
  }
  for (const { table, rows, csv, cells } of sizes)
    if (hasCsv(source, table)) add(`data/${table.name}.csv`, csv, cells * cost.csvCell, rows);
  for (const { table, rows, parquet, cells } of sizes)
    add(`data/${table.name}.parquet`, parquet, cells * cost.parquetCell, rows);
  await turnOfOthers();

  for (const machine of source.selection.machines)
    add(machineFilePath(machine), Buffer.byteLength(parts.machineFile(machine)), 0);

  const drawn: number[][] = [];
  for (const f of few.figures()) {
    drawn.push([f.svg, f.spec, f.points].map((text) => Buffer.byteLength(text)));
    await turnOfOthers();
  }
  const mean = (i: number) => drawn.reduce((sum, own) => sum + own[i]!, 0) / Math.max(1, drawn.length);
  const [svg, spec, points] = [mean(0), mean(1), mean(2)];
  for (const { name } of source.figures()) {
    add(`figures/${name}.svg`, svg, cost.figure);
    add(`figures/${name}.spec.json`, spec, 0);
    add(`figures/${name}.points.csv`, points, 0);
    if (source.options.png > 0) add(`figures/${name}.png`, svg, cost.png);
  }

  add(parts.environment.path, 2_000, 0);
  const ratio = (name: string) => {
    const table = parts.tables.find((t) => t.name === name);
    const [all, some] = table ? [table.count(source), table.count(few)] : [0, 0];
    return some > 0 ? all / some : runRatio(source, few);
  };
  const ratios = new Map<string, number>([
    ...['runs' as const, ...tablesOfRuns].map((t) => [recordPath(t), runRatio(source, few)] as const),
    [recordPath('windows'), ratio('samples')],
    [recordPath('readings'), ratio('readings')],
  ]);
  for (const { path, lines } of parts.recordFiles(few)) {
    let bytes = 0;
    for (const line of lines) bytes += line.length;
    bytes *= ratios.get(path) ?? 1;
    add(path, bytes, bytes * cost.byte);
  }
  const columns = sizes.reduce((sum, { table }) => sum + table.columns.length, 0);
  for (const { path } of parts.manifests)
    add(path, /\.json$/.test(path) ? 300 * (columns + found.length) : 6_000, 0);
  add('SHA256SUMS', 100 * found.length, 0);

  // Each is drawn for its words, and where there are many again for its files.
  const drawMs = source.figures().length * cost.figure;
  const byPath = new Map(found.map((f) => [f.path, f]));
  const bytes = found.reduce((sum, f) => sum + f.bytes, 0);
  const zipBytes = format === 'zip' ? Math.max(1, Math.round(bytes * zipShare)) : 0;
  const zipMs = format === 'zip' ? bytes * cost.zipByte : 0;
  return {
    files: found.map(({ ms: _, ...file }) => file),
    bytes: bytes + zipBytes,
    zipBytes,
    zipMs,
    figureMs: cost.figure,
    totalMs: found.reduce((sum, f) => sum + f.ms, zipMs + drawMs),
    ms: (path) => byPath.get(path)?.ms ?? 0,
    bytesOf: (path) => Math.max(1, byPath.get(path)?.bytes ?? 1),
  };
}

const runRatio = (all: BundleSource, few: BundleSource) =>
  all.selection.runs.length / Math.max(1, few.selection.runs.length);

/** The same source with a few runs and figures, evenly out of all. */
function fewOf(source: BundleSource): BundleSource {
  const { selection } = source;
  return {
    ...source,
    selection: { ...selection, runs: spread(selection.runs, RUNS) },
    figures: () => spread(source.figures(), FIGURES),
  };
}

function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** What is made of the figures is counted by the few: to count all, all would be drawn. */
const ofFigures = new Set(['fits', 'reference_points']);

function tableSize(table: AnyTable, source: BundleSource, few: BundleSource) {
  const rows = ofFigures.has(table.name)
    ? Math.round((table.count(few) * source.figures().length) / Math.max(1, few.figures().length))
    : table.count(source);
  const some = firstCells(table, few);
  const n = some[0]?.length ?? 0;
  const half = some.map((cells) => Array.prototype.slice.call(cells, 0, n >> 1));
  /** Along the line through half of the rows and all of them: what a file costs however long it is counts once. */
  const scale = (of: (cells: CellBatch) => number) => {
    if (n < 2) return of(some) * Math.max(1, n === 0 ? 1 : rows / n);
    const [at, before] = [of(some), of(half)];
    return at + Math.max(0, (at - before) / (n - (n >> 1))) * (rows - n);
  };
  return {
    rows,
    cells: rows * table.columns.length,
    csv: scale((cells) => size(csvPieces(table, [cells]))),
    parquet: scale((cells) => size(parquetPieces(table, [cells]))),
  };
}

function firstCells(table: AnyTable, source: BundleSource): CellBatch {
  const some = table.columns.map((): Cell[] => []);
  for (const batch of cellBatches(table, source)) {
    const room = ROWS - some[0]!.length;
    for (const [i, cells] of batch.entries()) some[i]!.push(...Array.prototype.slice.call(cells, 0, room));
    if (some[0]!.length >= ROWS) break;
  }
  return some;
}

function size(pieces: Iterable<string | Uint8Array>): number {
  let bytes = 0;
  for (const piece of pieces) bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
  return bytes;
}
