import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { authorOf } from '../../../src/main/hosts/cli/bundleOptions';
import type { BundlePreview, ExportedBundle } from '../../../src/shared/bundle';
import { bundleExperiments, openBundleLab } from '../../support/bundleLab';
import { temporaryFolder } from '../../support/lab';
import { treeOf } from '../../support/treeOf';

const cli = resolve(__dirname, '../../../out/main/cli.cjs');
const lab = openBundleLab({ parts: ['ladder', 'comparison'] });
afterAll(() => lab.dispose());

const env = { ...process.env, NO_COLOR: '1' };
/** Runs the built command line as a user would; a pipe, no terminal. */
function thirtyWatts(...args: string[]) {
  const done = spawnSync(process.execPath, [cli, '--lab', lab.folder, ...args], { encoding: 'utf8', env });
  return { code: done.status, out: done.stdout, err: done.stderr };
}
const created = ['--created', '2026-01-15T10:00:00Z'];
/** Without the ladder, whose fits take most of the time. */
const small = ['--experiment', bundleExperiments.comparison];

describe('export', () => {
  it('writes a bundle, tells its files, rows and sizes, and how far it was', () => {
    const into = join(temporaryFolder(), 'new');
    const { code, out, err } = thirtyWatts('export', into, ...small, '--title', 'Two things', ...created);
    expect(err).toMatch(/^\[0 %\] /);
    expect(err).not.toMatch(/Error/);
    expect(code).toBe(0);
    const path = join(into, 'two-things-20260115T100000Z');
    expect(readdirSync(into)).toEqual(['two-things-20260115T100000Z']);
    expect(out).toContain(path);
    expect(out).toMatch(/^data\/runs\.csv\t\d+ rows\t[\d.]+ kB$/m);
    expect(out).toMatch(/^figures\/\t\d+ files\t/m);
    expect(out).toMatch(/SHA-256 of SHA256SUMS: [0-9a-f]{64}/);
    expect(spawnSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: path }).status).toBe(0);

    const again = thirtyWatts('export', into, ...small, '--title', 'Two things', ...created);
    expect(again.code).toBe(2);
    expect(again.err).toContain('is there already');
  });

  it('takes every option, and says in JSON what came of it', () => {
    const into = temporaryFolder();
    const { code, out, err } = thirtyWatts(
      'export',
      into,
      '--json',
      '--zip',
      ...[...small, '--raw', 'none', '--png', '1', '--theme', 'dark'],
      ...['--author', 'Lovelace, Ada; Engines; https://orcid.org/0000-0002-1825-0097', '--author', 'Plato'],
      ...['--licence', 'CC0-1.0', '--doi', '10.5281/zenodo.1234567', '--description', 'Made up.', ...created],
    );
    expect([code, err]).toEqual([0, '']);
    const bundle = JSON.parse(out) as ExportedBundle;
    expect(readdirSync(into).map((name) => join(into, name))).toEqual([bundle.path]);
    expect(bundle.path).toMatch(/-20260115T100000Z\.zip$/);
    const paths = bundle.files.map((f) => f.path);
    expect(paths.filter((p) => p.endsWith('.png')).length).toBeGreaterThan(0);
    expect(paths.filter((p) => /samples|readings/.test(p) && p.startsWith('data/'))).toEqual([]);
    const folder = temporaryFolder();
    expect(spawnSync('unzip', ['-q', bundle.path, '-d', folder]).status).toBe(0);
    const citation = readFileSync(join(folder, readdirSync(folder)[0]!, 'CITATION.cff'), 'utf8');
    for (const word of ['Lovelace', 'Plato', 'zenodo.1234567', 'CC0-1.0', '0000-0002-1825-0097'])
      expect(citation).toContain(word);
  });

  it('goes into the lab without a folder, and writes nothing with --preview', () => {
    const seen = JSON.parse(thirtyWatts('export', '--preview', '--json', ...created).out) as BundlePreview;
    expect(existsSync(join(lab.folder, 'exports'))).toBe(false);
    expect(seen.counts.runs).toBe(lab.exportedRuns);
    const words = thirtyWatts('export', '--preview', ...small, ...created).out;
    expect(words).toMatch(/data\/runs\.csv\t\d+ rows\t≈ /);
    expect(words).toContain('- No author is named');
    const { path } = JSON.parse(thirtyWatts('export', '--json', ...created).out) as ExportedBundle;
    expect(path).toBe(join(lab.folder, 'exports', seen.name));
  });

  it('cancelled by Ctrl-C leaves nothing', async () => {
    const into = join(temporaryFolder(), 'new');
    const args = ['--lab', lab.folder, 'export', into, '--raw', 'both', '--run-figures'];
    const child = spawn(process.execPath, [cli, ...args], { env });
    let err = '';
    const code = await new Promise((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        if (err === '') child.kill('SIGINT');
        err += text;
      });
      child.on('exit', resolve);
    });
    expect(err).toContain('Cancelling; nothing of the bundle is kept.');
    expect(code).toBe(130);
    expect(existsSync(into)).toBe(false);
  });

  it('killed leaves a hidden folder, which the next one removes', async () => {
    const into = temporaryFolder();
    const child = spawn(process.execPath, [cli, '--lab', lab.folder, 'export', into, '--raw', 'both'], {
      env,
    });
    await new Promise((resolve) => {
      child.stderr.once('data', () => child.kill('SIGKILL'));
      child.on('exit', resolve);
    });
    const left = readdirSync(into);
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/^\.thirty-watts-.*\.part-\d+$/);
    expect(thirtyWatts('export', into, ...small, '--title', 'The next', ...created).code).toBe(0);
    expect(readdirSync(into)).toEqual(['the-next-20260115T100000Z']);
  });

  it.each([
    [['--author', ', Ada'], /family name/],
    [['--author', 'Lovelace; https://example.org/ada'], /orcid/],
    [['--doi', 'zenodo'], /10\.5281/],
    [['--created', 'yesterday'], /UTC time/],
    [['--png', '7'], /png/],
    [['--raw', 'some'], /raw/],
    [['--licence', 'MIT'], /licence/],
    [['--title', 'x'], /title/],
  ])('refuses %j with a sentence', (args, sentence) => {
    const { code, err } = thirtyWatts('export', ...args);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });

  it('of an experiment that is not there, and of nothing, is refused', () => {
    const into = temporaryFolder();
    expect(thirtyWatts('export', into, '--experiment', 'nosuch')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nosuch'),
    });
    const empty = join(temporaryFolder(), 'lab');
    const none = spawnSync(process.execPath, [cli, '--lab', empty, 'export', into], {
      encoding: 'utf8',
      env,
    });
    expect(none.status).not.toBe(0);
    expect(none.stderr).toMatch(/^Error: /);
    expect(treeOf(into).size).toBe(0);
  });
});

describe('an author as typed', () => {
  it.each([
    ['Lovelace', { familyNames: 'Lovelace', givenNames: '', affiliation: '', orcid: null }],
    ['Lovelace, Ada', { givenNames: 'Ada' }],
    ['Lovelace, Ada; Analytical Engines', { affiliation: 'Analytical Engines' }],
    [
      'Lovelace; https://orcid.org/0000-0002-1825-0097; A; B',
      { orcid: 'https://orcid.org/0000-0002-1825-0097', affiliation: 'A; B' },
    ],
    ['ü, é', { familyNames: 'ü', givenNames: 'é' }],
  ])('%s', (text, expected) => expect(authorOf(text)).toMatchObject(expected));
});
