import { type Disk, type DiskFile, realDisk } from '../../src/main/lab/export/disk';
import type { BundleParts } from '../../src/main/lab/export/parts';
import type { PublicReader } from '../../src/main/lab/export/publicReader';
import type { AnyTable, BundleFigure, BundleSource, BundleTable } from '../../src/main/lab/export/types';
import { type BundleOptions, type BundleOptionsInput, bundleOptionsSchema } from '../../src/shared/bundle';
import type { Machine } from '../../src/shared/machine';
import type { RunRecord } from '../../src/shared/run';

interface Row {
  id: string;
  at: number;
  x: number;
}

function table(name: string, raw: boolean, rows: number, batch = 1_000): BundleTable<Row> {
  return {
    name,
    title: name,
    description: 'Made up.',
    primaryKey: ['id', 'at'],
    foreignKeys: [],
    raw,
    columns: [
      { name: 'id', type: 'string', unit: null, nullable: false, description: 'Id.', of: (r) => r.id },
      { name: 'at', type: 'integer', unit: null, nullable: false, description: 'Place.', of: (r) => r.at },
      { name: 'x_s', type: 'number', unit: 's', nullable: true, description: 'Time.', of: (r) => r.x },
    ],
    count: () => rows,
    *rows() {
      for (let from = 0; from < rows; from += batch)
        yield Array.from({ length: Math.min(batch, rows - from) }, (_, i) => ({
          id: 'run',
          at: from + i,
          x: (((from + i) * 2_654_435_761) % 1e6) / 1e9,
        }));
    },
  };
}

/** Parts of a bundle that need no lab. @param samples rows of the raw table */
export const madeUpParts = (samples = 300): BundleParts => ({
  tables: [table('runs', false, 3), table('samples', true, samples)] as unknown as AnyTable[],
  machineFile: ({ id }) => `{"id":"${id}"}\n`,
  recordFiles: ({ selection }) => [
    {
      path: 'provenance/records/runs.jsonl',
      lines: selection.runs.map(({ id }) => `{"record":{"id":"${id}"}}\n`),
    },
  ],
  environment: {
    path: 'provenance/environment.json',
    mediaType: 'application/json',
    text: ({ source }) => `{"created":${source.createdUnixMs}}\n`,
  },
  manifests: [
    {
      path: 'README.md',
      mediaType: 'text/markdown',
      text: ({ files }) => `${files.map((f) => `${f.path} ${f.bytes} ${f.rows} ${f.sha256}`).join('\n')}\n`,
    },
  ],
});

const figure: BundleFigure = {
  name: 'curve',
  kind: 'curve',
  title: 'Curve',
  caption: '',
  alt: '',
  svg: '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n',
  spec: '{}\n',
  points: 'x,y\r\n',
  fits: [],
  references: [],
};

export const madeUpCreated = '2026-01-15T10:00:00Z';

/** What a bundle is made of, without a lab behind it: nothing can be read but what is selected. */
export function sourceWithoutLab(
  options: BundleOptionsInput & { title: string; created: string },
  selected: Partial<BundleSource['selection']>,
  figures: readonly BundleFigure[],
): BundleSource {
  const all = bundleOptionsSchema.parse(options);
  return {
    options: all,
    createdUnixMs: Date.parse(all.created!),
    title: all.title!,
    reader: {} as PublicReader,
    selection: {
      experiments: [],
      runs: [],
      models: [],
      machines: [],
      accuracies: [],
      claims: [],
      labOf: () => '0123456789abcdef',
      sample: new Set(),
      ...selected,
    },
    figures: () => figures,
  };
}

export const madeUpSource = (options: Partial<BundleOptions> = {}): BundleSource =>
  sourceWithoutLab(
    { ...options, title: options.title ?? 'Made up', created: options.created ?? madeUpCreated },
    { runs: [{ id: 'run' }] as RunRecord[], machines: [{ id: 'a1b2' }] as Machine[] },
    [figure],
  );

/** The disk, which is not asked to be durable: a hundred exports in one test would wait for it all the time. */
export const quickDisk: Disk = {
  ...realDisk,
  syncFolder: async () => {},
  create: async (path) => ({ ...(await realDisk.create(path)), sync: async () => {} }),
};

/** The same disk, which `before` is told of before every call; what it throws is what the call throws. */
export function watchedDisk(disk: Disk, before: (call: string, path: string) => void): Disk {
  const file = (path: string, { write, sync, close }: DiskFile): DiskFile => ({
    async write(bytes) {
      before('write', path);
      await write(bytes);
    },
    async sync() {
      before('sync', path);
      await sync();
    },
    async close() {
      await close();
      before('close', path);
    },
  });
  return {
    ...disk,
    async list(folder) {
      before('list', folder);
      return disk.list(folder);
    },
    async create(path) {
      before('create', path);
      return file(path, await disk.create(path));
    },
    async makeFolder(path) {
      before('makeFolder', path);
      await disk.makeFolder(path);
    },
    async syncFolder(path) {
      before('syncFolder', path);
      await disk.syncFolder(path);
    },
    async rename(from, to) {
      before('rename', to);
      await disk.rename(from, to);
    },
    async remove(path) {
      before('remove', path);
      await disk.remove(path);
    },
  };
}
