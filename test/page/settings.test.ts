import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const scheme = (page: Page) => page.locator('html').getAttribute('data-mantine-color-scheme');

/** A busy machine may take seconds for what is shown at once on a quiet one. */
const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

describe.skipIf(noBrowser)('the Settings page', () => {
  const open = usesPages();

  it('keeps every setting over a reload', async () => {
    const { page, lab } = await open({ hash: '#/settings', context: { colorScheme: 'light' } });
    await page.getByText('Dark', { exact: true }).click();
    await poll(() => scheme(page)).toBe('dark');
    await page.getByLabel('Reduce motion').check();
    await page.getByLabel('Single-letter shortcuts').uncheck();
    await page.getByLabel('Live updates a second').fill('2');
    await page.getByLabel(/^Rated power of the processor/).fill('28');
    const kept = { colorScheme: 'dark', reduceMotion: true, singleKeys: false, updateRateHz: 2, tdpW: 28 };
    await poll(() => lab.settings).toMatchObject(kept);
    await page.reload();
    await poll(() => scheme(page)).toBe('dark');
    expect(await page.locator('html').getAttribute('data-reduce-motion')).not.toBeNull();
    expect(await page.getByLabel('Reduce motion').isChecked()).toBe(true);
    expect(await page.getByLabel('Single-letter shortcuts').isChecked()).toBe(false);
    expect(await page.getByLabel('Live updates a second').inputValue()).toBe('2');
    // With single keys off, `g m` stays here and the command with Ctrl works.
    await page.locator('h1').click();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    expect(new URL(page.url()).hash).toBe('#/settings');
  });

  it('lists what verifying found', async () => {
    const lab = fakeLab();
    const { page } = await open({ lab, hash: '#/settings' });
    await page.getByRole('button', { name: 'Verify the lab' }).click();
    await page.getByText('everything is as it was stored').waitFor();
    lab.override.verify = async () => ({
      checked: 1234,
      problems: [{ table: 'models', id: 'a'.repeat(64), what: 'The model file is not what was imported.' }],
    });
    await page.getByRole('button', { name: 'Verify the lab' }).click();
    await page.getByText('1,234 records and files checked, 1 problem.').waitFor();
    await page.getByText('The model file is not what was imported.').waitFor();
  });

  it('counts what is in the bin and takes it out', async () => {
    const lab = fakeLab(fakeLadder('bins', { seeds: 1 }));
    await lab.handlers.setBinned({ what: 'run', ids: lab.runs.slice(0, 3).map((r) => r.id), binned: true });
    await lab.handlers.setBinned({ what: 'model', ids: [lab.models[0].id], binned: true });
    const { page } = await open({ lab, hash: '#/settings' });
    const bin = page.getByRole('region', { name: 'Bin' });
    await bin.getByText('3 runs').waitFor();
    await bin.getByText('1 model', { exact: true }).waitFor();
    await bin.getByRole('button', { name: 'Restore all runs' }).click();
    await bin.getByText('0 runs').waitFor();
    await bin.getByRole('button', { name: 'Restore all models' }).click();
    await bin.getByText('0 models').waitFor();
    expect(lab.binnedModels.size).toBe(0);
  });

  it.each(['light', 'dark'] as const)('is free of serious faults (%s)', async (colorScheme) => {
    const { page } = await open({ hash: '#/settings', context: { colorScheme } });
    await page.getByText('Nothing leaves this machine').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: join(screenshotFolder, `settings-${colorScheme}.png`), fullPage: true });
  });
});
