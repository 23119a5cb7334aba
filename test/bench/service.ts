import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLabService } from '../../src/main/lab/service';
import { planSchema } from '../../src/shared/plan';
import type { RunRecord } from '../../src/shared/run';
import type { Figure } from './index';

const RUNS = 200;
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

/** 200 real runs in one sitting: what the lab service keeps in memory, and what a runner needs beyond its model. */
export async function benchService(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  const service = openLabService(join(folder, 'lab'));
  const { handlers } = service;
  try {
    const { model } = await handlers.buildModel({ family: 'mlp', parameters: 1e3, seed: 1 });
    let ended: () => void = () => {};
    service.subscribe((event) => {
      if (event.type === 'experimentEnded') ended();
    });
    const measure = async (runs: number): Promise<RunRecord[]> => {
      const done = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const plan = planSchema.parse({
        schema: 'thirtywatts.plan/1',
        models: Array(runs).fill(model.id),
        preset: 'glance',
        windowS: 0.05,
        meters: 'none',
        callOverhead: false,
      });
      const { experimentId } = await handlers.startExperiment({ plan, tdpW: null });
      await done;
      return (await handlers.listRuns({ experimentId, status: null })).runs.map((r) => r.run);
    };
    const settled = (): { rss: number; heap: number } => {
      globalThis.gc?.();
      globalThis.gc?.();
      return { rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed };
    };
    await measure(20); // code is compiled, pools are filled
    const before = settled();
    const runs = await measure(RUNS);
    const after = settled();
    const completed = runs.filter((r) => r.status === 'completed').length;
    const grownMb = (after.rss - before.rss) / 1e6;
    const own = runs
      .flatMap((r) => (r.facts?.baseRssBytes ? [r.facts.baseRssBytes] : []))
      .sort((a, b) => a - b);
    const peak = runs
      .flatMap((r) => (r.facts?.peakRssBytes ? [r.facts.peakRssBytes] : []))
      .sort((a, b) => a - b);
    return [
      {
        what: `${RUNS} runs in one sitting, completed`,
        value: String(completed),
        promise: 'all',
        held: completed === RUNS,
      },
      {
        what: `lab service: heap before / after ${RUNS} runs`,
        value: `${mb(before.heap)} / ${mb(after.heap)}`,
        promise: 'where it was (± 5 MB)',
        held: Math.abs(after.heap - before.heap) < 5e6,
      },
      {
        what: `lab service: resident set before / after ${RUNS} runs`,
        value: `${mb(before.rss)} / ${mb(after.rss)}`,
        promise: 'where it was (± 20 MB)',
        held: grownMb < 20,
      },
      {
        what: 'runner: resident before ONNX Runtime and the model (its own memory)',
        value: mb(own[own.length >> 1] ?? 0),
        promise: '< 80 MB',
        held: (own[own.length >> 1] ?? 0) < 80e6,
      },
      {
        what: 'runner: peak, ONNX Runtime and a model of 10^3 parameters included',
        value: mb(peak[peak.length >> 1] ?? 0),
        promise: null,
        held: null,
      },
    ];
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
