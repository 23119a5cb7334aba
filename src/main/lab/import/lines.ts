import { LabError } from '../../../shared/errors';
import { parseCanonical } from '../../store/canonical';
import { lineOf, type RecordLine } from '../export/records';
import { chunksOf } from './chunks';
import { refused, refusedLine } from './refusal';

/** Bytes of one line at most: a window of the lab's own takes 3 MB. */
export const lineMaxBytes = 64 << 20;
/** Lists and objects inside each other at most: records have 12. */
const deepest = 64;

export interface TextLine {
  text: string;
  /** From 1. */
  number: number;
  bytes: number;
}

/**
 * The lines of a file inside a bundle, without their line feeds, read as they are asked for. Links are not followed.
 * @throws LabError naming the file, and the line that is too long, is no UTF-8 or has no end
 */
export async function* readLines(
  root: string,
  path: string,
  { maxBytes = lineMaxBytes }: { maxBytes?: number } = {},
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 1;
  let parts: Uint8Array[] = [];
  let held = 0;
  const hold = (part: Uint8Array) => {
    held += part.length;
    if (held > maxBytes)
      throw refusedLine(path, number, `is longer than ${Math.floor(maxBytes / 2 ** 20)} MiB`);
    parts.push(part);
  };
  const take = (): TextLine => {
    let text: string;
    try {
      text = decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts, held));
    } catch {
      throw refusedLine(path, number, 'is no UTF-8 text');
    }
    const line = { text, number, bytes: held + 1 };
    number += 1;
    parts = [];
    held = 0;
    return line;
  };
  for await (const chunk of chunksOf(root, path, (words) => refused(`${path} ${words}.`))) {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, from);
      if (end < 0) break;
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (held > 0) throw refusedLine(path, number, 'ends before its line feed');
}

/**
 * The record of a line, which must be exactly the line that the lab itself would write: canonical JSON under its SHA-256.
 * @throws Error with what is wrong, to follow "line 3, "
 */
export function parseLine(text: string): RecordLine {
  if (isDeeperThan(text, deepest)) throw new Error('nests lists and objects too deeply');
  // Long digits are slow to turn into a number, and no number of the lab has so many.
  if (/"-?\d{40}\d*n"/.test(text)) throw new Error('holds a number that is too long');
  let line: unknown;
  try {
    line = parseCanonical(text);
  } catch {
    throw new Error('is no JSON');
  }
  if (!isObject(line) || typeof line.sha256 !== 'string' || typeof line.lab !== 'string')
    throw new Error('is no record with its SHA-256 and lab');
  const { record, lab, sample, columns, sha256 } = line;
  if (!/^[0-9a-f]{16}$/.test(lab)) throw new Error('names a lab by what is no number of a lab');
  if (sample !== undefined && sample !== true) throw new Error('has a mark that is none');
  if (columns !== undefined && !isTexts(columns)) throw new Error('has columns that are no texts');
  let remade: string;
  try {
    remade = lineOf({ record, lab, ...(sample ? { sample } : {}), ...(columns ? { columns } : {}) });
  } catch {
    throw new Error('holds a number that cannot be stored');
  }
  if (remade === `${text}\n`) return { sha256, record, lab, ...(sample ? { sample } : {}), columns };
  throw new Error(
    remade.startsWith(`{"sha256":"${sha256}"`)
      ? 'is not written as a record is (canonical JSON)'
      : 'holds a record that does not have its SHA-256',
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every((each) => typeof each === 'string');

/** Judged without parsing, which follows every level. */
function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = endOfText(text, i);
      if (i < 0) return false; // no JSON: the parser says so
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

/** Where the string ends that begins with the quote at `from`; -1 where it does not. */
function endOfText(text: string, from: number): number {
  let at = from;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
}

/** What was thrown while a line was judged, as a refusal that names file and line. */
export function explainLine(path: string, line: number, thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  return refusedLine(path, line, thrown instanceof Error ? thrown.message : String(thrown));
}
