import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { citation } from '../../../../src/main/lab/export/manifest';
import { type BundleOptionsInput, bundleOptionsSchema } from '../../../../src/shared/bundle';
import { readCff, schemaFaults } from '../../../support/bundleValidators';
import { unless } from '../../../support/programs';
import { app, hostileName, madeUpSource, tables } from './madeUp';
import { cffSchema } from './schemas/cff';

const cff = (options: BundleOptionsInput = {}) =>
  citation({ source: madeUpSource(options), name: 'x', tables, files: [], app });
const full = {
  title: hostileName,
  description: 'Line one.\n\nLine: two # "three"',
  doi: '10.5281/zenodo.1234567',
  authors: [
    {
      familyNames: 'Curie: "M"',
      givenNames: 'Marie',
      affiliation: 'Sorbonne, Paris',
      orcid: 'https://orcid.org/0000-0002-1825-0097',
    },
    { familyNames: 'שלום' },
  ],
} satisfies BundleOptionsInput;
const titles = fc
  .string({ unit: 'binary', minLength: 3, maxLength: 100 })
  .filter((text) => [...text.trim()].length >= 3 && bundleOptionsSchema.shape.title.safeParse(text).success);

// PyYAML from Debian, where it is there: another program than the one in test/support.
const python = '/usr/bin/python3';
const script = 'import sys, json, yaml; print(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))';
const yaml = (texts: string[]) =>
  spawnSync(python, ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' });
const hasYaml = yaml([]).status === 0;

describe('CITATION.cff', () => {
  it('follows CFF 1.2.0, with nobody named and with everything', () => {
    expect(schemaFaults(cffSchema, readCff(cff()))).toEqual([]);
    expect(readCff(cff()).authors).toEqual([{ name: 'Anonymous' }]);
    expect(readCff(cff())).not.toHaveProperty('doi');
    const read = readCff(cff(full));
    expect(schemaFaults(cffSchema, read)).toEqual([]);
    expect(read).toMatchObject({
      'cff-version': '1.2.0',
      type: 'dataset',
      title: hostileName,
      license: 'CC-BY-4.0',
      doi: full.doi,
      version: '2026.1.5',
      'date-released': '2026-01-05',
      authors: [
        {
          'family-names': 'Curie: "M"',
          'given-names': 'Marie',
          affiliation: 'Sorbonne, Paris',
          orcid: full.authors[0]!.orcid,
        },
        { 'family-names': 'שלום' },
      ],
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['authors', { authors: undefined }],
    ['a list of authors', { authors: [] }],
    ['a title', { title: '' }],
    ['a message', { message: undefined }],
    ['a date', { 'date-released': '5 January 2026' }],
    ['known keys', { licence: 'CC0-1.0' }],
    ['an SPDX licence', { license: 'free' }],
    ['a DOI without its resolver', { doi: 'https://doi.org/10.5281/zenodo.1' }],
    ['persons or entities', { authors: [{ 'family-names': 'Curie', name: 'Curie' }] }],
  ])('the schema wants %s', (_, change) => {
    const read = Object.fromEntries(
      Object.entries({ ...readCff(cff(full)), ...change }).filter(([, v]) => v !== undefined),
    );
    expect(schemaFaults(cffSchema, read)).not.toEqual([]);
  });

  it('gives a DOI that CFF cannot take as a URL', () => {
    const read = readCff(cff({ doi: '10.1002/(SICI)1096<1::AID>3.0.CO;2-#' }));
    expect(read).not.toHaveProperty('doi');
    expect(read.url).toBe('https://doi.org/10.1002/(SICI)1096%3C1::AID%3E3.0.CO;2-%23');
    expect(schemaFaults(cffSchema, read)).toEqual([]);
  });

  it('keeps any title, on one line of visible characters', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const text = cff({ title });
        expect(readCff(text).title).toBe(title.trim().toWellFormed());
        expect(text.split('\n').filter((line) => line.startsWith('title: '))).toHaveLength(1);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it.skipIf(!hasYaml)(
    `is read by PyYAML with every title as it was${unless(hasYaml, 'python3-yaml')}`,
    () => {
      const many = [
        hostileName,
        'yes: no',
        '- a',
        '# a',
        'x\ud800y',
        '\u0085 \u2028 x',
        ...fc.sample(titles, 200),
      ];
      const { stdout, stderr } = yaml(many.map((title) => cff({ title })));
      expect(stderr).toBe('');
      const read = JSON.parse(stdout) as Record<string, unknown>[];
      for (const [i, title] of many.entries()) {
        expect(read[i]!.title).toBe(title.trim().toWellFormed());
        expect(schemaFaults(cffSchema, read[i])).toEqual([]);
      }
    },
  );
});
