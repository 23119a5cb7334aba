import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openLabService } from '../../src/main/lab/service';
import { testMeterVariable } from '../../src/main/meters/testMeter';
import { planSchema, presets } from '../../src/shared/plan';
import type { Figure } from './index';

/** What one run of the preset quick goes through, with a meter; a second one rests first and finds the bare idle known. */
const steps = ['load', 'check', 'idle_before', 'warmup', 'meter_check', 'window', 'idle_after', 'close'];
const expected = ['preflight', 'bare_idle', ...steps, 'cool_down', ...steps];

/** Two real runs of the preset quick, one through each engine, with the simulated meter and windows of 1 s: about two minutes. */
export async function benchProtocol(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  process.env[testMeterVariable] = resolve('test/fixtures/simulated-cpu-meter.json');
  const service = openLabService(join(folder, 'lab'));
  const { handlers } = service;
  try {
    const stages: string[] = [];
    const ended = new Promise<void>((done) => {
      service.subscribe((event) => {
        if (event.type === 'experimentEnded') done();
        if (event.type !== 'progress' || event.stage === 'done' || event.stage === 'queued') return;
        if (stages.at(-1) !== event.stage) stages.push(event.stage);
      });
    });
    const plan = planSchema.parse({
      schema: 'thirtywatts.plan/1',
      models: ['mlp:1e4'],
      engines: ['capi', 'package'],
      preset: 'quick',
      windowS: 1,
      callOverhead: false,
      control: false,
    });
    const { experimentId } = await handlers.startExperiment({ plan, tdpW: null });
    await ended;
    const { runs } = await handlers.listRuns({ experimentId, status: null });
    const seconds = runs.map(({ run }) => ((run.endedUnixMs ?? 0) - (run.startedUnixMs ?? 0)) / 1000);
    const ready = runs.map(({ run }) => run.energy[0]);
    const { problems } = await handlers.verify({});
    return [
      {
        what: 'steps of a run of the preset quick',
        value: stages.join(' '),
        promise: expected.join(' '),
        held: stages.join(' ') === expected.join(' '),
      },
      {
        what: 'runs completed, with a bare idle of the meter’s 42 W',
        value: ready.map((e) => `${e?.powerBareW?.toFixed(1) ?? 'none'} W`).join(', '),
        promise: '42 W ± 1 %, twice',
        held:
          runs.length === 2 &&
          runs.every(({ run }) => run.status === 'completed') &&
          ready.every((e) => Math.abs((e?.powerBareW ?? 0) / 42 - 1) < 0.01),
      },
      {
        what: 'windows of 1 s are too short for energy: null, and why',
        value: ready.map((e) => `${e?.gross.perInferenceJ} ${e?.gross.codes.join(' ')}`).join('; '),
        promise: 'null, WINDOW_TOO_SHORT',
        held: ready.every(
          (e) => e?.gross.perInferenceJ === null && e.gross.codes.includes('WINDOW_TOO_SHORT'),
        ),
      },
      {
        what: 'problems that verify finds after them',
        value: String(problems.length),
        promise: '0',
        held: problems.length === 0,
      },
      {
        what: `seconds of such a run (${presets.quick.windowsMin} to ${presets.quick.windowsMax} windows of 1 s)`,
        value: seconds.map((s) => s.toFixed(1)).join(', '),
        promise: null,
        held: null,
      },
    ];
  } finally {
    await service.close();
    delete process.env[testMeterVariable];
    rmSync(folder, { recursive: true, force: true });
  }
}
