import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { startWebHost } from '../../src/main/hosts/web/server';
import { type LabService, openLabService } from '../../src/main/lab/service';
import { planSchema } from '../../src/shared/plan';
import { chromiumArgs, chromiumPath } from '../support/chromium';
import type { Figure } from './index';

const rounds = 12;

/** Does the page disturb what it shows? Median latency of the same model with the Lab page open over that with none before and after. */
export async function benchPage(): Promise<Figure[]> {
  const what = 'p50 with the page open / without';
  if (!chromiumPath)
    return [{ what, value: 'not measured: no Chromium here', promise: '1.00 ± 0.02', held: null }];
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  const service = openLabService(join(folder, 'lab'));
  const host = await startWebHost({
    served: service,
    pageFolder: resolve(__dirname, '../renderer'),
    onPage: service.pageOpened,
  });
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: chromiumArgs,
  });
  try {
    const { model } = await service.handlers.buildModel({ family: 'mlp', parameters: 3e5, seed: 1 });
    await p50Of(service, model.id);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const withPage = async () => {
      await page.goto(host.oneTimeAddress());
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      await page.waitForTimeout(500);
      const p50 = await p50Of(service, model.id);
      await page.goto('about:blank');
      return p50;
    };
    const without = () => p50Of(service, model.id);
    const page50: number[] = [];
    const control: number[] = [];
    for (let i = 0; i < rounds; i++) {
      // Without, with, without, and the other way round: a machine that drifts does so for all.
      const first = await without();
      const middle = await withPage();
      const last = await without();
      page50.push(middle / Math.sqrt(first * last));
      control.push(i % 2 === 0 ? last / first : first / last);
    }
    const modes = new Set(
      (await service.handlers.listRuns({ experimentId: null, status: null })).runs.map((r) => r.run.uiMode),
    );
    return [
      {
        what,
        value: spread(page50),
        promise: '1.00 ± 0.02 on a quiet machine',
        held: Math.abs(medianOf(page50) - 1) <= 0.02,
      },
      { what: 'control: p50 without / without', value: spread(control), promise: null, held: null },
      {
        what: 'what the runs say of the page',
        value: [...modes].join(', '),
        promise: 'quiet, headless',
        held: [...modes].every((m) => m === 'quiet' || m === 'headless'),
      },
    ];
  } finally {
    await browser.close();
    await host.close();
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function p50Of(service: LabService, modelId: string): Promise<number> {
  const plan = planSchema.parse({
    schema: 'thirtywatts.plan/1',
    models: [modelId],
    preset: 'glance',
    windowS: 2,
    meters: 'none',
    callOverhead: false,
  });
  const ended = new Promise<void>((done) => {
    const stop = service.subscribe((event) => {
      if (event.type !== 'experimentEnded') return;
      stop();
      done();
    });
  });
  const { experimentId } = await service.handlers.startExperiment({ plan, tdpW: null });
  await ended;
  const { runs } = await service.handlers.listRuns({ experimentId, status: null });
  // The empirical median: a noisy machine may leave too few effective samples for one with an interval.
  const { distribution } = await service.handlers.runColumns({ run: runs[0].run.id });
  const middle = distribution.share.findIndex((share) => share >= 0.5);
  if (middle < 0) throw new Error('The run of the bench has no samples.');
  return distribution.latencyS[middle];
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Median, and the middle half. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))].toFixed(3);
  return `${medianOf(values).toFixed(3)} (${at(0.25)}–${at(0.75)})`;
}
