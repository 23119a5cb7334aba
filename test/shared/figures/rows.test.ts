import { describe, expect, it } from 'vitest';
import { curveRows, defaultYQuantity, seriesNames } from '../../../src/shared/figures/rows';
import type { RunRecord } from '../../../src/shared/run';
import { type RunRow, runRowOf } from '../../../src/shared/runRow';
import { summarizeEnergy } from '../../../src/shared/stats/energy';
import { summarizeLatency } from '../../../src/shared/stats/latency';
import { sensor } from '../stats/simulated';

const latency = summarizeLatency(
  [
    {
      durationsNs: Float64Array.from({ length: 500 }, (_, i) => 1e6 + ((i * 7919) % 500)),
      inferences: 500,
      seconds: 0.5,
    },
  ],
  { batch: 1, stride: 1, windowsMin: 1, codes: [] },
);
const windows = Array.from({ length: 5 }, () => ({ energyJ: 1000, inferences: 1e5, seconds: 10, edgeS: 0 }));
const energy = {
  sensor,
  domain: sensor.domain,
  provenance: sensor.provenance,
  headline: true,
  ...summarizeEnergy({ sensor, windows, before: null, after: null, windowsMin: 5, codes: [] }),
};

/** Only what a row reads; the rest of the records does not matter here. */
function runOf(
  over: { run?: Partial<RunRecord>; batch?: number; parameters?: number | null; sample?: boolean } = {},
): RunRow {
  const run = {
    id: 'run',
    condition: { provider: 'cpu', engine: 'capi', batch: over.batch ?? 1, threads: 1, preset: 'standard' },
    status: 'completed',
    startedUnixMs: 5,
    outcome: { kind: 'completed' },
    latency,
    energy: [energy],
    macs: { macs: 300, missingReason: null },
    ...over.run,
  } as unknown as RunRecord;
  const counts = { parameters: over.parameters === undefined ? 1000 : over.parameters, parameterBytes: 4000 };
  return runRowOf(
    {
      run,
      model: { id: 'model', name: 'm', family: 'mlp', precision: 'float32', counts },
      machine: { cpu: { model: 'CPU X' }, gpus: [] },
      experimentName: 'e',
    } as unknown as Parameters<typeof runRowOf>[0],
    { sample: over.sample ?? false, binnedUnixMs: null, locked: false },
  );
}

describe('what a sensor does to a whole series', () => {
  const offset = { ...sensor, offsetW1s: 2 };
  const measured = {
    ...energy,
    sensor: offset,
    ...summarizeEnergy({ sensor: offset, windows, before: null, after: null, windowsMin: 5, codes: [] }),
  };
  const at = (y: Parameters<typeof curveRows>[2]) =>
    curveRows([runOf({ run: { energy: [measured] } })], 'parameters', y)[0]!;

  it('is named, relative to y: 2 W of 100 W, and the 5 % of its gain', () => {
    for (const y of ['energyGross', 'inferencesPerJoule', 'powerMean'] as const) {
      expect(at(y)).toMatchObject({ sensor: 'simulated, sim:counter', gainRel: expect.closeTo(0.05, 9) });
      expect(at(y).offsetRel).toBeCloseTo(0.02, 9);
    }
    // A constant offset leaves the difference to idle; latency has no meter.
    expect(at('energyNet').offsetRel).toBe(0);
    expect(at('latencyP50')).toMatchObject({ sensor: null, gainRel: 0, offsetRel: 0 });
  });

  it('another calibration is another sensor', () => {
    const calibration = {
      id: 'wall-1',
      gain: 1,
      offsetW: 0,
      gainRel1s: 0.01,
      offsetW1s: 0,
      atUnixMs: 0,
      against: 'x',
    };
    const energyOf = { ...measured, sensor: { ...offset, calibration } };
    const [row] = curveRows([runOf({ run: { energy: [energyOf] } })], 'parameters', 'energyGross');
    expect(row!.sensor).toBe('simulated, sim:counter, wall-1');
  });
});

describe('rows of a curve', () => {
  it('energy per inference with both intervals, windows as n', () => {
    const [row] = curveRows([runOf()], 'parameters', 'energyGross');
    expect(row).toMatchObject({
      x: 1000,
      n: 5,
      verdict: 'valid',
      meter: 'sim, gpu.board',
      origin: 'simulated',
      notShownReason: null,
    });
    expect(row!.y).toBeCloseTo(0.01, 12);
    expect(row!.yAbsLow!).toBeLessThan(row!.yLow!);
    expect(row!.device).toBe('CPU X');
  });

  it('inferences per joule turn the interval around', () => {
    const [row] = curveRows([runOf()], 'macs', 'inferencesPerJoule');
    expect(row!.x).toBe(300);
    expect(row!.y).toBeCloseTo(100, 8);
    expect(row!.yAbsLow!).toBeLessThan(row!.y!);
    expect(row!.yAbsHigh!).toBeGreaterThan(row!.y!);
  });

  it('latency has one interval, inferences as n, and keeps whether there was a meter', () => {
    const [row] = curveRows([runOf({ run: { energy: [] } })], 'parameterBytes', 'latencyP50');
    expect(row).toMatchObject({ x: 4000, n: 500, yAbsLow: null, provenance: 'none', meter: null });
    expect(row!.y).toBe(latency.p50S.value);
  });

  it('what is missing is null with a reason, never 0', () => {
    const rows = curveRows(
      [
        runOf({ run: { energy: [] } }),
        runOf({ run: { energy: [], status: 'failed' } }),
        runOf({ parameters: null }),
        runOf({
          run: {
            energy: [
              { ...energy, gross: { ...energy.gross, verdict: 'invalid', codes: ['GLANCE', 'EP_FALLBACK'] } },
            ],
          },
        }),
      ],
      'parameters',
      'energyGross',
    );
    expect(rows.map((r) => r.notShownReason)).toEqual([
      'energy not measured',
      'failed',
      'size not known',
      'EP_FALLBACK',
    ]);
    expect([rows[0]!.y, rows[1]!.y, rows[2]!.x, rows[3]!.y]).toEqual([null, null, null, null]);
  });

  it('series are told apart by what differs', () => {
    const rows = curveRows([runOf(), runOf({ batch: 8 })], 'parameters', 'energyGross');
    expect(rows.map((r) => r.seriesLabel)).toEqual(['batch 1', 'batch 8']);
    expect(rows[0]!.seriesKey).not.toBe(rows[1]!.seriesKey);
    expect(curveRows([runOf()], 'parameters', 'energyGross')[0]!.seriesLabel).toBe('mlp, cpu, float32');
  });

  it('every quantity of the closed lists has a value of its own, in its unit', () => {
    const of = (y: Parameters<typeof curveRows>[2]) => curveRows([runOf()], 'parameters', y)[0]!;
    expect(of('powerMean').y).toBeCloseTo(100, 9);
    expect(of('throughput')).toMatchObject({ y: latency.throughputHz, n: 500, yLow: null });
    // Without idle power there is no net energy, and it says so.
    expect(of('energyNet')).toMatchObject({ y: null, notShownReason: 'energy not measured' });
    const [row] = curveRows([runOf()], 'latencyP50', 'energyGross');
    expect(row).toMatchObject({ x: latency.p50S.value, xLow: latency.p50S.low, xHigh: latency.p50S.high });
  });

  it('net energy carries the absolute interval only', () => {
    const net = {
      ...energy.gross,
      perInferenceJ: 0.006,
      absolute: { low: 0.005, high: 0.007 },
      repeat: null,
    };
    const run = runOf({ run: { energy: [{ ...energy, net }] } });
    const [row] = curveRows([run], 'parameters', 'energyNet');
    expect(row).toMatchObject({ y: 0.006, yLow: null, yHigh: null, yAbsLow: 0.005, yAbsHigh: 0.007 });
  });

  it('rows of the sample dataset say so', () => {
    const rows = curveRows([runOf(), runOf({ sample: true })], 'parameters', 'energyGross');
    expect(rows.map((r) => r.sample)).toEqual([false, true]);
  });

  it('the key of a series is that of each of its runs', () => {
    const run = runOf({ batch: 8 });
    expect(curveRows([run], 'macs', 'latencyP50')[0]!.seriesKey).toBe(seriesNames([run]).keyOf(run));
  });

  it('falls back to latency only where no run has energy', () => {
    expect(defaultYQuantity([runOf({ run: { energy: [] } }), runOf()])).toBe('energyGross');
    expect(defaultYQuantity([runOf({ run: { energy: [] } })])).toBe('latencyP50');
  });
});

describe('runs of several labs', () => {
  const here = runOf();
  const there = { ...runOf(), id: 'there', lab: '3f9a12c4d5e6f708' };
  const elsewhere = { ...runOf(), id: 'elsewhere', lab: 'ffff0000ffff0000' };
  const series = (runs: readonly RunRow[]) =>
    curveRows(runs, 'parameters', 'latencyP50').map((r) => [r.seriesKey, r.seriesLabel, r.lab]);

  it('never share a series, and each says where it comes from', () => {
    const [own, foreign] = series([here, there]);
    expect(own![0]).not.toBe(foreign![0]);
    expect([own![1], foreign![1]]).toEqual(['this lab', 'lab 3f9a12c4']);
    expect([own![2], foreign![2]]).toEqual(['this lab', 'lab 3f9a12c4']);
    // What a run of this lab was called before others came, it is called still: its colour stays.
    expect(own![0]).toBe(series([here])[0]![0]);
    expect(series([there, elsewhere]).map(([, label]) => label)).toEqual(['lab 3f9a12c4', 'lab ffff0000']);
  });

  it('of one lab alone are named as in that lab', () => {
    expect(series([there])).toEqual(series([here]));
    expect(series([there, { ...there, batch: 8 }])).toEqual(series([here, { ...here, batch: 8 }]));
  });

  it('a device is named where its provider does not say which', () => {
    const gpu = { ...here, provider: 'cuda' as const, device: 'GPU Y' };
    expect(series([here, gpu]).map(([, label]) => label)).toEqual(['cpu', 'cuda']);
    const second = { ...here, device: 'CPU Z' };
    expect(series([here, gpu, second]).map(([, label]) => label)).toEqual([
      'cpu, CPU X',
      'cuda, GPU Y',
      'cpu, CPU Z',
    ]);
  });
});
