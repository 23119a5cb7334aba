import { renderPng } from '../figures/renderPng';
import { cellBatches } from './cells';
import { csvPieces } from './csvFile';
import type { Estimate } from './estimate';
import { machineFilePath } from './machineFile';
import { mapped } from './mapped';
import { parquetPieces } from './parquetFile';
import { type BundleParts, hasCsv, type ManifestFile, tablesOf } from './parts';
import type { BundleFigure, BundleSink, BundleSource, BundleTable, ManifestInput } from './types';
import type { Work } from './work';

export const sumsName = 'SHA256SUMS';

/** IANA media types; JSON Lines has none of its own. */
export const media = {
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  json: 'application/json',
  lines: 'application/jsonl',
  svg: 'image/svg+xml',
  png: 'image/png',
  text: 'text/plain',
} as const;

export interface WriteFiles {
  source: BundleSource;
  /** Of the bundle. */
  name: string;
  parts: BundleParts;
  sink: BundleSink;
  work: Work;
  estimate: Estimate;
}

/** Every file of a bundle in the order that is part of the format (docs/bundle.md, 5.4). */
export async function writeFiles({ source, name, parts, sink, work, estimate }: WriteFiles): Promise<void> {
  const tables = tablesOf(source, parts);
  const figures = source.figures();
  const step = async (label: string, path: string) => {
    work.step({ label, ms: estimate.ms(path) });
    await work.pause();
  };
  // The tables of fits and reference points are made of the figures: drawn here, one at a time.
  work.step({ label: 'Drawing the figures', ms: figures.length * estimate.figureMs });
  for (const [i, figure] of figures.entries()) {
    await work.pause();
    void figure.fits;
    work.part((i + 1) / figures.length);
  }
  for (const table of tables.filter((t) => hasCsv(source, t))) {
    const path = `data/${table.name}.csv`;
    await step(`Writing ${path}`, path);
    const { cells, count } = counting(source, table, work);
    await sink.stream(path, csvPieces(table, cells), media.csv, count);
  }
  for (const table of tables) {
    const path = `data/${table.name}.parquet`;
    await step(`Writing ${path}`, path);
    const { cells, count } = counting(source, table, work);
    await sink.stream(path, parquetPieces(table, cells), media.parquet, count);
  }
  for (const machine of source.selection.machines) {
    const path = machineFilePath(machine);
    await step('Writing the machines', path);
    await sink.put(path, parts.machineFile(machine), media.json);
  }
  for (const figure of figures) {
    await step('Writing the figures', `figures/${figure.name}.svg`);
    await writeFigure(figure, source.options.png, sink, work);
  }
  const input = (): ManifestInput => ({ source, name, tables, files: sink.files() });
  const put = async ({ path, mediaType, text }: ManifestFile) => {
    await step(`Writing ${path}`, path);
    await sink.put(path, text(input()), mediaType);
  };
  await put(parts.environment);
  for (const { path, lines } of parts.recordFiles(source)) {
    await step('Writing the records', path);
    let bytes = 0;
    const expected = estimate.bytesOf(path);
    const told = mapped(lines, (line) => {
      bytes += line.length;
      work.part(bytes / expected);
      return line;
    });
    await sink.stream(path, told, media.lines);
  }
  for (const manifest of parts.manifests) await put(manifest);
  const sums = sink.files().map((f) => `${f.sha256}  ${f.path}\n`);
  await sink.put(sumsName, byPath(sums).join(''), media.text);
}

async function writeFigure(figure: BundleFigure, png: number, sink: BundleSink, work: Work): Promise<void> {
  const stem = `figures/${figure.name}`;
  await sink.put(`${stem}.svg`, figure.svg, media.svg);
  await sink.put(`${stem}.spec.json`, figure.spec, media.json);
  await sink.put(`${stem}.points.csv`, figure.points, media.csv);
  if (png === 0) return;
  await work.pause();
  await sink.put(`${stem}.png`, renderPng(figure.svg, png), media.png);
}

/** Cells of a table that tell how many rows have been taken. */
function counting<R>(source: BundleSource, table: BundleTable<R>, work: Work) {
  const expected = Math.max(1, table.count(source));
  let taken = 0;
  return {
    cells: mapped(cellBatches(table, source), (batch) => {
      taken += batch[0]?.length ?? 0;
      work.part(taken / expected);
      return batch;
    }),
    count: () => taken,
  };
}

/** Lines of SHA256SUMS in order of path: the 64 digits and two spaces before it say nothing. */
const byPath = (lines: readonly string[]) =>
  lines.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : a.slice(66) > b.slice(66) ? 1 : 0));
