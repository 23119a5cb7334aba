import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openLabService, openLabView } from '../../src/main/lab/service';
import { chromiumArgs, chromiumPath } from '../support/chromium';
import { temporaryFolder } from '../support/lab';
import { noBrowser } from '../support/pageHost';

const cli = resolve(__dirname, '../../out/main/cli.cjs');

/** `thirty-watts serve` on this lab; resolves with its address. */
async function serve(lab: string): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [cli, '--lab', lab, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text;
  });
  const address = await vi.waitFor(
    () => {
      const line = out.split('\n').find((l) => l.startsWith('http://127.0.0.1:'));
      if (!line) throw new Error('no address yet');
      return line;
    },
    { timeout: 20_000, interval: 20 },
  );
  return { child, address };
}

/** A lab with one model and a plan of twenty short runs in the composer. */
async function labWithDraft(): Promise<string> {
  const folder = join(temporaryFolder(), 'lab');
  const service = openLabService(folder);
  const { model } = await service.handlers.buildModel({ family: 'mlp', parameters: 1000, seed: 1 });
  await service.handlers.putSetting({
    key: 'planDraft',
    value: {
      schema: 'thirtywatts.plan/1',
      name: 'twenty',
      models: [model.id],
      batches: Array.from({ length: 20 }, (_, i) => i + 1),
      preset: 'glance',
      windowS: 0.1,
      callOverhead: false,
      meters: 'none',
    },
  });
  await service.close();
  return folder;
}

async function statuses(folder: string): Promise<{ experiment: string; completed: number }> {
  const view = openLabView(folder);
  try {
    const { experiments } = await view.handlers.listExperiments({});
    const { runs } = await view.handlers.listRuns({ experimentId: null, status: 'completed' });
    return { experiment: experiments[0].status, completed: runs.length };
  } finally {
    await view.close();
  }
}

describe.skipIf(noBrowser)('a lab that dies in the middle of an experiment', () => {
  it('keeps every finished run, and the page offers to go on where it stopped', {
    timeout: 120_000,
  }, async () => {
    const folder = await labWithDraft();
    const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs });
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const bar = page.getByRole('progressbar', { name: 'Progress of the experiment' });
    const finished = async () => Number.parseInt((await bar.getAttribute('aria-valuetext')) ?? '', 10);

    const first = await serve(folder);
    await page.goto(first.address);
    await expect
      .poll(() => page.locator('[data-preview]').textContent(), { timeout: 10_000 })
      .toMatch(/^20 runs/);
    await page.keyboard.press('Control+Enter');
    await bar.waitFor();
    await expect.poll(finished, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(7);
    first.child.kill('SIGKILL');
    await page.getByRole('alert').filter({ hasText: 'Connecting again' }).waitFor();
    const left = await statuses(folder);
    expect(left.experiment).toBe('interrupted');
    expect(left.completed).toBeGreaterThanOrEqual(7);
    expect(left.completed).toBeLessThan(20);

    const second = await serve(folder);
    await page.goto(second.address);
    await page.getByText(`The last experiment stopped after ${left.completed} of 20 runs.`).waitFor();
    await page.getByRole('button', { name: 'Resume' }).first().click();
    await page
      .getByText(/20 of 20 runs completed|All 20 runs/)
      .first()
      .waitFor({ timeout: 60_000 });
    second.child.kill('SIGINT');
    await new Promise((done) => second.child.once('exit', done));
    expect(await statuses(folder)).toEqual({ experiment: 'completed', completed: 20 });
  });
});
