import { describe, expect, it } from 'vitest';
import { compare } from '../../src/main/lab/compare';
import { isPaired } from '../../src/main/lab/comparePairs';
import type { ComparedRun } from '../../src/main/lab/compareSides';
import type { ComparedQuantity, Ratio } from '../../src/shared/comparison';
import { oneOfEachCondition, placeOf } from '../../src/shared/conditions';
import type { Machine } from '../../src/shared/machine';
import type { SensorInfo } from '../../src/shared/meter';
import type { Condition } from '../../src/shared/plan';
import type { ReasonCode } from '../../src/shared/reasons';
import type { EnergyResult, Estimate, LatencyResult, RunRecord } from '../../src/shared/run';
import { type EnergyWindow, summarizeEnergy } from '../../src/shared/stats/energy';
import { drawFrom } from '../shared/stats/draw';
import { sensor } from '../shared/stats/simulated';
import * as records from '../store/children/records';
import { quick } from '../support/experiment';
import { fakeEffects, until } from '../support/fakes';
import { openTestLab } from '../support/lab';

interface Made {
  id?: string;
  /** Median of each window, s. */
  medians?: number[];
  condition?: Partial<Condition>;
  machine?: Partial<Machine>;
  latency?: Partial<LatencyResult>;
  energy?: EnergyResult[];
  run?: Partial<RunRecord>;
  sample?: boolean;
  lab?: string;
  powerLimitW?: number;
  powerMode?: string;
}

const estimate = (value: number, rel: number): Estimate => ({
  value,
  low: value / (1 + rel),
  high: value * (1 + rel),
  missingReason: null,
});
const draw = drawFrom(12);
const scatter = (level: number, k = 10, spread = 0.005) =>
  Array.from({ length: k }, () => level * Math.exp(spread * draw.normal()));

let next = 0;
function made({
  id,
  medians = scatter(1e-3),
  condition,
  machine,
  latency,
  energy,
  run,
  sample,
  lab,
  powerLimitW,
  powerMode,
}: Made = {}): ComparedRun {
  next += 1;
  const p50 = medians[0] ?? 1e-3;
  const headline = energy?.[0];
  const result: LatencyResult = {
    verdict: 'valid',
    codes: [],
    n: 1000,
    nEff: 900,
    stride: 1,
    p50S: estimate(p50, 0.002),
    p90S: estimate(p50 * 1.1, 0.002),
    p95S: estimate(p50 * 1.2, 0.004),
    p99S: estimate(p50 * 1.5, 0.01),
    p999S: { value: null, low: null, high: null, missingReason: 'TOO_FEW_SAMPLES' },
    minS: p50,
    maxS: p50 * 2,
    meanS: p50,
    sdS: 0,
    spikes: 0,
    throughputHz: 1 / p50,
    method: '',
    ...latency,
  };
  const queued = records.queuedRun(records.experiment(1).id, next);
  const turn = {
    run: {
      ...records.completed(queued),
      id: id ?? `run-${next}`,
      condition: { ...queued.condition, batch: 1, ...condition },
      latency: result,
      energy: energy ?? [],
      ...run,
    },
    machine: { ...records.machine(), ...machine },
    windows: medians.map((medianS, i) => {
      const joules = headline?.gross.perInferenceJ ?? null;
      const ready = joules === null ? 0 : joules - (headline?.net.perInferenceJ ?? 0);
      const grossJ = joules === null ? null : joules * (1 + 1e-4 * (i + next / 1000));
      return {
        medianS,
        p95S: 1.2 * medianS,
        itemsPerS: 1 / medianS,
        grossJ,
        netJ: grossJ === null ? null : grossJ - ready,
      };
    }),
    powerLimitW: powerLimitW ?? null,
    powerMode: powerMode ?? null,
  };
  return { ...turn, model: records.model(), sample: sample ?? false, lab: lab ?? null, turns: [turn] };
}

/** What ten windows at so many joules an inference give on a meter with these properties. */
function energyAt(
  joules: number,
  part: Partial<SensorInfo> = {},
  windows = 10,
  codes: ReasonCode[] = [],
): EnergyResult[] {
  const info: SensorInfo = { ...sensor, origin: 'hardware', ...part };
  const list: EnergyWindow[] = Array.from({ length: windows }, () => ({
    energyJ: 420 * Math.exp(0.003 * draw.normal()),
    inferences: 420 / joules,
    seconds: 10,
    edgeS: 1e-5,
  }));
  const idle = { powerW: 10, sdW: 0.1, seconds: 30 };
  const summary = summarizeEnergy({
    sensor: info,
    windows: list,
    before: idle,
    after: idle,
    windowsMin: 1,
    codes,
  });
  return [{ sensor: info, domain: info.domain, provenance: info.provenance, headline: true, ...summary }];
}

const row = (runs: ComparedRun[], quantity: ComparedQuantity, i = 1): Ratio =>
  compare(runs).quantities.find((q) => q.quantity === quantity)!.rows[i];

describe('two runs beside each other', () => {
  it('a faster one is lower in latency and higher in throughput, with an interval about the truth', () => {
    const runs = [made({ medians: scatter(1e-3) }), made({ medians: scatter(0.8e-3) })];
    const p50 = row(runs, 'p50S');
    expect(p50.word).toBe('lower');
    expect(p50.ratio!.low).toBeLessThan(0.8);
    expect(p50.ratio!.high).toBeGreaterThan(0.8);
    expect(p50.codes).toContain('NOT_INTERLEAVED');
    expect(row(runs, 'throughputHz').word).toBe('higher');
    expect(row(runs, 'p50S', 0)).toMatchObject({ word: 'reference', verdict: null, ratio: null });
    // A is the first, B this one; ten windows against ten, all of one below all of the other: 2/C(20, 10).
    expect(p50).toMatchObject({ verdict: 'B_lower', method: 'unpaired', blocks: null });
    expect(p50.p).toBeCloseTo(2 / 184_756, 9);
    expect(row([...runs].reverse(), 'p50S').verdict).toBe('A_lower');
  });

  it('the same twice shows no difference', () => {
    expect(row([made(), made()], 'p50S').word).toBe('no difference shown');
  });

  it('one and the same condition measured at two times is told apart by the machine alone: nothing is claimed', () => {
    const [earlier, later] = [made(), made({ medians: scatter(1.05e-3) })];
    later.run.conditionSha256 = earlier.run.conditionSha256;
    const found = row([earlier, later], 'p50S');
    expect(found).toMatchObject({ verdict: 'no_difference_shown', method: 'unpaired' });
    expect(found.ratio!.low).toBeGreaterThan(1.01);
    expect(found.why).toMatch(/same model under the same condition/);
    // The control: two conditions with the same windows differ.
    later.run.conditionSha256 = 'f'.repeat(64);
    expect(row([earlier, later], 'p50S').verdict).toBe('A_lower');
  });

  it('with one window only, the median stands on the interval inside the run, and other quantities are refused', () => {
    const runs = [made({ medians: [1e-3] }), made({ medians: [0.8e-3] })];
    const p50 = row(runs, 'p50S');
    expect(p50).toMatchObject({
      verdict: 'no_difference_shown',
      p: null,
      why: expect.stringContaining('single window'),
    });
    expect(Math.log(p50.ratio!.high / p50.ratio!.value)).toBeCloseTo(Math.SQRT2 * Math.log(1.002), 6);
    expect(compare(runs).quantities[0].method).toContain('one window only');
    expect(row(runs, 'throughputHz')).toMatchObject({
      word: 'not comparable',
      ratio: null,
      why: expect.stringContaining('single window'),
    });
  });

  it.each<[string, Made, RegExp]>([
    ['preset', { condition: { preset: 'standard' } }, /preset standard here, quick/],
    ['machine', { machine: { cpu: { model: 'Other', logicalCores: 4, governor: null } } }, /processor Other/],
    [
      'system',
      { machine: { os: { platform: 'linux', release: '6.2', version: '', arch: 'x64' } } },
      /operating system/,
    ],
    ['power', { latency: { codes: ['ON_BATTERY'], verdict: 'limited' } }, /power source battery/],
    ['runtime', { machine: { onnxruntime: '1.31.0' } }, /ONNX Runtime 1.31.0/],
    ['sample', { sample: true }, /sample dataset/],
    [
      'lab',
      { lab: '3f9a12c4d5e6f708' },
      /measured in another lab: this run in lab 3f9a12c4, the first in this lab/,
    ],
    ['power limit', { powerLimitW: 200 }, /power limit 200 W here, 250 W/],
    ['power mode', { powerMode: 'power-saver' }, /system power mode power-saver here, balanced/],
  ])('is refused where the %s differs, and says so', (_what, part, why) => {
    const refused = row(
      [made({ powerLimitW: 250, powerMode: 'balanced' }), made({ ...part, medians: scatter(0.5e-3) })],
      'p50S',
    );
    expect(refused).toMatchObject({ word: 'not comparable', ratio: null });
    expect(refused.why).toMatch(why);
    expect(refused.codes).toContain('CONTEXT_MISMATCH');
    expect(refused.value).not.toBeNull();
  });

  it('two runs of one other lab are compared as there; of two labs that differs, and no blocks are paired', () => {
    const foreign = (lab: string, medians?: number[]) => made({ lab, ...(medians ? { medians } : {}) });
    const same = [foreign('a'.repeat(16)), foreign('a'.repeat(16), scatter(0.5e-3))];
    expect(row(same, 'p50S').word).toBe('lower');
    expect(compare(same).same).toContainEqual({
      field: 'Dataset',
      value: 'measured in another lab (lab aaaaaaaa)',
    });
    const across = [made(), foreign('b'.repeat(16))];
    expect(compare(across).differences).toContainEqual({
      field: 'Dataset',
      values: ['measured in this lab', 'measured in another lab (lab bbbbbbbb)'],
    });
    // One experiment cannot be of two labs; if it were, its turns would not be each other's.
    const turns = [0, 1].map((entry) =>
      made({ run: { turn: { entry, block: 0, blocks: 2, position: entry } } }),
    );
    expect(isPaired(turns[0]!, turns[1]!)).toBe(true);
    expect(isPaired(turns[0]!, { ...turns[1]!, lab: 'b'.repeat(16) })).toBe(false);
  });

  it.each<[string, Partial<Condition>]>([
    ['provider', { provider: 'webgpu' }],
    ['engine', { engine: 'package' }],
    ['batch', { batch: 8 }],
    ['threads', { threads: 2 }],
    ['graph optimisation', { graphOptimization: 'basic' }],
  ])('is compared where the %s differs: that is what is compared', (_what, condition) => {
    const runs = [made(), made({ condition, medians: scatter(0.5e-3) })];
    expect(row(runs, 'p50S').word).toBe('lower');
    expect(compare(runs).differences.length).toBeGreaterThan(0);
  });

  it('a power limit that only one run tells, or that belongs to another device, is no mismatch', () => {
    const [limited, untold] = [made({ powerLimitW: 250 }), made({ medians: scatter(0.5e-3) })];
    expect(row([limited, untold], 'p50S').word).toBe('lower');
    const other = made({
      powerLimitW: 100,
      condition: { provider: 'webgpu' },
      medians: scatter(0.5e-3),
    });
    expect(row([limited, other], 'p50S').word).toBe('lower');
  });

  it('a graphics driver matters to runs on the graphics device alone', () => {
    const gpus = (driver: string) => ({ gpus: [{ name: 'G', driver, memoryBytes: null }] });
    const cpu = [made({ machine: gpus('1') }), made({ machine: gpus('2'), medians: scatter(0.5e-3) })];
    expect(row(cpu, 'p50S').word).toBe('lower');
    const cuda = { provider: 'cuda' as const };
    const gpu = [
      made({ machine: gpus('1'), condition: cuda }),
      made({ machine: gpus('2'), condition: cuda }),
    ];
    expect(row(gpu, 'p50S')).toMatchObject({
      word: 'not comparable',
      why: expect.stringContaining('driver 2'),
    });
  });

  it('an invalid result is not measured and says why, on either side', () => {
    const bad = made({ latency: { verdict: 'invalid', codes: ['GLANCE', 'OUTPUT_MISMATCH'] } });
    expect(row([made(), bad], 'p50S')).toMatchObject({
      word: 'not measured',
      value: null,
      why: expect.stringContaining('NaN'),
    });
    expect(row([bad, made()], 'p50S')).toMatchObject({
      word: 'not measured',
      why: expect.stringMatching(/first run.*NaN/),
    });
    const waiting = made({ run: { status: 'queued', latency: null } });
    expect(row([made(), waiting], 'p50S')).toMatchObject({
      word: 'not measured',
      why: expect.stringContaining('not ended'),
    });
  });

  it('memory is shown, and no ratio of it is made up', () => {
    const facts = { peakRssBytes: 1e8, ortVersion: '', nodeVersion: '' } as RunRecord['facts'];
    const runs = [made({ run: { facts } }), made({ run: { facts } })];
    expect(row(runs, 'memoryPeakBytes')).toMatchObject({ value: 1e8, ratio: null, word: 'not comparable' });
  });
});

describe('the energy of two runs', () => {
  it('on one meter its gain cancels: a difference that its absolute interval would hide is seen', () => {
    const runs = [made({ energy: energyAt(0.5) }), made({ energy: energyAt(0.46) })];
    const same = row(runs, 'grossJ');
    expect(same.word).toBe('lower');
    expect(same.ratio!.low).toBeLessThan(0.92);
    expect(same.ratio!.high).toBeGreaterThan(0.92);
    // The control: two meters of the same kind, each with its own gain of 5 %.
    const other = [made({ energy: energyAt(0.5) }), made({ energy: energyAt(0.46, { id: 'another' }) })];
    const apart = row(other, 'grossJ');
    expect(apart.word).toBe('no difference shown');
    expect(apart.ratio!.high / apart.ratio!.low).toBeGreaterThan(same.ratio!.high / same.ratio!.low);
  });

  it('net has its idle baseline in the interval too', () => {
    const runs = [made({ energy: energyAt(0.5) }), made({ energy: energyAt(0.3) })];
    const [gross, net] = [row(runs, 'grossJ'), row(runs, 'netJ')];
    expect(net.word).toBe('lower');
    expect(net.ratio!.high / net.ratio!.low).toBeGreaterThan(gross.ratio!.high / gross.ratio!.low);
  });

  it('of one window has no ratio, of none is not measured', () => {
    const one = [made({ energy: energyAt(0.5) }), made({ energy: energyAt(0.3, {}, 1) })];
    expect(row(one, 'grossJ')).toMatchObject({ word: 'not comparable', ratio: null });
    expect(row([made({ energy: energyAt(0.5) }), made()], 'grossJ').word).toBe('not measured');
  });

  it('simulated against real, or another part of the machine, is refused', () => {
    const real = made({ energy: energyAt(0.5) });
    const simulated = made({ energy: energyAt(0.3, { origin: 'simulated' }) });
    expect(row([real, simulated], 'grossJ')).toMatchObject({
      word: 'not comparable',
      why: expect.stringContaining('simulated'),
    });
    const wall = made({ energy: energyAt(0.3, { domain: 'wall.ac' }) });
    expect(row([real, wall], 'grossJ')).toMatchObject({
      word: 'not comparable',
      why: expect.stringContaining('wall.ac'),
    });
    // Another device because of another provider is what is compared.
    const cpu = made({
      energy: energyAt(0.9, { domain: 'cpu.package', id: 'cpu' }),
      condition: { provider: 'cpu' },
    });
    const gpu = made({ energy: energyAt(0.3, { id: 'gpu' }), condition: { provider: 'cuda' } });
    expect(row([cpu, gpu], 'grossJ').word).toBe('lower');
  });
});

describe('what differs', () => {
  it('is listed with a text for each run; the rest is the same; every field is in one of the two', () => {
    const runs = [made(), made({ condition: { batch: 8 }, run: { uiMode: 'quiet' } }), made()];
    const { differences, same, runIds } = compare(runs);
    const field = (name: string) => differences.find((d) => d.field === name)?.values;
    expect(field('Batch (items)')).toEqual(['1', '8', '1']);
    expect(field('Page during windows')).toEqual(['not recorded', 'quiet', 'not recorded']);
    expect(differences.map((d) => d.field).sort()).toEqual(['Batch (items)', 'Page during windows']);
    expect(same.find((s) => s.field === 'Processor')?.value).toBe('Example 9000, 4 logical cores');
    expect(runIds).toEqual(runs.map((r) => r.run.id));
    for (const { rows } of compare(runs).quantities) expect(rows.map((r) => r.runId)).toEqual(runIds);
  });
});

describe('a comparison of stored runs', () => {
  it('takes its windows from the store; a run against itself is refused in words', async () => {
    const { lab, events } = openTestLab(fakeEffects({ durationNs: (i) => 500_000 + (i % 7) * 100 }));
    const plan = {
      ...quick,
      preset: 'quick' as const,
      windowS: 0.05,
      models: ['mlp:1e3'],
      meters: 'none' as const,
    };
    await lab.startExperiment({ plan: { ...plan, batches: [1, 2] } });
    await until(() => events.some((e) => e.type === 'experimentEnded'));
    const { runs } = await lab.listRuns({});
    const ids = runs.map(({ run }) => run.id);
    const { quantities, differences } = await lab.compareRuns({ runs: ids });
    const p50 = quantities.find((q) => q.quantity === 'p50S')!.rows;
    // Five windows of the same durations each: the same, and exactly so.
    expect(p50[1]).toMatchObject({ word: 'no difference shown', ratio: { value: expect.closeTo(1, 3) } });
    expect(p50[0].value).toBe(runs[0].run.latency!.p50S.value);
    // Twice the items in the same time.
    expect(quantities.find((q) => q.quantity === 'throughputHz')!.rows[1].ratio!.value).toBeCloseTo(2, 1);
    expect(differences.map((d) => d.field)).toContain('Batch (items)');
    await expect(lab.compareRuns({ runs: [ids[0], ids[0]] })).rejects.toThrow('named twice');
  });

  it('a plan with blocks is compared in turn, with the control that it measured', async () => {
    const { lab, events } = openTestLab(fakeEffects({ durationNs: (i) => 500_000 + (i % 7) * 100 }));
    const plan = {
      ...quick,
      preset: 'quick' as const,
      windowS: 0.05,
      meters: 'none' as const,
      control: true,
    };
    const { experimentId } = await lab.startExperiment({
      plan: { ...plan, models: ['mlp:1e3'], batches: [1, 2], blocks: 6 },
    });
    await until(() => events.some((e) => e.type === 'experimentEnded'));
    const { runs } = await lab.listRuns({});
    const ids = oneOfEachCondition(
      runs.map(({ run }) => placeOf(run)),
      experimentId,
    ).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    const { quantities } = await lab.compareRuns({ runs: ids });
    const items = quantities.find((q) => q.quantity === 'throughputHz')!;
    // The same time for two items as for one.
    expect(items.rows[1]).toMatchObject({
      verdict: 'A_lower',
      method: 'paired',
      blocks: { used: 6, leftOut: 0 },
      p: 2 / 64,
      floor: { controls: 1 },
    });
    expect(items.rows[1].ratio!.value).toBeCloseTo(2, 3);
    expect(items.controls).toMatchObject([{ provider: 'cpu', blocks: { used: 6 }, failed: false }]);
    expect(quantities.find((q) => q.quantity === 'p50S')!.rows[1].verdict).toBe('no_difference_shown');
  }, 30_000);
});
