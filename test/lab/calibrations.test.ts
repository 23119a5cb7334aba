import { describe, expect, it } from 'vitest';
import { storedCalibrations } from '../../src/main/lab/calibrations';
import type { CalibrationInput } from '../../src/shared/calibration';
import { power } from '../sampler/support';
import { measure, quick } from '../support/experiment';
import { fakeEffects } from '../support/fakes';
import { openTestLab, temporaryFolder } from '../support/lab';

const sensorId = 'simulated:power';
const loads: CalibrationInput = {
  sensorId,
  from: {
    kind: 'loads',
    pairs: [
      { shownW: 24, trueW: 20 },
      { shownW: 134, trueW: 120 },
    ],
  },
  against: 'Plug under the desk',
};

describe('calibrations of a lab', () => {
  it('are computed from loads or taken as typed, kept for good, revoked and restored', async () => {
    const folder = temporaryFolder();
    const first = openTestLab(fakeEffects(), folder);
    const { calibration } = await first.lab.addCalibration(loads);
    expect(calibration).toMatchObject({
      sensorId,
      against: 'Plug under the desk',
      atUnixMs: expect.any(Number),
    });
    expect(calibration.line.gain).toBeCloseTo(1.1, 12);
    expect(calibration.line.offsetW).toBeCloseTo(2, 12);
    expect(calibration.line.gainRel1s).toBeGreaterThan(0.02);
    const line = { gain: 1.02, offsetW: 0, gainRel1s: 0.005, offsetW1s: 0.1 };
    const typed = await first.lab.addCalibration({
      sensorId,
      from: { kind: 'line', line },
      against: 'Analyser',
      atUnixMs: 5,
    });
    expect(typed.calibration).toMatchObject({ line, atUnixMs: 5 });
    const states = async (lab = first.lab) => (await lab.listMeters({})).calibrations.map((c) => c.state);
    expect(await states()).toEqual(['replaced', 'in force']);
    const { id } = typed.calibration;
    expect(await first.lab.setCalibrationRevoked({ id, revoked: true })).toEqual({ changed: true });
    expect(await first.lab.setCalibrationRevoked({ id, revoked: true })).toEqual({ changed: false });
    expect(await states()).toEqual(['in force', 'revoked']);
    await first.lab.setCalibrationRevoked({ id, revoked: false });
    await first.close();
    expect(await states(openTestLab(fakeEffects(), folder).lab)).toEqual(['replaced', 'in force']);
  });

  it('are refused in words where the loads make none, or nobody knows them', async () => {
    const { lab } = openTestLab(fakeEffects());
    const same = { shownW: 50, trueW: 50 };
    await expect(
      lab.addCalibration({ ...loads, from: { kind: 'loads', pairs: [same, same] } }),
    ).rejects.toThrow('same true power');
    await expect(lab.setCalibrationRevoked({ id: 'x', revoked: true })).rejects.toThrow('no calibration x');
    expect((await lab.listMeters({})).calibrations).toEqual([]);
  });

  it('that were damaged stop the lab from measuring wrong numbers', () => {
    expect(() => storedCalibrations({ settings: () => ({ calibrations: [{ type: 'add' }] }) })).toThrow(
      'cannot be read',
    );
  });

  it('correct every energy of the runs that follow, are named in them, and verify finds the same numbers', async () => {
    const meter = power({ kind: 'counter', joulePerCount: 1e-4, tauS: 0.02, curve: [[0, 46]], noiseW: 0 });
    const { lab } = openTestLab(fakeEffects({}, [meter]));
    const plan = { ...quick, windowS: 5, models: ['mlp:1e3'], control: false };
    const { calibration } = await lab.addCalibration(loads);
    const [after] = await measure(lab, plan);
    // 46 W shown are (46 − 2) / 1.1 = 40 W; the store holds what was shown.
    expect(after.run.energy[0].powerMeanW).toBeCloseTo(40, 0);
    expect(after.windows[0].energy[0].energyJ).toBeCloseTo(200, -1);
    expect(after.run.energy[0].sensor).toMatchObject({
      calibration: { id: calibration.id, against: 'Plug under the desk' },
      gainRel1s: calibration.line.gainRel1s,
      offsetW1s: calibration.line.offsetW1s,
    });
    await lab.setCalibrationRevoked({ id: calibration.id, revoked: true });
    // The old results keep the calibration that they were measured with.
    expect(await lab.verify({})).toMatchObject({ problems: [] });
    expect((await lab.showRun({ run: after.run.id })).run.energy[0].sensor?.calibration?.id).toBe(
      calibration.id,
    );
    expect(await lab.watchMeters({ on: false })).toEqual({ watching: false });
  }, 60_000);
});
