import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/server';
import type { Served } from '../../src/shared/rpc';
import { chromiumArgs, chromiumPath } from './chromium';
import { type FakeLab, fakeLab } from './fakeLab';

/** The built page, for hosts of a test's own; another folder for a look at work in progress. */
export const pageFolder = process.env.TW_PAGE_FOLDER ?? resolve(__dirname, '../../out/renderer');

/** Why pages cannot be opened here; null where they can. Said loudly by `describe.skipIf(noBrowser)`. */
export const noBrowser = !chromiumPath
  ? 'Chromium is not installed (Debian: apt-get install chromium)'
  : !existsSync(resolve(pageFolder, 'index.html'))
    ? 'the page is not built (npm run build)'
    : null;
if (noBrowser) console.warn(`SKIPPED: page tests, because ${noBrowser}.`);

/** Screenshots of pages land here; git ignores the folder. */
export const screenshotFolder = resolve(__dirname, '../../.cache/screenshots');

export interface OpenedPage {
  page: Page;
  lab: FakeLab;
  host: WebHost;
  /** Errors of the console and violations of the content security policy; the test ends with none, unless taken out. */
  complaints: string[];
}

/** One browser for a test file. The result opens the page on a lab of the test's own. */
export function usesPages(): (options?: {
  lab?: FakeLab;
  served?: Served;
  /** Told of the page, as the command `serve` does. */
  onPage?: () => () => void;
  /** View of the page, e.g. `#/runs`. */
  hash?: string;
  context?: BrowserContextOptions;
  /** Called with the page before it goes anywhere. */
  before?: (page: Page) => Promise<void>;
}) => Promise<OpenedPage> {
  let browser: Browser | null = null;
  beforeAll(async () => {
    if (noBrowser) return;
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: chromiumArgs,
    });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async ({ lab = fakeLab(), served = lab, onPage, hash = '', context: options = {}, before } = {}) => {
    const host = await startWebHost({ served, pageFolder, onPage });
    const context = await browser!.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      timezoneId: 'UTC',
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    onTestFinished(async () => {
      await context.close();
      await host.close();
      expect(complaints).toEqual([]);
    });
    await before?.(page);
    await page.goto(host.address);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    if (hash)
      await page.evaluate((h) => {
        window.location.hash = h;
      }, hash);
    return { page, lab, host, complaints };
  };
}

/** Longest tasks of the page from now on, ms: the list grows while the page works. */
export async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const own = window as unknown as { longTasks: number[] };
    own.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) own.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  return () => page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
}
