import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/main/lab/export/bundle';
import { bundleParts } from '../../../src/main/lab/export/parts';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { redactor } from '../../../src/main/lab/export/redact';
import { bundleSource } from '../../../src/main/lab/export/source';
import { type BundleFormat, type BundleOptionsInput, bundleOptionsSchema } from '../../../src/shared/bundle';
import { type BundleLab, bundleExperiments, identity, openBundleLab } from '../../support/bundleLab';
import { temporaryFolder } from '../../support/lab';
import { quickDisk } from '../../support/madeUpBundle';
import { differing, treeOf } from '../../support/treeOf';

const created = '2026-03-29T02:30:00Z'; // an hour that Berlin does not have
const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const labs = [openBundleLab(), openBundleLab()] as const;
afterAll(() => {
  for (const lab of labs) lab.dispose();
});

async function exported(
  options: BundleOptionsInput,
  {
    lab = labs[0],
    format = 'folder',
    nowUnixMs = () => 0,
  }: { lab?: BundleLab; format?: BundleFormat; nowUnixMs?: () => number } = {},
) {
  const reader = publicReader(lab.store.reader, redactor(identity));
  const source = bundleSource(reader, bundleOptionsSchema.parse(options), nowUnixMs);
  return writeBundle(source, { into: temporaryFolder(), format }, { parts: bundleParts, disk: quickDisk });
}

describe('the same data and time', () => {
  it('give the same bytes, in every time zone', async () => {
    const everything: BundleOptionsInput = {
      created,
      raw: 'both',
      title: 'Ladder, comparison and claim',
      authors: [{ familyNames: 'Lovelace', givenNames: 'Ada' }],
    };
    const first = await exported(everything);
    const tree = treeOf(first.path);
    expect(tree.size).toBeGreaterThan(60);
    process.env.TZ = 'America/St_Johns';
    const again = await exported(everything, { lab: labs[1], nowUnixMs: () => 1e12 });
    expect(differing(treeOf(again.path), tree)).toEqual([]);
    expect(again).toEqual({ ...first, path: again.path });
  }, 60_000);

  it('give the same zip', async () => {
    const zips: Buffer[] = [];
    const experiments = [bundleExperiments.comparison];
    for (const tz of ['UTC', 'Europe/Berlin']) {
      process.env.TZ = tz;
      const { path } = await exported({ created, experiments }, { format: 'zip' });
      zips.push(readFileSync(path));
    }
    expect(zips[1]!.equals(zips[0]!)).toBe(true);
  }, 60_000);

  it('at another time change what says the time, and nothing else', async () => {
    const [first, second] = [
      await exported({}, { nowUnixMs: () => Date.UTC(2026, 0, 15) }),
      await exported({}, { nowUnixMs: () => Date.UTC(2027, 5, 1) + 999 }),
    ];
    expect(second.path).toMatch(/20270601T000000Z$/);
    expect(differing(treeOf(first.path), treeOf(second.path))).toEqual([
      'CITATION.cff',
      'README.md',
      'SHA256SUMS',
      'croissant.json',
      'datapackage.json',
      'ro-crate-metadata.json',
    ]);
  }, 60_000);
});
