import { join, resolve } from 'node:path';
import type { BundleFormat, BundleProgress, ExportedBundle } from '../../../shared/bundle';
import { LabError } from '../../../shared/errors';
import { type Disk, realDisk } from './disk';
import { explainDisk } from './diskFailures';
import { estimateBundle } from './estimate';
import { beginPart } from './partFolder';
import { type BundleParts, bundleParts } from './parts';
import { createSink, writeWhole } from './sink';
import { bundleName } from './source';
import type { BundleSource } from './types';
import { createWork } from './work';
import { sumsName, writeFiles } from './writeFiles';
import { zipPieces } from './zipFile';

export interface BundleRequest {
  /** Folder that the bundle's folder or zip goes into; made where it is not there. */
  into: string;
  format: BundleFormat;
  signal?: AbortSignal;
  progress?(progress: BundleProgress): void;
}

/** What tests replace. */
export interface BundleEffects {
  parts: BundleParts;
  disk: Disk;
  nowMs?(): number;
}

/**
 * Writes a bundle, whole or not at all, in constant memory: into a hidden folder beside its place, every file on the disk,
 * then one rename. The order of files is that of docs/bundle.md, 5.4. Other work gets the thread between pieces.
 * @throws LabError bad_input where a bundle of that name is there or the folder cannot be written, no_space, cancelled;
 * nothing of the bundle is left then
 */
export async function writeBundle(
  source: BundleSource,
  { into: given, format, signal, progress = () => {} }: BundleRequest,
  { parts, disk, nowMs }: BundleEffects = { parts: bundleParts, disk: realDisk },
): Promise<ExportedBundle> {
  const into = resolve(given);
  const name = bundleName(source);
  const final = format === 'zip' ? `${name}.zip` : name;
  const place = join(into, final);
  const refuseExisting = () => {
    if (disk.exists(place)) throw thereAlready(place);
  };
  let needBytes = 0;
  refuseExisting();
  try {
    const estimate = await estimateBundle(source, parts, format);
    needBytes = estimate.bytes;
    const work = createWork(estimate.totalMs, { signal, tell: progress, nowMs });
    const part = await beginPart(disk, into, name);
    try {
      const folder = join(part.path, name);
      await disk.makeFolder(folder);
      // What goes into a zip need not survive a power cut itself.
      const sink = createSink(folder, format === 'zip' ? withoutSync(disk) : disk, work.pause);
      await writeFiles({ source, name, parts, sink, work, estimate });
      const files = sink.files();
      let bytes = files.reduce((sum, f) => sum + f.bytes, 0);
      if (format === 'zip') {
        work.step({ label: 'Packing', ms: estimate.zipMs });
        const entries = files.map((f) => ({ ...f, from: join(folder, f.path), path: `${name}/${f.path}` }));
        const zip = await writeWhole(
          disk,
          join(part.path, final),
          telling(zipPieces(entries, source.createdUnixMs), (n) => work.part(n / estimate.zipBytes)),
          work.pause,
        );
        bytes = zip.bytes;
      } else await sink.close();
      await work.pause();
      refuseExisting();
      await part.publish(final);
      return {
        path: place,
        bytes,
        files: files.map(({ path, bytes, rows }) => ({ path, bytes, rows })),
        sha256: files.find((f) => f.path === sumsName)!.sha256,
      };
    } catch (thrown) {
      await part.abandon();
      throw thrown;
    }
  } catch (thrown) {
    throw explainDisk(thrown, into, needBytes);
  }
}

const thereAlready = (place: string) =>
  new LabError(
    'bad_input',
    `${place} is there already, and a bundle is never written over.`,
    'Choose another folder, or move the earlier bundle away.',
  );

const withoutSync = (disk: Disk): Disk => ({
  ...disk,
  syncFolder: async () => {},
  create: async (path) => ({ ...(await disk.create(path)), sync: async () => {} }),
});

async function* telling(
  pieces: AsyncIterable<Uint8Array>,
  tell: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    tell(bytes);
    yield piece;
  }
}
