import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { seriousFaults } from '../support/axe';
import { otherLabId } from '../support/fakeBundles';
import { fakeExperiment, fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { temporaryFolder } from '../support/lab';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });
const incoming = (page: Page) => page.getByRole('region', { name: 'Bring in a bundle' });
const paths = (lab: ReturnType<typeof fakeLab>) =>
  lab.calls.filter((c) => c.name === 'importBundle').map((c) => (c.input as { path: string }).path);
const ownLab = () => fakeLab({ ...fakeLadder('one'), experiments: [fakeExperiment('one')] });

function zipFile(name = 'ladder-20260115T100000Z.zip'): string {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, 'PK\u0003\u0004');
  return path;
}

/** Files dropped in the middle of the page, as a person would. */
async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 500, y: 300, data });
}

describe.skipIf(noBrowser)('datasets in, and reports, on the Export page', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('sends a chosen zip to the lab, shows progress, and says what was added; again, that nothing was', async () => {
    const lab = ownLab();
    lab.bundles.stepMs = 200;
    const { page } = await open({ lab, hash: '#/export' });
    await incoming(page).getByText('None was brought in yet.').waitFor();
    await incoming(page).getByText('lab 01234567').waitFor();
    const file = zipFile();
    const choose = async () => {
      const chooser = page.waitForEvent('filechooser');
      await incoming(page).getByRole('button', { name: 'Choose a zip …' }).click();
      const opened = await chooser;
      expect(opened.isMultiple()).toBe(false);
      await opened.setFiles(file);
    };
    await choose();
    const bar = incoming(page).getByRole('progressbar', { name: 'Progress of the import' });
    await poll(() => bar.getAttribute('aria-valuetext')).toMatch(/^Reading records, 50 %/);
    await incoming(page)
      .getByText('Added: 1 experiment, 12 runs, 6 models, 1 machine and 1 run of a claim.')
      .waitFor();
    const list = incoming(page).getByRole('region', { name: 'Bundles that were brought in' });
    await list.getByText('measured by lab 3f9a12c4').waitFor();
    await list.getByText('authors: Grace Hopper').waitFor();
    await choose();
    await incoming(page).getByText('This very bundle was brought in before.').waitFor();
    await incoming(page).getByText('Nothing was added.').waitFor();
    await incoming(page).getByText('12 runs were here already, with the same content.').waitFor();
    expect(await list.getByRole('listitem').count()).toBe(1);
    expect(paths(lab).map((path) => path.endsWith('/ladder-20260115T100000Z.zip'))).toEqual([true, true]);
  });

  it('takes a path, and can be cancelled with what stays said', async () => {
    const lab = ownLab();
    Object.assign(lab.bundles, { steps: 100, stepMs: 100 });
    const { page } = await open({ lab, hash: '#/export' });
    await incoming(page).getByLabel('Path of a zip or folder').fill('/media/stick/ladder');
    await page.keyboard.press('Enter');
    await incoming(page).getByText('Runs that are whole by then stay').waitFor();
    expect(await page.getByRole('button', { name: 'Export dataset' }).isDisabled()).toBe(true);
    await incoming(page).getByRole('button', { name: 'Cancel the import' }).click();
    await incoming(page).getByText('The import was cancelled; nothing was imported.').waitFor();
    expect(paths(lab)).toEqual(['/media/stick/ladder']);
  });

  it('takes a zip that is dropped, here and on any other page', async () => {
    const lab = ownLab();
    const { page } = await open({ lab, hash: '#/export' });
    await incoming(page).waitFor();
    await drop(page, [zipFile('dropped.zip')]);
    await incoming(page)
      .getByText(/^Added: /)
      .waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await drop(page, [zipFile('elsewhere.zip')]);
    await page.getByRole('heading', { level: 1, name: 'Export' }).waitFor();
    await poll(() => paths(lab).length).toBe(2);
    const folder = join(temporaryFolder(), 'unpacked');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'SHA256SUMS'), '');
    await poll(() => incoming(page).getByRole('progressbar').count()).toBe(0);
    await drop(page, [folder]);
    await page.getByText('A browser cannot hand over the folder of a bundle.').waitFor();
    await page.getByText('Drop its zip, or type the path of the folder.').waitFor();
  });

  it('says what the lab refuses, what was left out and what to be warned of, each as text', async () => {
    const lab = ownLab();
    const { page } = await open({ lab, hash: '#/export' });
    const path = incoming(page).getByLabel('Path of a zip or folder');
    await path.fill('/x/damaged.zip');
    await page.keyboard.press('Enter');
    await incoming(page).getByText('data/runs.csv in damaged.zip is not what its checksum says.').waitFor();
    await incoming(page).getByText('Fetch the bundle again from where it came.').waitFor();
    const hostile = '<img src=x onerror=alert(1)>\u202e';
    lab.override.importBundle = async () => ({
      sha256: '0'.repeat(64),
      title: hostile,
      alreadyThere: false,
      added: { experiments: 0, runs: 0, models: 0, machines: 0, accuracies: 0, claimRuns: 0 },
      runsThere: 0,
      conflicts: [`Run 0190a2c4 is here with another content: ${hostile}`],
      warnings: ['The files of 2 models are not in the bundle.'],
    });
    await path.fill('/x/other.zip');
    await page.keyboard.press('Enter');
    await incoming(page).getByText('Run 0190a2c4 is here with another content').waitFor();
    await incoming(page).getByText('The files of 2 models are not in the bundle.').waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await incoming(page).getByRole('alert').count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: join(screenshotFolder, 'export-in.png'), fullPage: true });
  });

  it('saves the report of an experiment, here and from the Lab page', async () => {
    const lab = ownLab();
    const { page } = await open({ lab, hash: '#/export' });
    const saved = async (click: () => Promise<void>) => {
      const download = page.waitForEvent('download');
      await click();
      const file = await download;
      return [file.suggestedFilename(), readFileSync(await file.path(), 'utf8')];
    };
    const wanted = ['report-one.html', '<!doctype html><title>6 runs of one</title>'];
    const card = page.getByRole('region', { name: 'Report of an experiment' });
    expect(await saved(() => card.getByRole('button', { name: 'Report (HTML)' }).click())).toEqual(wanted);
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    const menu = page.getByRole('button', { name: 'More about Experiment one' });
    await menu.click();
    expect(await saved(() => page.getByRole('menuitem', { name: 'Save its report (HTML)' }).click())).toEqual(
      wanted,
    );
    lab.override.experimentReport = async () => {
      throw new LabError('bad_input', 'The lab is measuring.', 'Save it later.');
    };
    await menu.click();
    await page.getByRole('menuitem', { name: 'Save its report (HTML)' }).click();
    await page.getByText('Save it later.').waitFor();
    await menu.click();
    await page.getByRole('menuitem', { name: 'Export it as a dataset …' }).click();
    await page.getByRole('region', { name: 'Dataset' }).getByText('1 experiment, 6 runs').waitFor();
  });

  it('marks runs of other labs wherever they are listed, and finds them', async () => {
    const own = fakeLadder('one');
    const theirs = fakeLadder('theirs');
    const lab = fakeLab({ models: own.models, runs: [...own.runs, ...theirs.runs] });
    const { page } = await open({ lab, hash: '#/runs' });
    const grid = page.getByRole('grid').first();
    await poll(() => grid.getAttribute('aria-rowcount')).toBe('13');
    expect(await page.getByRole('button', { name: 'Lab', exact: true }).count()).toBe(0);
    for (const run of theirs.runs) lab.origins.set(run.id, otherLabId);
    lab.emit({ type: 'changed', what: 'runs' });
    await poll(() => grid.getByText('lab 3f9a12c4').count()).toBe(6);
    await page.getByRole('button', { name: 'Lab', exact: true }).click();
    await page.getByLabel('lab 3f9a12c4 (6)').check();
    await poll(() => grid.getAttribute('aria-rowcount')).toBe('7');
    await page.keyboard.press('Escape');
    await grid.getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: /^mlp/ }).waitFor();
    await page.locator('.tw-page-head').getByText('lab 3f9a12c4').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });
});
