import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DatasetManifest } from '../../../shared/dataset';
import { LabError } from '../../../shared/errors';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const file = z.strictObject({ name: z.string().min(1), bytes: count, sha256: hash });

const manifestSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  addedUnixMs: z.number().int(),
  licence: z.string().nullable(),
  shape: z.array(z.number().int().positive()).min(1).max(6),
  classes: z.number().int().min(2),
  perClass: z.strictObject({ train: z.array(count), test: z.array(count) }),
  split: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('given') }),
    z.strictObject({ kind: z.literal('drawn'), seed: z.number().int(), share: z.number() }),
  ]),
  sources: z.array(
    z.strictObject({
      role: z.enum(['examples', 'labels', 'testExamples', 'testLabels']),
      ...file.shape,
    }),
  ),
  files: z.array(file),
});

/** Sets that are made on this machine, in any number. */
export const generatedNames: readonly string[] = ['mnist1d', 'mnist1d-shuffled'];
/** Names that Thirty Watts gives its own sets. */
export const ownerNames: readonly string[] = [...generatedNames, 'mnist'];

/** Names of the four files that hold a set of the user's own. */
export const ownFiles = {
  trainX: 'train-examples.npy',
  trainY: 'train-labels.npy',
  testX: 'test-examples.npy',
  testY: 'test-labels.npy',
} as const;

/** Lower case letters, digits, - and _ (not first): safe as a folder on every system. */
const safeName = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Devices of Windows, which are no folders there. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** @throws LabError bad_input for a name that could leave the folder, differ only in case or belong to a device */
export function refuseUnsafeName(name: string): void {
  if (safeName.test(name) && !deviceName.test(name)) return;
  throw new LabError(
    'bad_input',
    `“${name.slice(0, 80)}” cannot name a data set.`,
    'Use lower case letters, digits, - and _, at most 64, beginning with a letter or digit.',
  );
}

/** What is written in the folder of one set; null where there is none. @throws LabError lab_damaged for one that cannot be read */
export async function readManifest(dataFolder: string, name: string): Promise<DatasetManifest | null> {
  const path = join(dataFolder, name, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return null;
    throw thrown;
  });
  if (text === null) return null;
  try {
    const manifest = manifestSchema.parse(JSON.parse(text));
    if (manifest.name === name) return manifest;
  } catch {
    // Told below.
  }
  throw new LabError(
    'lab_damaged',
    `The description of the data set “${name}” cannot be read.`,
    `Remove it and add it again: “thirty-watts data remove ${name}”.`,
  );
}

/** Names of the folders that may hold sets of the user's own, sorted. */
export async function ownNames(dataFolder: string): Promise<string[]> {
  const entries = await readdir(dataFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((e) => e.isDirectory() && safeName.test(e.name) && !ownerNames.includes(e.name))
    .map((e) => e.name)
    .sort();
}
