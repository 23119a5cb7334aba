import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const ladder = () => fakeLab(fakeLadder('one', { seeds: 2 }));

describe.skipIf(noBrowser)('the Compare page', () => {
  const open = usesPages();

  it('opens the picker from nothing, and compares what is picked there by keys alone', async () => {
    const { page } = await open({ lab: ladder(), hash: '#/compare' });
    await page.getByText('Pick two runs.').waitFor();
    await page.getByRole('button', { name: 'Pick runs' }).press('Enter');
    const picker = page.getByRole('grid', { name: 'Runs to pick from' });
    await expect.poll(() => picker.getAttribute('aria-rowcount')).toBe('13');
    await page.getByLabel('Search runs').fill('mlp-1e6');
    await expect.poll(() => picker.getAttribute('aria-rowcount')).toBe('3');
    await picker.focus();
    await page.keyboard.press('Control+a');
    await page.getByRole('button', { name: 'Add 2 runs' }).press('Enter');
    await page.getByRole('table').first().waitFor();
    await expect
      .poll(() => page.getByRole('list', { name: 'Compared runs' }).getByRole('listitem').count())
      .toBe(2);
  });

  it('shows differences only, and the same on a switch', async () => {
    const lab = ladder();
    const { page } = await open({ lab, hash: `#/compare/${lab.runs[0].id},${lab.runs[2].id}` });
    const table = page.getByRole('region', { name: 'Differences', exact: true });
    await table.getByRole('rowheader', { name: 'Batch' }).waitFor();
    expect(await table.getByText('Execution provider').count()).toBe(0);
    await page.getByLabel('Show what is the same (1)').click();
    await table.getByText('Execution provider').waitFor();
  });

  it('a run keeps its colour and shape when the order changes, and over a reload', async () => {
    const lab = ladder();
    const ids = [lab.runs[0].id, lab.runs[2].id, lab.runs[4].id];
    const { page } = await open({ lab, hash: `#/compare/${ids.join(',')}` });
    const marks = () =>
      page
        .getByRole('list', { name: 'Compared runs' })
        .getByRole('listitem')
        .evaluateAll((items) =>
          items.map((li) => [
            li.querySelector('a')!.getAttribute('href'),
            li.querySelector('svg')!.innerHTML,
          ]),
        );
    await expect.poll(async () => (await marks()).length).toBe(3);
    const before = new Map((await marks()) as [string, string][]);
    expect(new Set(before.values()).size).toBe(3);
    await page.getByRole('button', { name: 'Make reference' }).last().click();
    await expect.poll(async () => (await marks())[0][0]).toContain(ids[2]);
    expect(new Map((await marks()) as [string, string][])).toEqual(before);
    await expect.poll(() => Object.keys((lab.settings.slots as object | undefined) ?? {}).length).toBe(3);
    await page.reload();
    await expect.poll(async () => (await marks()).length).toBe(3);
    expect(new Map((await marks()) as [string, string][])).toEqual(before);
  });

  it('Ctrl+S saves the ratios as SVG, with the colours of the page', async () => {
    const lab = ladder();
    const { page } = await open({
      lab,
      hash: `#/compare/${lab.runs[0].id},${lab.runs[2].id},${lab.runs[4].id}`,
    });
    await page.getByRole('region', { name: 'Ratios' }).locator('svg[role=img]').waitFor();
    const download = page.waitForEvent('download');
    await page.keyboard.press('Control+s');
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('compare-runs.svg');
    const svg = readFileSync(await saved.path(), 'utf8');
    expect(svg).toMatch(/^<\?xml.*\n<svg/);
    // Second and third run: the second and third colour, since the first has the first.
    expect(svg).toContain('#D55E00');
    expect(svg).toContain('#009E73');
    expect(svg).not.toContain('#0072B2');
  });

  it('says why runs cannot be compared and offers others', async () => {
    const lab = ladder();
    lab.override.compareRuns = async () => {
      throw new LabError('bad_input', 'One of the runs has no result.', 'Pick runs that completed.');
    };
    const { page } = await open({ lab, hash: `#/compare/${lab.runs[0].id},${lab.runs[2].id}` });
    await page.getByText('One of the runs has no result.').waitFor();
    await page.getByRole('button', { name: 'Pick other runs' }).click();
    await page.getByRole('dialog').waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible, %s', async (colorScheme) => {
    const lab = ladder();
    const { page } = await open({
      lab,
      hash: `#/compare/${lab.runs[0].id},${lab.runs[2].id},${lab.runs[4].id}`,
      context: { colorScheme },
    });
    await page.getByRole('region', { name: 'Ratios' }).locator('svg[role=img]').waitFor();
    await page.screenshot({ path: `${screenshotFolder}/compare-${colorScheme}.png` });
    expect(await seriousFaults(page)).toEqual([]);
  });
});
