import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../shared/errors';
import { openPlain, readWhole } from '../../models/files';
import { sha256 } from '../../store/canonical';
import { sumsName } from '../export/writeFiles';
import { chunksOf } from './chunks';
import type { FoundFile } from './folder';
import { filesMax, nameProblem, sameOnDisk } from './names';
import { quoted, refused } from './refusal';

/** SHA256SUMS at most: a million lines. */
const sumsMaxBytes = 512 << 20;
/** Where everything lies that an import reads. */
const recordsBelow = sameOnDisk('provenance/');
/** Files that a refusal names. */
const mostNamed = 20;

/**
 * Holds every file of a bundle against SHA256SUMS. What a reader left beside the data (a drawn curve, notes) is no part of
 * it and is only told; below provenance/, where the records lie, nothing unlisted may be.
 * @param pass called with the bytes that were read
 * @returns SHA-256 (hex) of SHA256SUMS itself, and the files that it does not list
 * @throws LabError naming every file that is missing, changed or an unlisted record (of more than 20 the first ones)
 */
export async function checkSums(
  root: string,
  files: readonly FoundFile[],
  pass: (bytes: number) => Promise<void>,
): Promise<{ sha256: string; unlisted: string[] }> {
  const bytes = readSums(root);
  const listed = parseSums(bytes);
  const there = new Map(files.map((file) => [file.path, file]));
  const wrong: string[] = [];
  for (const [path, want] of listed) {
    const file = there.get(path);
    if (file === undefined) wrong.push(`${path} is missing`);
    else if ((await hashOf(root, file, pass)) !== want) wrong.push(`${path} is not what its sum says`);
  }
  const unlisted = files.map(({ path }) => path).filter((path) => path !== sumsName && !listed.has(path));
  for (const path of unlisted) {
    if (sameOnDisk(path).startsWith(recordsBelow)) wrong.push(`${quoted(path)} is not listed`);
  }
  if (wrong.length === 0) return { sha256: sha256(bytes), unlisted };
  const more = wrong.length - mostNamed;
  throw new LabError(
    'bad_input',
    `This is not the bundle that its ${sumsName} describes: ${wrong.slice(0, mostNamed).join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
    'Nothing was imported. Remove what does not belong, or copy or download the bundle again.',
  );
}

function readSums(root: string): Uint8Array {
  const file = openPlain(join(root, sumsName), { oneName: false });
  if ('problem' in file) throw refused(`${sumsName} ${file.problem}.`);
  try {
    if (file.bytes > sumsMaxBytes) throw refused(`${sumsName} is too large.`);
    return readWhole(file);
  } finally {
    closeSync(file.descriptor);
  }
}

/** Sums by path. Lines as `sha256sum` writes them: 64 hex digits, two spaces, the path. */
export function parseSums(bytes: Uint8Array): Map<string, string> {
  const sums = new Map<string, string>();
  const seen = new Set<string>();
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  if (lines.pop() !== '') throw refused(`${sumsName} ends before its line feed.`);
  if (lines.length > filesMax) throw refused(`${sumsName} lists more files than a bundle can have.`);
  for (const [i, line] of lines.entries()) {
    const match = /^([0-9a-f]{64}) [ *](.+)$/s.exec(line);
    const [, sum, path] = match ?? [];
    if (sum === undefined || path === undefined)
      throw refused(`${sumsName}, line ${i + 1}, is no sum of a file.`);
    const problem = path === sumsName ? 'cannot list itself' : nameProblem(path);
    if (problem !== null) throw refused(`${sumsName}, line ${i + 1}: ${quoted(path)} ${problem}.`);
    const key = sameOnDisk(path);
    if (seen.has(key)) throw refused(`${sumsName}, line ${i + 1}: ${quoted(path)} is listed twice.`);
    seen.add(key);
    sums.set(path, sum);
  }
  return sums;
}

async function hashOf(
  root: string,
  { path }: FoundFile,
  pass: (bytes: number) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(root, path, (words) => refused(`${path} ${words}.`))) {
    hash.update(chunk);
    await pass(chunk.length);
  }
  return hash.digest('hex');
}
