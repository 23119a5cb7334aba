import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAmdgpu } from '../../src/main/meters/amdgpu';
import { makeBattery } from '../../src/main/meters/battery';
import { makeHwmon } from '../../src/main/meters/hwmon';
import { makeIntelGpu } from '../../src/main/meters/intelGpu';
import { makePerf } from '../../src/main/meters/perf';
import { makeRapl } from '../../src/main/meters/rapl';
import { LabError } from '../../src/shared/errors';
import type { MeterProvider, OpenMeter, Reading } from '../../src/shared/meter';
import { MemoryFiles } from './memoryFiles';
import { recordingNamed, recordings } from './playTree';
import { testEnv, VirtualClock } from './support';

const trees = [...recordings].map((name) => recordingNamed(name).files);
/** One of each monitor on the allow-list, so that its reading is tried, too. */
const monitors = {
  'sys/class/hwmon/hwmon20/name': { text: 'corsair-psu\n' },
  'sys/class/hwmon/hwmon20/power1_input': { text: '310500000\n' },
  'sys/class/hwmon/hwmon21/name': { text: 'ina3221\n' },
  'sys/class/hwmon/hwmon21/in1_label': { text: 'VDD_IN\n' },
  'sys/class/hwmon/hwmon21/in1_input': { text: '19000\n' },
  'sys/class/hwmon/hwmon21/curr1_input': { text: '1300\n' },
  'sys/class/hwmon/hwmon22/name': { text: 'power_meter\n' },
  'sys/class/hwmon/hwmon22/power1_average': { text: '187000000\n' },
  'sys/class/hwmon/hwmon22/power1_average_interval': { text: '1000\n' },
};

/** What a file may hold, be it absurd; never the number 0, so that a 0 read can only stand for a failure. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.bigInt(-(2n ** 70n), 2n ** 70n).map((n) => Buffer.from(`${n || 1n}\n`)),
  fc
    .constantFrom(
      '',
      '\n',
      '-1',
      'NaN',
      'Infinity',
      '1e309',
      '0x10',
      ' ',
      '9'.repeat(70),
      '(((',
      'xe',
      'amdgpu',
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom('EACCES', 'EPERM', 'EIO', 'EINVAL', 'ENODEV', 'ENODATA', 'ENOENT', 'EBUSY'),
);
const isZero = (bytes: Buffer | string) =>
  typeof bytes !== 'string' && /^\s*[-+]?0+\s*$/.test(bytes.toString('latin1'));

const change = fc.array(
  fc.tuple(
    fc.nat(),
    content.filter((c) => !isZero(c)),
  ),
  { minLength: 1, maxLength: 5 },
);

function providersOn(files: MemoryFiles, clock: VirtualClock): MeterProvider[] {
  const effects = { files, pause: async (ms: number) => clock.advance(ms / 1000) };
  return [makeAmdgpu, makeIntelGpu, makeRapl, makeHwmon, makeBattery]
    .map((make) => make(effects))
    .concat(
      makePerf({
        ...effects,
        eventsOf: async () => ({ open: () => 7, read: () => 5n, close: () => {} }),
      }),
    );
}

const apply = (files: MemoryFiles, changes: readonly [number, Buffer | string][]) => {
  const paths = [...files.contents.keys()];
  for (const [at, bytes] of changes) files.contents.set(paths[at % paths.length]!, bytes);
};

/** Is a reading either a number that a meter can have shown, or null with a code? */
function honest({ raw, error, sensorId }: Reading): boolean {
  if (raw === null) return error !== null && error.code !== '';
  if (error !== null) return false;
  // RAPL's is the total since it was opened, far below 0 once its continuity is lost: no window gives energy then.
  if (typeof raw === 'bigint') return raw > 0n || sensorId.startsWith('rapl:');
  return raw > 0 && Number.isFinite(raw);
}

describe('whatever bytes the files hold', () => {
  it('no reading is negative, NaN, infinite or 0 for a failure, and nothing throws', async () => {
    let readings = 0;
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(trees.length - 1), change, change, async (which, before, during) => {
        const files = new MemoryFiles({ ...trees[which]!, ...monitors });
        const clock = new VirtualClock();
        const env = testEnv({
          fsRoot: '/tree',
          now: clock.now,
          cpu: { model: 'AMD', logicalCores: 8, virtualized: false },
        });
        apply(files, before);
        for (const provider of providersOn(files, clock)) {
          const result = await provider.probe(env);
          if (result.status !== 'ok') {
            expect(result.reason).not.toBe('');
            continue;
          }
          for (const s of result.sensors) {
            expect(s.maxPlausibleW).toBeGreaterThan(0);
            expect(s.update.seconds).toBeGreaterThan(0);
            expect(s.maxReadHz).toBeGreaterThan(0);
          }
          let meter: OpenMeter;
          try {
            meter = await provider.open(
              result.sensors.map((s) => s.id),
              env,
            );
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(LabError);
            continue;
          }
          const seen = [...meter.read()];
          const kept = new Map(files.contents);
          apply(files, during);
          clock.advance(1);
          seen.push(...meter.read());
          const { tempC, clockMHz, powerLimitW, utilPct, memoryUsedBytes, defaultLimitW } = meter.health();
          for (const value of [tempC, clockMHz, powerLimitW, utilPct, memoryUsedBytes, defaultLimitW]) {
            expect(value ?? 1).toSatisfy((v: number) => Number.isFinite(v));
          }
          expect(clockMHz ?? 1).toBeGreaterThan(0);
          expect(powerLimitW ?? 1).toBeGreaterThan(0);
          meter.close();
          files.contents.clear();
          for (const [path, bytes] of kept) files.contents.set(path, bytes);
          for (const reading of seen) expect(reading).toSatisfy(honest);
          readings += seen.length;
          failures += seen.filter((r) => r.raw === null).length;
        }
        expect(files.openFiles).toBe(0);
      }),
      { numRuns: 400, seed: 4 },
    );
    // The property would be empty if nothing were read, or if nothing ever failed.
    expect(readings).toBeGreaterThan(1000);
    expect(failures).toBeGreaterThan(50);
  });

  it('tells a dishonest reading from an honest one', () => {
    const reading = { sensorId: 'x', t0: 0n, t1: 1n, sourceTimeNs: null, error: null };
    expect(honest({ ...reading, raw: 12.5 })).toBe(true);
    expect(honest({ ...reading, raw: 5n })).toBe(true);
    for (const raw of [0, 0n, -1, -1n, Number.NaN, Number.POSITIVE_INFINITY, null]) {
      expect(honest({ ...reading, raw })).toBe(false);
    }
  });
});
