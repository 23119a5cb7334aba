import {
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LabError } from '../../shared/errors';
import type { Licence, Model } from '../../shared/model';
import { assertExtent, judgeExternals, openExternalData } from './external';
import { createDurable, hashBytes, hashFile, openPlain, printable, readWhole, syncFolder } from './files';
import { notThere } from './find';
import { freeInputs, type OnnxModel } from './graph';
import { licenceOf, sourceOf } from './licence';
import { countParameters } from './parameters';
import { assertPorts } from './ports';
import { assertModelSize, readModel } from './reader';
import { modelFile, modelId, storedExternals, verifyModelFiles } from './stored';

export { findModelFiles } from './find';
export { modelId, verifyModelFiles } from './stored';

/** Everything that a test replaces. */
export interface ImportEffects {
  nowUnixMs(): number;
  /** Bytes this user may still write where `folder` lies. */
  freeBytes(folder: string): number;
  rename(from: string, to: string): void;
  processAlive(pid: number): boolean;
}

/** What the importer cannot read from the file. */
export interface ImportLabels {
  /** Absent: the name of the file without .onnx (of its folder for a file called model.onnx). */
  name?: string;
  family?: Model['family'];
  recipe?: string | null;
  /** Source and licence of the model that this one was made of; absent: those of the file, none for a recipe. */
  origin?: { source: string | null; licence: Licence | null };
}

export interface Imported {
  model: Model;
  /** `<lab>/models/<id>`: the model and its external data. */
  dir: string;
  /** The .onnx file in it. */
  path: string;
  /** The lab had these bytes: nothing was added. */
  alreadyThere: boolean;
}

const temporaryPrefix = '.importing-';
/** Room left on the disk beside the model, for the database. */
const spareBytes = 64 * 2 ** 20;

/**
 * Copies a model and its external data into the lab, under the SHA-256 of their content, and says what it is. The
 * rules in their order: open without following links and judge what was opened; read and hash from that descriptor;
 * parse; judge every stretch of external data; refuse inputs and outputs that cannot be measured; copy into a
 * temporary folder, make it durable, rename. A crash at any moment leaves the lab without the model or with all of it.
 *
 * Only the path that the user names may be a link, and is resolved once: the user chose it, and caches of models are
 * made of links. Names inside a model were chosen by whoever made it, so external data is never reached by one.
 *
 * Synchronous, some seconds per gigabyte; one import at a time per lab folder. Throws LabError.
 */
export function importModel(
  source: string,
  labDir: string,
  labels: ImportLabels = {},
  effects: ImportEffects = systemEffects,
): Imported {
  const given = resolve(source);
  const real = resolveModel(given);
  const bytes = readModelFile(real);
  const fileSha256 = hashBytes(bytes);
  const onnx = readModel(bytes);
  const root = dirname(real);
  const sizes = judgeExternals(root, onnx.externals);
  if (sizes.has(modelFile)) {
    throw new LabError(
      'unsafe_model',
      `The external data is called ${modelFile}, as the model itself will be.`,
      'Export the model again with another name for its weights.',
    );
  }
  assertPorts(onnx);

  const models = join(labDir, 'models');
  mkdirSync(models, { recursive: true });
  removeStale(models, effects);
  const describe = (dir: string, externalData: Model['externalData']): Model => {
    const { counts, precision } = countParameters(onnx, storedExternals(dir));
    return {
      id: modelId(fileSha256, externalData),
      name: labels.name ?? nameOf(given),
      family: labels.family ?? 'imported',
      recipe: labels.recipe ?? null,
      fileSha256,
      externalData,
      fileBytes: bytes.length,
      irVersion: onnx.irVersion,
      producer: onnx.producer,
      // A model built from a recipe is the lab's own, and comes from a temporary folder.
      ...(labels.origin ??
        (labels.recipe ? {} : { source: sourceOf(onnx.metadata), licence: licenceOf(onnx.metadata, real) })),
      opsets: [...onnx.opsets],
      inputs: freeInputs(onnx.graph),
      outputs: [...onnx.graph.outputs],
      precision,
      counts,
      importedUnixMs: effects.nowUnixMs(),
    };
  };

  if (sizes.size === 0) {
    const dir = join(models, fileSha256);
    if (existsSync(dir) && verifyModelFiles(dir, { fileSha256, externalData: [] }) === null) {
      return { model: describe(dir, []), dir, path: join(dir, modelFile), alreadyThere: true };
    }
  }
  assertSpace(models, bytes.length + [...sizes.values()].reduce((a, b) => a + b, 0), effects);
  const temporary = join(models, `${temporaryPrefix}${process.pid}-${fileSha256.slice(0, 16)}`);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    createDurable(join(temporary, modelFile), (write) => write(bytes));
    const externalData = copyExternals(root, temporary, onnx, [...sizes.keys()]);
    const model = describe(temporary, externalData);
    syncFolder(temporary);
    const dir = join(models, model.id);
    const alreadyThere = existsSync(dir) && verifyModelFiles(dir, model) === null;
    if (!alreadyThere) {
      // What stands there does not hold what its name says.
      if (existsSync(dir)) rmSync(dir, { recursive: true });
      effects.rename(temporary, dir);
      syncFolder(models);
    }
    return { model, dir, path: join(dir, modelFile), alreadyThere };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function resolveModel(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw notThere(path);
  }
}

function readModelFile(path: string): Uint8Array {
  const file = openPlain(path, { oneName: false });
  if ('problem' in file) {
    const kind = file.problem === 'is not there' ? 'not_found' : 'not_a_model';
    throw new LabError(kind, `${printable(path)} ${file.problem}.`, 'Choose an .onnx file.');
  }
  try {
    assertModelSize(file.bytes);
    return readWhole(file);
  } finally {
    closeSync(file.descriptor);
  }
}

/** Copies each file and hashes the bytes that were written; the extents are checked again on what was copied. */
function copyExternals(
  root: string,
  to: string,
  onnx: OnnxModel,
  locations: readonly string[],
): Model['externalData'] {
  return locations.map((location) => {
    const file = openExternalData(root, location);
    try {
      const path = join(to, location);
      mkdirSync(dirname(path), { recursive: true });
      let sha256 = '';
      createDurable(path, (write) => {
        sha256 = hashFile(file, write);
      });
      syncFolder(dirname(path));
      for (const range of onnx.externals) if (range.location === location) assertExtent(range, file.bytes);
      return { location, sha256, bytes: file.bytes };
    } finally {
      closeSync(file.descriptor);
    }
  });
}

function assertSpace(folder: string, bytes: number, effects: ImportEffects): void {
  if (effects.freeBytes(folder) >= bytes + spareBytes) return;
  const megabytes = Math.ceil((bytes + spareBytes) / 1e6);
  throw new LabError(
    'no_space',
    `The lab's disk has no room for this model: ${megabytes} MB are needed.`,
    'Free some space, or put the lab folder on another disk.',
  );
}

/** Folders of imports that were cut off: those of a dead process, or of this one, which is not importing yet. */
function removeStale(models: string, effects: ImportEffects): void {
  for (const name of readdirSync(models)) {
    const pid = new RegExp(`^\\${temporaryPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined) continue;
    if (Number(pid) !== process.pid && effects.processAlive(Number(pid))) continue;
    rmSync(join(models, name), { recursive: true, force: true });
  }
}

/** A name for a person, from the path: control characters out, at most 100 characters. */
function nameOf(path: string): string {
  const stem = basename(path).replace(/\.onnx$/i, '');
  const own = stem.toLowerCase() === 'model' ? basename(dirname(path)) || stem : stem;
  return printable(own).slice(0, 100) || 'model';
}

const systemEffects: ImportEffects = {
  nowUnixMs: () => Date.now(),
  freeBytes: (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
  rename: renameSync,
  processAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (thrown) {
      return (thrown as NodeJS.ErrnoException).code === 'EPERM';
    }
  },
};
