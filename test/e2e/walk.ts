import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { openLabView } from '../../src/main/lab/service';
import { buildModel, writeBuilt } from '../../src/main/models/builders';
import { screenshotFolder } from '../support/pageHost';

/** Real ONNX files in a folder of their own: two sizes of one family. */
export function modelFiles(): { paths: string[]; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-models-'));
  const paths = [1e4, 1e5].map((targetParameters) => {
    const built = buildModel({ family: 'mlp', targetParameters, seed: 7 });
    const path = join(folder, `mine-${targetParameters}.onnx`);
    writeBuilt(built, path);
    return path;
  });
  return { paths, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What differs between the doors. */
export interface Door {
  name: 'desktop' | 'browser';
  page: Page;
  /** Does what the user's click on "Import models …" needs of the system's dialog, with these files. */
  choose(click: () => Promise<void>, paths: string[]): Promise<void>;
  /** The bytes that a click on a save entry writes. */
  saved(click: () => Promise<void>): Promise<string>;
}

/** Import → plan → run → cancel → resume → watch → run → compare → save a figure, as a person would, on a real lab. */
export async function walk({ name, page, choose, saved }: Door, models: string[]): Promise<void> {
  const heading = (text: string | RegExp) => page.getByRole('heading', { level: 1, name: text });
  const shot = (step: string) => page.screenshot({ path: `${screenshotFolder}/walk-${name}-${step}.png` });

  await page.getByRole('heading', { name: /This lab is empty/ }).waitFor();
  await choose(() => page.getByRole('button', { name: 'Import models …' }).click(), models);
  await heading('Models').waitFor();
  await page.getByText('2 models imported').first().waitFor();
  await shot('models');

  await page.keyboard.press('g');
  await page.keyboard.press('l');
  const list = page.getByRole('listbox', { name: 'Models in the lab' });
  await list.waitFor();
  await page.getByRole('button', { name: 'Choose all' }).click();
  await page.getByRole('radio', { name: 'glance', exact: true }).check();
  await page.getByLabel('Batch sizes').fill('1, 4');
  await page.locator('summary', { hasText: 'More settings' }).click();
  await page.getByLabel('Window (s)').fill('2');
  // 2 models × 2 batches, and one identity run
  await expect.poll(() => page.locator('[data-preview]').textContent()).toMatch(/^5 runs/);
  await page.keyboard.press('Control+Enter');

  const bar = page.getByRole('progressbar', { name: 'Progress of the experiment' });
  await bar.waitFor();
  await expect
    .poll(() => bar.getAttribute('aria-valuetext'), { timeout: 40_000 })
    .toBe('1 of 5 runs finished');
  await shot('measuring');
  await page.keyboard.press('Control+.');
  await page.getByText(/1 of 5 runs will stay/).waitFor();
  await page.getByRole('button', { name: 'Cancel the experiment' }).click();
  await page
    .getByText(/1 of 5 runs completed/)
    .first()
    .waitFor();
  await page.keyboard.press('Control+k');
  await page.getByLabel('Command or run').fill('resume');
  await page.keyboard.press('Enter');
  await page
    .getByText(/5 of 5 runs completed|All 5 runs/)
    .first()
    .waitFor({ timeout: 60_000 });
  await shot('ended');

  await page.getByRole('button', { name: 'Show the runs' }).click();
  await heading('Runs').waitFor();
  const grid = page.getByRole('grid').first();
  // Head, four completed runs, and the cancelled one.
  await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('6');
  await page.locator('[data-filter]').fill('completed "batch 4"');
  await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('3');
  await grid.focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await heading('Compare').waitFor();
  await page
    .getByRole('table')
    .first()
    .getByText(/no difference shown|not comparable|not measured|, shown over|were not measured in turn/i)
    .first()
    .waitFor();
  await page
    .getByRole('region', { name: 'Differences', exact: true })
    .getByText('Model', { exact: true })
    .waitFor();
  await shot('compare');

  await page.getByRole('list', { name: 'Compared runs' }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Latency distribution' }).waitFor();
  await page.getByText('Time line and windows').waitFor();
  await shot('run');

  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.locator('[data-figure] svg[role=img]').waitFor();
  await shot('figures');
  const svg = await saved(() => page.keyboard.press('Control+s'));
  expect(svg).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg /);
  expect(svg).toContain('Median latency');
  // Both models at both batch sizes; a busy machine may leave a point out, and then the table says why.
  await page
    .getByRole('status')
    .filter({ hasText: /^4 rows/ })
    .waitFor();
}

/** What the walk left in the lab: everything whole, and every run that could be quiet was. */
export async function checkLab(folder: string): Promise<void> {
  const view = openLabView(folder);
  try {
    const { problems } = await view.handlers.verify({});
    expect(problems).toEqual([]);
    const { runs } = await view.handlers.listRuns({ experimentId: null, status: 'completed' });
    expect(runs).toHaveLength(5);
    // On a busy machine two seconds may be too short for a median: then it is absent with its reason, never 0.
    for (const { run } of runs) {
      const p50 = run.latency!.p50S;
      expect(p50.value === null ? p50.missingReason : p50.value > 0).toBeTruthy();
    }
    // The page was there and answered; the keys of the walk may have made it draw in some window.
    for (const { run } of runs) expect(['quiet', 'normal']).toContain(run.uiMode);
    expect(runs.some(({ run }) => run.uiMode === 'quiet')).toBe(true);
  } finally {
    await view.close();
  }
}
