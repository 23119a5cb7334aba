import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { seriousFaults } from '../support/axe';
import { blockedFakes, comparisonOfFakes } from '../support/fakeComparison';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

/** An experiment in blocks, compared by the real comparison. */
function blocked(options?: Parameters<typeof blockedFakes>[0]) {
  const lab = fakeLab(blockedFakes(options));
  lab.override.compareRuns = async ({ runs }) => comparisonOfFakes(lab, runs);
  return lab;
}

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

  it('compares all conditions of an experiment: verdicts in sentences, tests, blocks, control, noise floor, zeros', async () => {
    const { page } = await open({ lab: blocked(), hash: '#/compare' });
    await page.getByRole('button', { name: 'All conditions of …' }).click();
    await page.getByRole('menuitem', { name: /4 conditions, 6 blocks/ }).click();
    const table = page.getByRole('region', { name: 'Table of results' });
    await table.getByText('mlp-1m-low-rank').first().waitFor();
    const text = (await table.textContent())!;
    // Three pairs need seven blocks: with six, Holm's correction lets nothing through.
    expect(text).toContain('a difference can be shown from 7 blocks on for 3 pairs tested together');
    expect(text).toContain(
      'One and the same model, measured twice: so much the machine makes different by itself.',
    );
    expect(text).toContain('Noise floor: 1.0 %, the least; the controls differed by less');
    expect(text).toContain('The zeros were not skipped: 90.0 % of the multiplications of mlp-1m-masked-90');
  });

  it('says why nothing is compared where the control failed', async () => {
    const lab = blocked({ controlRatio: 1.03 });
    const { page } = await open({ lab, hash: `#/compare/${lab.runs[0].id},${lab.runs[2].id}` });
    const table = page.getByRole('region', { name: 'Table of results' });
    await table
      .getByText(/^Not comparable: The control failed/)
      .first()
      .waitFor();
    expect(await table.textContent()).toContain('let it come to rest and measure again');
  });

  it('offers one row a condition to pick, since any turn stands for all', async () => {
    const { page } = await open({ lab: blocked(), hash: '#/compare' });
    await page.getByRole('button', { name: 'Pick runs' }).click();
    const picker = page.getByRole('grid', { name: 'Runs to pick from' });
    // Four conditions; head.
    await page.getByLabel('Search runs').fill('mlp-1m');
    await expect.poll(() => picker.getAttribute('aria-rowcount')).toBe('5');
  });

  it.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 1920, height: 1080 }],
    ['light', { width: 640, height: 800 }],
  ] as const)('with blocks is accessible, %s', async (colorScheme, viewport) => {
    const lab = blocked({ blocks: 8 });
    const { page } = await open({
      lab,
      hash: `#/compare/${lab.runs
        .slice(0, 4)
        .map((r) => r.id)
        .join(',')}`,
      context: { colorScheme, viewport },
    });
    await page.getByRole('region', { name: 'Ratios' }).locator('svg[role=img]').waitFor();
    await page.screenshot({
      path: `${screenshotFolder}/compare-blocks-${colorScheme}-${viewport.width}.png`,
    });
    await page.getByRole('region', { name: 'Ratios' }).scrollIntoViewIfNeeded();
    await page.screenshot({
      path: `${screenshotFolder}/compare-blocks-${colorScheme}-${viewport.width}-ratios.png`,
    });
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      viewport.width,
    );
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
