import { describe, expect, it } from 'vitest';
import { wallRequest, wallSample } from '../../src/main/meters/wallAdapters';
import { WallRefusal } from '../../src/main/meters/wallAddress';
import type { WallKind } from '../../src/shared/wallMeter';
import { goodAnswer, meterOf } from './wallServer';

const answer = (content: unknown, status = 200) => ({
  status,
  location: null,
  body: typeof content === 'string' ? content : JSON.stringify(content),
});
const home = (state: string, unit: string | undefined) => ({
  entity_id: 'sensor.plug',
  state,
  attributes: { unit_of_measurement: unit, friendly_name: 'Plug' },
  last_reported: '2026-01-01T00:00:00+00:00',
});
const tasmota = (power: unknown) => ({
  StatusSNS: { Time: 'x', ENERGY: { Total: 1.234, Power: power, Voltage: 230 } },
});

describe('answers of each kind of meter', () => {
  it.each<[WallKind, unknown, number, string]>([
    ['generic', goodAnswer, 123.4, '/power'],
    [
      'shelly2',
      { id: 0, output: true, apower: 61.2, aenergy: { total: 1.5, by_minute: [1] } },
      61.2,
      '/rpc/Switch.GetStatus?id=0',
    ],
    ['shelly1', { power: 60.1, is_valid: true, total: 99 }, 60.1, '/meter/0'],
    ['tasmota', tasmota(45), 45, '/cm?cmnd=Status%2010'],
    ['homewizard', { wifi_ssid: 'x', active_power_w: 70.5 }, 70.5, '/api/v1/data'],
    ['homeassistant', home('88.25', 'W'), 88.25, '/api/states/sensor.plug'],
  ])('%s', (kind, content, watts, path) => {
    const meter = meterOf(kind, { entity: 'sensor.plug', token: 'secret' });
    expect(wallRequest(meter)).toEqual({
      url: `http://192.168.1.20${path}`,
      headers: kind === 'homeassistant' ? { authorization: 'Bearer secret' } : {},
    });
    expect(wallSample(meter, answer(content)).watts).toBe(watts);
  });

  it('reads every field of the generic contract, and its absence', () => {
    expect(wallSample(meterOf('generic'), answer(goodAnswer))).toEqual({
      watts: 123.4,
      energyJ: 45678.9,
      seq: 42,
      sourceUnixMs: 1730000000123,
      intervalS: 1,
      accuracyRel: 0.01,
      accuracyW: 0.5,
      label: 'Desk',
    });
    const least = { schema: 'thirtywatts.wall/1', watts: 5, energy_j: null };
    expect(wallSample(meterOf('generic'), answer(least))).toMatchObject({
      watts: 5,
      energyJ: null,
      seq: null,
    });
  });

  it('takes the channel of a device with several, and kilowatts', () => {
    expect(wallRequest(meterOf('shelly2', { channel: 3 })).url).toMatch(/id=3$/);
    expect(wallSample(meterOf('tasmota', { channel: 1 }), answer(tasmota([10, 20]))).watts).toBe(20);
    expect(wallSample(meterOf('homeassistant'), answer(home('0.25', 'kW'))).watts).toBe(250);
  });
});

describe('answers that are no reading', () => {
  const codeOf = (kind: WallKind, content: unknown, status = 200): string => {
    try {
      wallSample(meterOf(kind), answer(content, status));
      return 'taken';
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(WallRefusal);
      const { message, remedy, code } = thrown as WallRefusal;
      expect(message).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
      return code;
    }
  };
  it.each<[string, WallKind, unknown, number, string]>([
    ['NaN', 'generic', '{"schema":"thirtywatts.wall/1","watts":NaN}', 200, 'NOT_JSON'],
    ['infinite', 'generic', '{"schema":"thirtywatts.wall/1","watts":1e999}', 200, 'BAD_ANSWER'],
    ['a text', 'generic', { ...goodAnswer, watts: '12' }, 200, 'BAD_ANSWER'],
    ['null', 'generic', { ...goodAnswer, watts: null }, 200, 'BAD_ANSWER'],
    ['another schema', 'generic', { ...goodAnswer, schema: 'thirtywatts.wall/2' }, 200, 'BAD_ANSWER'],
    ['negative energy', 'generic', { ...goodAnswer, energy_j: -1 }, 200, 'BAD_ANSWER'],
    ['an accuracy of 300 %', 'generic', { ...goodAnswer, accuracy_rel: 3 }, 200, 'BAD_ANSWER'],
    ['a list', 'generic', [], 200, 'BAD_ANSWER'],
    ['a bare number', 'generic', 12, 200, 'BAD_ANSWER'],
    ['negative', 'generic', { ...goodAnswer, watts: -5 }, 200, 'IMPLAUSIBLE'],
    ['milliwatts taken for watts', 'generic', { ...goodAnswer, watts: 123_400 }, 200, 'IMPLAUSIBLE'],
    ['HTML', 'shelly2', '<html>', 200, 'NOT_JSON'],
    ['another device', 'shelly2', { id: 0, output: true }, 200, 'BAD_ANSWER'],
    ['not valid by itself', 'shelly1', { power: 3, is_valid: false }, 200, 'NOT_READY'],
    ['a channel that is not there', 'tasmota', tasmota([]), 200, 'BAD_ANSWER'],
    ['unavailable', 'homeassistant', home('unavailable', 'W'), 200, 'NOT_READY'],
    ['an empty state', 'homeassistant', home('', 'W'), 200, 'BAD_ANSWER'],
    ['energy, not power', 'homeassistant', home('12', 'kWh'), 200, 'BAD_UNIT'],
    ['no unit', 'homeassistant', home('12', undefined), 200, 'BAD_UNIT'],
    ['a wrong token', 'homeassistant', '401: Unauthorized', 401, 'NOT_ALLOWED'],
    ['an error', 'generic', 'oops', 500, 'HTTP_500'],
    ['a redirect', 'generic', '', 301, 'REDIRECTED'],
  ])('%s (%s)', (_, kind, content, status, code) => expect(codeOf(kind, content, status)).toBe(code));

  it('bring no control characters to a terminal', () => {
    const nasty = '\u001b[2J\u202e';
    const label = wallSample(meterOf('generic'), answer({ ...goodAnswer, label: `Desk${nasty}` })).label;
    expect(label).toBe('Desk·[2J·');
    const odd: [WallKind, number, unknown][] = [
      ['homeassistant', 200, home('1', nasty)],
      ['generic', 302, ''],
    ];
    for (const [kind, status, content] of odd) {
      expect(() => wallSample(meterOf(kind), { ...answer(content, status), location: nasty })).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/^[^\p{Cc}\p{Cf}]+$/u) }),
      );
    }
  });

  it('show no token in their words', () => {
    const meter = meterOf('homeassistant', { token: 'SECRET' });
    for (const status of [200, 302, 401, 404, 500]) {
      try {
        wallSample(meter, answer('{}', status));
      } catch (thrown) {
        expect(String(thrown) + (thrown as WallRefusal).remedy).not.toContain('SECRET');
      }
    }
  });
});
