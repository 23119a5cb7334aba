import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { makeEmi } from '../../src/main/meters/emi';
import {
  emiClass,
  emiCodes,
  parseMeasurements,
  parseMetadata,
  raplChannel,
} from '../../src/main/meters/emiData';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import { loadWindowsCalls, multiString, type WindowsCalls, wide } from '../../src/main/meters/windowsCalls';
import type { OpenMeter, Reading } from '../../src/shared/meter';
import { hasCompiler, removeStubs } from './stub/nvmlStub';
import {
  compileWindows,
  type StubMeter,
  type WindowsStub,
  windowsEnv,
  windowsStubAt,
} from './stub/windowsStub';
import { readOne, sensorsOf, VirtualClock } from './support';

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the EMI tests over real FFI need gcc on Linux.');

afterAll(removeStubs);

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

/** EMI_METADATA_V2 by hand, byte for byte as guides/measuring.md says. */
function metadataV2(names: readonly string[], unit = 0): Buffer {
  const head = Buffer.alloc(68);
  utf16('Microsoft\0').copy(head, 0);
  utf16('PPM\0').copy(head, 32);
  head.writeUInt16LE(1, 64);
  head.writeUInt16LE(names.length, 66);
  const channels = names.map((name) => {
    const text = utf16(`${name}\0`);
    const fixed = Buffer.alloc(6);
    fixed.writeInt32LE(unit, 0);
    fixed.writeUInt16LE(text.length, 4);
    return Buffer.concat([fixed, text]);
  });
  return Buffer.concat([head, ...channels]);
}

function metadataV1(name: string): Buffer {
  const head = Buffer.alloc(72);
  utf16('Maker\0').copy(head, 4);
  utf16('Meter 1\0').copy(head, 36);
  const text = utf16(`${name}\0`);
  head.writeUInt16LE(text.length, 70);
  return Buffer.concat([head, text]);
}

function measurements(...values: readonly [energy: bigint, time: bigint][]): Buffer {
  const bytes = Buffer.alloc(16 * values.length);
  values.forEach(([energy, time], i) => {
    bytes.writeBigUInt64LE(energy, 16 * i);
    bytes.writeBigUInt64LE(time, 16 * i + 8);
  });
  return bytes;
}

const rapl = ['RAPL_Package0_PKG', 'RAPL_Package0_PP0', 'RAPL_Package0_PP1', 'RAPL_Package0_DRAM'];

describe('bytes of the energy meter interface', () => {
  it('V2: names of odd and even length, one after the other', () => {
    expect(parseMetadata(2, metadataV2([...rapl, 'X']))).toEqual({
      oem: 'Microsoft',
      model: 'PPM',
      channels: [...rapl, 'X'].map((name, index) => ({ index, name, understood: true })),
    });
    expect(parseMetadata(2, metadataV2(['A'], 3))?.channels[0]?.understood).toBe(false);
    expect(parseMetadata(2, metadataV2([]))?.channels).toEqual([]);
  });

  it('V1: one channel', () => {
    expect(parseMetadata(1, metadataV1('RAPL_Package0_PKG'))).toEqual({
      oem: 'Maker',
      model: 'Meter 1',
      channels: [{ index: 0, name: 'RAPL_Package0_PKG', understood: true }],
    });
  });

  it('measurements: energy in pWh, time in ns', () => {
    expect(parseMeasurements(measurements([5n, 7n], [2n ** 64n - 1n, 1n]), 2)).toEqual([
      { picowattHours: 5n, timeNs: 700n },
      { picowattHours: 2n ** 64n - 1n, timeNs: 100n },
    ]);
    expect(parseMeasurements(measurements([5n, 7n]), 2)).toBeNull();
  });

  it('cut or unknown bytes are null, never a guess', () => {
    const whole = metadataV2(rapl);
    for (let end = 0; end < whole.length; end++) expect(parseMetadata(2, whole.subarray(0, end))).toBeNull();
    expect(parseMetadata(3, whole)).toBeNull();
    const lying = Buffer.from(whole);
    lying.writeUInt16LE(5, 66);
    expect(parseMetadata(2, lying)).toBeNull();
    lying.writeUInt16LE(60_000, 66);
    expect(parseMetadata(2, lying)).toBeNull();
  });

  it('whatever bytes come: no throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(1, 2), (bytes, version) => {
        const parsed = parseMetadata(version, bytes);
        expect(parsed === null || parsed.channels.length <= 256).toBe(true);
        parseMeasurements(bytes, 3);
      }),
    );
  });

  it('knows the processor’s channels, and not single cores', () => {
    expect(rapl.map((name) => raplChannel(name)?.domain)).toEqual([
      'cpu.package',
      'cpu.cores',
      'cpu.uncore',
      'dram',
    ]);
    expect(raplChannel('RAPL_Package12_PKG')).toEqual({ package: 12, domain: 'cpu.package' });
    expect(
      ['RAPL_Package0_Core0_CORE', '_Total', 'GPU', 'RAPL_Package0_PKG2', ''].map((n) => raplChannel(n)),
    ).toEqual([null, null, null, null, null]);
  });

  it('splits a list of strings', () => {
    expect(multiString(Uint16Array.of(...wide('ab'), ...wide('c'), 0))).toEqual(['ab', 'c']);
    expect(multiString(Uint16Array.of(0, 0))).toEqual([]);
    expect(multiString(wide('unended').subarray(0, 3))).toEqual([]);
  });
});

/** Windows whose only device answers with these bytes. */
function goldenCalls(answers: {
  version: number;
  metadata: Uint8Array;
  measurement: () => Uint8Array | null;
}) {
  let open = 0;
  const calls: WindowsCalls = {
    deviceInterfaces: (guid) => (Buffer.from(guid).equals(emiClass) ? ['\\\\?\\meter'] : null),
    open: () => {
      open++;
      return { handle: 1 };
    },
    ioctl: (_handle, code, out) => {
      const answersOf: Readonly<Record<number, () => Uint8Array | null>> = {
        [emiCodes.version]: () => Buffer.from([answers.version, 0]),
        [emiCodes.metadataSize]: () => {
          const size = Buffer.alloc(4);
          size.writeUInt32LE(answers.metadata.length);
          return size;
        },
        [emiCodes.metadata]: () => answers.metadata,
        [emiCodes.measurement]: answers.measurement,
      };
      const answer = answersOf[code]?.();
      if (answer === null || answer === undefined) return null;
      out.set(answer.subarray(0, out.length));
      return Math.min(answer.length, out.length);
    },
    close: () => {
      open--;
    },
    powerInformation: () => -1,
  };
  return { calls, opened: () => open };
}

describe('EMI from golden bytes', () => {
  const providerOf = (calls: WindowsCalls | string) =>
    makeEmi({ calls: async () => calls, pause: async () => {} });

  it('whatever a device answers: no throw, nothing negative, no 0 for a failure, all closed', async () => {
    const energy = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constant(0n));
    const answer = fc.option(fc.tuple(energy, energy), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 3, maxLength: 8 }),
        fc.boolean(),
        async (answers, cut) => {
          let next = 0;
          const { calls, opened } = goldenCalls({
            version: 2,
            metadata: metadataV2(['RAPL_Package0_PKG']),
            measurement: () => {
              const value = answers[next++ % answers.length];
              if (value === null || value === undefined) return null;
              const bytes = measurements(value);
              return cut && next > 2 ? bytes.subarray(0, 15) : bytes;
            },
          });
          const emi = providerOf(calls);
          const env = windowsEnv(null);
          const probed = await emi.probe(env);
          expect(opened()).toBe(0);
          if (probed.status !== 'ok') return;
          const meter = await emi.open(['emi:package'], env).catch(() => null);
          for (let i = 0; meter !== null && i < 20; i++) {
            const { raw, sourceTimeNs, error } = readOne(meter, 'emi:package');
            if (raw === null) expect(error).not.toBeNull();
            else expect(typeof raw === 'bigint' && raw > 0n && raw < 2n ** 63n).toBe(true);
            expect(sourceTimeNs === null || sourceTimeNs > 0n).toBe(true);
          }
          meter?.close();
          meter?.close();
          expect(opened()).toBe(0);
        },
      ),
    );
  });

  it('is broken without Windows’ libraries, absent where they list nothing', async () => {
    expect(await providerOf('Windows has no kernel32.dll here.').probe(windowsEnv(null))).toMatchObject({
      status: 'broken',
    });
    const calls = {
      ...goldenCalls({ version: 2, metadata: Buffer.alloc(0), measurement: () => null }).calls,
    };
    calls.deviceInterfaces = () => null;
    expect(await providerOf(calls).probe(windowsEnv(null))).toMatchObject({ status: 'absent' });
  });
});

const socket = (n: number, watts: number, startJ = 5000): StubMeter => ({
  path: `\\\\?\\ACPI#meter#${n}`,
  version: 2,
  channels: [
    { name: `RAPL_Package${n}_PKG`, watts, startJ },
    { name: `RAPL_Package${n}_PP0`, watts: watts * 0.7, startJ: startJ * 0.7 },
    { name: `RAPL_Package${n}_DRAM`, watts: 3, startJ: 400 },
  ],
});
const core = (n: number): StubMeter => ({
  path: `\\\\?\\ACPI#core#${n}`,
  version: 2,
  channels: [{ name: `RAPL_Package0_Core${n}_CORE`, watts: 2, startJ: 100 }],
});

describe.skipIf(!compiler)('EMI over real FFI on a stub', () => {
  const path = compiler ? compileWindows() : '';
  const stub: WindowsStub = compiler ? windowsStubAt(path) : ({} as WindowsStub);
  const clock = new VirtualClock();
  const env = windowsEnv(path, { now: clock.now });
  let nowS = 0;
  const goTo = (s: number) => {
    clock.advance(s - nowS);
    nowS = s;
    stub.set({ time_s: s });
  };
  const emi = makeEmi({
    calls: loadWindowsCalls,
    pause: async (ms) => goTo(nowS + ms / 1000),
  });
  let opened: OpenMeter[] = [];
  const open = async (...ids: string[]) => {
    const meter = await emi.open(ids, env);
    opened.push(meter);
    return meter;
  };

  beforeEach(() => {
    for (const meter of opened) meter.close();
    opened = [];
    expect(stub.opened()).toBe(0);
    stub.set({ time_s: 0, list_rc: 0, open_error: 0, ioctl_fails: 0, grows: 0, short_by: 0, power_rc: 0 });
    stub.meters([socket(0, 65), core(0), core(1)]);
    stub.processors(4, 3600, 3600, 3600);
    nowS = 0;
  });

  it('agrees with the C compiler on every layout, and a wrong one does not compile', () => {
    expect(() => compileWindows({ CHANNEL_NAME: 8 })).toThrow();
    expect(() => compileWindows({ BATTERY_RATE: 20 })).toThrow();
  });

  it('offers package, cores and memory of the processor, and no single cores', async () => {
    const sensors = sensorsOf(await emi.probe(env));
    expect(sensors.map((s) => [s.id, s.domain])).toEqual([
      ['emi:package', 'cpu.package'],
      ['emi:dram', 'dram'],
      ['emi:cores', 'cpu.cores'],
    ]);
    expect(sensors[0]).toMatchObject({
      kind: 'counter',
      joulePerCount: 3.6e-9,
      provenance: 'measured',
      contains: ['cpu.cores', 'cpu.uncore'],
      notes: expect.arrayContaining(['channel=RAPL_Package0_PKG']),
    });
    expect(stub.opened()).toBe(0);
  });

  it('gives a window its energy, and every value its own time', async () => {
    const info = sensorsOf(await emi.probe(env))[0]!;
    const meter = await open(info.id);
    goTo(5);
    const first = readOne(meter, info.id);
    const trace: Reading[] = [];
    for (let i = 1; i < 100; i++) {
      goTo(5 + i / 10);
      trace.push(readOne(meter, info.id));
    }
    goTo(15);
    const close = readOne(meter, info.id);
    expect(close.sourceTimeNs! - first.sourceTimeNs!).toBe(10_000_000_000n);
    const energy = windowEnergy(info, { open: first, close, trace, powerLimitW: null, loaded: true });
    expect(energy).toMatchObject({ code: null });
    expect(energy.energyJ).toBeCloseTo(650, 1);
  });

  it('adds sockets and drops the mirror of one', async () => {
    stub.meters([socket(0, 65), socket(1, 40, 9000)]);
    const two = await open('emi:package');
    const before = readOne(two, 'emi:package').raw as bigint;
    goTo(nowS + 10);
    expect(Number((readOne(two, 'emi:package').raw as bigint) - before) * 3.6e-9).toBeCloseTo(1050, 2);
    stub.meters([socket(0, 65), socket(1, 65)]);
    expect(sensorsOf(await emi.probe(env))[0]!.notes.filter((n) => n.startsWith('channel='))).toHaveLength(1);
    // One register that two devices show counts once, too.
    stub.meters([socket(0, 65), { ...socket(0, 65), path: 'again' }]);
    expect(sensorsOf(await emi.probe(env))[0]!.notes.filter((n) => n.startsWith('channel='))).toHaveLength(1);
  });

  it('reads a V1 meter, and survives a list that grows while it is read', async () => {
    const v1 = { path: 'v1', version: 1, channels: [{ name: 'RAPL_Package0_PKG', watts: 20, startJ: 10 }] };
    stub.meters([v1]);
    stub.set({ grows: 1 });
    expect(sensorsOf(await emi.probe(env)).map((s) => s.id)).toEqual(['emi:package']);
  });

  it.each([
    ['no meters', { meters: [] }, {}, 'absent', 'no energy meters'],
    ['other meters', { meters: [core(0)] }, {}, 'absent', 'RAPL_Package0_Core0_CORE'],
    [
      'another unit',
      {
        meters: [
          { ...socket(0, 1), channels: [{ name: 'RAPL_Package0_PKG', watts: 1, startJ: 1, unit: 1 }] },
        ],
      },
      {},
      'absent',
      'none of the processor',
    ],
    ['an unknown version', { meters: [{ ...socket(0, 1), version: 7 }] }, {}, 'absent', 'no energy meters'],
    [
      'dead registers',
      { meters: [socket(0, 0, 0)].map((m) => ({ ...m, channels: m.channels.slice(0, 2) })) },
      {},
      'broken',
      'no values',
    ],
    ['no right', {}, { open_error: 5 }, 'denied', 'may not read'],
    ['no opening', {}, { open_error: 31 }, 'broken', '31'],
    ['no list', {}, { list_rc: 1 }, 'absent', 'cannot list'],
    ['no answers', {}, { ioctl_fails: 1 }, 'absent', 'no energy meters'],
  ] as const)('%s: says so and closes everything', async (_name, machine, fault, status, words) => {
    if ('meters' in machine) stub.meters(machine.meters);
    stub.set(fault);
    expect(await emi.probe(env)).toMatchObject({ status, reason: expect.stringContaining(words) });
    expect(stub.opened()).toBe(0);
  });

  it('reads as a failure, not as 0, when the device stops answering or answers short', async () => {
    const meter = await open('emi:package');
    for (const fault of ['ioctl_fails', 'short_by']) {
      stub.set({ [fault]: 1 });
      expect(readOne(meter, 'emi:package')).toMatchObject({
        raw: null,
        error: { code: 'NO_VALUE', fatal: false },
      });
      stub.set({ ioctl_fails: 0, short_by: 0 });
    }
    expect(readOne(meter, 'emi:package').error).toBeNull();
    meter.close();
    expect(readOne(meter, 'emi:package')).toMatchObject({
      raw: null,
      error: { code: 'NOT_OPEN', fatal: true },
    });
  });

  it('reads as a failure when one of two sockets shows 0: the rest is not the sum', async () => {
    stub.meters([socket(0, 65), socket(1, 40, 9000)]);
    const meter = await open('emi:package');
    expect(readOne(meter, 'emi:package').error).toBeNull();
    stub.meters([socket(0, 65), socket(1, 0, 0)]);
    expect(readOne(meter, 'emi:package')).toMatchObject({ raw: null, error: { code: 'NO_VALUE' } });
  });

  it('refuses to open what is gone', async () => {
    stub.meters([]);
    await expect(emi.open(['emi:package'], env)).rejects.toThrow('emi:package');
    expect(stub.opened()).toBe(0);
  });

  it('tells the clock and a speed limit, and null where Windows does not', async () => {
    const meter = await open('emi:package');
    expect(meter.health()).toMatchObject({ clockMHz: 3600, throttle: [] });
    stub.processors(4, 3600, 1800, 1800);
    expect(meter.health()).toMatchObject({ clockMHz: 1800, throttle: ['speed_limit'] });
    stub.set({ power_rc: -1 });
    expect(meter.health()).toMatchObject({ clockMHz: null, throttle: null });
  });
});
