import { describe, expect, it } from 'vitest';
import { shortestWindowS, type WindowReads, windowEnergy } from '../../src/main/meters/windowEnergy';
import type { Reading, SensorInfo } from '../../src/shared/meter';
import { readingAt, sensor } from './support';

const counter = sensor();
const gauge = sensor({ kind: 'gauge', joulePerCount: null });

/** Ten seconds at 100 W, traced twice a second for a counter and ten times for a gauge. */
function window(info: SensorInfo, changed: Partial<WindowReads> = {}, tS = 10): WindowReads {
  const stepS = info.kind === 'counter' ? 0.5 : 0.1;
  const raw = (t: number) => (info.kind === 'counter' ? BigInt(Math.round(t * 100e6)) : 100 + Math.sin(t));
  const trace = Array.from({ length: Math.floor(tS / stepS) }, (_, i) =>
    readingAt(i * stepS, raw(i * stepS)),
  );
  return {
    open: readingAt(0, raw(0)),
    close: readingAt(tS, raw(tS)),
    trace,
    powerLimitW: 150,
    loaded: true,
    ...changed,
  };
}
const codeOf = (info: SensorInfo, reads: WindowReads) => {
  const { energyJ, code } = windowEnergy(info, reads);
  // Whatever the fault: absent is null, never 0.
  if (code !== null) expect(energyJ).toBeNull();
  return code;
};

describe('energy of a window', () => {
  it('lies between the middles of the two edge reads', () => {
    const result = windowEnergy(counter, window(counter));
    expect(result).toMatchObject({
      sensorId: 'test:sensor',
      fromNs: 1000n,
      toNs: 10_000_001_000n,
      code: null,
    });
    expect(result.energyJ).toBeCloseTo(1000, 6);
    expect(windowEnergy(gauge, window(gauge)).energyJ).toBeCloseTo(1000 + (1 - Math.cos(10)), 1);
  });

  it('needs 50 updates and 5 s; plugs and batteries a minute', () => {
    expect(shortestWindowS(counter)).toBe(5);
    expect(shortestWindowS(sensor({ update: { seconds: 0.5, from: 'measured' } }))).toBe(25);
    expect(shortestWindowS(sensor({ domain: 'wall.ac', update: { seconds: 1, from: 'assumed' } }))).toBe(60);
    expect(shortestWindowS(sensor({ domain: 'battery.dc', update: { seconds: 60, from: 'assumed' } }))).toBe(
      180,
    );
    expect(codeOf(counter, window(counter, {}, 4))).toBe('WINDOW_TOO_SHORT');
    expect(codeOf(counter, window(counter, {}, 4.98))).toBeNull();
  });
});

describe('a counter whose values carry their own time', () => {
  const stamped = sensor({ notes: ['stamped=by the driver'], update: { seconds: 0.1, from: 'assumed' } });
  /** 100 W; each value is as old as `ageS` says when it is read. */
  const at = (tS: number, ageS: number, clock = 1): Reading => ({
    ...readingAt(tS, BigInt(Math.round((tS - ageS) * 100e6))),
    sourceTimeNs: BigInt(Math.round(clock * (tS - ageS) * 1e9)),
  });
  const reads = (open: Reading, close: Reading): WindowReads => ({
    open,
    close,
    trace: [],
    powerLimitW: null,
    loaded: true,
  });

  it('is right however old its values were; without the stamps it is not', () => {
    const late = reads(at(100, 0.02), at(110, 0.09));
    expect(windowEnergy(stamped, late).energyJ).toBeCloseTo(1000, 3);
    expect(windowEnergy(counter, late).energyJ).toBeCloseTo(993, 3);
  });

  it('is taken as any other where the clock of the stamps is another one, or one is missing', () => {
    const other = reads(at(100, 0.02, 1.2), at(110, 0.09, 1.2));
    expect(windowEnergy(stamped, other).energyJ).toBeCloseTo(993, 3);
    const back = reads(at(100, 0, -1), at(110, 0, -1));
    expect(windowEnergy(stamped, back).energyJ).toBeCloseTo(1000, 3);
    const none = reads({ ...at(100, 0.02), sourceTimeNs: null }, at(110, 0.09));
    expect(windowEnergy(stamped, none).energyJ).toBeCloseTo(993, 3);
  });
});

describe('batteries', () => {
  const battery = sensor({
    kind: 'gauge',
    domain: 'battery.dc',
    joulePerCount: null,
    update: { seconds: 10, from: 'assumed' },
  });
  /** A minute at 20 W, a new value every ten seconds. */
  const minute = (changed: Partial<WindowReads> = {}): WindowReads => {
    const raw = (t: number) => 20 + Math.floor(t / 10) / 10;
    return {
      open: readingAt(0, raw(0), 40),
      close: readingAt(60, raw(60), 40),
      trace: Array.from({ length: 60 }, (_, i) => readingAt(i, raw(i), 40)),
      powerLimitW: null,
      loaded: true,
      ...changed,
    };
  };
  const charging: Reading = {
    ...readingAt(30, null),
    error: { code: 'METER_NEEDS_DISCHARGE', fatal: false },
  };

  it('may take 40 ms for an answer, as their controllers do; a chip sensor may not', () => {
    expect(codeOf(battery, minute())).toBeNull();
    expect(windowEnergy(battery, minute()).energyJ).toBeCloseTo(60 * 20.25, -1);
    expect(codeOf(gauge, minute())).toBe('LATE_READ');
    expect(codeOf(battery, minute({ open: readingAt(0, 20, 300) }))).toBe('LATE_READ');
  });

  it('tell nothing of a window in which they did not carry the machine, not even for a moment', () => {
    const { trace } = minute();
    const needs = 'METER_NEEDS_DISCHARGE';
    expect(codeOf(battery, minute({ trace: trace.toSpliced(30, 1, charging) }))).toBe(needs);
    expect(
      codeOf(battery, minute({ close: { ...charging, t0: 60_000_000_000n, t1: 60_000_000_000n } })),
    ).toBe(needs);
    const before = { ...charging, t0: -9_000_000_000n, t1: -9_000_000_000n };
    expect(codeOf(battery, minute({ trace: [before, ...trace] }))).toBeNull();
  });

  it('and the telemetry of Apple’s need three values, and windows of three updates', () => {
    const telemetry = {
      domain: 'system.dc',
      delivery: 'push',
      update: { seconds: 60, from: 'assumed' },
    } as const;
    expect(shortestWindowS(sensor(telemetry))).toBe(180);
    expect(shortestWindowS(sensor({ ...telemetry, delivery: 'read' }))).toBe(3000);
  });
});

describe('faults of a window, each against the control without it', () => {
  const at = (reads: WindowReads, changed: Partial<Record<'open' | 'close', Partial<Reading>>>) => ({
    ...reads,
    open: { ...reads.open, ...changed.open },
    close: { ...reads.close, ...changed.close },
  });
  const failed = { raw: null, error: { code: 'EIO', fatal: false } };
  const ofTrace = (reads: WindowReads, raw: (r: Reading, i: number) => Reading['raw']) => ({
    ...reads,
    trace: reads.trace.map((r, i) => ({ ...r, raw: raw(r, i) })),
  });

  it.each([
    ['a failed edge read', counter, (w: WindowReads) => at(w, { close: failed }), 'READ_FAILED'],
    [
      'a lost device',
      counter,
      (w: WindowReads) => at(w, { close: { ...failed, error: { code: 'DEVICE_LOST', fatal: true } } }),
      'DEVICE_LOST',
    ],
    ['a slow edge read', counter, (w: WindowReads) => at(w, { open: { t1: 6_000_000n } }), 'LATE_READ'],
    [
      'a counter that stands still',
      counter,
      (w: WindowReads) => at(w, { close: { raw: w.open.raw } }),
      'ZERO_READ',
    ],
    [
      'a counter that stands still for a while',
      counter,
      (w: WindowReads) => ofTrace(w, (r, i) => (i > 5 && i < 12 ? 300_000_000n : r.raw)),
      'STALE_SENSOR',
    ],
    [
      'a counter that starts over in the middle and ends above its beginning',
      counter,
      (w: WindowReads) => ({
        ...ofTrace(w, (r, i) => (i < 8 ? r.raw : BigInt(r.raw ?? 0) - 380_000_000n)),
        close: { ...w.close, raw: BigInt(w.close.raw ?? 0) - 380_000_000n },
      }),
      'COUNTER_RESET',
    ],
    [
      'a counter that freezes late',
      counter,
      (w: WindowReads) => ({
        ...ofTrace(w, (r, i) => (i > 17 ? 850_000_000n : r.raw)),
        close: { ...w.close, raw: 850_000_000n },
      }),
      'STALE_SENSOR',
    ],
    [
      'a counter that starts over',
      counter,
      (w: WindowReads) => at(w, { open: { raw: 2_000_000_000n } }),
      'COUNTER_RESET',
    ],
    ['a mean above 1.5 × the limit', counter, (w: WindowReads) => ({ ...w, powerLimitW: 60 }), 'IMPLAUSIBLE'],
    [
      'a gauge that shows 0 W',
      gauge,
      (w: WindowReads) =>
        at(
          ofTrace(w, () => 0),
          { open: { raw: 0 }, close: { raw: 0 } },
        ),
      'ZERO_READ',
    ],
    [
      'a gauge that stands still',
      gauge,
      (w: WindowReads) => ofTrace(w, (r, i) => (i < 40 ? 100 : r.raw)),
      'STALE_SENSOR',
    ],
    [
      'a gauge in whole watts that stands still for most of the window',
      gauge,
      (w: WindowReads) => ({
        ...ofTrace(w, (_, i) => (i < 50 ? 100 : 101)),
        open: { ...w.open, raw: 100 },
        close: { ...w.close, raw: 101 },
      }),
      'STALE_SENSOR',
    ],
    ['a gauge above 1.5 × the limit', gauge, (w: WindowReads) => ({ ...w, powerLimitW: 60 }), 'IMPLAUSIBLE'],
    [
      'a gauge with a pause',
      gauge,
      (w: WindowReads) => ({ ...w, trace: w.trace.filter((_, i) => i < 30 || i > 60) }),
      'GAP',
    ],
    ['a gauge without a trace', gauge, (w: WindowReads) => ({ ...w, trace: [] }), 'GAP'],
  ] as const)('%s', (_name, info, break_, code) => {
    expect(codeOf(info, window(info))).toBeNull();
    expect(codeOf(info, break_(window(info)))).toBe(code);
  });

  it('a shared board gives nothing, whatever it shows', () => {
    const shared = sensor({ notes: ['SHARED_DEVICE: MIG'] });
    expect(codeOf(shared, window(shared))).toBe('SHARED_DEVICE');
  });

  it('lets a gauge stand still while nothing runs', () => {
    const still = ofTrace(window(gauge), () => 30);
    const idle = { ...at(still, { open: { raw: 30 }, close: { raw: 30 } }), loaded: false };
    expect(windowEnergy(gauge, idle).energyJ).toBeCloseTo(300, 6);
    expect(codeOf(gauge, { ...idle, loaded: true })).toBe('STALE_SENSOR');
  });
});
