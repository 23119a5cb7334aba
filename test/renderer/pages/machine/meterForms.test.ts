import { describe, expect, it } from 'vitest';
import {
  type CalibrationDraft,
  calibratable,
  checkCalibration,
  emptyCalibration,
  emptyWall,
  lineText,
  wallInput,
  wallReadingText,
} from '../../../../src/renderer/pages/machine/meterForms';
import { calibrationInput } from '../../../../src/shared/calibration';
import type { MeterReport } from '../../../../src/shared/meter';
import { wallMeterInput } from '../../../../src/shared/wallMeter';
import { sensor } from '../../../meters/support';

describe('the form for a wall meter', () => {
  it('asks with what its kind needs and nothing else', () => {
    const typed = {
      ...emptyWall,
      address: ' plug.local ',
      token: ' t0ken ',
      entity: 'sensor.x',
      channel: 2,
      intervalS: 5,
    };
    expect(wallInput(typed)).toEqual({
      kind: 'generic',
      address: 'plug.local',
      label: '',
      token: null,
      entity: null,
      channel: 0,
      intervalS: 5,
    });
    expect(wallInput({ ...typed, kind: 'homeassistant' })).toMatchObject({
      token: 't0ken',
      entity: 'sensor.x',
    });
    expect(wallInput({ ...typed, kind: 'shelly2' })).toMatchObject({ channel: 2, token: null });
    expect(wallMeterInput.safeParse(wallInput({ ...typed, kind: 'shelly2', intervalS: '' })).success).toBe(
      true,
    );
  });

  it('says what a meter shows with its units', () => {
    const reading = { watts: 61.23, energyJ: null, roundTripS: 0.0123, intervalS: 1, label: 'Desk' };
    expect(wallReadingText(reading)).toBe(
      'Shows 61.2 W now. Answered in 12 ms; it is asked every 1.0 s. It calls itself “Desk”.',
    );
  });
});

describe('the form for a calibration', () => {
  const loads: CalibrationDraft = {
    ...emptyCalibration,
    sensorId: 's',
    against: ' Plug ',
    pairs: [
      { shownW: 24, trueW: 20 },
      { shownW: 134, trueW: 120 },
      { shownW: '', trueW: 5 },
    ],
  };

  it('computes the line of the loads that are complete, and its input is what the lab takes', () => {
    const check = checkCalibration(loads);
    expect(check).toMatchObject({
      ok: true,
      line: { gain: expect.closeTo(1.1, 9), offsetW: expect.closeTo(2, 9) },
    });
    if (!check.ok) return;
    expect(calibrationInput.safeParse(check.input).success).toBe(true);
    expect(check.input).toMatchObject({ against: 'Plug', atUnixMs: null });
    expect(check.input.from).toMatchObject({
      kind: 'loads',
      pairs: [{}, {}],
      reference: { rel1s: 0.02, w1s: 0.5 },
    });
    expect(lineText(check.line)).toMatch(/^shows 1\.1000 × true power \+ 2\.00 W \(1 σ: 2\.1 % and .* W\)$/);
  });

  it('takes a line that is known, with its date', () => {
    const check = checkCalibration({ ...loads, kind: 'line', gain: 1.02, offsetW: -1.5, date: '2026-01-31' });
    expect(check).toMatchObject({
      ok: true,
      line: { gain: 1.02, offsetW: -1.5, gainRel1s: 0.02, offsetW1s: 0.5 },
      input: { atUnixMs: Date.UTC(2026, 0, 31, 12) },
    });
    expect(check.ok && lineText(check.line)).toContain('− 1.50 W');
  });

  it.each<[string, Partial<CalibrationDraft>, RegExp]>([
    ['no sensor', { sensorId: '' }, /sensor/],
    ['one load', { pairs: loads.pairs.slice(0, 1) }, /two loads/],
    ['equal loads', { pairs: [loads.pairs[0], loads.pairs[0]] }, /same true power/],
    ['nameless', { against: '  ' }, /better meter/],
    ['an empty gain', { kind: 'line', gain: '' }, /gain and offset/],
  ])('%s: says what is missing', (_, change, words) => {
    expect(checkCalibration({ ...loads, ...change })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(words),
    });
  });

  it('offers each device and domain once, and no estimate', () => {
    const sensors = [
      sensor({ id: 'energy' }),
      sensor({ id: 'power', kind: 'gauge' }),
      sensor({ id: 'dram', domain: 'dram' }),
      sensor({ id: 'guess', provider: 'estimate', provenance: 'estimate' }),
    ];
    const report: MeterReport = { provider: 'test', title: 'x', result: { status: 'ok', sensors } };
    expect(calibratable([report])).toEqual([
      { value: 'energy', label: 'Test: whole processor chip' },
      { value: 'dram', label: 'Test: main memory' },
    ]);
  });
});
