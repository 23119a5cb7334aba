import { closeSync, realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { LabError } from '../../shared/errors';
import { openPlain, type PlainFile, printable } from './files';
import type { ExternalRange } from './graph';

const remedy = 'Export the model again with its weights in one plain file in the same folder.';

function refuse(location: string, what: string): LabError {
  return new LabError('unsafe_model', `The external data “${printable(location)}” ${what}.`, remedy);
}

/** What is wrong with an external location, judged by its text alone; null if nothing. */
export function locationProblem(location: string): string | null {
  if (location === '' || location.length > 1024) return 'has an empty or very long name';
  // The characters that some system reads as something else, the marks of undecodable text, and the star of ONNX
  // Runtime's marker for memory addresses. A runtime may cut a name at a NUL.
  if (/[\u0000-\u001f\u007f\ufffd*?"<>|:\\]/.test(location))
    return 'has a character that file names cannot have';
  if (location.startsWith('/')) return 'is an absolute path';
  if (location.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    return 'is no plain path inside the folder of the model';
  }
  return null;
}

/**
 * Opens external data of a model in `root` (a resolved folder): plain text, a parent folder that is inside, a
 * regular file with one name, reached without a link. The caller closes it. Throws LabError unsafe_model or
 * not_found with the location.
 */
export function openExternalData(root: string, location: string): PlainFile {
  const problem = locationProblem(location);
  if (problem !== null) throw refuse(location, problem);
  const path = join(root, location);
  let parent: string;
  try {
    parent = realpathSync(dirname(path));
  } catch {
    throw missing(location);
  }
  if (parent !== root && !parent.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw refuse(location, 'lies outside the folder of the model');
  }
  const file = openPlain(join(parent, basename(path)), { oneName: true });
  if (!('problem' in file)) return file;
  if (file.problem === 'is not there') throw missing(location);
  throw refuse(location, file.problem);
}

function missing(location: string): LabError {
  return new LabError(
    'not_found',
    `The external data “${printable(location)}” is not there.`,
    'Put the file beside the model again: both were exported together.',
  );
}

/** Refuses a stretch that reaches beyond the end of its file. */
export function assertExtent(range: ExternalRange, fileBytes: number): void {
  if (range.offset + range.length <= fileBytes) return;
  throw refuse(
    range.location,
    `has ${fileBytes} bytes, but the model wants ${range.length} from byte ${range.offset} on`,
  );
}

/** Judges every file and stretch without keeping one open. Bytes per location, sorted by location. */
export function judgeExternals(root: string, ranges: readonly ExternalRange[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const location of [...new Set(ranges.map((r) => r.location))].sort()) {
    const file = openExternalData(root, location);
    sizes.set(location, file.bytes);
    closeSync(file.descriptor);
  }
  for (const range of ranges) assertExtent(range, sizes.get(range.location)!);
  return sizes;
}
