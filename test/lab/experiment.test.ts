import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runnerEffects } from '../../src/main/lab/runnerProcess';
import { verifyAll } from '../../src/main/lab/verify';
import { openLab } from '../../src/main/store/open';
import type { PlanInput } from '../../src/shared/plan';
import { headlineEnergy, type RunRecord } from '../../src/shared/run';
import { parseCsv } from '../support/csv';
import { measure, quick, simulatedMeter, usesRealRunners } from '../support/experiment';
import { openTestLab, temporaryFolder } from '../support/lab';

usesRealRunners();

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
      const { problems } = await verifyAll({ ...view.reader, listRuns: () => [changed] }, folder);
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
      const n = 60, u = { ownS: 0, machine: null, majorFaults: 0, swappedPages: 0 };
      const usage = [{ ...u, atNs: open }, { ...u, atNs: close }];
      const starts = BigUint64Array.from({ length: n }, (_, i) => open - ns(0.005) + BigInt(i) * 1000000n);
      const ends = starts.map((s, i) => s + BigInt(Math.round(level * (1 + 0.001 * (i % 7)))));
      await say({ type: 'window', index: w.index, openNs: open, closeNs: close, starts, ends, stride: 1, inferences: n, usage, gapS: 0 });
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

describe('a run of which few samples may be stored', () => {
  it('stores every so many-th inference up to the end of each window, and verify agrees', async () => {
    const { lab, close, folder } = openTestLab({ samplesMax: 256 });
    const [{ run, windows }] = await measure(lab, { ...quick, models: ['mlp:1e3'] });
    expect((await lab.verify({})).problems).toEqual([]);
    await close();
    const { reader, close: closeStore } = openLab(folder, { readOnly: true });
    const samples = reader.getSamples(run.id, 0);
    closeStore();
    expect(samples.startsNs.length).toBeLessThanOrEqual(256);
    expect(samples.stride).toBeGreaterThan(1);
    expect(Number(samples.originNs) + samples.startsNs.at(-1)!).toBeGreaterThan(Number(windows[0].closeNs));
    expect(run.latency?.stride).toBe(samples.stride);
  });
});

describe('the export', () => {
  it('leaves out what is in the bin', async () => {
    const { lab } = openTestLab();
    const [kept, binned] = await measure(lab, { ...quick, models: ['mlp:1e3', 'mlp:2e3'] });
    const ids = async () => {
      const { path } = await lab.exportBundle({ into: temporaryFolder(), raw: 'both' });
      const lines = (name: string) =>
        readFileSync(join(path, 'data', name), 'utf8')
          .trim()
          .split('\r\n')
          .slice(1);
      const runs = (name: string) => [...new Set(lines(name).map((line) => line.split(',')[0]))];
      return {
        runs: runs('runs.csv'),
        models: lines('models.csv').length,
        windows: runs('windows.csv'),
        samples: runs('samples.csv'),
      };
    };
    const both = [kept.run.id, binned.run.id];
    expect(await ids()).toEqual({ runs: both, models: 2, windows: both, samples: both }); // control
    await lab.setBinned({ what: 'run', ids: [binned.run.id], binned: true });
    const one = [kept.run.id];
    expect(await ids()).toEqual({ runs: one, models: 1, windows: one, samples: one });
    expect((await lab.figure({})).rows.map((row) => row.runId)).toEqual(one);
  });

  it('has a row for every run, and its numbers are those that are stored', async () => {
    const { lab } = openTestLab();
    const [{ run }] = await measure(lab, { ...quick, models: ['mlp:1e3'] });
    const { path, files } = await lab.exportBundle({ into: temporaryFolder(), raw: 'both' });
    const folder = join(path, 'data');
    expect(files.map((f) => f.path)).toEqual(
      expect.arrayContaining(
        ['models', 'readings', 'runs', 'samples', 'windows'].map((name) => `data/${name}.csv`),
      ),
    );
    const text = readFileSync(join(folder, 'runs.csv'), 'utf8');
    expect(text.charCodeAt(0)).not.toBe(0xfeff);
    const [head, row] = parseCsv(text);
    const cell = (name: string) => row[head.indexOf(name)];
    expect(cell('run_id')).toBe(run.id);
    expect(cell('is_sample')).toBe('false');
    expect(cell('energy_per_inference_J')).toBe('');
    expect(cell('energy_missing_reason')).toBe('NO_SENSOR');
    expect(Number(cell('latency_mean_s'))).toBe(run.latency?.meanS);
    const samples = parseCsv(readFileSync(join(folder, 'samples.csv'), 'utf8'));
    expect(samples[0]).toEqual(['run_id', 'window_index', 'sample_index', 'start_s', 'duration_s']);
    expect(samples.length - 1).toBe(files.find((f) => f.path === 'data/samples.csv')?.rows);
    // The mean in runs.csv again, by hand from the raw rows: of the inferences that start inside the window.
    const windows = parseCsv(readFileSync(join(folder, 'windows.csv'), 'utf8'));
    const ns = (name: string) => BigInt(windows[1][windows[0].indexOf(name)]);
    const [from, to] = [ns('open_ns'), ns('close_ns')].map((t) => Number(t - ns('samples_origin_ns')) / 1e9);
    const inside = samples
      .slice(1)
      .map((line) => line.slice(1).map(Number))
      .filter(([, , start]) => start >= from && start < to);
    expect(inside.length).toBe(run.latency?.n);
    const mean = inside.reduce((sum, [, , , duration]) => sum + duration, 0) / inside.length;
    expect(Math.abs(mean / Number(cell('latency_mean_s')) - 1)).toBeLessThan(1e-9);
  });
});
