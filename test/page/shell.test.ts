import type { WebSocketRoute } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startWebHost } from '../../src/main/hosts/web/server';
import { commandIds, infoOf } from '../../src/renderer/commands/table';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, pageFolder, screenshotFolder, usesPages } from '../support/pageHost';

const lab = () => fakeLab(fakeLadder('one', { seeds: 2 }));
/** Keys to each page, and its heading. */
const pages = [
  ['l', 'Lab'],
  ['c', 'Claims'],
  ['m', 'Models'],
  ['r', 'Runs'],
  ['o', 'Compare'],
  ['f', 'Figures'],
  ['h', 'Machine & meters'],
  ['e', 'Export'],
  ['s', 'Settings'],
] as const;

describe.skipIf(noBrowser)('the shell of the page', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('goes to every page by two keys, back and forward by the browser, without a violation or an error', async () => {
    const { page } = await open({ lab: lab() });
    const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
    for (const [key, name] of pages) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await heading(name).waitFor();
      expect(await page.getByRole('link', { name, exact: true }).getAttribute('aria-current')).toBe('page');
    }
    await page.goBack();
    await heading('Export').waitFor();
    await page.goForward();
    await heading('Settings').waitFor();
    await page.reload();
    await heading('Settings').waitFor();
  });

  it('offers every available command in the palette, and runs by the name of their model', async () => {
    const { page } = await open({ lab: lab() });
    await page.keyboard.press('Control+k');
    const search = page.getByLabel('Command or run');
    await search.fill('shortcuts');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await search.fill('mlp-1e7');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'mlp-1e7' }).waitFor();
  });

  it('lists every command that has keys on the ? sheet, and is accessible open', async () => {
    const { page } = await open({ lab: lab() });
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.waitFor();
    const text = (await sheet.textContent()) ?? '';
    for (const id of commandIds) if (infoOf(id).keys.length > 0) expect(text).toContain(infoOf(id).label);
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
  });

  it('takes letters as letters in a text field, and none at all when they are switched off', async () => {
    const { page } = await open({ lab: lab(), hash: '#/runs' });
    const heading = page.getByRole('heading', { level: 1 });
    await page.locator('[data-filter]').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('gm?');
    expect(await page.locator('[data-filter]').inputValue()).toBe('gm?');
    expect(await heading.textContent()).toContain('Runs');
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      window.location.hash = '#/settings';
    });
    await page
      .getByLabel(/single/i)
      .first()
      .uncheck();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.keyboard.press('Control+k');
    await page.getByLabel('Command or run').waitFor();
    expect(await heading.textContent()).toBe('Settings');
  });

  it('says that another process has the lab, and that it can only be read', async () => {
    const own = lab();
    own.override.labInfo = async () => ({
      folder: '/lab',
      version: '0',
      readOnly: { holderPid: 4711 },
      models: 6,
      runs: 12,
      sampleLoaded: false,
      measuring: null,
    });
    const { page } = await open({ lab: own });
    await page.getByRole('status').filter({ hasText: 'process 4711' }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });

  it('keeps the page when the lab goes, and tells a tab of an earlier start what to open', async () => {
    const { page, host, complaints } = await open({ lab: lab(), hash: '#/runs' });
    await page.getByRole('grid').first().waitFor();
    await host.close();
    await page.getByRole('alert').filter({ hasText: 'Connecting again' }).waitFor();
    expect(await page.getByRole('grid').first().isVisible()).toBe(true);
    const later = await startWebHost({ served: fakeLab(), pageFolder, port: host.port });
    try {
      await page
        .getByRole('alert')
        .filter({ hasText: 'earlier start of the lab' })
        .waitFor({ timeout: 20_000 });
      expect(await seriousFaults(page)).toEqual([]);
      // As it asks: the new address into this very tab, which changes only what stands after the #.
      await page.goto(later.address);
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      expect(page.url()).not.toContain('key=');
      await page.goto('about:blank');
    } finally {
      await later.close();
    }
    // The browser itself reports each refused connection.
    complaints.length = 0;
  });

  it('counts no time on, and offers no cancelling, while the lab cannot be reached', async () => {
    const own = lab();
    const { page, host, complaints } = await open({ lab: own });
    own.emit({
      type: 'progress',
      experimentId: 'told',
      runId: 'run-00000000',
      label: 'mlp on cpu',
      stage: 'window',
      finished: 1,
      total: 4,
      elapsedS: 8,
      leftS: 15,
    });
    const live = page.getByRole('region', { name: 'Measurement' });
    await live.getByText('about 15 s').waitFor();
    await host.close();
    await live.getByText('Not connected to the lab').waitFor();
    expect(await live.getByRole('progressbar').count()).toBe(0);
    expect(await live.getByRole('button').count()).toBe(0);
    await page.getByRole('alert').filter({ hasText: 'Is `thirty-watts serve` still running?' }).waitFor();
    complaints.length = 0;
  });

  it('goes on inside the page that keys opened: Tab does not begin at the rail again', async () => {
    const { page } = await open({ lab: lab() });
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('#main') !== null)).toBe(true);
  });

  it('connects again by itself after the connection was cut, with what is new', async () => {
    const own = lab();
    const sockets: WebSocketRoute[] = [];
    const { page } = await open({
      lab: own,
      hash: '#/runs',
      before: (p) =>
        p.routeWebSocket('**/lab', (socket) => {
          socket.connectToServer();
          sockets.push(socket);
        }),
    });
    const rows = () => page.getByRole('grid').first().getAttribute('aria-rowcount');
    await expect.poll(rows).toBe('13');
    own.runs.push(...fakeLadder('two').runs);
    await sockets[0].close({ code: 1001, reason: 'The way was cut.' });
    await expect.poll(rows, { timeout: 20_000 }).toBe('19');
    expect(sockets).toHaveLength(2);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it.each(pages)('moves nothing where the user asks for reduced motion (g %s)', async (key, name) => {
    const { page } = await open({ lab: lab(), context: { reducedMotion: 'reduce' } });
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  it('loses nothing at 200 % zoom on a screen 1280 wide: no page scrolls sideways', async () => {
    const { page } = await open({ lab: lab(), context: { viewport: { width: 640, height: 400 } } });
    for (const [key, name] of pages) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
      const [wide, has] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect([name, wide <= has]).toEqual([name, true]);
      await page.screenshot({ path: `${screenshotFolder}/zoomed-${key}.png` });
    }
  });

  it('undoes and does again what was done, in words', async () => {
    const own = lab();
    const { page } = await open({ lab: own, hash: '#/runs' });
    const rows = () => page.getByRole('grid').first().getAttribute('aria-rowcount');
    await expect.poll(rows).toBe('13');
    await page.getByRole('grid').first().focus();
    await page.keyboard.press('Control+a');
    await page.getByRole('button', { name: 'Move to bin' }).click();
    await expect.poll(() => [...own.marks.values()].filter((m) => m.binnedUnixMs !== null).length).toBe(12);
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: 12 runs moved to the bin').waitFor();
    await expect.poll(rows).toBe('13');
    await page.keyboard.press('Control+Shift+z');
    await page.getByText('Done again: 12 runs moved to the bin').waitFor();
  });
});
