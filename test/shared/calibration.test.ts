import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CalibrationEntry,
  type CalibrationRecord,
  calibrationsInForce,
  fitCalibration,
  viewCalibrations,
} from '../../src/shared/calibration';

const exact = { rel1s: 0, w1s: 0 };
const shown = (gain: number, offsetW: number, ...loads: number[]) =>
  loads.map((trueW) => ({ trueW, shownW: gain * trueW + offsetW }));

describe('the line through loads', () => {
  it('is exact through two', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 10, max: 400, noNaN: true }),
        (gain, offsetW, low, step) => {
          const fit = fitCalibration(shown(gain, offsetW, low, low + step), exact);
          expect(fit.ok).toBe(true);
          if (!fit.ok) return;
          expect(fit.line.gain).toBeCloseTo(gain, 6);
          expect(fit.line.offsetW).toBeCloseTo(offsetW, 5);
          expect(fit.line.gainRel1s).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('is least squares through more, with their scatter', () => {
    // By hand: x 0, 10, 20, 30; y 1, 11, 19, 31 → slope 0.98, intercept 0.8, residual variance 1.4.
    const pairs = [
      [0, 1],
      [10, 11],
      [20, 19],
      [30, 31],
    ].map(([trueW, shownW]) => ({ trueW, shownW }));
    const fit = fitCalibration(pairs, exact);
    expect(fit).toMatchObject({ ok: true });
    if (!fit.ok) return;
    expect(fit.line.gain).toBeCloseTo(0.98, 12);
    expect(fit.line.offsetW).toBeCloseTo(0.8, 12);
    const s = Math.sqrt(1.4);
    expect(fit.line.gainRel1s).toBeCloseTo(s / Math.sqrt(500) / 0.98, 12);
    expect(fit.line.offsetW1s).toBeCloseTo((s * Math.sqrt(1 / 4 + 225 / 500)) / 0.98, 12);
  });

  it('is never better than the meter that it was held against', () => {
    const fit = fitCalibration(shown(1.05, 2, 30, 100, 200, 300), { rel1s: 0.02, w1s: 0.5 });
    expect(fit.ok && fit.line.gainRel1s).toBeGreaterThanOrEqual(0.02);
    expect(fit.ok && fit.line.offsetW1s).toBeGreaterThan(0.3);
  });

  it('refuses loads that make none, in words', () => {
    const reasons = [
      shown(1, 0, 50),
      shown(1, 0, 50, 50),
      [
        { trueW: 50, shownW: 100 },
        { trueW: 100, shownW: 50 },
      ],
      shown(40, 0, 10, 20),
    ].map((pairs) => fitCalibration(pairs, exact));
    for (const fit of reasons) expect(fit).toMatchObject({ ok: false, reason: expect.stringMatching(/\.$/) });
  });

  it('gives corrected power whose stated uncertainty holds the truth in 95 % and more', () => {
    // 2,000 sensors of gain 1.06 and offset 4 W against plugs of 2 % and 0.5 W; two to five loads; corrected at 150 W.
    let state = 12345;
    const uniform = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const gauss = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const reference = { rel1s: 0.02, w1s: 0.5 };
    const counted = [0, 1].map((withReference) => {
      let inside = 0;
      for (let i = 0; i < 2000; i++) {
        const plugGain = 1 + reference.rel1s * gauss();
        const pairs = [60, 200, 120, 90, 160].slice(0, 2 + (i % 4)).map((realW) => ({
          shownW: 1.06 * realW + 4,
          trueW: plugGain * realW + reference.w1s * gauss(),
        }));
        const fit = fitCalibration(pairs, withReference ? reference : exact);
        if (!fit.ok) continue;
        const { gain, offsetW, gainRel1s, offsetW1s } = fit.line;
        const correctedW = (1.06 * 150 + 4 - offsetW) / gain;
        if (Math.abs(correctedW - 150) <= 1.96 * Math.hypot(gainRel1s * correctedW, offsetW1s)) inside++;
      }
      return inside / 2000;
    });
    expect(counted[1]).toBeGreaterThan(0.94);
    // Control: a plug that is taken for perfect.
    expect(counted[0]).toBeLessThan(0.7);
  });
});

describe('the list that only grows', () => {
  const record = (id: string, sensorId: string, gain: number): CalibrationRecord => ({
    id,
    sensorId,
    from: { kind: 'line', line: { gain, offsetW: 0, gainRel1s: 0.01, offsetW1s: 0 } },
    line: { gain, offsetW: 0, gainRel1s: 0.01, offsetW1s: 0 },
    against: 'analyser',
    note: '',
    atUnixMs: 5,
    enteredUnixMs: 6,
  });
  const add = (...args: Parameters<typeof record>): CalibrationEntry => ({
    type: 'add',
    calibration: record(...args),
  });

  it('uses the newest of each sensor; revoking it brings the one before back, and undoing that takes it again', () => {
    const entries: CalibrationEntry[] = [add('a', 's', 1.1), add('b', 's', 1.2), add('c', 't', 1.3)];
    const states = () => viewCalibrations(entries).map((v) => v.state);
    expect(states()).toEqual(['replaced', 'in force', 'in force']);
    expect(calibrationsInForce(entries)).toEqual({
      s: { id: 'b', gain: 1.2, offsetW: 0, gainRel1s: 0.01, offsetW1s: 0, atUnixMs: 5, against: 'analyser' },
      t: expect.objectContaining({ id: 'c' }),
    });
    entries.push({ type: 'revoke', id: 'b', atUnixMs: 7 });
    expect(states()).toEqual(['in force', 'revoked', 'in force']);
    entries.push({ type: 'restore', id: 'b', atUnixMs: 8 });
    expect(states()).toEqual(['replaced', 'in force', 'in force']);
  });
});
