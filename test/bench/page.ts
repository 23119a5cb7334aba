import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { startWebHost } from '../../src/main/hosts/web/server';
import { type LabService, openLabService } from '../../src/main/lab/service';
import { planSchema } from '../../src/shared/plan';
import { chromiumArgs, chromiumPath } from '../support/chromium';
import type { Figure } from './index';

const pairs = 6;

/** Does the page disturb what it shows? Median latency of the same model with the Lab page open over that with none, ABBA. */
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
    const ratios: number[] = [];
    for (let i = 0; i < pairs; i++) {
      // ABBA: a machine that drifts does so for both.
      const first = i % 2 === 0 ? await p50Of(service, model.id) : await withPage();
      const second = i % 2 === 0 ? await withPage() : await p50Of(service, model.id);
      ratios.push(i % 2 === 0 ? second / first : first / second);
    }
    ratios.sort((a, b) => a - b);
    const median = (ratios[pairs / 2 - 1] + ratios[pairs / 2]) / 2;
    const modes = new Set(
      (await service.handlers.listRuns({ experimentId: null, status: null })).runs.map((r) => r.run.uiMode),
    );
    return [
      {
        what,
        value: `${median.toFixed(3)} (${ratios[0].toFixed(3)}–${ratios[pairs - 1].toFixed(3)})`,
        promise: '1.00 ± 0.02 on a quiet machine',
        held: Math.abs(median - 1) <= 0.02,
      },
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
    windowS: 3,
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
  const p50 = runs[0].run.latency?.p50S.value;
  if (p50 == null) throw new Error('The run of the bench gave no median.');
  return p50;
}
