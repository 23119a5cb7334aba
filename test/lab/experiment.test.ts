import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runnerEffects } from '../../src/main/lab/runnerProcess';
import { verifyAll } from '../../src/main/lab/verify';
import { childPort, SamplerClient } from '../../src/main/sampler/client';
import { openLab } from '../../src/main/store/open';
import type { Lab, RunDetail } from '../../src/shared/contract';
import type { PlanInput } from '../../src/shared/plan';
import { headlineEnergy, type RunRecord } from '../../src/shared/run';
import { experimentEnd, openTestLab, temporaryFolder } from '../support/lab';
import { divisionOfInputs, endlessLoop, hugeExpand, oneNodeGraph, writeModel } from '../support/models';

const quick: Omit<PlanInput, 'models'> = {
  schema: 'thirtywatts.plan/1',
  preset: 'glance',
  windowS: 0.2,
  callOverhead: false,
};
const simulatedMeter = resolve(__dirname, '../fixtures/simulated-cpu-meter.json');

/** Runs a plan to its end and returns what is stored of each run, in the order of the plan. */
async function measure(lab: Lab, plan: PlanInput): Promise<RunDetail[]> {
  const ended = experimentEnd(lab);
  const { experimentId } = await lab.startExperiment({ plan });
  await ended;
  return detailsOf(lab, experimentId);
}

async function detailsOf(lab: Lab, experimentId: string): Promise<RunDetail[]> {
  const { runs } = await lab.listRuns({ experimentId });
  return Promise.all(runs.map(({ run }) => lab.showRun({ run: run.id })));
}

async function importOne(lab: Lab, path: string): Promise<string> {
  const { imported, refused } = await lab.importModels({ paths: [path] });
  expect(refused).toEqual([]);
  return imported[0].model.id;
}

beforeAll(() => expect(existsSync(resolve(__dirname, '../../out/main/runner.cjs'))).toBe(true));
afterEach(() => {
  delete process.env.THIRTY_WATTS_TEST_METER;
});

describe('an experiment on real models', () => {
  it('measures a ladder that it builds as it goes; every number follows from stored raw rows', async () => {
    const { lab, folder } = openTestLab();
    const details = await measure(lab, {
      ...quick,
      models: ['mlp:1e3', 'cnn:3e3', 'decoder:5e3'],
      callOverhead: true,
    });
    expect(details.map((d) => d.run.status)).toEqual(['completed', 'completed', 'completed', 'completed']);
    const [mlp, , , overhead] = details;
    expect(mlp.run.macs?.macs).toBeGreaterThan(900);
    expect(mlp.run.latency?.n).toBeGreaterThan(1000);
    expect(mlp.run.facts?.firstInferenceNs).toBeGreaterThan(0);
    expect(mlp.run.facts?.sessionCreateNs).toBeGreaterThan(0);
    expect(mlp.run.facts?.peakRssBytes).toBeGreaterThan(mlp.run.facts!.baseRssBytes!);
    expect(mlp.run.facts?.assignment?.[0].provider).toBe('CPUExecutionProvider');
    expect(overhead.run.role).toBe('overhead');
    if (overhead.run.latency?.p50S.value != null)
      expect(mlp.callOverheadS).toBe(overhead.run.latency.p50S.value);
    // Nothing was there to measure joules with: null and a reason, never 0.
    for (const { run } of details.slice(0, 3)) {
      expect(run.energy[0].gross.perInferenceJ).toBeNull();
      expect(run.energy[0].gross.verdict).toBe('not_measured');
    }
    const { checked, problems } = await lab.verify({});
    expect(problems).toEqual([]);
    expect(checked).toBeGreaterThan(10);
    expect(existsSync(join(folder, 'lab.sqlite'))).toBe(true);
  });

  it('reads a meter at both edges of the window: joules are its power times the window, to its resolution', async () => {
    process.env.THIRTY_WATTS_TEST_METER = simulatedMeter;
    const { lab, folder, close } = openTestLab();
    const [{ run, windows }] = await measure(lab, { ...quick, windowS: 5, models: ['mlp:1e4'] });
    const [energy] = run.energy;
    expect(energy.sensor?.origin).toBe('simulated');
    expect(windows[0].energy[0].energyJ).toBeGreaterThan(42 * 5 * 0.97);
    expect(windows[0].energy[0].energyJ).toBeLessThan(42 * 5 * 1.03);
    const perInference = energy.gross.perInferenceJ!;
    const truth = 42 / run.latency!.throughputHz!;
    expect(energy.gross.absolute!.low).toBeLessThan(truth);
    expect(energy.gross.absolute!.high).toBeGreaterThan(truth);
    expect(perInference).toBeCloseTo(windows[0].energy[0].energyJ! / windows[0].energy[0].inferences!, 12);
    expect(energy.gross.verdict).toBe('limited');
    expect(energy.gross.codes).toContain('GLANCE');
    expect(energy.gross.repeat).toBeNull();
    expect(energy.net.perInferenceJ).toBeNull();

    // Every number is found again from raw rows; a joule that is not what the readings give is noticed.
    expect((await lab.verify({})).problems).toEqual([]);
    await close();
    const view = openLab(folder, { readOnly: true });
    const more = { ...energy, gross: { ...energy.gross, perInferenceJ: perInference * 1.001 } };
    const slower = { ...run.latency!, meanS: run.latency!.meanS! * 1.001 };
    const wrong: [RunRecord, RegExp][] = [
      [{ ...run, energy: [more] }, /energy by simulated:package/],
      [{ ...run, latency: slower }, /latency/],
    ];
    for (const [changed, what] of wrong) {
      const { problems } = verifyAll({ ...view.reader, listRuns: () => [changed] }, folder);
      expect(problems.map((p) => p.what)).toEqual([expect.stringMatching(what)]);
    }
    view.close();
  });

  it('keeps the meters of two providers in one plan apart', async () => {
    process.env.THIRTY_WATTS_TEST_METER = resolve(__dirname, '../fixtures/simulated-two-devices.json');
    const { lab, events } = openTestLab();
    // cuda is not there on a test machine: its run fails by itself, and the cpu run must not notice its board meter.
    const details = await measure(lab, {
      ...quick,
      windowS: 5,
      models: ['mlp:1e4'],
      providers: ['cpu', 'cuda'],
    });
    expect(events.filter((e) => e.type === 'warning')).toEqual([]);
    const [cpu] = details;
    expect(cpu.run.status).toBe('completed');
    expect(cpu.run.energy.map((e) => e.sensor?.domain)).toEqual(['cpu.package']);
    expect(cpu.run.energy[0].gross.perInferenceJ).toBeGreaterThan(0);
    expect((await lab.verify({})).problems).toEqual([]);
  });

  it('never passes the host’s energy off as that of the device: without a meter of its own the headline is empty', async () => {
    process.env.THIRTY_WATTS_TEST_METER = simulatedMeter;
    const { lab } = openTestLab();
    const [{ run }] = await measure(lab, {
      ...quick,
      windowS: 5,
      models: ['mlp:1e4'],
      providers: ['coreml'],
    });
    expect(headlineEnergy(run)).toMatchObject({
      sensor: null,
      gross: { verdict: 'not_measured', perInferenceJ: null },
    });
    expect(run.energy.filter((e) => e.headline)).toHaveLength(1);
  });

  it('refuses energy where the window is too short for the meter, and keeps the latency', async () => {
    process.env.THIRTY_WATTS_TEST_METER = simulatedMeter;
    const { lab } = openTestLab();
    const [{ run }] = await measure(lab, { ...quick, windowS: 0.5, models: ['mlp:1e4'] });
    expect(run.energy[0].gross).toMatchObject({ verdict: 'not_measured', perInferenceJ: null });
    expect(run.energy[0].gross.codes).toContain('WINDOW_TOO_SHORT');
    expect(run.latency?.n).toBeGreaterThan(100);
  });

  it('measures through both engines, told apart in condition and result', async () => {
    const { lab } = openTestLab();
    const [a, b] = await measure(lab, { ...quick, models: ['mlp:1e3'], engines: ['capi', 'package'] });
    expect([a.run.condition.engine, b.run.condition.engine]).toEqual(['capi', 'package']);
    expect(a.run.facts?.outputSha256).toBe(b.run.facts?.outputSha256);
    // 5 us of JavaScript on a model of 2 us: far outside any noise.
    expect(b.run.latency!.minS!).toBeGreaterThan(a.run.latency!.minS!);
  });
});

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
    const [bad] = await measure(lab, { ...quick, models: [model], values: { x0: 1, x1: 0 } });
    expect(bad.run.latency?.codes).toContain('OUTPUT_MISMATCH');
    expect(bad.run.latency?.verdict).toBe('invalid');
    const [good] = await measure(lab, { ...quick, models: [model], values: { x0: 1, x1: 2 } });
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
    expect(first.windows[0].codes).toEqual(['SAMPLER_LOST']);
    expect(first.run.latency?.n).toBeGreaterThan(1000);
    expect(first.run.energy[0].gross.perInferenceJ).toBeNull();
    expect(first.run.energy[0].gross.codes).toContain('SAMPLER_LOST');
    expect(second.run.energy[0].gross.perInferenceJ).toBeGreaterThan(0);
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
      expect(held.windows[0]).toMatchObject({ verdict: 'void', codes: ['TIME_JUMP'] });
      expect(held.run.latency?.verdict).toBe('invalid');
      expect(held.run.latency?.codes).toContain('TIME_JUMP');
      expect(free.windows[0].codes).toEqual([]);
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

  it('one experiment at a time: a second start is refused in words', async () => {
    const { lab } = openTestLab();
    const ended = experimentEnd(lab);
    await lab.startExperiment({ plan: { ...quick, models: ['mlp:1e3'] } });
    await expect(lab.startExperiment({ plan: { ...quick, models: ['mlp:1e3'] } })).rejects.toThrow(
      'measuring already',
    );
    await ended;
  });
});

describe('the whole protocol, scaled by a scripted runner', () => {
  /** A runner that claims to measure: windows of one second's worth of samples, told as fast as the lab takes them. */
  const scripted = `
    const w = { index: 0 };
    const say = (m) => new Promise((r) => process.send(m, r));
    const ns = (s) => BigInt(Math.round(s * 1e9));
    const window = async () => {
      const open = process.hrtime.bigint(), close = open + ns(0.05);
      await say({ type: 'phase', phase: 'window', expectedS: 1 });
      await say({ type: 'windowPlan', index: w.index, openNs: open, closeNs: close });
      await new Promise((r) => setTimeout(r, 80));
      const level = SCRIPT(w.index);
      const n = 60;
      const starts = BigUint64Array.from({ length: n }, (_, i) => open - ns(0.005) + BigInt(i) * 1000000n);
      const ends = starts.map((s, i) => s + BigInt(Math.round(level * (1 + 0.001 * (i % 7)))));
      await say({ type: 'window', index: w.index, openNs: open, closeNs: close, starts, ends, stride: 1, inferences: n });
      w.index += 1;
      if (w.index === 10) { await say({ type: 'done', peakRssBytes: 1, cancelled: false }); process.disconnect(); }
    };
    process.on('message', async (m) => {
      if (m.type === 'measure') {
        await say({ type: 'phase', phase: 'load', expectedS: 0 });
        await say({ type: 'loaded', facts: { ortVersion: '1.0.0', nodeVersion: '24.0.0', sessionCreateNs: 1, firstInferenceNs: 1, outputs: [], outputSha256: null, inputs: [], baseRssBytes: 1 } });
        await window();
      } else if (m.type === 'more' && m.go) await window();
      else { await say({ type: 'done', peakRssBytes: 1, cancelled: false }); process.disconnect(); }
    });
    process.on('disconnect', () => process.exit());`;
  const runner = (level: string) => ({
    ...runnerEffects,
    spawn: () =>
      spawn(process.execPath, ['-e', scripted.replace('SCRIPT', `(${level})`)], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'advanced',
      }),
  });
  const plan: PlanInput = {
    ...quick,
    preset: 'quick',
    windowS: undefined,
    models: ['mlp:1e3'],
    meters: 'none',
  };

  it('stops at the least number of windows when they agree', async () => {
    const { lab } = openTestLab({ runner: runner('() => 900000') });
    const [{ run, windows }] = await measure(lab, plan);
    expect(run.outcome).toEqual({ kind: 'completed' });
    expect(windows).toHaveLength(5);
    expect(run.facts?.stopReason).toBe('target');
    expect(run.latency?.codes).not.toContain('CI_TARGET_MISSED');
  });

  it('goes to the most when they do not, and says that the target was missed', async () => {
    const { lab } = openTestLab({ runner: runner('(i) => (i % 2 ? 700000 : 900000)') });
    const [{ run, windows }] = await measure(lab, plan);
    expect(windows).toHaveLength(10);
    expect(run.facts?.stopReason).toBe('windows_max');
    expect(run.latency?.codes).toEqual(expect.arrayContaining(['CI_TARGET_MISSED', 'UNSTABLE_LATENCY']));
    expect(run.latency?.verdict).not.toBe('valid');
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

describe('a plan that cannot be', () => {
  it.each([
    [{ models: ['no-such-model'] }, /no-such-model/],
    [{ models: ['mlp:1e99'] }, /recipe/],
    [{ models: ['mlp:1e3'], colour: 'blue' }, /unknown key colour/],
    [{ models: [] }, /models/],
    [{ models: ['mlp:1e3'], providers: ['tpu'] }, /providers/],
  ])('%j is refused before anything is stored', async (part, reason) => {
    const { lab } = openTestLab();
    await expect(lab.startExperiment({ plan: { ...quick, ...part } as PlanInput })).rejects.toThrow(reason);
    expect((await lab.listExperiments({})).experiments).toEqual([]);
  });

  it('fixes a dimension that none of its models has', async () => {
    const { lab } = openTestLab();
    await lab.buildModel({ family: 'mlp', parameters: 1e3 });
    await expect(
      lab.startExperiment({ plan: { ...quick, models: ['mlp:1e3'], dims: { sequence: 4 } } }),
    ).rejects.toThrow('sequence');
  });
});

describe('the export', () => {
  it('has a row for every run, and its numbers are those that are stored', async () => {
    const { lab } = openTestLab();
    const [{ run }] = await measure(lab, { ...quick, models: ['mlp:1e3'] });
    const folder = temporaryFolder();
    const { files } = await lab.exportData({ folder });
    expect(files.map((f) => f.name).sort()).toEqual([
      'models.csv',
      'readings.csv',
      'runs.csv',
      'samples',
      'windows.csv',
    ]);
    const text = readFileSync(join(folder, 'runs.csv'), 'utf8');
    expect(text.charCodeAt(0)).not.toBe(0xfeff);
    const [head, row] = text.split('\r\n').map((l) => l.split(','));
    const cell = (name: string) => row[head.indexOf(name)];
    expect(cell('run_id')).toBe(run.id);
    expect(cell('energy_per_inference_J')).toBe('');
    expect(cell('energy_missing_reason')).toBe('NO_SENSOR');
    expect(Number(cell('latency_mean_s'))).toBe(run.latency?.meanS);
    const samples = readFileSync(join(folder, 'samples', `${run.id}.csv`), 'utf8')
      .trim()
      .split('\r\n');
    expect(samples.length - 1).toBe(files.find((f) => f.name === 'samples')?.rows);
    // The mean in runs.csv again, by hand from the raw rows: of the inferences that start inside the window.
    const windows = readFileSync(join(folder, 'windows.csv'), 'utf8')
      .split('\r\n')
      .map((l) => l.split(','));
    const ns = (name: string) => BigInt(windows[1][windows[0].indexOf(name)]);
    const [from, to] = [ns('open_ns'), ns('close_ns')].map((t) => Number(t - ns('samples_origin_ns')) / 1e9);
    const inside = samples
      .slice(1)
      .map((l) => l.split(',').map(Number))
      .filter(([, , start]) => start >= from && start < to);
    expect(inside.length).toBe(run.latency?.n);
    const mean = inside.reduce((sum, [, , , duration]) => sum + duration, 0) / inside.length;
    expect(Math.abs(mean / Number(cell('latency_mean_s')) - 1)).toBeLessThan(1e-9);
  });
});
