import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentReport } from '../../../src/main/lab/report/report';
import { seriousFaults } from '../../support/axe';
import { type BundleLab, identity, openBundleLab } from '../../support/bundleLab';
import { chromiumArgs, chromiumPath } from '../../support/chromium';

if (!chromiumPath) console.warn('SKIPPED: reports in a browser, because Chromium is not installed.');

/** Opened by double click: from the disk, without a lab behind it. */
describe.skipIf(!chromiumPath)('a report in a browser', () => {
  let browser: Browser;
  let lab: BundleLab;
  const files = new Map<string, string>();

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs });
    lab = openBundleLab();
    for (const [kind, id] of Object.entries(lab.experiments)) {
      const path = join(lab.folder, `${kind}.html`);
      writeFileSync(path, (await experimentReport(lab.store.reader, id, identity)).html);
      files.set(kind, path);
    }
  });
  afterAll(async () => {
    lab.dispose();
    await browser.close();
  });

  async function open(
    path: string,
    { width = 1100, scheme = 'light' as 'light' | 'dark' } = {},
  ): Promise<{ page: Page; heard: string[]; close(): Promise<void> }> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const page = await context.newPage();
    const heard: string[] = [];
    const url = pathToFileURL(path).href;
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    page.on('dialog', (dialog) => heard.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== url && request.url() !== 'data:,') heard.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return { page, heard, close: () => context.close() };
  }

  it.each(['ladder', 'comparison', 'hostile', 'claim', 'sample'])(
    '%s: asks for nothing and complains of nothing',
    async (kind) => {
      const { page, heard, close } = await open(files.get(kind)!);
      expect(await page.locator('main svg[role=img]').count()).toBeGreaterThan(0);
      expect(heard).toEqual([]);
      await close();
    },
  );

  // One with every badge and ending, one with a claim: axe takes seconds for each.
  it.each([
    ['hostile', 'light'],
    ['claim', 'dark'],
  ] as const)('%s in the %s serves everybody', async (kind, scheme) => {
    const { page, close } = await open(files.get(kind)!, { scheme });
    expect(await seriousFaults(page)).toEqual([]);
    await close();
  });

  it('would be heard: its policy refuses a script, and says so', async () => {
    const path = join(lab.folder, 'bad.html');
    const html = (await experimentReport(lab.store.reader, lab.experiments.sample, identity)).html;
    writeFileSync(path, html.replace('</main>', '<script>document.title = "run"</script></main>'));
    const { page, heard, close } = await open(path);
    expect(heard.join()).toContain('Content Security Policy');
    expect(await page.title()).not.toBe('run');
    await close();
  });

  it.each(['ladder', 'hostile', 'claim'])('%s fits a screen of 360 px: only boxes scroll', async (kind) => {
    const { page, close } = await open(files.get(kind)!, { width: 360 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    // The tables are wider than that, so there was something to hold.
    const held = await page.evaluate(
      () =>
        [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).length,
    );
    expect(held).toBeGreaterThan(0);
    await close();
  });

  it('has figures in the colours of the scheme', async () => {
    const paper = async (scheme: 'light' | 'dark') => {
      const { page, close } = await open(files.get('ladder')!, { scheme });
      const fills = await page.evaluate(() =>
        [...document.querySelectorAll('figure svg > rect')].map((rect) => getComputedStyle(rect).fill),
      );
      const back = await page.evaluate(
        () => getComputedStyle(document.querySelector('.sheet')!).backgroundColor,
      );
      await close();
      return [...new Set([...fills, back])];
    };
    expect(await paper('light')).toEqual(['rgb(255, 255, 255)']);
    expect(await paper('dark')).toEqual(['rgb(20, 23, 26)']);
  });

  it('prints light on A4 and Letter, whatever the scheme, with nothing wider than the paper', async () => {
    const { page, close } = await open(files.get('hostile')!, { scheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const seen = await page.evaluate(() => ({
      back: getComputedStyle(document.querySelector('.sheet')!).backgroundColor,
      text: getComputedStyle(document.body).color,
      nav: getComputedStyle(document.querySelector('nav')!).display,
      head: getComputedStyle(document.querySelector('thead')!).display,
      figure: getComputedStyle(document.querySelector('figure')!).breakInside,
      paper: getComputedStyle(document.querySelector('figure svg > rect')!).fill,
    }));
    expect(seen).toEqual({
      back: 'rgb(255, 255, 255)',
      text: 'rgb(34, 34, 34)',
      nav: 'none',
      head: 'table-header-group',
      figure: 'avoid',
      paper: 'rgb(255, 255, 255)',
    });
    // Text width of A4 and Letter less the margins, in px.
    for (const width of [Math.floor(((210 - 26) / 25.4) * 96), Math.floor(((215.9 - 26) / 25.4) * 96)]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(
        () =>
          [...document.querySelectorAll('table, svg')].filter(
            (each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1,
          ).length,
      );
      expect([width, wide]).toEqual([width, 0]);
    }
    for (const format of ['A4', 'Letter'])
      expect((await page.pdf({ format })).subarray(0, 5).toString()).toBe('%PDF-');
    await close();
  });
});
