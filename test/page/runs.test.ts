import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder, fakeModel, fakeRun } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages, watchLongTasks } from '../support/pageHost';

/** Runs in the lab: six models, three seeds each, with energy. */
const smallLab = () => fakeLab(fakeLadder('seeds', { seeds: 3 }));

function bigLab(count: number) {
  const models = [1e3, 1e4, 1e5, 1e6].map((n) => fakeModel(`mlp-${n}`, n));
  const runs = Array.from({ length: count }, (_, ordinal) =>
    fakeRun({
      experiment: `big ${ordinal % 7}`,
      ordinal,
      model: models[ordinal % models.length],
      condition: { batch: 1 + (ordinal % 32) },
      p50S: 1e-4 * (1 + ((ordinal * 7919) % 1000)),
      grossJ: 1e-3 * (1 + ((ordinal * 104729) % 977)),
    }),
  );
  return fakeLab({ models, runs });
}

const table = (page: Page, name = 'Runs') => page.locator(`.tw-table[aria-label="${name}"]`);
const rowCount = async (page: Page, name?: string) =>
  Number(await table(page, name).getAttribute('aria-rowcount')) - 1;
const line = (page: Page, index: number) => table(page).locator(`[aria-rowindex="${index + 2}"]`);

describe.skipIf(noBrowser)('the Runs page', () => {
  const open = usesPages();

  it('draws only what is on the screen of ten thousand runs while they scroll, are sorted and filtered', {
    timeout: 120_000,
  }, async () => {
    const { page } = await open({ lab: bigLab(10_000), hash: '#/runs' });
    await expect.poll(() => rowCount(page), { timeout: 60_000 }).toBe(10_000);
    const tasks = await watchLongTasks(page);
    const box = (await table(page).boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 200);
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, 400);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    const scrolled = await tasks();
    await table(page).focus();
    await page.keyboard.press('End');
    await expect.poll(() => line(page, 9999).count()).toBe(1);
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: /^Latency, p50/ }).click();
    await expect.poll(() => table(page).locator('[aria-sort="ascending"]').count()).toBe(1);
    await page.getByLabel('Filter runs').fill('mlp-1000000');
    await expect.poll(() => rowCount(page)).toBe(2500);
    console.info(
      `long tasks while scrolling: ${JSON.stringify(scrolled)}, in all: ${JSON.stringify(await tasks())} ms`,
    );
    // Drawn rows stay few, which is what keeps the tasks short; how long they take is a matter of the machine.
    expect(await table(page).locator('[data-line]').count()).toBeLessThan(80);
  });

  it('shows latency, energy and both verdicts whole at 1280, and what was measured above what waits', async () => {
    const waiting = [0, 1, 2].map((ordinal) =>
      fakeRun({
        experiment: 'waits',
        ordinal,
        model: fakeModel('mlp-1e5', 1e5),
        over: { status: 'queued', startedUnixMs: null, endedUnixMs: null },
      }),
    );
    const small = fakeLadder('seeds', { seeds: 1 });
    const lab = fakeLab({ ...small, runs: [...small.runs, ...waiting] });
    const { page } = await open({ lab, hash: '#/runs' });
    await expect.poll(() => rowCount(page)).toBe(small.runs.length + 3);
    const { x, width } = (await table(page).boundingBox())!;
    for (const name of [/^Latency, p50/, /^Latency verdict/, /^Energy, gross/, /^Energy verdict/]) {
      const head = table(page).getByRole('columnheader', { name });
      const box = (await head.boundingBox())!;
      expect(box.x + box.width).toBeLessThanOrEqual(x + width);
      const cut = await head.evaluate((cell) =>
        [cell, ...cell.querySelectorAll('*')].some(
          (e) => getComputedStyle(e).textOverflow === 'ellipsis' && e.scrollWidth > e.clientWidth,
        ),
      );
      expect(cut, String(name)).toBe(false);
    }
    for (const index of [0, 1, 2])
      await line(page, small.runs.length + index)
        .getByText('queued', { exact: true })
        .waitFor();
  });

  it('keeps filter, sort order, columns and groups over a reload', async () => {
    const { page, lab } = await open({ lab: smallLab(), hash: '#/runs' });
    await expect.poll(() => rowCount(page)).toBe(18);
    await page.getByLabel('Filter runs').fill('mlp-1e6');
    await expect.poll(() => rowCount(page)).toBe(3);
    await page.getByRole('button', { name: /^Latency, p50/ }).click();
    await expect
      .poll(() => (lab.settings.runTable as { text?: string; sort?: unknown } | undefined)?.sort)
      .toEqual([{ id: 'p50', desc: false }]);
    await page.reload();
    await expect.poll(() => rowCount(page)).toBe(3);
    expect(await page.getByLabel('Filter runs').inputValue()).toBe('mlp-1e6');
    await page.getByRole('button', { name: 'Clear filter' }).first().click();
    await expect.poll(() => rowCount(page)).toBe(18);
  });

  it('groups by a field with n, median and range, and shows the single runs on a switch', async () => {
    const { page } = await open({ lab: smallLab(), hash: '#/runs' });
    await page.getByRole('combobox', { name: 'Group by' }).click();
    await page.getByRole('option', { name: 'Model', exact: true }).click();
    await expect.poll(() => rowCount(page)).toBe(6);
    const group = table(page).locator('.tw-table-group').first();
    await expect.poll(() => group.textContent()).toContain('(n = 3)');
    const spread = group
      .locator('[title^="Median of n = 3, lowest to highest"]')
      .filter({ hasText: '[' })
      .first();
    expect(await spread.textContent()).toMatch(/^[\d.,]+ \[[\d.,]+, [\d.,]+\]$/);
    await page.getByLabel('Single runs').click();
    await expect.poll(() => rowCount(page)).toBe(24);
  });

  it('moves runs to the bin, and Ctrl+Z or the bin brings them back; locked ones stay', async () => {
    const lab = smallLab();
    const { page } = await open({ lab, hash: '#/runs' });
    await expect.poll(() => rowCount(page)).toBe(18);
    await table(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await expect.poll(() => table(page).getByText('LOCKED').count()).toBe(1);
    await table(page).focus();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('3 selected').waitFor();
    await page.getByRole('button', { name: 'Move to bin' }).click();
    await expect.poll(() => rowCount(page)).toBe(16);
    await page.getByText('Not moved to the bin: 1 run locked.').waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(() => rowCount(page)).toBe(18);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => rowCount(page)).toBe(16);
    await page.getByText('Bin', { exact: true }).click();
    await expect.poll(() => rowCount(page, 'Runs in the bin')).toBe(2);
    await page.getByRole('button', { name: 'Select all rows' }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('The bin is empty.').waitFor();
    expect([...lab.marks.values()].some((m) => m.binnedUnixMs !== null)).toBe(false);
  });

  it('is complete from the keyboard: header, several sort keys, widths, selection, comparison', async () => {
    const lab = smallLab();
    const { page } = await open({ lab, hash: '#/runs' });
    await expect.poll(() => rowCount(page)).toBe(18);
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Filter runs');
    await page
      .getByRole('button', { name: /^Status/ })
      .last()
      .focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => table(page).locator('[aria-sort="ascending"]').textContent()).toContain('Model');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+Enter');
    await expect
      .poll(() => (lab.settings.runTable as { sort?: unknown } | undefined)?.sort)
      .toEqual([
        { id: 'model', desc: false },
        { id: 'p50', desc: false },
      ]);
    await page.keyboard.press('Shift+ArrowRight');
    await expect
      .poll(() => (lab.settings.runTable as { widths?: object } | undefined)?.widths)
      .toEqual({ p50: 162 });
    await table(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('0 selected').waitFor();
    await page.keyboard.press('Control+a');
    await page.getByText('18 selected').waitFor();
    expect(await page.getByRole('button', { name: 'Compare', exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('button', { name: 'Compare', exact: true }).press('Enter');
    await expect.poll(() => page.evaluate(() => window.location.hash)).toMatch(/^#\/compare\/.+(,|%2C).+/);
  });

  it('saves views by name, chooses columns and copies rows with units', async () => {
    const lab = smallLab();
    const { page } = await open({
      lab,
      hash: '#/runs',
      context: { permissions: ['clipboard-read', 'clipboard-write'] },
    });
    await expect.poll(() => rowCount(page)).toBe(18);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('Threads', { exact: true }).click();
    await expect.poll(() => table(page).getByRole('columnheader', { name: 'Threads' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByLabel('Filter runs').fill('mlp-1e8');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of this view').fill('large ones');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => JSON.stringify(lab.settings.savedViews)).toContain('large ones');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear filter' }).first().click();
    await expect.poll(() => rowCount(page)).toBe(18);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'large ones' }).click();
    await expect.poll(() => rowCount(page)).toBe(3);
    await page.getByRole('button', { name: 'Copy all rows' }).click();
    await page.getByText('3 rows copied.').waitFor();
    const copied = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
    expect(copied).toHaveLength(4);
    expect(copied[0].split('\t')).toContain('Latency, p50 (s)');
    expect(copied[0]).not.toContain('Threads');
  });

  it('marks groups and rows whose numbers are a sample or simulated, and says why a run failed', async () => {
    const lab = smallLab();
    lab.marks.set(lab.runs[0].id, { sample: true, binnedUnixMs: null, locked: false });
    lab.runs[1] = {
      ...lab.runs[1],
      status: 'failed',
      outcome: {
        kind: 'failed',
        phase: 'load',
        cause: 'error',
        exitCode: 1,
        signal: null,
        message: 'This build lacks the operator Foo.',
        remedy: null,
        stderrTail: '',
      },
    };
    lab.settings.runTable = { group: 'model', columns: ['status', 'p50', 'why'] };
    const { page } = await open({ lab, hash: '#/runs' });
    const group = table(page).locator('.tw-table-group', { hasText: 'mlp-1e3' });
    await group.getByText('SAMPLE').waitFor();
    await group.click();
    await table(page).getByText('This build lacks the operator Foo.').waitFor();
    expect(await table(page).getByText('SAMPLE').count()).toBe(2);
  });

  it('says what an empty lab can do', async () => {
    const { page } = await open({ lab: fakeLab(), hash: '#/runs' });
    await page.getByText('No run yet.').waitFor();
    await page.getByRole('button', { name: 'Go to Lab' }).click();
    await expect.poll(() => page.evaluate(() => window.location.hash)).toBe('#/lab');
  });

  it.each(['light', 'dark'] as const)('is accessible, %s', async (colorScheme) => {
    const lab = smallLab();
    lab.marks.set(lab.runs[2].id, { sample: true, binnedUnixMs: null, locked: true });
    const { page } = await open({ lab, hash: '#/runs', context: { colorScheme } });
    await expect.poll(() => rowCount(page)).toBe(18);
    await page.screenshot({ path: `${screenshotFolder}/runs-${colorScheme}.png` });
    expect(await seriousFaults(page)).toEqual([]);
  });
});
