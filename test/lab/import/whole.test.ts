import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/main/lab/export/bundle';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { redactor } from '../../../src/main/lab/export/redact';
import { bundleSource } from '../../../src/main/lab/export/source';
import { verifyAll } from '../../../src/main/lab/verify';
import type { LabStore } from '../../../src/main/store/open';
import { type BundleFormat, bundleOptionsSchema } from '../../../src/shared/bundle';
import { identity, openBundleLab } from '../../support/bundleLab';
import { filesIn, folder, openEmpty, take } from './support';

const created = '2026-01-15T10:00:00Z';

function write(store: LabStore, format: BundleFormat) {
  const options = bundleOptionsSchema.parse({ created, title: 'A test of the whole way', raw: 'both' });
  const source = bundleSource(publicReader(store.reader, redactor(identity)), options, () => 0);
  return writeBundle(source, { into: folder(), format });
}

describe('a whole bundle', () => {
  it.each<BundleFormat>(['folder', 'zip'])(
    'goes out, in and out again without a byte changing: as a %s',
    async (format) => {
      const from = openBundleLab({ parts: ['claim', format === 'zip' ? 'sample' : 'hostile'] });
      const bundle = await write(from.store, format);
      from.dispose();
      const store = openEmpty();
      expect(await take(store, bundle.path)).toMatchObject({
        sha256: bundle.sha256,
        title: 'A test of the whole way',
        alreadyThere: false,
        added: { runs: from.exportedRuns, claimRuns: 3 },
        runsThere: 0,
        conflicts: [],
        warnings: [],
      });
      expect((await verifyAll(store.reader, store.dir)).problems).toEqual([]);
      expect(store.reader.bundles()).toMatchObject([
        { title: 'A test of the whole way', created, licence: 'CC-BY-4.0', labs: [from.labId], authors: [] },
      ]);
      const again = await write(store, format);
      expect(again.sha256).toBe(bundle.sha256);
      if (format === 'zip') expect(readFileSync(again.path).equals(readFileSync(bundle.path))).toBe(true);
      else {
        expect(filesIn(again.path)).toEqual(filesIn(bundle.path));
        for (const path of filesIn(bundle.path))
          expect(
            readFileSync(join(again.path, path)).equals(readFileSync(join(bundle.path, path))),
            path,
          ).toBe(true);
      }
    },
    60_000,
  );
});
