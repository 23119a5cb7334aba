import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageName } from '../../../../src/main/lab/export/manifest/facts';
import { bibtex, citationLine, doiUrl, version } from '../../../../src/main/lab/export/manifest/people';
import { jsonText, oneLine } from '../../../../src/main/lab/export/manifest/text';
import { bundleOptionsSchema } from '../../../../src/shared/bundle';
import { madeUpSource } from './madeUp';

const any = fc.string({ unit: 'binary', maxLength: 60 });
const title = any.filter(
  (text) => [...text.trim()].length >= 3 && bundleOptionsSchema.shape.title.safeParse(text).success,
);

describe('texts of manifests', () => {
  it('JSON is read back as it was, without lone surrogates', () => {
    fc.assert(
      fc.property(fc.dictionary(any, any), (value) => {
        const text = jsonText(value);
        expect(text.endsWith('\n') && text.isWellFormed()).toBe(true);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
    expect(jsonText({ a: 'x\ud800' })).toBe('{\n  "a": "x\ufffd"\n}\n');
  });

  it('one line is one line, twice the same', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(oneLine(oneLine(text))).toBe(oneLine(text));
      }),
    );
    expect(oneLine('a\u202eb\r\n c')).toBe('ab c');
  });

  it('BibTeX keeps its braces in pairs whatever the title holds', () => {
    fc.assert(
      fc.property(title, title, (words, name) => {
        const entry = bibtex(madeUpSource({ title: words, authors: [{ familyNames: name }] }));
        let depth = 0;
        for (const [brace] of entry.replaceAll(/\\[{}]/g, '').matchAll(/[{}]/g)) {
          depth += brace === '{' ? 1 : -1;
          expect(depth).toBeGreaterThanOrEqual(0);
        }
        expect(depth).toBe(0);
        expect(entry).not.toContain('\n');
      }),
    );
  });

  it('a citation names authors, year, title, version and place', () => {
    const authors = [{ familyNames: 'Curie', givenNames: 'Marie' }, { familyNames: 'Noether' }];
    expect(citationLine(madeUpSource({ authors, doi: '10.5281/zenodo.1' }))).toBe(
      'Curie, Marie; Noether (2026). Ladder [Data set]. Version 2026.1.5. https://doi.org/10.5281/zenodo.1',
    );
    expect(citationLine(madeUpSource())).toBe('Anonymous (2026). Ladder [Data set]. Version 2026.1.5.');
    expect(version(madeUpSource({ created: '2026-12-31T23:59:59Z' }))).toBe('2026.12.31');
    expect(doiUrl('10.1/a b?c#d')).toBe('https://doi.org/10.1/a%20b%3Fc%23d');
  });

  it('the name of a package is lower case and without its time', () => {
    expect(packageName('mlp-ladder-20260115T100000Z')).toBe('mlp-ladder');
    expect(packageName('20260115T100000Z')).toBe('20260115t100000z');
    expect(packageName('שלום-20260115T100000Z')).toBe('thirty-watts-data');
    fc.assert(
      fc.property(any, (name) => {
        expect(packageName(name)).toMatch(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/);
      }),
    );
  });
});
