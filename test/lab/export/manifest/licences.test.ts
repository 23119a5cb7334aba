import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { licenceText } from '../../../../src/main/lab/export/manifest';
import { legalText, licenceFacts } from '../../../../src/main/lab/export/manifest/licences';
import { resource } from '../../../../src/main/lab/paths';
import { licences } from '../../../../src/shared/bundle';
import { app, madeUpSource, tables } from './madeUp';

/** Words from the beginning, the middle and the end of each legal text, and how many characters it has at least. */
const marks: Record<(typeof licences)[number], [number, ...string[]]> = {
  'CC-BY-4.0': [
    16_000,
    'Creative Commons Attribution 4.0 International Public License',
    'Section 4 – Sui Generis Database Rights.',
    'Section 8 – Interpretation.',
    'Creative Commons may be contacted at creativecommons.org.',
  ],
  'CC0-1.0': [
    6_500,
    'CC0 1.0 Universal',
    '3. Public License Fallback.',
    '4. Limitations and Disclaimers.',
    'this CC0 or use of the Work.',
  ],
  'CC-BY-SA-4.0': [
    17_000,
    'Creative Commons Attribution-ShareAlike 4.0 International Public License',
    'ShareAlike.',
    'Section 8 – Interpretation.',
    'Creative Commons may be contacted at creativecommons.org.',
  ],
  'ODC-By-1.0': [19_000, 'ODC Attribution License (ODC-By)', '### 10.0 General', '10.4 Choice of law.'],
  'ODbL-1.0': [24_000, 'Open Database License (ODbL)', '4.4 Share alike.', '10.4 Choice of law.'],
};

describe('LICENSE', () => {
  it.each(licences)('%s is there in full', (licence) => {
    const [characters, ...words] = marks[licence];
    const text = legalText(licence);
    expect(text.length).toBeGreaterThan(characters);
    const places = words.map((word) => text.indexOf(word));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toMatch(/\r|[ \t]\n/);
  });

  it.each(licences)('names the dataset and %s over the text, which is word for word', (licence) => {
    const source = madeUpSource({ licence, title: 'Two\nlines \u202eof text' });
    const text = licenceText({ source, name: 'x', tables, files: [], app });
    const [title, id, empty] = text.split('\n');
    expect([title, id, empty]).toEqual(['Two lines of text', `${licence}: ${licenceFacts[licence].url}`, '']);
    expect(text.endsWith(`\n\n${legalText(licence)}`)).toBe(true);
  });

  it('is told where it comes from', () => {
    const readme = readFileSync(resource('licences', 'README.md'), 'utf8');
    for (const licence of licences) {
      expect(readme).toContain(`\`${licence}.txt\``);
      expect(readme).toContain(licenceFacts[licence].url);
    }
  });
});
