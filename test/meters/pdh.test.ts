import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { makePdh, pdh as realPdh } from '../../src/main/meters/pdh';
import { openPdh, parseRawCounter } from '../../src/main/meters/pdhCalls';
import { hasCompiler, removeStubs } from './stub/nvmlStub';
import { compileWindows, type WindowsStub, windowsEnv, windowsStubAt } from './stub/windowsStub';
import { readOne, sensorsOf } from './support';

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the PDH tests over real FFI need gcc on Linux.');

afterAll(removeStubs);

const pathOf = (name: string) => `\\Energy Meter(${name})\\Energy`;
const picoWh = (joules: number) => BigInt(Math.round(joules / 3.6e-9));
const pkg = { path: pathOf('RAPL_Package0_PKG'), status: 0, value: picoWh(5000), watts: 45 };
const dram = { path: pathOf('RAPL_Package0_DRAM'), status: 1, value: picoWh(300), watts: 2 };

describe('PDH_RAW_COUNTER', () => {
  it('gives value and Unix time, and null for a status that is not valid', () => {
    const bytes = Buffer.alloc(40);
    const time = 133_000_000_000_000_000n;
    bytes.writeUInt32LE(Number(time & 0xffff_ffffn), 4);
    bytes.writeUInt32LE(Number(time >> 32n), 8);
    bytes.writeBigInt64LE(77n, 16);
    expect(parseRawCounter(bytes)).toEqual({ value: 77n, timeNs: 1_655_526_400_000_000_000n });
    bytes.writeUInt32LE(1, 0);
    expect(parseRawCounter(bytes)?.value).toBe(77n);
    // Status codes are unsigned: PDH_CSTATUS_NO_INSTANCE is above 2³¹.
    bytes.writeUInt32LE(0x8000_07d1, 0);
    expect(parseRawCounter(bytes)).toBeNull();
    expect(parseRawCounter(bytes.subarray(0, 39))).toBeNull();
  });
});

describe.skipIf(!compiler)('PDH over real FFI on a stub', () => {
  const path = compiler ? compileWindows() : '';
  const stub: WindowsStub = compiler ? windowsStubAt(path) : ({} as WindowsStub);
  const env = windowsEnv(path);
  const pdh = makePdh({ query: openPdh, direct: async () => false });

  beforeEach(() => {
    stub.set({ time_s: 0, pdh_open_rc: 0, collect_rc: 0 });
    stub.counters([pkg, dram, { ...pkg, path: pathOf('_Total'), value: 0n }]);
  });

  it('offers the counters that have values and reads their joules', async () => {
    const sensors = sensorsOf(await pdh.probe(env));
    expect(sensors.map((s) => s.id)).toEqual(['pdh:package', 'pdh:dram']);
    expect(stub.opened()).toBe(0);
    const meter = await pdh.open(['pdh:package'], env);
    const before = readOne(meter, 'pdh:package').raw as bigint;
    stub.set({ time_s: 10 });
    const after = readOne(meter, 'pdh:package').raw as bigint;
    expect(Number(after - before) * 3.6e-9).toBeCloseTo(450, 3);
    meter.close();
    meter.close();
    expect(stub.opened()).toBe(0);
    expect(readOne(meter, 'pdh:package')).toMatchObject({ raw: null, error: { code: 'NOT_OPEN' } });
  });

  it('adds sockets', async () => {
    stub.counters([pkg, { ...pkg, path: pathOf('RAPL_Package1_PKG'), watts: 5 }]);
    const meter = await pdh.open(['pdh:package'], env);
    const before = readOne(meter, 'pdh:package').raw as bigint;
    stub.set({ time_s: 10 });
    expect(Number((readOne(meter, 'pdh:package').raw as bigint) - before) * 3.6e-9).toBeCloseTo(500, 3);
    meter.close();
  });

  it('reads as a failure, not as 0', async () => {
    const meter = await pdh.open(['pdh:package'], env);
    stub.set({ collect_rc: 1 });
    expect(readOne(meter, 'pdh:package')).toMatchObject({ raw: null, error: { fatal: false } });
    stub.set({ collect_rc: 0 });
    for (const broken of [{ status: 0x8000_07d5 }, { value: 0n, watts: 0 }, { value: -5n, watts: 0 }]) {
      stub.counters([{ ...pkg, ...broken }]);
      expect(readOne(meter, 'pdh:package')).toMatchObject({ raw: null, error: { code: 'NO_VALUE' } });
    }
    meter.close();
  });

  it('is absent without counters, without a query, without pdh.dll, and where EMI is read directly', async () => {
    stub.counters([]);
    expect(await pdh.probe(env)).toMatchObject({ status: 'absent' });
    await expect(pdh.open(['pdh:package'], env)).rejects.toThrow('pdh:package');
    stub.set({ pdh_open_rc: 1 });
    expect(await pdh.probe(env)).toMatchObject({ status: 'absent' });
    expect(await pdh.probe(windowsEnv(null))).toMatchObject({ status: 'absent' });
    stub.set({ pdh_open_rc: 0 });
    stub.counters([pkg]);
    stub.meters([{ path: 'm', version: 2, channels: [{ name: 'RAPL_Package0_PKG', watts: 1, startJ: 10 }] }]);
    expect(await realPdh.probe(env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('EMI'),
    });
    stub.meters([]);
    expect(await realPdh.probe(env)).toMatchObject({ status: 'ok' });
    expect(stub.opened()).toBe(0);
  });

  it('whatever comes: a positive count, or null and why', async () => {
    const meter = await pdh.open(['pdh:package'], env);
    const value = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, 2, 0x8000_07d1, 0xc000_0bba), (count, status) => {
        stub.counters([{ ...pkg, value: count, status, watts: 0 }]);
        const { raw, error } = readOne(meter, 'pdh:package');
        if (raw === null) expect(error).not.toBeNull();
        else expect(raw).toBe(count);
        expect(raw !== null).toBe(status <= 1 && count > 0n);
      }),
    );
    meter.close();
  });
});
