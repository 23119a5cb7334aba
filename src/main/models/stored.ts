import { createHash } from 'node:crypto';
import { closeSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, LabError } from '../../shared/errors';
import type { Model } from '../../shared/model';
import { hashFile, openPlain, printable } from './files';
import type { OpenExternal } from './payload';

/** Name of the .onnx file in a model's folder in the lab. */
export const modelFile = 'model.onnx';

/**
 * Compares the files in `dir` with their hashes, symbolic links refused; null where every byte is as imported. Hard
 * links are fine here, backups make them: the hash decides.
 */
export function verifyModelFiles(
  dir: string,
  model: Pick<Model, 'fileSha256' | 'externalData'>,
): Failure | null {
  const files = [{ location: modelFile, sha256: model.fileSha256 }, ...model.externalData];
  for (const { location, sha256 } of files) {
    const file = openPlain(join(dir, location), { oneName: false });
    let problem: string | null;
    if ('problem' in file) ({ problem } = file);
    else {
      try {
        problem = hashFile(file) === sha256 ? null : 'is not what was imported';
      } catch {
        problem = 'changed while it was read';
      } finally {
        closeSync(file.descriptor);
      }
    }
    if (problem !== null) {
      return {
        kind: 'lab_damaged',
        message: `The model file ${printable(join(dir, location))} ${problem}.`,
        remedy: 'Import the model again from its source.',
      };
    }
  }
  return null;
}

/** The file's own hash, or one over the file and its external data together where it has such. */
export function modelId(fileSha256: string, externalData: Model['externalData']): string {
  if (externalData.length === 0) return fileSha256;
  const lines = externalData.map(({ location, sha256 }) => `${location} ${sha256}\n`).sort();
  return createHash('sha256')
    .update(`tw-model-1\n${fileSha256}\n${lines.join('')}`)
    .digest('hex');
}

/** Random access to the lab's own copy of external data, one file open at a time per location. */
export function storedExternals(dir: string): OpenExternal {
  return (location) => {
    const path = join(dir, location);
    const withFile = <T>(use: (descriptor: number) => T): T => {
      const file = openPlain(path, { oneName: false });
      if ('problem' in file)
        throw new LabError('lab_damaged', `${printable(path)} ${file.problem}.`, 'Import the model again.');
      try {
        return use(file.descriptor);
      } finally {
        closeSync(file.descriptor);
      }
    };
    return {
      size: statSync(path).size,
      readAt: (buffer, position) =>
        withFile((descriptor) => readSync(descriptor, buffer, 0, buffer.length, position)),
    };
  };
}
