import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBundle } from '../../src/main/lab/export/bundle';
import { bundleParts } from '../../src/main/lab/export/parts';
import { publicReader } from '../../src/main/lab/export/publicReader';
import { type Redact, redactor } from '../../src/main/lab/export/redact';
import { bundleSource } from '../../src/main/lab/export/source';
import type { BundleSource } from '../../src/main/lab/export/types';
import { type BundleFormat, type BundleOptionsInput, bundleOptionsSchema } from '../../src/shared/bundle';
import { type BundleLab, identity, openBundleLab } from './bundleLab';
import { quickDisk } from './madeUpBundle';

export interface Exported {
  lab: BundleLab;
  source: BundleSource;
  /** Folder or zip. */
  path: string;
  /** A file of the folder as text. */
  text(file: string): string;
  /** Rows of each table as written, by path. */
  rows: ReadonlyMap<string, number>;
  dispose(): void;
}

/** The frozen lab as a bundle, written by the product with every table, also the large ones as CSV. */
export async function exportFrozen(
  options: BundleOptionsInput = {},
  {
    redact = redactor(identity),
    format = 'folder',
    lab: given,
  }: { redact?: Redact; format?: BundleFormat; lab?: BundleLab } = {},
): Promise<Exported> {
  const lab = given ?? openBundleLab();
  const parsed = bundleOptionsSchema.parse({
    created: '2026-10-01T12:00:00Z',
    title: 'Frozen lab',
    authors: [{ familyNames: 'Example', givenNames: 'Ada' }],
    raw: 'both',
    ...options,
  });
  const source = bundleSource(publicReader(lab.store.reader, redact), parsed, () => 0);
  const into = mkdtempSync(join(realpathSync(tmpdir()), 'thirty-watts-exported-'));
  const { path, files } = await writeBundle(
    source,
    { into, format },
    { parts: bundleParts, disk: quickDisk },
  );
  return {
    lab,
    source,
    path,
    text: (file) => readFileSync(join(path, file), 'utf8'),
    rows: new Map(files.flatMap((f) => (f.rows === null ? [] : [[f.path, f.rows] as const]))),
    dispose() {
      if (!given) lab.dispose();
      rmSync(into, { recursive: true, force: true });
    },
  };
}
