import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment, readme } from '../../../../src/main/lab/export/manifest';
import { mdText } from '../../../../src/main/lab/export/manifest/text';
import { reasons } from '../../../../src/shared/reasons';
import type { RunRecord } from '../../../../src/shared/run';
import { app, hostileName, lab, madeUpBundle, madeUpSource, packageSensor, runs, tables } from './madeUp';

const readmeOf = (...given: Parameters<typeof madeUpBundle>) =>
  madeUpBundle(...given).texts.get('README.md')!;
const withSensor = (over: Partial<typeof packageSensor>): RunRecord[] =>
  runs.map((run, i) =>
    i > 0
      ? run
      : {
          ...run,
          energy: run.energy.map((e) => ({
            ...e,
            sensor: { ...packageSensor, ...over },
            provenance: over.provenance ?? e.provenance,
          })),
        },
  );

describe('README.md of a bundle', () => {
  const text = readmeOf({ title: hostileName, description: 'First.\n\n- second\n<b>third</b>' });

  it('says what is in it: counts, tables with rows, figures, machines, licence, citation', () => {
    expect(text).toContain('8 (7 completed, 1 failed, 0 cancelled)');
    expect(text).toContain(`1 (lab ${lab.slice(0, 8)})`);
    expect(text).toMatch(
      /\| `runs` \| \[csv\]\(data\/runs\.csv\), \[parquet\]\(data\/runs\.parquet\) \| 8 \| 15 \|/,
    );
    expect(text).toMatch(/\| `models` \| \[csv\]\(data\/models\.csv\) \| 3 \| 3 \|/);
    expect(text).toContain('(figures/curve.svg)');
    expect(text).toContain('Geometric mean, 95 % interval.');
    expect(text).toMatch(/\(machines\/[0-9a-f]+\.json\) \| 8 \|/);
    expect(text).toContain('(SPDX: `CC-BY-4.0`)');
    expect(text).toContain('Anonymous (2026). ');
    expect(text).toContain('--created 2026-01-05T10:00:00Z');
    expect(text).toContain('sha256sum -c SHA256SUMS');
    expect(text).toContain('checked by structure only');
  });

  it('names the flags that occur, and no others', () => {
    expect(text).toContain(`| \`NO_SENSOR\` | ${mdText(reasons.NO_SENSOR.sentence)} |`);
    expect(text).not.toContain('`THROTTLED`');
  });

  it('keeps text of other people text: no markup, no links, one line', () => {
    expect(text).not.toMatch(/<script|<b>|\u202e/);
    expect(text).not.toMatch(/(?<!\\)\]\(javascript/);
    expect(text.split('\n')[0]).toBe(`# ${mdText(hostileName)}`);
    expect(text).toContain('\\- second &lt;b>third&lt;/b>');
  });

  it('labels what must be labelled, and only that', () => {
    const badge = /\*\*(SAMPLE|SIMULATED|REPLAYED|≈ ESTIMATE)\*\*/g;
    const badges = (chosen: RunRecord[]) => [...readmeOf({}, chosen).matchAll(badge)].map(([, word]) => word);
    expect(badges(runs)).toEqual([]);
    expect(badges(withSensor({ origin: 'simulated' }))).toEqual(['SIMULATED']);
    expect(badges(withSensor({ origin: 'replayed' }))).toEqual(['REPLAYED']);
    expect(badges(withSensor({ provenance: 'estimate' }))).toEqual(['≈ ESTIMATE']);
    const source = madeUpSource();
    source.selection.sample = new Set([runs[0]!.id]);
    expect(readme({ source, name: 'x', tables, files: [], app })).toContain('**SAMPLE**: 1 of 8 runs');
  });

  it('draws latency where nothing has energy, and says so where there is nothing to draw', () => {
    const without = runs.map((run) => ({ ...run, energy: [] }));
    expect(readmeOf({}, without)).toContain('Parameters against `latency_median_s`');
    expect(text).toContain('Parameters against `energy_per_inference_J`');
    const nothing = readmeOf({}, runs.slice(-1));
    expect(nothing).toContain('nothing to draw yet');
    expect(text).not.toContain('nothing to draw yet');
  });
});

describe('all texts', () => {
  it('are the same each time, end in one line feed and hold no carriage return', () => {
    const a = madeUpBundle({ title: hostileName }).texts;
    const b = madeUpBundle({ title: hostileName }).texts;
    expect(b).toEqual(a);
    for (const [path, text] of a) {
      if (path.startsWith('data/') || path.endsWith('.csv') || path.endsWith('.parquet')) continue;
      expect(text, path).toMatch(/[^\n]\n$/);
      expect(text, path).not.toContain('\r');
      if (path.endsWith('.json')) expect(text, path).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
  });

  it('differ in nothing but the time when only that does', () => {
    const at = (created: string) => madeUpBundle({ created }).texts;
    const [a, b] = [at('2026-01-05T10:00:00Z'), at('2026-01-05T10:00:01Z')];
    expect([...a].filter(([path, text]) => b.get(path) !== text).map(([path]) => path)).toEqual([
      'README.md',
      'datapackage.json',
      'croissant.json',
      'ro-crate-metadata.json',
    ]);
  });

  it('environment.json tells the program and the formats, with the versions of package.json', () => {
    const text = environment({ source: madeUpSource(), name: 'x', tables, files: [] });
    const own = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(JSON.parse(text)).toMatchObject({
      schema: 'thirtywatts.bundle/1',
      app: { name: 'Thirty Watts', version: own.version },
      writers: { parquet: `hyparquet-writer ${own.dependencies['hyparquet-writer']}` },
    });
  });
});

describe('mdText', () => {
  it('gives any text without active Markdown or HTML, on one line, and loses no visible character', () => {
    const plainOf = (text: string) =>
      text
        .replace(/&(lt|amp|#64);/g, (_, name) => ({ lt: '<', amp: '&', '#64': '@' })[name as 'lt']!)
        .replace(/\\([!-/:-@[-`{-~])/g, '$1');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const md = mdText(text);
        expect(md).not.toMatch(/[\n\r<@]|(?<!\\)(?:\\\\)*[`*_[\]|~#$]/);
        const plain = text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
        expect(plainOf(md)).toBe(plain.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim());
      }),
    );
  });
});
