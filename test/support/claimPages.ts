import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ClaimProgress } from '../../src/shared/claim';
import { fakeClaims } from './fakeClaims';
import { type FakeLab, fakeLab } from './fakeLab';
import { fakeLadder, hex } from './fakeRecords';
import { screenshotFolder } from './pageHost';

/** A busy machine may take seconds for what is shown at once on a quiet one. */
export const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

export async function picture(page: Page, name: string) {
  mkdirSync(screenshotFolder, { recursive: true });
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
}

/** The whole of the open page, however long it is. */
export async function longPicture(page: Page, name: string, width = 1280) {
  const height = await page.locator('.tw-page').evaluate((e) => e.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(6000, height + 40) });
  await picture(page, name);
}

/** Inputs of a command, in the order they came. */
export const called = (lab: FakeLab, name: string) =>
  lab.calls.filter((c) => c.name === name).map((c) => c.input);
/** A claim of the board. */
export const row = (page: Page, name: string | RegExp) => page.getByRole('article', { name });
export const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

export const progress = (over: Partial<ClaimProgress> = {}): ClaimProgress => ({
  claimRunId: 'claimrun-size-1',
  claim: 'size',
  label: 'Measuring mlp-1e4, batch 256',
  done: 2,
  total: 3,
  elapsedS: 40,
  leftS: 30,
  ...over,
});

/** A lab with claims and with the runs that C2 rests on. */
export function labWithRuns() {
  const { models, runs } = fakeLadder('one');
  const claims = fakeClaims();
  const kernel = claims[1];
  const evidence = runs.slice(0, 3).map((run) => ({ id: run.id, sha256: hex(run.id) }));
  for (const run of kernel.runs) run.runs = evidence;
  return { lab: fakeLab({ models, runs, claims }), evidence };
}
