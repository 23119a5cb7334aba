import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplesOf } from '../../src/main/lab/samples';
import { baselineOf, type SensorReads, sensorWindow, withInferences } from '../../src/main/lab/sensorWindow';
import { deviceLost } from '../../src/main/meters/reading';
import type { Reading, SensorInfo } from '../../src/shared/meter';
import type { EnergyPart, WindowSamples } from '../../src/shared/run';
import { type EnergyWindow, summarizeEnergy } from '../../src/shared/stats/energy';
import { sensor as counter } from '../shared/stats/simulated';

/** THIRTY_WATTS_SEED=2 draws other cases. */
const other = 1000 * Number(process.env.THIRTY_WATTS_SEED ?? 0);
const windowS = 5;
const hz = 10;
const loadW = 100;
const count = 6;
const ns = (s: number) => BigInt(Math.round(s * 1e9));
const gauge: SensorInfo = { ...counter, id: 'sim:gauge', kind: 'gauge', joulePerCount: null };
const wrapping: SensorInfo = { ...counter, id: 'sim:wrapping', modulus: 12_000_000n };

const faults = [
  'fail',
  'zero',
  'freeze',
  'reset',
  'wrap',
  'duplicate',
  'time back',
  'nan',
  'infinite',
  'negative',
  'huge',
  'late',
  'lost',
  'no edge',
  'edges swapped',
  'trace lost',
  'samples cut',
  'samples zero',
] as const;
type Fault = (typeof faults)[number];
interface Strike {
  fault: Fault;
  /** Where in the window, 0 to 1, and over how much of the rest. */
  at: number;
  share: number;
}

interface Stretch {
  reads: SensorReads;
  samples: WindowSamples;
}

/** An undamaged window: edges and a 10 Hz trace of 100 W, inferences of 2 ms. */
function clean(info: SensorInfo, fromS: number, watts: number, loaded: boolean): Stretch {
  const read = (s: number): Reading => {
    // So far before its end that a wrapping counter wraps in the first window.
    const counts =
      BigInt(Math.round((watts * s) / (info.joulePerCount ?? 1))) + (info.modulus ? 11_000_000n : 0n);
    // Watts that are never twice the same, as of a real gauge.
    const raw = info.kind === 'gauge' ? watts + Math.sin(s * 7) : counts % (info.modulus ?? counts + 1n);
    return { sensorId: info.id, t0: ns(s), t1: ns(s + 1e-5), raw, sourceTimeNs: null, error: null };
  };
  const trace = Array.from({ length: windowS * hz + 3 }, (_, i) => read(fromS + (i - 1) / hz + 0.003));
  const starts = BigUint64Array.from({ length: (windowS + 1) * 500 }, (_, i) => ns(fromS - 0.5 + i * 0.002));
  return {
    reads: { open: read(fromS), close: read(fromS + windowS), trace, powerLimitW: null, loaded },
    samples: samplesOf(
      starts,
      starts.map((t) => t + 1_990_000n),
      1,
      starts.length,
    ),
  };
}

/** Damages readings of one window; the raw values keep the sensor's own type. */
function strike(info: SensorInfo, { reads, samples }: Stretch, { fault, at, share }: Strike): Stretch {
  const all = [reads.open, ...reads.trace, reads.close].filter((r): r is Reading => r !== undefined);
  const first = Math.floor(at * all.length);
  const last = first + Math.floor(share * (all.length - first));
  const value = (x: number): bigint | number =>
    info.kind === 'gauge' ? x : Number.isFinite(x) ? BigInt(Math.round(x)) : 0n;
  const from = all[first]!;
  const change = (r: Reading): Reading => {
    switch (fault) {
      case 'fail':
        return { ...r, raw: null, error: { code: 'EIO', fatal: false } };
      case 'lost':
        return { ...r, raw: null, error: { code: deviceLost, fatal: true } };
      case 'zero':
        return { ...r, raw: value(0) };
      case 'freeze':
        return { ...r, raw: from.raw };
      case 'reset':
        return typeof r.raw === 'bigint' && typeof from.raw === 'bigint'
          ? { ...r, raw: r.raw - from.raw }
          : r;
      case 'wrap':
        return typeof r.raw === 'bigint' ? { ...r, raw: r.raw % 100_000n } : r;
      case 'nan':
        return { ...r, raw: value(Number.NaN) };
      case 'infinite':
        return { ...r, raw: value(Number.POSITIVE_INFINITY) };
      case 'negative':
        return { ...r, raw: typeof r.raw === 'bigint' ? -r.raw : -300 };
      case 'huge':
        return { ...r, raw: value(1e18) };
      case 'late':
        return { ...r, t1: r.t0 + 50_000_000n };
      case 'time back':
        return { ...r, t0: r.t0 - ns(share * 4), t1: r.t1 - ns(share * 4) };
      default:
        return r;
    }
  };
  const changed = all.map((r, i) => (i >= first && i <= last ? change(r) : r));
  const rest = { ...reads, open: changed[0], close: changed.at(-1), trace: changed.slice(1, -1) };
  if (fault === 'no edge') return { reads: { ...rest, [at < 0.5 ? 'open' : 'close']: undefined }, samples };
  if (fault === 'edges swapped') return { reads: { ...rest, open: rest.close, close: rest.open }, samples };
  if (fault === 'trace lost') return { reads: { ...rest, trace: [] }, samples };
  if (fault === 'duplicate') {
    const repeated = rest.trace.flatMap((r, i) => (i % 3 === 0 ? [r, r] : [r]));
    return { reads: { ...rest, trace: at < 0.5 ? repeated : repeated.reverse() }, samples };
  }
  if (fault === 'samples cut') {
    const keep = Math.floor(at * samples.startsNs.length);
    const { startsNs, durationsNs } = samples;
    return {
      reads: rest,
      samples: {
        ...samples,
        startsNs: startsNs.subarray(0, keep),
        durationsNs: durationsNs.subarray(0, keep),
      },
    };
  }
  if (fault === 'samples zero')
    return { reads: rest, samples: { ...samples, durationsNs: samples.durationsNs.map(() => 0) } };
  return { reads: rest, samples };
}

const made = new Map<string, Stretch>();
/** Idle, windows 1 to `count`, idle; made once, since nothing changes them. */
function cleanAt(info: SensorInfo, i: number): Stretch {
  const key = `${info.id} ${i}`;
  const idle = i === 0 || i === count + 1;
  const stretch = made.get(key) ?? clean(info, 1 + i * 7, idle ? 30 : loadW, !idle);
  made.set(key, stretch);
  return stretch;
}

function throughPipeline(info: SensorInfo, strikes: readonly (Strike & { window: number })[]) {
  const stretch = (i: number) => {
    const undamaged = cleanAt(info, i);
    return strikes.filter((s) => s.window === i).reduce((s, one) => strike(info, s, one), undamaged);
  };
  const idle = (i: number) => {
    const { reads } = stretch(i);
    const found = baselineOf(info, sensorWindow(info, reads, 'READ_FAILED'), reads.trace);
    return typeof found === 'string' ? null : found;
  };
  const energies = Array.from({ length: count }, (_, i) => {
    const { reads, samples } = stretch(i + 1);
    const { energy, edgeS } = sensorWindow(info, reads, 'READ_FAILED');
    return { ...withInferences(energy, samples), edgeS };
  });
  const windows = energies.flatMap(({ energyJ, inferences, fromNs, toNs, edgeS }): EnergyWindow[] =>
    energyJ === null || inferences === null
      ? []
      : [{ energyJ, inferences, seconds: Number(toNs! - fromNs!) / 1e9, edgeS }],
  );
  return {
    energies,
    summary: summarizeEnergy({
      sensor: info,
      windows,
      before: idle(0),
      after: idle(count + 1),
      windowsMin: 5,
      codes: [],
    }),
  };
}

/** What may never be: a believed number that is none, or that its own interval does not hold. */
function broken(part: EnergyPart, result: 'gross' | 'net'): string | null {
  const { verdict, perInferenceJ: e, repeat, absolute, codes } = part;
  if (verdict !== 'valid' && verdict !== 'limited')
    return (e === 0 && result === 'gross') || Number.isNaN(e) ? `${verdict} with ${e}` : null;
  if (e === null || !Number.isFinite(e)) return `${verdict} with ${e}`;
  if (e <= 0 && (result === 'gross' || !codes.includes('BELOW_RESOLUTION'))) return `${verdict} with ${e}`;
  for (const interval of [repeat, absolute])
    if (interval && !(interval.low <= e && e <= interval.high && Number.isFinite(interval.high)))
      return `interval ${interval.low} to ${interval.high} around ${e}`;
  return null;
}

const strikes = fc.array(
  fc.record({
    fault: fc.constantFrom(...faults),
    window: fc.integer({ min: 0, max: count + 1 }),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 8 },
);

describe('no order of faults gives an energy that is none', () => {
  it.each([
    ['counter', counter],
    ['wrapping counter', wrapping],
    ['gauge', gauge],
  ] as const)('%s: 1,000 cases through readings, windows and summary', (_, info) => {
    fc.assert(
      fc.property(strikes, (given) => {
        const { energies, summary } = throughPipeline(info, given);
        for (const e of energies) {
          if (e.energyJ === null) expect(e.code).not.toBeNull();
          else expect(e.energyJ > 0 && Number.isFinite(e.energyJ) && e.code === null).toBe(true);
        }
        expect([broken(summary.gross, 'gross'), broken(summary.net, 'net')]).toEqual([null, null]);
      }),
      { numRuns: 1000, seed: 4 + other },
    );
  });

  it('undamaged, each of them is valid and right', () => {
    for (const info of [counter, wrapping, gauge]) {
      const { gross, net } = throughPipeline(info, []).summary;
      expect([gross.verdict, net.verdict]).toEqual(['valid', 'valid']);
      expect(gross.perInferenceJ! / (loadW * 0.002)).toBeCloseTo(1, 2);
      expect(net.perInferenceJ! / ((loadW - 30) * 0.002)).toBeCloseTo(1, 2);
    }
  });

  it('whatever numbers reach the summary, 2,000 cases', () => {
    const any = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -0, 5e-324, 1e-300, 1e300, Number.NaN, Number.POSITIVE_INFINITY),
      fc.double({ min: 0.001, max: 1000, noNaN: true }),
    );
    const window = fc.record({ energyJ: any, inferences: any, seconds: any, edgeS: any, gapS: any });
    const stretch = fc.option(fc.record({ powerW: any, sdW: fc.option(any), seconds: any }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 12 }),
        stretch,
        stretch,
        fc.boolean(),
        (windows, before, after, estimate) => {
          const sensor: SensorInfo = estimate
            ? { ...counter, provenance: 'estimate', factor1s: 1.6 }
            : counter;
          const of = { sensor, windows, before, after, windowsMin: 1, codes: [] };
          const { gross, net } = summarizeEnergy(of);
          expect([broken(gross, 'gross'), broken(net, 'net')]).toEqual([null, null]);
          expect(summarizeEnergy(of)).toEqual({ ...summarizeEnergy(of) }); // pure: the same again
        },
      ),
      { numRuns: 2000, seed: 5 + other },
    );
  });
});

describe('controls: without a protection the fault comes through', () => {
  const energyOf = (info: SensorInfo, { reads }: Stretch, over: Partial<SensorReads> = {}) =>
    sensorWindow(info, { ...reads, ...over }, 'READ_FAILED').energy;
  const struck = (fault: Fault, at: number, share = 1, info: SensorInfo = counter) =>
    strike(info, clean(info, 1000, loadW, true), { fault, at, share });

  it('without the trace a reset in the middle passes for a smaller energy', () => {
    const low = clean(counter, 1, loadW, true); // starts at 100 J, so that it ends above where it began
    const reset = strike(counter, low, { fault: 'reset', at: 0.3, share: 1 });
    expect(energyOf(counter, reset).code).toBe('COUNTER_RESET');
    expect(energyOf(counter, reset, { trace: [] }).energyJ).toBeLessThan(0.8 * loadW * windowS);
  });

  it('taken for idle, a frozen counter passes', () => {
    const frozen = struck('freeze', 0.5);
    expect(energyOf(counter, frozen).code).toBe('STALE_SENSOR');
    expect(energyOf(counter, frozen, { loaded: false }).energyJ).toBeLessThan(0.6 * loadW * windowS);
    const still = struck('freeze', 0);
    expect(energyOf(counter, still).code).toBe('ZERO_READ');
  });

  it('without a plausible maximum a jump passes', () => {
    const blind = { ...counter, maxPlausibleW: Number.POSITIVE_INFINITY };
    expect(energyOf(counter, struck('huge', 0.9)).code).toBe('COUNTER_RESET');
    expect(energyOf(blind, struck('huge', 0.9)).energyJ).toBeGreaterThan(1e12);
  });

  it('the plain difference of the edges over the inferences would be zero, negative or NaN', () => {
    const plain = ({ reads }: Stretch) => Number(reads.close?.raw) - Number(reads.open?.raw);
    expect(plain(struck('freeze', 0))).toBe(0);
    expect(plain(struck('reset', 0.5))).toBeLessThan(0);
    expect(plain(struck('nan', 0, 1, gauge))).toBeNaN();
    for (const [fault, at, info] of [
      ['freeze', 0, counter],
      ['reset', 0.5, counter],
      ['nan', 0, gauge],
    ] as const)
      expect(energyOf(info, struck(fault, at, 1, info)).energyJ).toBeNull();
  });
});
