import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildModel, writeBuilt } from '../../src/main/models/builders';
import { freeInputs } from '../../src/main/models/graph';
import { makeData, resolveInputs } from '../../src/main/models/inputs';
import { readModel } from '../../src/main/models/reader';
import { measure, type RunnerLink } from '../../src/main/runner/measure';
import type { FromRunner, RunnerJob } from '../../src/main/runner/protocol';
import type { Engine } from '../../src/shared/plan';
import { temporaryFolder } from '../support/lab';

function jobOf(engine: Engine, changed: Partial<RunnerJob> = {}): RunnerJob {
  const { path } = writeBuilt(
    buildModel({ family: 'mlp', targetParameters: 1e3, seed: 1 }),
    join(temporaryFolder(), 'model.onnx'),
  );
  const bytes = readFileSync(path);
  const specs = resolveInputs(freeInputs(readModel(bytes).graph), { batch: 1, dims: {}, values: {} });
  return {
    type: 'measure',
    engine,
    provider: 'cpu',
    threads: 1,
    graphOptimization: 'all',
    modelPath: path,
    files: [{ path, sha256: createHash('sha256').update(bytes).digest('hex') }],
    inputs: specs.map((spec) => ({
      name: spec.name,
      elemType: spec.elemType,
      shape: spec.shape,
      fill: '',
      data: makeData(spec, 1),
    })),
    assumed: [],
    warmup: { inferences: 20, minS: 0.02, capS: 2, blockS: 0.01 },
    windows: {
      seconds: 0.1,
      count: 3,
      inferencesMin: 1,
      capS: 1,
      prerollS: 0,
      phaseS: 0,
      gapS: 0,
      seed: 1,
      samplesMax: 10_000,
    },
    meterCheckS: 0.2,
    askTemperature: true,
    idle: { settleS: 0.05, beforeS: 0.1, afterS: 0.1 },
    parentPid: process.pid,
    ...changed,
  };
}

/** Answers each question at once, from another turn of the loop; an answer that nobody waits for is lost, as in the runner. */
function link(reply: (question: FromRunner) => boolean | null) {
  const said: FromRunner[] = [];
  let waiting: ((go: boolean) => void) | null = null;
  const all: RunnerLink = {
    post: async (message) => {
      // As the channel: columns are copied while they are sent.
      said.push(structuredClone(message));
      const go = reply(message);
      if (go !== null) setImmediate(() => waiting?.(go));
    },
    more: () => new Promise((resolve) => (waiting = resolve)),
    cancelled: () => false,
  };
  return { said, all };
}

const types = (said: readonly FromRunner[]) => said.map((m) => (m.type === 'phase' ? m.phase : m.type));

describe.each<Engine>(['capi', 'package'])('a run through %s', (engine) => {
  it('takes its steps in order, and gets its answers however soon they come', async () => {
    let asked = 0;
    const { said, all } = link((m) => {
      if (m.type === 'steady') return ++asked > 2;
      if (m.type === 'meterCheck') return true;
      return m.type === 'window' ? m.index < 1 : null;
    });
    await measure(jobOf(engine), all);
    const steps = types(said);
    const order = [
      ...['load', 'check', 'loaded', 'idle_before', 'idle', 'warmup', 'steady', 'steady', 'steady', 'warmed'],
      ...['meter_check', 'meterCheck', 'window', 'windowPlan', 'window', 'window', 'windowPlan', 'window'],
      ...['idle_after', 'idle', 'close', 'done', 'assignment'],
    ];
    // More questions are asked only where the latency was not steady yet.
    expect(steps.filter((s, i) => s !== 'steady' || steps[i - 1] !== 'steady')).toEqual(
      order.filter((s, i) => s !== 'steady' || order[i - 1] !== 'steady'),
    );
    expect(asked).toBe(3);
    for (const m of said) {
      if (m.type === 'warmed') expect(m.result.settled).toBe(true);
      // A sampler that hangs is given up 10 s after the closing edge: until then the runner is not late.
      if (m.type === 'phase' && m.phase === 'meter_check') expect(m.expectedS).toBeGreaterThan(0.2 + 10.1);
    }
  });

  it('has load over the whole of each window, and tells what it used meanwhile', async () => {
    const { said, all } = link((m) =>
      m.type === 'window' || m.type === 'meterCheck' || m.type === 'steady' ? true : null,
    );
    await measure(jobOf(engine), all);
    const windows = said.filter((m) => m.type === 'window');
    expect(windows.map((w) => w.index)).toEqual([0, 1, 2]);
    for (const { openNs, closeNs, starts, ends, usage } of windows) {
      expect(starts[0]).toBeLessThan(openNs);
      expect(ends.at(-1)).toBeGreaterThanOrEqual(closeNs);
      const [before, after] = usage;
      expect(before.atNs).toBeLessThan(openNs);
      expect(after.atNs).toBeGreaterThanOrEqual(closeNs);
      expect(after.ownS).toBeGreaterThan(before.ownS);
    }
  });

  it('leaves out what the job does not ask for', async () => {
    const { said, all } = link((m) => (m.type === 'window' ? true : null));
    const job = jobOf(engine, {
      meterCheckS: 0,
      askTemperature: false,
      idle: { settleS: 0, beforeS: 0, afterS: 0 },
    });
    await measure(job, all);
    for (const step of ['idle_before', 'idle_after', 'meter_check', 'meterCheck', 'steady'])
      expect(types(said)).not.toContain(step);
  });
});
