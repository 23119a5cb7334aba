import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LabError } from '../../shared/errors';
import { printable } from './files';

/**
 * The .onnx files at a path: the file itself, or all below a folder, sorted. Links inside a folder are not followed.
 * Throws LabError not_found when nothing is there.
 */
export function findModelFiles(path: string): string[] {
  const start = resolve(path);
  const status = statSync(start, { throwIfNoEntry: false });
  if (status === undefined) throw notThere(start);
  if (status.isFile()) return [start];
  if (!status.isDirectory())
    throw new LabError(
      'not_a_model',
      `${printable(start)} is not a regular file.`,
      'Choose an .onnx file, or a folder with some.',
    );
  const found: string[] = [];
  const folders = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder)) {
      const at = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(at);
      else if (entry.isFile() && entry.name.toLowerCase().endsWith('.onnx')) found.push(at);
    }
  }
  if (found.length === 0) {
    throw new LabError(
      'not_found',
      `No .onnx file in ${printable(start)}.`,
      'Choose a folder that holds one, or the file itself; links inside a folder are not followed.',
    );
  }
  return found.sort();
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A subfolder this user may not read holds no model for this user.
    return [];
  }
}

export function notThere(path: string): LabError {
  return new LabError('not_found', `There is no file ${printable(path)}.`, 'Check the path.');
}
