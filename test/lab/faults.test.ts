import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childPort, SamplerClient } from '../../src/main/sampler/client';
import type { Lab, RunDetail } from '../../src/shared/contract';
import type { PlanInput } from '../../src/shared/plan';
import { detailsOf, importOne, measure, quick, simulatedMeter, usesRealRunners } from '../support/experiment';
import { experimentEnd, openTestLab, temporaryFolder } from '../support/lab';
import { divisionOfInputs, endlessLoop, hugeExpand, oneNodeGraph, writeModel } from '../support/models';

usesRealRunners();

/** One run that has a median: on a busy machine a window of 0.2 s can hold too few independent samples for one. */
async function measureWhole(lab: Lab, plan: PlanInput): Promise<RunDetail> {
  const [detail] = await measure(lab, plan);
  return detail!.run.latency?.p50S.value == null ? measureWhole(lab, plan) : detail!;
}

describe('a run that goes wrong', () => {
  it('by a native crash is stored with its signal, and the next run goes on', async () => {
    const { lab } = openTestLab();
    const model = await importOne(lab, writeModel(temporaryFolder(), 'trap', divisionOfInputs()));
    const [crashed, next] = await measure(lab, {
      ...quick,
      models: [model, 'mlp:1e3'],
      values: { x0: -(2 ** 31), x1: -1 },
    });
    expect(crashed.run.status).toBe('failed');
    if (process.arch === 'x64')
      expect(crashed.run.outcome).toMatchObject({ kind: 'failed', cause: 'crash', signal: 'SIGFPE' });
    expect(crashed.run.latency?.verdict).toBe('invalid');
    expect(next.run.status).toBe('completed');
    // The control: the same model with another divisor is measured.
    const [fine] = await measure(lab, { ...quick, models: [model], values: { x0: 8, x1: 2 } });
    expect(fine.run.status).toBe('completed');
  });

  it('by never ending is ended at the deadline', async () => {
    const { lab } = openTestLab();
    const model = await importOne(lab, writeModel(temporaryFolder(), 'endless', endlessLoop()));
    const [{ run }] = await measure(lab, { ...quick, models: [model], deadlineS: 1.5 });
    expect(run.outcome).toMatchObject({ kind: 'failed', cause: 'hang', signal: 'SIGKILL' });
  });

  it.runIf(process.platform === 'linux')('by memory beyond the bound is ended and says so', async () => {
    const { lab } = openTestLab();
    const model = await importOne(lab, writeModel(temporaryFolder(), 'huge', hugeExpand()));
    const [{ run }] = await measure(lab, { ...quick, models: [model], memoryLimitMB: 400 });
    expect(run.outcome).toMatchObject({ kind: 'failed', cause: 'memory' });
  });

  it('by outputs that are not finite is invalid, not merely odd', async () => {
    const { lab } = openTestLab();
    const port = { elemType: 'float32' as const, dims: [2] };
    const model = await importOne(
      lab,
      writeModel(temporaryFolder(), 'div', oneNodeGraph({ op: 'Div', inputs: [port, port], output: port })),
    );
    const bad = await measureWhole(lab, { ...quick, models: [model], values: { x0: 1, x1: 0 } });
    expect(bad.run.latency?.codes).toContain('OUTPUT_MISMATCH');
    expect(bad.run.latency?.verdict).toBe('invalid');
    const good = await measureWhole(lab, { ...quick, models: [model], values: { x0: 1, x1: 2 } });
    expect(good.run.latency?.codes).not.toContain('OUTPUT_MISMATCH');
  });

  it('because its file was changed after the import is refused before the runtime sees it', async () => {
    const { lab, folder } = openTestLab();
    const { model } = await lab.buildModel({ family: 'mlp', parameters: 1e3 });
    appendFileSync(join(folder, 'models', model.id, 'model.onnx'), Buffer.from([0x7a, 0]));
    const [{ run }] = await measure(lab, { ...quick, models: [model.id] });
    expect(run.outcome).toMatchObject({ kind: 'failed', cause: 'error' });
    expect(run.outcome?.kind === 'failed' && run.outcome.message).toContain('changed after its import');
    expect((await lab.verify({})).problems.some((p) => p.table === 'models')).toBe(true);
  });

  it('because the sampler was killed loses its energy and keeps its latency; the next run has both', async () => {
    process.env.THIRTY_WATTS_TEST_METER = simulatedMeter;
    const { lab } = openTestLab();
    let killed = false;
    lab.onEvent((event) => {
      if (event.type !== 'progress' || event.stage !== 'window' || killed) return;
      killed = true;
      setTimeout(() => process.kill(childPids('sampler.cjs').at(-1)!, 'SIGKILL'), 500);
    });
    const [first, second] = await measure(lab, { ...quick, windowS: 5, models: ['mlp:1e3', 'mlp:1e4'] });
    expect(first.run.outcome).toEqual({ kind: 'completed' });
    expect(first.windows[0].codes).toContain('SAMPLER_LOST');
    expect(first.windows[0].inferences).toBeGreaterThan(1000);
    expect(first.run.energy[0].gross.perInferenceJ).toBeNull();
    expect(first.run.energy[0].gross.codes).toContain('SAMPLER_LOST');
    // Read again. Whether that gives joules depends on how busy the machine is: an edge that is read late gives none.
    expect(second.run.energy[0].sensor?.provider).toBe('simulated');
    expect(second.windows[0].energy).toHaveLength(first.windows[0].energy.length);
    for (const codes of [second.windows[0].codes, second.run.energy[0].gross.codes])
      expect(codes).not.toContain('SAMPLER_LOST');
  }, 60_000);
});

/** Children of this process that run a program, oldest first. */
function childPids(program: string): number[] {
  const children = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], {
    encoding: 'utf8',
  });
  return children
    .split('\n')
    .filter((l) => l.includes(program))
    .map((l) => Number.parseInt(l, 10));
}

describe('a runner that stands still', () => {
  it.runIf(process.platform !== 'win32')(
    'voids its window: the hole is in no duration, but in every joule',
    async () => {
      const { lab } = openTestLab();
      let stopped = false;
      lab.onEvent((event) => {
        if (event.type !== 'progress' || event.stage !== 'window' || stopped) return;
        stopped = true;
        const [pid] = childPids('runner.cjs').slice(-1);
        setTimeout(() => process.kill(pid, 'SIGSTOP'), 400);
        setTimeout(() => process.kill(pid, 'SIGCONT'), 1600);
      });
      const [held, free] = await measure(lab, { ...quick, windowS: 2.5, models: ['mlp:1e3', 'mlp:2e3'] });
      expect(held.windows[0]).toMatchObject({
        verdict: 'void',
        codes: expect.arrayContaining(['TIME_JUMP']),
      });
      expect(held.run.latency?.verdict).toBe('invalid');
      expect(held.run.latency?.codes).toContain('TIME_JUMP');
      expect(free.windows[0].codes).not.toContain('TIME_JUMP');
    },
    60_000,
  );
});

describe('cancel and resume', () => {
  it('keep what was measured, and go on with what is left', async () => {
    const { lab, events } = openTestLab();
    const plan: PlanInput = { ...quick, windowS: 0.6, models: ['mlp:1e3', 'mlp:1e4', 'mlp:1e5'] };
    const stop = lab.onEvent((event) => {
      if (event.type === 'progress' && event.finished === 1 && event.stage === 'window')
        void lab.cancelExperiment({ experimentId: event.experimentId });
    });
    const ended = experimentEnd(lab);
    const { experimentId } = await lab.startExperiment({ plan });
    expect(await ended).toBe('cancelled');
    stop();
    const before = await detailsOf(lab, experimentId);
    expect(before[0].run.status).toBe('completed');
    expect(before[1].run.outcome?.kind).toBe('cancelled');
    expect(before[1].run.latency?.verdict).toBe('invalid');

    const { experiment } = await lab.findUnfinished({ plan });
    expect(experiment?.id).toBe(experimentId);
    expect((await lab.findUnfinished({ plan: { ...plan, seed: 2 } })).experiment).toBeNull();
    const again = experimentEnd(lab);
    await lab.resumeExperiment({ experimentId });
    expect(await again).toBe('completed');
    const after = await detailsOf(lab, experimentId);
    expect(after.find((d) => d.run.id === before[1].run.id)?.run.status).toBe('cancelled'); // never overwritten
    const newest = new Map(after.map((d) => [d.run.ordinal, d.run.status]));
    expect([...newest.values()]).toEqual(['completed', 'completed', 'completed']);
    expect((await lab.findUnfinished({ plan })).experiment).toBeNull();
    expect(events.some((e) => e.type === 'progress' && e.leftS !== null)).toBe(true);
  }, 60_000);

  it('a second start waits for the first', async () => {
    const { lab, events } = openTestLab();
    const ids = [
      await lab.startExperiment({ plan: { ...quick, models: ['mlp:1e3'] } }),
      await lab.startExperiment({ plan: { ...quick, models: ['mlp:2e3'] } }),
    ].map((started) => started.experimentId);
    await experimentEnd(lab);
    await experimentEnd(lab);
    const ended = events.flatMap((e) => (e.type === 'experimentEnded' ? [e.experimentId] : []));
    expect(ended).toEqual(ids);
    const runs = (await Promise.all(ids.map((id) => detailsOf(lab, id)))).flat().map(({ run }) => run);
    expect(runs.map((run) => run.status)).toEqual(['completed', 'completed']);
    expect(runs[1].startedUnixMs).toBeGreaterThanOrEqual(runs[0].endedUnixMs!);
  });
});

describe('cancel during an idle stretch', () => {
  it('does not wait for the stretch to end', async () => {
    process.env.THIRTY_WATTS_TEST_METER = simulatedMeter;
    const { lab } = openTestLab();
    let asked = 0;
    lab.onEvent((event) => {
      if (event.type !== 'progress' || event.stage !== 'idle_before' || asked > 0) return;
      asked = Date.now();
      setTimeout(() => void lab.cancelExperiment({ experimentId: event.experimentId }), 300);
    });
    const [{ run }] = await measure(lab, { ...quick, preset: 'quick', windowS: 5, models: ['mlp:1e3'] });
    expect(run.outcome).toMatchObject({ kind: 'cancelled', phase: 'idle_before' });
    // The stretch is 20 s; a runner that does not hear is killed after one.
    expect(Date.now() - asked).toBeLessThan(10_000);
  });
});

describe('a sampler that cannot even be asked', () => {
  it('costs the energy and nothing else', async () => {
    const { lab } = openTestLab({
      startSampler: () =>
        new SamplerClient({
          launch: () =>
            childPort(
              spawn(process.execPath, ['-e', "process.kill(process.pid, 'SIGSEGV')"], {
                stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
              }),
            ),
          nowNs: () => process.hrtime.bigint(),
          after: (ms, callback) => {
            const timer = setTimeout(callback, ms);
            return () => clearTimeout(timer);
          },
        }),
    });
    const { meters } = await lab.describeMachine({});
    expect(meters[0].result).toMatchObject({ status: 'broken', reason: expect.stringContaining('SIGSEGV') });
    const [{ run }] = await measure(lab, { ...quick, models: ['mlp:1e3'] });
    expect(run.status).toBe('completed');
    expect(run.energy[0].gross.codes).toContain('SENSOR_BROKEN');
  });
});
