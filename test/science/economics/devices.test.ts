import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeviceNeeds,
  devicesFor,
  rebound,
  savedShare,
} from '../../../src/main/science/economics/devices';

const needs: DeviceNeeds = {
  demandPerS: 1e6,
  ratePerS: 260_000,
  usable: 0.6,
  modelBytes: 1.6e6,
  deviceBytes: 16e9,
  spares: 0,
  budgetW: null,
  loadW: null,
};

describe('devices for a load', () => {
  it('gives the guide’s example: 7 devices of fp32, 2 of int8', () => {
    expect(devicesFor(needs)).toMatchObject({ devices: 7, limitedBy: 'rate' });
    expect(devicesFor({ ...needs, ratePerS: 1_220_000 }).devices).toBe(2);
    expect(savedShare(7, 2)).toBeCloseTo(1 - 2 / 7, 12);
  });

  it('needs whole copies of a model that one device cannot hold', () => {
    const large = { ...needs, modelBytes: 40e9, demandPerS: 1 };
    expect(devicesFor(large)).toMatchObject({ devices: 3, limitedBy: 'memory' });
    expect(devicesFor({ ...large, demandPerS: 4 * 0.6 * 260_000, spares: 2 }).devices).toBe(6 + 2);
  });

  it('says how many the site can feed', () => {
    expect(devicesFor({ ...needs, budgetW: 1000, loadW: 300 })).toMatchObject({ feedable: 3, powerW: 2100 });
  });

  it('never saves more than 1 − 1/g but for rounding, and never needs more devices for a gain', () => {
    const gains = fc.double({ min: 1, max: 50, noNaN: true });
    fc.assert(
      fc.property(gains, fc.double({ min: 3, max: 9, noNaN: true }), (gain, exponent) => {
        const demandPerS = 10 ** exponent;
        const [base, variant] = [needs.ratePerS, gain * needs.ratePerS].map(
          (ratePerS) => devicesFor({ ...needs, demandPerS, ratePerS }).devices,
        ) as [number, number];
        expect(variant).toBeLessThanOrEqual(base);
        expect(savedShare(base, variant)).toBeLessThanOrEqual(1 - 1 / gain + 1 / base);
      }),
    );
  });

  it('loses the saving where demand grows as fast as efficiency', () => {
    expect(rebound(4.7, 1)).toBe(1);
    expect(rebound(4.7, 0)).toBeCloseTo(1 / 4.7, 12);
    expect(rebound(4.7, 1.5)).toBeGreaterThan(1);
  });
});
