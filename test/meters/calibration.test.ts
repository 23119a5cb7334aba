import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PowerSeries } from '../../src/main/lab/powerSeries';
import { baselineOf, sensorWindow } from '../../src/main/lab/sensorWindow';
import { calibratedW, withCalibrations } from '../../src/main/meters/calibration';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import type { Calibration, MeterReport, SensorInfo } from '../../src/shared/meter';
import { readingAt, sensor } from './support';

const calibration: Calibration = {
  id: 'cal-1',
  gain: 1.05,
  offsetW: 3,
  gainRel1s: 0.02,
  offsetW1s: 0.7,
  atUnixMs: 1,
  against: 'plug',
};
const report = (...sensors: SensorInfo[]): MeterReport => ({
  provider: 'nvml',
  title: 'x',
  result: { status: 'ok', sensors },
});
const found = (reports: MeterReport[]) =>
  reports.flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []));

/** Ten seconds at a power that the sensor shows as gain · true + offset. */
function window(info: SensorInfo, trueW: number) {
  const shownW = calibration.gain * trueW + calibration.offsetW;
  const counter = info.kind === 'counter';
  const raw = (t: number) =>
    counter ? BigInt(Math.round(t * shownW * 1e6)) : shownW + 1e-9 * Math.sin(9 * t);
  const step = counter ? 0.5 : 0.1;
  const trace = Array.from({ length: 10 / step }, (_, i) => readingAt(i * step, raw(i * step)));
  return {
    open: readingAt(0, raw(0)),
    close: readingAt(10, raw(10)),
    trace,
    powerLimitW: null,
    loaded: true,
  };
}

describe('a calibration', () => {
  it.each(['counter', 'gauge'] as const)('gives the true energy, power and idle of a %s', (kind) => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 400, noNaN: true }), (trueW) => {
        const info = sensor({ kind, joulePerCount: kind === 'counter' ? 1e-6 : null, calibration });
        const reads = window(info, trueW);
        expect(windowEnergy(info, reads).energyJ).toBeCloseTo(10 * trueW, 3);
        const idle = baselineOf(
          info,
          sensorWindow(info, { ...reads, loaded: false }, 'READ_FAILED'),
          reads.trace,
        );
        expect(idle).toMatchObject({ powerW: expect.closeTo(trueW, 4) });
        const series = new PowerSeries(info);
        series.add(reads.trace);
        const points = series.take();
        expect(points.length).toBeGreaterThan(5);
        for (const p of points) expect(p.powerW).toBeCloseTo(trueW, 3);
      }),
      { numRuns: 20 },
    );
  });

  it('that leaves nothing is no energy, and never a negative one', () => {
    const info = sensor({ calibration: { ...calibration, offsetW: 200 } });
    expect(windowEnergy(info, window(info, 50))).toMatchObject({ energyJ: null, code: 'IMPLAUSIBLE' });
    expect(calibratedW(sensor(), 50)).toBe(50);
  });

  it('names itself in the sensor and takes the place of the usual uncertainties', () => {
    const [own] = found(withCalibrations([report(sensor({ id: 'a' }))], { a: calibration }));
    expect(own).toMatchObject({ calibration, gainRel1s: 0.02, offsetW1s: 0.7, notes: ['calibration=cal-1'] });
    const [other] = found(withCalibrations([report(sensor({ id: 'b' }))], { a: calibration }));
    expect(other.calibration).toBeUndefined();
  });

  it('holds for counter and gauge of one device alike, and for no other', () => {
    const device = { key: 'GPU-0', name: 'x', driver: null };
    const board = { domain: 'gpu.board' as const, device };
    const sensors = [
      sensor({ id: 'energy', ...board }),
      sensor({ id: 'power', kind: 'gauge', ...board }),
      sensor({ id: 'chip', domain: 'gpu.package', device }),
      sensor({ id: 'second', domain: 'gpu.board', device: { ...device, key: 'GPU-1' } }),
      sensor({ id: 'guess', ...board, provenance: 'estimate' }),
    ];
    const calibrated = found(withCalibrations([report(...sensors)], { power: calibration }));
    expect(calibrated.map((s) => s.calibration?.id ?? null)).toEqual(['cal-1', 'cal-1', null, null, null]);
  });
});
