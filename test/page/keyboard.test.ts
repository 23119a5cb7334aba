import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fakeExperiment, fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, usesPages } from '../support/pageHost';

const lab = () => {
  const { models, runs } = fakeLadder('one', { seeds: 2 });
  // No claim runs: it would take over the cancelling of the experiment.
  return fakeLab({ models, runs, experiments: [fakeExperiment('one')], claims: [] });
};

/** The element that has the focus, and whether a person sees that it has. */
interface Focus {
  what: string;
  ring: boolean;
  onScreen: boolean;
}

describe.skipIf(noBrowser)('the page without a mouse', { timeout: 90_000 }, () => {
  const open = usesPages();

  it('measures, cancels, compares, reads a point, saves and undoes by keys alone', async () => {
    const own = lab();
    const { page } = await open({ lab: own });
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
    /** Tab until the focus is on something of this role and name. */
    const tabTo = async (role: 'listbox' | 'textbox' | 'grid', name: string) => {
      const wanted = page.getByRole(role, { name });
      await wanted.waitFor();
      for (let i = 0; i < 80; i++) {
        await press('Tab');
        if (await wanted.evaluate((e) => e === document.activeElement)) return;
      }
      throw new Error(`Tab does not reach ${role} ${name}`);
    };

    // 1, 2: compose, start, cancel
    await heading('Lab');
    await tabTo('listbox', 'Models in the lab');
    await press('Space');
    await expect.poll(() => page.locator('[data-preview]').textContent()).toMatch(/^\d+ runs?/);
    own.override.startExperiment = async ({ plan }) => {
      void own.play({ runs: 20, stepMs: 60 });
      return { experimentId: 'fake-2', runs: plan.models.length };
    };
    await press('Control+Enter');
    const bar = page.getByRole('progressbar', { name: 'Progress of the experiment' });
    await bar.waitFor();
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toMatch(/^[1-9]\d? of 20/);
    await press('Control+.');
    await page.getByRole('dialog').waitFor();
    await press('Enter');
    await expect.poll(() => own.calls.some((c) => c.name === 'cancelExperiment')).toBe(true);
    await bar.waitFor({ state: 'detached' });

    // 5, 7: filter, choose, compare
    await press('g', 'r');
    await heading(/Runs/);
    await page.locator('[data-filter]').waitFor();
    await press('/');
    await page.keyboard.type('mlp-1e6');
    const grid = page.getByRole('grid').first();
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('3');
    for (let i = 0; i < 40 && !(await grid.evaluate((e) => e.contains(document.activeElement))); i++)
      await press('Tab');
    await press('Control+a');
    for (let i = 0; i < 60; i++) {
      await press('Shift+Tab');
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Compare') break;
    }
    await press('Enter');
    await heading('Compare');
    await page.getByRole('list', { name: 'Compared runs' }).getByRole('listitem').nth(1).waitFor();

    // 8, 10, 12: a point of the figure, the axes, the file
    await press('g', 'f');
    const figure = page.locator('[data-figure]');
    await figure.locator('svg[role=img]').waitFor();
    for (let i = 0; i < 60 && !(await figure.evaluate((e) => e === document.activeElement)); i++)
      await press('Tab');
    await press('ArrowRight', 'p');
    await figure.getByRole('status').waitFor();
    await press('y');
    await expect.poll(() => own.settings.figure).toMatchObject({ yScale: 'linear' });
    const download = page.waitForEvent('download');
    await press('Control+s');
    expect(readFileSync(await (await download).path(), 'utf8')).toContain('<svg');

    // 14: into the bin and back
    await press('g', 'r');
    await heading(/Runs/);
    await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('3');
    for (let i = 0; i < 40 && !(await grid.evaluate((e) => e.contains(document.activeElement))); i++)
      await press('Tab');
    await press('Control+a');
    for (let i = 0; i < 60; i++) {
      await press('Shift+Tab');
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Move to bin') break;
    }
    await press('Enter');
    const binned = () => [...own.marks.values()].filter((m) => m.binnedUnixMs !== null).length;
    await expect.poll(binned).toBe(2);
    await press('Control+z');
    await expect.poll(binned).toBe(0);
  });

  it.each(['l', 'c', 'm', 'r', 'o', 'f', 'h', 'e', 's'])(
    'shows where the focus is, at every stop of Tab (g %s)',
    async (key) => {
      const { page } = await open({ lab: lab() });
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const unseen: string[] = [];
      for (let i = 0; i < 30; i++) {
        await page.keyboard.press('Tab');
        const focus: Focus = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          const own = [element, element.parentElement!, element.nextElementSibling].filter((e) => e !== null);
          const drawn = own.map((e) => getComputedStyle(e));
          const box = element.getBoundingClientRect();
          return {
            what: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 30)}`,
            ring: drawn.some(
              (s) =>
                (s.outlineStyle !== 'none' && Number.parseFloat(s.outlineWidth) > 0) ||
                s.boxShadow !== 'none',
            ),
            onScreen: box.bottom > 0 && box.top < window.innerHeight,
          };
        });
        // The page as a whole, where keys have just opened it.
        if (/^(BODY|MAIN)/.test(focus.what)) continue;
        if (!focus.ring || !focus.onScreen)
          unseen.push(`${focus.what} ${focus.ring ? 'off screen' : 'no ring'}`);
      }
      expect(unseen).toEqual([]);
    },
  );
});
