import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seriousFaults } from '../support/axe';
import { asked, button, dataset, poll, twoExperiments, what } from '../support/exportPages';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

describe.skipIf(noBrowser)('what goes into a dataset, on the Export page', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('takes what was typed, keeps it over a reload, and says at each field what is wrong', async () => {
    const { lab } = twoExperiments();
    const { page } = await open({ lab, hash: '#/export' });
    await page.getByLabel('Title').fill('Six ladders');
    await page.getByLabel('Description').fill('Asked: how much.');
    await page.getByRole('button', { name: 'Add an author' }).click();
    const author = page.getByRole('group', { name: 'Author 1' });
    await author.getByLabel('Given names').fill('Ada');
    await author.getByText('The family names are missing').waitFor();
    await author.getByLabel('ORCID').fill('0000');
    await author.getByText('Write it as 0000-0002-1825-0097.').waitFor();
    expect(await button(page).isDisabled()).toBe(true);
    await dataset(page).getByText('A field needs to be mended first.').waitFor();
    await author.getByLabel('Family names').fill('Lovelace');
    await author.getByLabel('ORCID').fill('0000-0002-1825-0097');
    await page.getByLabel('Licence').selectOption('CC0-1.0');
    await page.getByText('no rights reserved').waitFor();
    await page.getByLabel('DOI, once there is one').fill('https://doi.org/10.5281/zenodo.7');
    await page.getByText('Parquet and CSV', { exact: true }).click();
    await page.getByText('Zip', { exact: true }).click();
    await page.getByLabel('Into the folder').fill('/data/out');
    await page.getByText('Advanced').click();
    await page.getByLabel('Created at').fill('2026-01-15');
    await page.getByText('Write a UTC time').waitFor();
    await page.getByLabel('Created at').fill('2026-01-15T10:00:00Z');
    await dataset(page).getByText('You named Ada Lovelace as an author.').waitFor();
    await poll(() => (lab.settings.bundle as { created?: string } | undefined)?.created).toBe(
      '2026-01-15T10:00:00Z',
    );
    await page.reload();
    await poll(() => page.getByLabel('Title').inputValue()).toBe('Six ladders');
    expect(await page.getByLabel('Created at').inputValue()).toBe('2026-01-15T10:00:00Z');
    await button(page).click();
    await dataset(page).getByText('/data/out/six-ladders-20260115T100000Z.zip').waitFor();
    await dataset(page).getByText('It lies on the machine that runs the lab.', { exact: true }).waitFor();
    expect(asked(lab, 'exportBundle')).toMatchObject([
      {
        title: 'Six ladders',
        description: 'Asked: how much.',
        licence: 'CC0-1.0',
        doi: '10.5281/zenodo.7',
        raw: 'both',
        format: 'zip',
        into: '/data/out',
        created: '2026-01-15T10:00:00Z',
        authors: [
          {
            familyNames: 'Lovelace',
            givenNames: 'Ada',
            affiliation: '',
            orcid: 'https://orcid.org/0000-0002-1825-0097',
          },
        ],
      },
    ]);
  });

  it('asks when typing has paused, not with every letter, and nothing of the last answer goes meanwhile', async () => {
    const { lab } = twoExperiments();
    const { page } = await open({ lab, hash: '#/export' });
    await dataset(page).getByText('18 runs').waitFor();
    const before = asked(lab, 'previewBundle').length;
    const heights: number[] = [];
    const title = page.getByLabel('Title');
    await title.focus();
    for (const letter of 'a title of thirty letters here') {
      await page.keyboard.type(letter);
      heights.push((await dataset(page).boundingBox())!.height);
    }
    await dataset(page).getByText('a-title-of-thirty-letters-here-20260115T100000Z').waitFor();
    expect(new Set(heights).size).toBe(1);
    expect(asked(lab, 'previewBundle').length - before).toBeLessThan(15);
  });

  it('chooses experiments, and offers all finished runs where nothing is selected', async () => {
    const { lab } = twoExperiments();
    const { page } = await open({ lab, hash: '#/export' });
    await what(page).getByText('Chosen experiments').click();
    await dataset(page).getByText('Nothing selected.').waitFor();
    expect(await button(page).isDisabled()).toBe(true);
    await what(page)
      .getByLabel(/^Experiment two/)
      .check();
    await dataset(page).getByText('1 experiment, 6 runs').waitFor();
    await what(page)
      .getByLabel(/^Experiment two/)
      .uncheck();
    await dataset(page).getByRole('button', { name: 'Select all finished runs' }).click();
    await dataset(page).getByText('2 experiments, 18 runs').waitFor();
    await what(page).getByLabel('Claims with their evidence').uncheck();
    await poll(() => asked(lab, 'previewBundle').at(-1)).toMatchObject({
      experiments: ['one', 'two'],
      claims: [],
    });
  });

  it('takes the runs that were selected on the Runs page', async () => {
    const { lab } = twoExperiments();
    const { page } = await open({ lab, hash: '#/runs' });
    const grid = page.getByRole('grid').first();
    await poll(() => grid.getAttribute('aria-rowcount')).toBe('19');
    await page.locator('[data-filter]').fill('mlp-1e6');
    await poll(() => grid.getAttribute('aria-rowcount')).toBe('4');
    await grid.focus();
    await page.keyboard.press('Control+a');
    await page.getByRole('button', { name: 'Export …' }).click();
    await page.getByRole('heading', { level: 1, name: 'Export' }).waitFor();
    await dataset(page).getByText('2 experiments, 3 runs, 1 model').waitFor();
    await what(page).getByText('As they were selected on the Runs page.').waitFor();
    const [first] = asked(lab, 'previewBundle').at(-1)!.runs!;
    await lab.handlers.setBinned({ what: 'run', ids: [first!], binned: true });
    await what(page).getByText('1 chosen run is in the bin').waitFor();
    await dataset(page).getByText('2 runs, 1 model').waitFor();
  });

  it('shows names with markup and from right to left as text', async () => {
    const { lab } = twoExperiments();
    const hostile = '<img src=x onerror=alert(1)> \u202e,"=1+1';
    lab.experiments[0]!.name = hostile;
    const { page } = await open({ lab, hash: '#/export' });
    await page.getByLabel('Title').fill(hostile);
    await dataset(page).getByText('<img src=x', { exact: false }).first().waitFor();
    await what(page).getByText('Chosen experiments').click();
    await what(page).getByText('<img src=x', { exact: false }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('exports by keys alone', async () => {
    const { lab } = twoExperiments();
    const { page } = await open({ lab });
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await dataset(page).getByText('18 runs').waitFor();
    const tabTo = async (name: string) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement;
          return element.labels?.[0]?.textContent ?? element.textContent;
        });
        if (focused === name) return;
      }
      throw new Error(`Tab does not reach ${name}`);
    };
    await tabTo('Title');
    await page.keyboard.type('By keys');
    await tabTo('Add an author');
    await page.keyboard.press('Enter');
    for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('Lovelace');
    await dataset(page).getByText('You named Lovelace as an author.').waitFor();
    await tabTo('Export dataset');
    await page.keyboard.press('Enter');
    await dataset(page)
      .getByText(/^Exported/)
      .waitFor();
    // And by the palette, from wherever the focus is.
    await page.keyboard.press('Control+k');
    await page.getByLabel('Command or run').fill('export the dataset');
    await page.keyboard.press('Enter');
    await poll(() => asked(lab, 'exportBundle').length).toBe(2);
  });

  // axe takes seconds for each.
  it.each(['light', 'dark'] as const)(
    'is free of serious faults, filled and with faults of mine (%s)',
    async (colorScheme) => {
      const { lab, two } = twoExperiments();
      for (const run of two.runs) lab.origins.set(run.id, '3f9a12c4000000000000000000000000');
      const { page } = await open({
        lab,
        hash: '#/export',
        context: { colorScheme, viewport: { width: 1280, height: 1500 } },
      });
      await button(page).click();
      await dataset(page)
        .getByText(/^Exported/)
        .waitFor();
      await what(page).getByText('Chosen experiments').click();
      await what(page).getByRole('button', { name: 'Choose all' }).click();
      await page.getByRole('button', { name: 'Add an author' }).click();
      await page.getByLabel('ORCID').fill('12');
      await page.getByLabel('DOI, once there is one').fill('x');
      await page.getByText('Advanced').click();
      await page.getByText('Write it as 10.5281').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.screenshot({ path: join(screenshotFolder, `export-${colorScheme}.png`) });
      await page.setViewportSize({ width: 640, height: 400 });
      const [wide, has] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(wide).toBeLessThanOrEqual(has!);
    },
  );
});
