import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, expect, it, vi } from 'vitest';
import { reportCommand } from '../../../src/main/hosts/cli/commands/report';
import { openBundleLab } from '../../support/bundleLab';
import { temporaryFolder } from '../../support/lab';

let lab: string;
let folder: string;
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  lab = temporaryFolder();
  folder = temporaryFolder();
});

const experiments = () => {
  const filled = openBundleLab({ folder: lab, parts: ['comparison', 'sample'] });
  filled.store.close();
  return filled.experiments;
};
const run = (...args: string[]) =>
  new Command('thirty-watts')
    .option('--lab <folder>')
    .option('--json', '', false)
    .addCommand(reportCommand())
    .parseAsync(['node', 'cli', '--lab', lab, 'report', ...args]);

it('writes the newest experiment under its own name into a folder, another one into a file', async () => {
  const { comparison } = experiments();
  await run('--out', folder);
  const [name] = readdirSync(folder);
  expect(name).toMatch(/^report-sample-\d{4}-\d\d-\d\d\.html$/);
  expect(readFileSync(join(folder, name!), 'utf8')).toContain('SAMPLE');
  const file = join(folder, 'new', 'other.html');
  await run(comparison, '--out', file);
  expect(readFileSync(file, 'utf8')).toContain('dense or sparse?');
  expect(readdirSync(join(folder, 'new'))).toEqual(['other.html']);
});

it('refuses to write over a file, unless told to', async () => {
  experiments();
  const file = join(folder, 'mine.html');
  writeFileSync(file, 'mine');
  await expect(run('--out', file)).rejects.toMatchObject({
    failure: { kind: 'bad_input', remedy: expect.stringContaining('--force') },
  });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await run('--out', file, '--force');
  expect(readFileSync(file, 'utf8')).toMatch(/^<!DOCTYPE html>/);
});

it('says so where there is nothing to report', async () => {
  const filled = openBundleLab({ folder: lab, parts: [] });
  filled.store.close();
  const file = join(folder, 'none.html');
  await expect(run('--out', file)).rejects.toMatchObject({ failure: { kind: 'not_found' } });
  await expect(run('nothing', '--out', file)).rejects.toMatchObject({ failure: { kind: 'not_found' } });
  expect(existsSync(file)).toBe(false);
});
