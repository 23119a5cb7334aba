import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/main/lab/export/bundle';
import { bundleParts } from '../../../src/main/lab/export/parts';
import { previewBundle } from '../../../src/main/lab/export/preview';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { redactor } from '../../../src/main/lab/export/redact';
import { bundleSource } from '../../../src/main/lab/export/source';
import { type BundleOptionsInput, type BundlePreview, bundleOptionsSchema } from '../../../src/shared/bundle';
import { bundleExperiments, identity, openBundleLab, planted } from '../../support/bundleLab';
import { temporaryFolder } from '../../support/lab';
import { quickDisk } from '../../support/madeUpBundle';

const lab = openBundleLab();
afterAll(() => lab.dispose());

const nowUnixMs = () => Date.UTC(2026, 0, 15, 10);
const preview = (options: BundleOptionsInput = {}, owner = identity) =>
  previewBundle({
    reader: lab.store.reader,
    identity: owner,
    options: bundleOptionsSchema.parse(options),
    nowUnixMs,
  });

describe('the preview of a bundle', () => {
  const options: BundleOptionsInput = {
    raw: 'both',
    title: 'A ladder',
    authors: [
      { familyNames: 'Lovelace', givenNames: 'Ada', orcid: 'https://orcid.org/0000-0002-1825-0097' },
      { familyNames: 'Plato' },
    ],
  };
  let seen: BundlePreview;
  beforeAll(async () => {
    seen = await preview(options);
  }, 60_000);

  it('names the very files that are written, with sizes near the real ones, and writes nothing', async () => {
    const before = readdirSync(lab.folder);
    const source = bundleSource(
      publicReader(lab.store.reader, redactor(identity)),
      bundleOptionsSchema.parse(options),
      nowUnixMs,
    );
    const bundle = await writeBundle(
      source,
      { into: temporaryFolder(), format: 'folder' },
      { parts: bundleParts, disk: quickDisk },
    );
    expect(readdirSync(lab.folder)).toEqual(before);
    expect(bundle.path.endsWith(seen.name)).toBe(true);
    expect(seen.name).toBe('a-ladder-20260115T100000Z');
    expect(seen.files.map((f) => f.path)).toEqual(bundle.files.map((f) => f.path));
    expect(Math.abs(Math.log2(seen.bytes / bundle.bytes))).toBeLessThan(1);
    const estimated = new Map(seen.files.map((f) => [f.path, f]));
    for (const { path, rows, bytes } of bundle.files.filter((f) => f.path.startsWith('data/'))) {
      const { rows: r, bytes: b } = estimated.get(path)!;
      if (!/samples|readings|windows|sensors|fits|reference/.test(path))
        expect([path, r]).toEqual([path, rows]);
      // What a few figures hold tells little of what all hold.
      if (!/fits|reference/.test(path))
        expect([path, Math.abs(Math.log2(b / bytes)) < 2]).toEqual([path, true]);
    }
    const { selection } = source;
    expect(seen.counts).toEqual({
      experiments: selection.experiments.length,
      runs: lab.exportedRuns,
      models: selection.models.length,
      machines: selection.machines.length,
      claims: new Set(selection.claims.flatMap((c) => (c.kind === 'claim_run' ? [c.value.claim] : []))).size,
      figures: source.figures().length,
    });
    expect(seen.counts.claims).toBeGreaterThan(0);
    expect(seen.refusal).toBeNull();
  }, 60_000);

  it('tells every name that was typed, and how many texts are replaced, none of them themselves', () => {
    expect(seen.identity).toContain(
      'You name as author: Ada Lovelace, https://orcid.org/0000-0002-1825-0097.',
    );
    expect(seen.identity).toContain('You name as author: Plato.');
    const replaced = seen.identity.find((text) => text.includes('replaced'));
    expect(Number(/^(\d+) texts hold/.exec(replaced ?? '')?.[1])).toBeGreaterThan(2);
    const said = JSON.stringify(seen);
    for (const sign of planted) expect(said).not.toContain(sign);
  });

  it('says which names are not replaced, and that a typed one stays', async () => {
    const name = identity.userNames[0]!;
    const typed = await preview({ raw: 'none', description: `Measured by ${name} at home` });
    expect(typed.identity.join('\n')).toContain('The description holds a name');
    expect(seen.identity.join('\n')).not.toContain('The description holds');
    const root = await preview({ raw: 'none' }, { userNames: ['root'], hostNames: [], folders: [] });
    expect(root.identity.join('\n')).toContain('“root” is too ordinary');
  }, 60_000);

  it('warns of what a reader could take for more than it is', async () => {
    expect(seen.warnings.join('\n')).toMatch(/SIMULATED/);
    expect(seen.warnings.join('\n')).toMatch(/ESTIMATED/);
    expect(seen.warnings.join('\n')).toMatch(/with limits/);
    expect(seen.warnings.join('\n')).not.toMatch(/SAMPLE|No author/);
    const sample = await preview({ raw: 'none', experiments: [bundleExperiments.sample] });
    expect(sample.warnings.join('\n')).toMatch(/SAMPLE/);
    expect(sample.warnings.join('\n')).toMatch(/No author is named/);
  }, 60_000);
});
