import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LabError } from '../../../shared/errors';

export interface CsvTable {
  /** rows × columns, the label column left out. */
  x: Float32Array;
  /** The label column as it was read; null where none was asked for. */
  labels: Float64Array | null;
  rows: number;
  columns: number;
  /** Names of the columns of `x`; null without a header. */
  names: string[] | null;
  /** What the label column is called or where it stands, for a sentence. */
  labelName: string | null;
}

/** Columns that are taken for labels when nothing is said. */
const labelNames = new Set(['label', 'labels', 'class', 'target', 'y']);
const numberText = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
/** Values held at most: 2 GiB of float32. */
const mostValues = 2 ** 29;

/**
 * Numbers of a CSV file (RFC 4180; comma, semicolon or tab), read line by line. The first line is a header where it holds no
 * number, or the name of the label column.
 * @param labels `last`: the column of that name, else one called label, class, target or y, else the last; `none`: every column is data
 * @throws LabError bad_input naming line and column of whatever is no number; memory_bound beyond 2 GiB
 */
export async function readCsv(
  path: string,
  { labels, labelColumn }: { labels: 'last' | 'none'; labelColumn: string | null },
): Promise<CsvTable> {
  const lines = createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const made = new Growing();
  const read: number[] = [];
  let delimiter = ',';
  let layout: { width: number; labelAt: number; header: string[] | null } | null = null;
  let rows = 0;
  let number = 0;
  for await (const raw of lines) {
    number += 1;
    const line = number === 1 ? raw.replace(/^\ufeff/, '') : raw;
    if (number <= 20 && line.includes('\0')) {
      throw new LabError('bad_input', `${path} is no text file.`, 'Give a CSV or an NPY file.');
    }
    if (line.trim() === '') continue;
    if (layout === null) delimiter = delimiterOf(line);
    const cells = cellsOf(line, delimiter, number);
    if (layout === null) {
      const header = isHeader(cells, labels, labelColumn) ? cells.map((c) => c.trim()) : null;
      layout = { width: cells.length, labelAt: labelPlace(cells, header, labels, labelColumn), header };
      if (header !== null) {
        refuseIndexColumn(header, path);
        continue;
      }
    }
    if (cells.length !== layout.width) {
      throw new LabError(
        'bad_input',
        `Line ${number} of ${path} has ${cells.length} columns and the first line ${layout.width}.`,
        'Every line needs the same columns.',
      );
    }
    for (let c = 0; c < cells.length; c++) {
      const value = numberOf(cells[c], { path, line: number, column: c, header: layout.header });
      if (c === layout.labelAt) read.push(value);
      else made.push(value);
    }
    rows += 1;
  }
  if (layout === null || rows === 0)
    throw new LabError(
      'bad_input',
      `${path} holds no examples.`,
      'Give a file with a line for each example.',
    );
  const { width, labelAt, header } = layout;
  const columns = labelAt === -1 ? width : width - 1;
  if (columns === 0) {
    throw new LabError(
      'bad_input',
      `${path} has one column, and that would be the labels.`,
      'Give the labels in a file of their own with --labels, or add columns.',
    );
  }
  return {
    x: made.values(),
    labels: labelAt === -1 ? null : Float64Array.from(read),
    rows,
    columns,
    names: header?.filter((_, i) => i !== labelAt) ?? null,
    labelName: labelAt === -1 ? null : (header?.[labelAt] ?? `column ${labelAt + 1}`),
  };
}

/** Tab or semicolon where they stand between cells; commas beside them are decimal ones, at most one a cell. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (d: string) => bare.split(d).length - 1;
  return ['\t', ';'].find((d) => count(d) > 0 && count(',') <= count(d) + 1) ?? ',';
}

function cellsOf(line: string, delimiter: string, number: number): string[] {
  if (!line.includes('"')) return line.split(delimiter);
  const cells: string[] = [];
  const cell = new RegExp(`\\s*(?:"((?:[^"]|"")*)"\\s*|([^"${delimiter}]*))(${delimiter}|$)`, 'y');
  for (;;) {
    const at = cell.exec(line);
    if (at === null) {
      throw new LabError(
        'bad_input',
        `Line ${number} has a quotation mark that is not closed, or in the middle of a cell.`,
        'Put the whole cell into quotation marks, on one line.',
      );
    }
    cells.push(at[1] === undefined ? at[2] : at[1].replaceAll('""', '"'));
    if (at[3] === '') return cells;
  }
}

const isNumber = (cell: string) =>
  numberText.test(cell.trim()) || /^[-+]?(nan|inf(inity)?)$/i.test(cell.trim());

function isHeader(cells: readonly string[], labels: 'last' | 'none', labelColumn: string | null): boolean {
  if (cells.every((c) => !isNumber(c))) return true;
  if (labels === 'none') return false;
  return cells.some((c) => c.trim() === labelColumn || labelNames.has(c.trim().toLowerCase()));
}

function labelPlace(
  cells: readonly string[],
  header: readonly string[] | null,
  labels: 'last' | 'none',
  labelColumn: string | null,
): number {
  if (labels === 'none') return -1;
  if (labelColumn !== null) {
    const at = header?.indexOf(labelColumn) ?? -1;
    if (at !== -1) return at;
    throw new LabError(
      'bad_input',
      `There is no column called “${labelColumn}”${header === null ? ': the first line holds numbers' : ''}.`,
      header === null
        ? 'Without a header the last column holds the labels.'
        : `The columns are ${header.slice(0, 20).join(', ')}${header.length > 20 ? ' …' : ''}.`,
    );
  }
  const named = header?.findIndex((c) => labelNames.has(c.toLowerCase())) ?? -1;
  return named === -1 ? cells.length - 1 : named;
}

/** A column of row numbers, as data frames write it, would go in as data unnoticed. */
function refuseIndexColumn(header: readonly string[], path: string): void {
  const at = header.indexOf('');
  if (at === -1) return;
  throw new LabError(
    'bad_input',
    `Column ${at + 1} of ${path} has no name, as a column of row numbers has.`,
    'Save the file without row numbers (pandas: index=False), or name the column.',
  );
}

function numberOf(
  text: string,
  {
    path,
    line,
    column,
    header,
  }: { path: string; line: number; column: number; header: readonly string[] | null },
): number {
  const cell = text.trim();
  const value = numberText.test(cell) ? Math.fround(Number(cell)) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const where = `Line ${line}, column ${column + 1}${header ? ` (“${header[column]}”)` : ''} of ${path}`;
  if (cell === '') throw new LabError('bad_input', `${where} is empty.`, 'Fill it, or leave out that line.');
  if (/nan|inf/i.test(cell))
    throw new LabError('bad_input', `${where} holds ${cell}.`, 'Fill it, or leave out that line.');
  if (numberText.test(cell))
    throw new LabError('bad_input', `${where} holds ${cell}, too large for 32 bits.`, 'Scale that column.');
  throw new LabError(
    'bad_input',
    `${where} holds “${cell.slice(0, 40)}”, which is no number.`,
    /^\d+,\d+$/.test(cell)
      ? 'Write decimals with a point.'
      : 'Every column must hold numbers, labels too: number the classes from 0.',
  );
}

/** Float32 numbers, as many as come. */
class Growing {
  #data = new Float32Array(1 << 16);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#data.length) {
      if (this.#length * 2 > mostValues) {
        throw new LabError('memory_bound', 'The file holds more than 2 GiB of values.', 'Add a part of it.');
      }
      const more = new Float32Array(this.#length * 2);
      more.set(this.#data);
      this.#data = more;
    }
    this.#data[this.#length] = value;
    this.#length += 1;
  }

  values(): Float32Array {
    return this.#data.slice(0, this.#length);
  }
}
