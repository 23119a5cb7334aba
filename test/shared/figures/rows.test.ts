import { describe, expect, it } from 'vitest';
import { type CurveRun, curveRows, defaultYQuantity } from '../../../src/shared/figures/rows';
import type { RunRecord } from '../../../src/shared/run';
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
  over: { run?: Partial<RunRecord>; batch?: number; parameters?: number | null } = {},
): CurveRun {
  const run = {
    id: 'run',
    condition: { provider: 'cpu', engine: 'capi', batch: over.batch ?? 1, threads: 1, preset: 'standard' },
    startedUnixMs: 5,
    outcome: { kind: 'completed' },
    latency,
    energy: [energy],
    macs: { macs: 300, missingReason: null },
    ...over.run,
  } as unknown as RunRecord;
  const counts = { parameters: over.parameters === undefined ? 1000 : over.parameters, parameterBytes: 4000 };
  return {
    run,
    model: { name: 'm', family: 'mlp', precision: 'float32', counts },
    machine: { cpu: { model: 'CPU X' }, gpus: [] },
  } as unknown as CurveRun;
}

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
    const failed = { kind: 'failed' } as RunRecord['outcome'];
    const rows = curveRows(
      [
        runOf({ run: { energy: [] } }),
        runOf({ run: { energy: [], outcome: failed } }),
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

  it('falls back to latency only where no run has energy', () => {
    expect(defaultYQuantity([runOf({ run: { energy: [] } }), runOf()])).toBe('energyGross');
    expect(defaultYQuantity([runOf({ run: { energy: [] } })])).toBe('latencyP50');
  });
});
