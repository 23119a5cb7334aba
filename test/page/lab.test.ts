import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { LabEvent } from '../../src/shared/contract';
import type { TraceSensor } from '../../src/shared/live';
import { type Plan, planSchema } from '../../src/shared/plan';
import { formatCount } from '../../src/shared/units';
import { seriousFaults } from '../support/axe';
import { type FakeLab, fakeExperiment, fakeLab } from '../support/fakeLab';
import { fakeModel } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages, watchLongTasks } from '../support/pageHost';

const models = [1e3, 1e4, 1e5, 1e6].map((n) => fakeModel(`mlp-${n}`, n));
// No claim runs: it would take over the cancelling of experiments.
const filled = () => fakeLab({ models: [...models], claims: [] });
const live = (page: Page) => page.getByRole('region', { name: 'Measurement' });
const fact = (page: Page, name: string) => page.locator(`[data-fact="${name}"]`).textContent();
const spoken = (page: Page) => page.locator('[data-live-region]').textContent();
const none = { queued: 0, running: 0, completed: 0, cancelled: 0, failed: 0 };

type Stage = Extract<LabEvent, { type: 'progress' }>['stage'];

/** Events of one experiment, told by hand, so that a test knows what the page knows. */
function teller(lab: FakeLab, total = 20) {
  const experiment = fakeExperiment('told', {
    status: 'running',
    createdUnixMs: Date.now(),
    runs: { ...none, queued: total },
  });
  lab.experiments.push(experiment);
  lab.emit({ type: 'changed', what: 'experiments' });
  const runId = (n: number) => `run-${String(n).padStart(8, '0')}`;
  return {
    experiment,
    runId,
    stage(n: number, stage: Stage, elapsedS: number, leftS: number | null) {
      lab.emit({
        type: 'progress',
        experimentId: experiment.id,
        runId: runId(n),
        label: `mlp-${n} on cpu`,
        stage,
        finished: n,
        total,
        elapsedS,
        leftS,
      });
    },
    running: (n: number) =>
      lab.emit({ type: 'runChanged', experimentId: experiment.id, runId: runId(n), status: 'running' }),
    completed: (n: number) =>
      lab.emit({ type: 'runChanged', experimentId: experiment.id, runId: runId(n), status: 'completed' }),
    window: (n: number, open: boolean) =>
      lab.emit({ type: 'window', experimentId: experiment.id, runId: runId(n), index: 0, open }),
    warn: (text: string) => lab.emit({ type: 'warning', experimentId: experiment.id, text }),
    samples(n: number, sensors: TraceSensor[], fromS: number, count: number) {
      const tS = Float64Array.from({ length: count }, (_, i) => fromS + i / 10);
      lab.emit({
        type: 'samples',
        experimentId: experiment.id,
        runId: runId(n),
        power: sensors.map((sensor, k) => ({
          sensor,
          tS,
          powerW: tS.map((t) => 40 + 12 * k + 3 * Math.sin(t)),
        })),
        latency: { tS, durationS: tS.map((t) => 1e-3 * (1.2 + 0.1 * Math.sin(3 * t))) },
      });
    },
    end(status: 'completed' | 'cancelled' | 'interrupted', completed: number) {
      experiment.status = status;
      experiment.runs = { ...none, completed, cancelled: total - completed };
      lab.emit({ type: 'experimentEnded', experimentId: experiment.id, status });
      lab.emit({ type: 'changed', what: 'experiments' });
    },
  };
}

const packageSensor: TraceSensor = {
  id: 'rapl:0',
  device: 'Example 9000',
  domain: 'cpu.package',
  provenance: 'firmware-model',
  origin: 'hardware',
};
const simulated: TraceSensor = {
  id: 'sim:0',
  device: 'Simulated board',
  domain: 'gpu.board',
  provenance: 'measured',
  origin: 'simulated',
};

describe.skipIf(noBrowser)('the Lab page', () => {
  const open = usesPages();

  it('offers three ways to begin on an empty lab, and nothing empty around them', async () => {
    const { page, lab } = await open({ lab: fakeLab() });
    await page.getByRole('heading', { name: /This lab is empty/ }).waitFor();
    expect(await page.getByRole('heading', { name: 'Plan' }).count()).toBe(0);
    expect(await page.getByRole('heading', { name: 'Live trace' }).count()).toBe(0);
    await page.screenshot({ path: `${screenshotFolder}/lab-empty-light.png` });
    expect(await seriousFaults(page)).toEqual([]);
    let asked: Plan | null = null;
    lab.override.startExperiment = async ({ plan }) => {
      asked = plan;
      return { experimentId: 'x', runs: 10 };
    };
    await page.getByRole('button', { name: 'Run the quickstart' }).click();
    await expect.poll(() => asked).not.toBeNull();
    expect(asked!.models).toHaveLength(9);
    expect(asked!.models[0]).toBe('mlp:1000:seed=1');
    expect(asked!.models[8]).toBe('mlp:100000000:seed=1');
    expect(asked!.preset).toBe('glance');
    await page.getByRole('button', { name: 'Load the sample dataset' }).click();
    await expect.poll(() => lab.calls.filter((c) => c.name === 'loadSample').length).toBe(1);
  });

  it('composes a plan, counts it before the start, starts it by keyboard and keeps the draft', async () => {
    const { page, lab } = await open({ lab: filled() });
    const start = page.getByRole('button', { name: 'Start', exact: true });
    await start.waitFor();
    expect(await start.isDisabled()).toBe(true);
    await expect.poll(() => page.locator('[data-preview]').textContent()).toBe('Choose at least one model.');
    const list = page.getByRole('listbox', { name: 'Models in the lab' });
    await list.focus();
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await page.getByLabel('Batch sizes').fill('1, 8, x');
    await expect.poll(() => page.getByText('“x” is no whole number').count()).toBe(1);
    expect(await start.isDisabled()).toBe(true);
    await page.getByLabel('Batch sizes').fill('1, 8');
    // 2 models × 2 batches, and one identity run; the fake lab reckons 8 to 20 s a run.
    await expect
      .poll(() => page.locator('[data-preview]').textContent())
      .toBe('7 runs (1 for call overhead, 2 of the control), about 35–80 s');
    let asked: Plan | null = null;
    lab.override.startExperiment = async ({ plan }) => {
      asked = plan;
      return { experimentId: 'x', runs: 5 };
    };
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => asked).not.toBeNull();
    expect(asked!.models).toEqual(models.slice(0, 2).map((m) => m.id));
    expect(asked!.batches).toEqual([1, 8]);
    await expect.poll(() => (lab.settings.planDraft as Partial<Plan> | undefined)?.batches).toEqual([1, 8]);
    await page.reload();
    await expect.poll(() => page.getByLabel('Batch sizes').inputValue()).toBe('1, 8');
  });

  it('shows why a provider cannot be used, and why a plan is refused', async () => {
    const { page, lab } = await open({ lab: filled() });
    lab.override.previewPlan = async () => ({
      runs: 1,
      overheadRuns: 0,
      controlRuns: 0,
      expectedS: { low: 1, high: 2 },
      warnings: ['A warning of the lab.'],
      refusal: {
        kind: 'unsupported',
        message: 'mlp-1000 has no outputs.',
        remedy: 'Export it with outputs.',
      },
    });
    const cuda = page.getByRole('checkbox', { name: 'cuda' });
    await expect.poll(() => cuda.isDisabled()).toBe(true);
    await page.getByText('Not usable here: cuda. Why?').click();
    await page.getByText('The CUDA provider is not in this build.').waitFor();
    await page.getByText('No power sensor: energy will not be measured').waitFor();
    await page.getByRole('option').first().click();
    await page.getByText('mlp-1000 has no outputs.').waitFor();
    await page.getByText('Export it with outputs.').waitFor();
    await page.getByText('A warning of the lab.').waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
  });

  it('asks before ten thousand runs and stays quick with them', { timeout: 60_000 }, async () => {
    const many = Array.from({ length: 1000 }, (_, i) => fakeModel(`net-${i}`, 1000 + i));
    const lab = fakeLab({ models: many });
    lab.settings.planDraft = {
      schema: 'thirtywatts.plan/1',
      name: 'all of them',
      models: many.map((m) => m.id),
      batches: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      callOverhead: false,
      control: false,
    };
    lab.override.previewPlan = async () => ({
      runs: 10_000,
      overheadRuns: 0,
      controlRuns: 0,
      expectedS: { low: 2.5 * 86_400, high: 3.2 * 86_400 },
      warnings: [],
      refusal: null,
    });
    const { page } = await open({ lab });
    await expect
      .poll(() => page.locator('[data-preview]').textContent())
      .toBe('10,000 runs, about 2.5–3.2 days');
    const tasks = await watchLongTasks(page);
    await page.getByLabel('Name', { exact: true }).fill('x');
    await page.getByLabel('Threads').fill('2');
    await page.getByLabel('Find models by name or family').fill('net-99');
    await expect.poll(() => page.getByRole('option').first().textContent()).toContain('net-99');
    console.info(`long tasks while editing a plan of 10,000 runs: ${JSON.stringify(await tasks())} ms`);
    expect(await page.getByRole('option').count()).toBeLessThan(40);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Start: 10,000 runs?' });
    await dialog.getByText('about 2.5–3.2 days').waitFor();
    expect(lab.calls.some((c) => c.name === 'startExperiment')).toBe(false);
    await dialog.getByRole('button', { name: 'Back to the plan' }).click();
    expect(lab.calls.some((c) => c.name === 'startExperiment')).toBe(false);
  });

  it('counts down the time left, rounded up to 5 s, and the rate from finished runs only', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.stage(0, 'launch', 0, 200);
    await expect.poll(() => fact(page, 'rate')).toBe('not known yet');
    for (let n = 0; n < 5; n++) {
      told.running(n);
      told.stage(n, 'window', n * 12 + 3, (20 - n) * 12 - 3);
      told.completed(n);
    }
    told.stage(5, 'launch', 60, 175.4);
    await expect.poll(() => fact(page, 'rate')).toBe('5.0 runs/min');
    // 5 of 20 are done: the estimate must be within 20 % of the 180 s that are left.
    const left = (await fact(page, 'left'))!;
    const [, min, s] = /^about (\d+) min(?: (\d+) s)?$/.exec(left)!;
    const seconds = Number(min) * 60 + Number(s ?? 0);
    expect(seconds % 5).toBe(0);
    expect(Math.abs(seconds - 180)).toBeLessThanOrEqual(36);
    await expect.poll(() => fact(page, 'left')).not.toBe(left);
    await expect
      .poll(() => live(page).getByRole('progressbar').getAttribute('aria-valuetext'))
      .toBe('5 of 20 runs finished');
  });

  it('speaks when the run or the stage changes, not with the ticks', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.stage(0, 'warmup', 0, 200);
    await expect.poll(() => spoken(page)).toBe('Warming up: run 1 of 20, mlp-0 on cpu');
    await page.evaluate(() => {
      const own = window as unknown as { said: string[] };
      own.said = [];
      const region = document.querySelector('[data-live-region]')!;
      new MutationObserver(() => own.said.push(region.textContent ?? '')).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    const before = await fact(page, 'elapsed');
    await expect.poll(() => fact(page, 'elapsed')).not.toBe(before);
    told.stage(0, 'window', 5, 195);
    told.stage(0, 'window', 6, 194);
    await expect.poll(() => spoken(page)).toBe('Measuring: run 1 of 20, mlp-0 on cpu');
    expect(await page.evaluate(() => (window as unknown as { said: string[] }).said)).toEqual([
      'Measuring: run 1 of 20, mlp-0 on cpu',
    ]);
  });

  it('asks before it cancels, says what stays, and tells how it ended', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    lab.override.cancelExperiment = async () => {
      told.end('cancelled', 7);
      return { cancelled: true };
    };
    told.stage(7, 'window', 84, 156);
    await page.getByRole('button', { name: 'Cancel …' }).first().waitFor();
    await page.keyboard.press('Control+.');
    const dialog = page.getByRole('dialog', { name: 'Cancel this experiment?' });
    await dialog.getByText('7 of 20 runs will stay; the run in progress ends as cancelled.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(lab.calls.some((c) => c.name === 'cancelExperiment')).toBe(false);
    await page.keyboard.press('Control+.');
    await dialog.getByRole('button', { name: 'Cancel the experiment' }).click();
    await live(page).getByText('was cancelled; what was measured stays: 7 of 20 runs completed.').waitFor();
    expect(lab.calls.filter((c) => c.name === 'cancelExperiment').map((c) => c.input)).toEqual([
      { experimentId: 'told' },
    ]);
    await live(page).getByRole('button', { name: 'Resume' }).waitFor();
    await live(page).getByRole('button', { name: 'Show the runs' }).click();
    await expect.poll(() => page.evaluate(() => window.location.hash)).toBe('#/runs');
  });

  it('offers to resume what a crash cut off, and resumes it', async () => {
    const lab = filled();
    lab.experiments.push(
      fakeExperiment('old', { status: 'completed', createdUnixMs: 1 }),
      fakeExperiment('cut', {
        status: 'interrupted',
        createdUnixMs: 2,
        runs: { ...none, completed: 6, queued: 14 },
      }),
    );
    const { page } = await open({ lab });
    await live(page).getByText('The last experiment stopped after 6 of 20 runs.').waitFor();
    await live(page).getByRole('button', { name: 'Resume' }).click();
    await expect
      .poll(() => lab.calls.filter((c) => c.name === 'resumeExperiment').map((c) => c.input))
      .toEqual([{ experimentId: 'cut', tdpW: null }]);
  });

  it('clears the warning with the next run that succeeds', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.running(0);
    told.stage(0, 'load', 1, 200);
    told.warn('The first model could not be loaded.');
    await live(page).getByText('Last warning: The first model could not be loaded.').waitFor();
    // Once: here in the live block, on every other page in the banner.
    expect(await page.getByText('The first model could not be loaded.').count()).toBe(1);
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('status').filter({ hasText: 'The first model could not be loaded.' }).waitFor();
    await page.getByRole('link', { name: 'Lab' }).click();
    await live(page).getByText('Last warning').waitFor();
    told.running(1);
    told.stage(1, 'window', 12, 190);
    expect(await live(page).getByText('Last warning').count()).toBe(1);
    told.completed(1);
    await live(page).getByText('Last warning').waitFor({ state: 'detached' });
  });

  it('queues behind what is measured, and takes out again without touching it', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.stage(0, 'load', 0, 200);
    await page.getByRole('option').first().click();
    lab.override.startExperiment = async ({ plan }) => {
      lab.experiments.push(
        fakeExperiment('next', {
          status: 'queued',
          plan: planSchema.parse(plan),
          createdUnixMs: Date.now() + 1,
          runs: { ...none, queued: 2 },
        }),
      );
      lab.emit({ type: 'changed', what: 'experiments' });
      return { experimentId: 'next', runs: 2 };
    };
    lab.override.cancelExperiment = async ({ experimentId }) => {
      lab.experiments = lab.experiments.filter((e) => e.id !== experimentId);
      lab.emit({ type: 'experimentEnded', experimentId, status: 'cancelled' });
      lab.emit({ type: 'changed', what: 'experiments' });
      return { cancelled: true };
    };
    await page.getByRole('button', { name: 'Add to queue' }).click();
    const waiting = page.locator('.tw-entry[data-status="queued"]');
    await waiting.getByRole('button', { name: 'Take out of the queue' }).click();
    await waiting.waitFor({ state: 'detached' });
    // What is measured goes on, and the page still says so.
    expect(await page.locator('.tw-live-top').textContent()).toContain('run 1 of 20');
  });

  it('draws power and latency, freezes, and saves every sample of the ring', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.running(0);
    told.stage(0, 'window', 5, 100);
    told.samples(0, [packageSensor, simulated], 0, 120);
    told.samples(0, [packageSensor, simulated], 20, 80);
    const trace = page.locator('.tw-trace');
    await expect.poll(() => trace.locator('canvas').count()).toBe(2);
    await trace.getByText('Example 9000, cpu.package, firmware-model').waitFor();
    await trace.getByText('SIMULATED').waitFor();
    await page.screenshot({ path: `${screenshotFolder}/lab-live-light.png` });
    await page.keyboard.press('f');
    await trace.getByText('frozen; the run goes on').waitFor();
    const shown = await trace.locator('tbody').textContent();
    told.samples(0, [packageSensor, simulated], 30, 50);
    const rowsOf = async () => {
      const download = page.waitForEvent('download');
      await trace.getByRole('button', { name: 'Save CSV' }).click();
      const text = readFileSync(await (await download).path(), 'utf8');
      return text.trimEnd().split('\n').slice(1);
    };
    // Frozen: what is shown, 200 samples of each of three traces.
    expect(await rowsOf()).toHaveLength(3 * 200);
    expect(await trace.locator('tbody').textContent()).toBe(shown);
    await page.keyboard.press('f');
    await trace.getByText('frozen; the run goes on').waitFor({ state: 'detached' });
    const rows = await rowsOf();
    expect(rows).toHaveLength(3 * 250);
    expect(rows.filter((row) => row.startsWith('latency,'))).toHaveLength(250);
    // The next run has no samples yet: the last one's stay, and say whose they are; then they go.
    told.running(1);
    told.stage(1, 'load', 12, 90);
    await trace.getByText('of the last run').waitFor();
    told.samples(1, [packageSensor], 0, 30);
    await trace.getByText('of the last run').waitFor({ state: 'detached' });
    expect(await rowsOf()).toHaveLength(2 * 30);
  });

  it('draws nothing in a window but its progress line, at most four times a second', async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.running(0);
    told.stage(0, 'warmup', 1, 100);
    told.samples(0, [packageSensor], 0, 50);
    await expect.poll(() => page.locator('.tw-trace canvas').count()).toBe(2);
    told.window(0, true);
    told.stage(0, 'window', 5, 95);
    await expect
      .poll(() => page.evaluate(() => document.documentElement.hasAttribute('data-quiet')))
      .toBe(true);
    await expect.poll(() => spoken(page)).toContain('Measuring');
    const seen = await page.evaluate(
      () =>
        new Promise<{ outside: string[]; batches: number; draws: number; animations: number }>((resolve) => {
          let draws = 0;
          const clear = CanvasRenderingContext2D.prototype.clearRect;
          CanvasRenderingContext2D.prototype.clearRect = function (...a) {
            draws += 1;
            clear.apply(this, a);
          };
          const outside: string[] = [];
          let batches = 0;
          const line = document.querySelector('.tw-live-line')!;
          new MutationObserver((list) => {
            batches += 1;
            for (const { target } of list)
              if (!line.contains(target)) outside.push((target as Element).className ?? target.nodeName);
          }).observe(document.body, {
            childList: true,
            subtree: true,
            characterData: true,
            attributes: true,
          });
          setTimeout(
            () => resolve({ outside, batches, draws, animations: document.getAnimations().length }),
            3000,
          );
        }),
    );
    expect(seen.outside).toEqual([]);
    expect(seen.draws).toBe(0);
    expect(seen.animations).toBe(0);
    expect(seen.batches).toBeGreaterThan(0);
    expect(seen.batches).toBeLessThanOrEqual(13);
    // The counters count: outside of a window, new samples are drawn.
    told.window(0, false);
    const drawn = page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const clear = CanvasRenderingContext2D.prototype.clearRect;
          CanvasRenderingContext2D.prototype.clearRect = function (...a) {
            clear.apply(this, a);
            resolve(true);
          };
        }),
    );
    const timer = setInterval(() => told.samples(0, [packageSensor], 6, 10), 100);
    try {
      expect(await drawn).toBe(true);
    } finally {
      clearInterval(timer);
    }
  });

  it('keeps its memory over ten minutes of samples at 10 Hz', { timeout: 90_000 }, async () => {
    const { page, lab } = await open({ lab: filled() });
    const told = teller(lab);
    told.running(0);
    told.stage(0, 'idle_before', 1, 600);
    const cdp = await page.context().newCDPSession(page);
    const heap = async () => {
      await cdp.send('HeapProfiler.collectGarbage');
      return (await cdp.send('Runtime.getHeapUsage')).usedSize;
    };
    const minute = async (n: number) => {
      for (let s = 0; s < 60; s++) told.samples(0, [packageSensor], 60 * n + s, 10);
      const samples = page.locator('.tw-trace tbody td:last-child').first();
      await expect.poll(() => samples.textContent(), { timeout: 10_000 }).toBe(formatCount(600 * (n + 1)));
    };
    await minute(0);
    const first = await heap();
    for (let n = 1; n < 10; n++) await minute(n);
    const last = await heap();
    console.info(
      `heap of the page: ${(first / 1e6).toFixed(1)} MB after one minute, ${(last / 1e6).toFixed(1)} MB after ten`,
    );
    expect(last - first).toBeLessThanOrEqual(5e6);
  });

  it.each([
    ['light', 1280, 800],
    ['dark', 1280, 800],
    ['light', 1920, 1080],
    ['dark', 1920, 1080],
    ['light', 640, 400],
  ] as const)('reads well, %s at %i × %i', async (colorScheme, width, height) => {
    const lab = filled();
    lab.experiments.push(
      fakeExperiment('done', { createdUnixMs: 1 }),
      fakeExperiment('halted', {
        status: 'cancelled',
        createdUnixMs: 2,
        runs: { ...none, completed: 7, cancelled: 13 },
      }),
    );
    lab.settings.planDraft = {
      schema: 'thirtywatts.plan/1',
      name: '',
      models: [...models.slice(0, 3).map((m) => m.id), 'mlp:1e7:seed=1', 'mlp:1e8:seed=1'],
      providers: ['cpu', 'webgpu'],
      batches: [1, 8],
      preset: 'quick',
    };
    const { page } = await open({ lab, context: { colorScheme, viewport: { width, height } } });
    await page.getByText(/of the control\), about/).waitFor();
    const name = `lab-${colorScheme}-${width}`;
    await page.screenshot({ path: `${screenshotFolder}/${name}.png` });
    const told = teller(lab);
    told.running(7);
    told.stage(7, 'window', 84, 156);
    told.samples(7, [packageSensor, simulated], 0, 300);
    await expect.poll(() => page.locator('.tw-trace canvas').count()).toBe(2);
    await page.screenshot({ path: `${screenshotFolder}/${name}-measuring.png` });
    expect(await seriousFaults(page)).toEqual([]);
    // Nothing is wider than the window.
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  });
});
