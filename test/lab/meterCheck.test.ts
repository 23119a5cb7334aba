import { describe, expect, it } from 'vitest';
import { idleDisagrees, meterCheck } from '../../src/main/lab/meterCheck';
import type { MeterView, ProviderMeters } from '../../src/main/lab/meterSession';
import type { SensorInfo } from '../../src/shared/meter';
import type { ReasonCode } from '../../src/shared/reasons';
import { sensor } from '../meters/support';

const counter = sensor({ id: 'c' });
const gauge = sensor({ id: 'g', kind: 'gauge', joulePerCount: null });

const metersOf = (headline: SensorInfo | null, second: SensorInfo | null) =>
  ({ headline, second }) as ProviderMeters;
/** Five seconds: joules, or the code in their place. */
const viewOf = (found: Record<string, number | ReasonCode>): MeterView => ({
  sensors: Object.entries(found).map(([sensorId, e]) => ({
    energy: {
      sensorId,
      fromNs: 0n,
      toNs: 5_000_000_000n,
      energyJ: typeof e === 'number' ? e : null,
      code: typeof e === 'number' ? null : e,
    },
    edgeS: 0,
  })),
  edges: [],
  health: [],
  standstillS: null,
  samplerS: null,
});
const both = metersOf(counter, gauge);

describe('the look at the meters under load', () => {
  it.each<[string, number | ReasonCode, number | ReasonCode, 'c' | 'g', boolean]>([
    ['both agree', 200, 204, 'c', false],
    ['they differ by 5.5 %', 200, 211, 'g', false],
    ['the counter is 43 % low', 114, 200, 'g', false],
    ['the counter stands still', 'STALE_SENSOR', 200, 'g', false],
    ['the counter shows nothing', 'ZERO_READ', 200, 'g', false],
    ['the counter shows an impossible power', 'IMPLAUSIBLE', 200, 'g', false],
    ['the counter falls back', 'COUNTER_RESET', 200, 'g', false],
    ['the gauge shows nothing', 200, 'ZERO_READ', 'c', false],
    ['the check is too short for the gauge', 200, 'WINDOW_TOO_SHORT', 'c', false],
    ['the check is too short for the counter', 'WINDOW_TOO_SHORT', 200, 'c', false],
    ['a read of the counter failed', 'READ_FAILED', 200, 'c', false],
    ['both are impossible', 'STALE_SENSOR', 'IMPLAUSIBLE', 'c', true],
  ])('where %s', (_, ofCounter, ofGauge, headline, broken) => {
    const found = meterCheck(viewOf({ c: ofCounter, g: ofGauge }), both);
    expect(found.headline?.id).toBe(headline);
    expect(found.limiting).toEqual(headline === 'g' ? ['SOURCES_DISAGREE'] : []);
    expect(found.broken).toBe(broken);
  });

  it('of a device with one sensor finds it broken where it is impossible, and only then', () => {
    const alone = metersOf(gauge, null);
    expect(meterCheck(viewOf({ g: 'STALE_SENSOR' }), alone)).toMatchObject({ headline: gauge, broken: true });
    expect(meterCheck(viewOf({ g: 'WINDOW_TOO_SHORT' }), alone)).toMatchObject({ broken: false });
    expect(meterCheck(viewOf({ g: 200 }), alone)).toEqual({ headline: gauge, limiting: [], broken: false });
  });

  it('knows nothing of a device without a sensor, or where nothing was read', () => {
    const nothing = { headline: null, limiting: [], broken: false };
    expect(meterCheck(viewOf({}), metersOf(null, null))).toEqual(nothing);
    expect(meterCheck(viewOf({}), both)).toEqual({ headline: counter, limiting: [], broken: false });
  });
});

describe('the two sensors over ready idle', () => {
  const idle = (c: number | ReasonCode, g: number | ReasonCode) =>
    new Map([
      ['c', typeof c === 'number' ? { powerW: c, sdW: null, seconds: 15 } : c],
      ['g', typeof g === 'number' ? { powerW: g, sdW: null, seconds: 15 } : g],
    ]);
  it('disagree by more than 5 % and 2 W', () => {
    expect(idleDisagrees(idle(20, 23), both)).toBe(true);
    expect(idleDisagrees(idle(20, 21.5), both)).toBe(false);
  });
  it('say nothing against each other where one was not read, or is not there', () => {
    expect(idleDisagrees(idle('READ_FAILED', 23), both)).toBe(false);
    expect(idleDisagrees(idle(20, 90), metersOf(counter, null))).toBe(false);
  });
});
