import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { smc } from '../../src/main/meters/smc';
import { floatOf, fourLetters, keyInfoOf, smcLayout, smcQuestion } from '../../src/main/meters/smcData';
import { type AppleStub, appleStubAt, compileApple, macEnv } from './stub/appleStub';
import { hasCompiler, removeStubs } from './stub/nvmlStub';
import { readOne, sensorsOf } from './support';

const compiler = hasCompiler();
if (!compiler) console.warn('SKIPPED: the SMC tests over real FFI need gcc on Linux.');

afterAll(removeStubs);

const float = { size: 4, type: fourLetters('flt ') };

describe('messages of the SMC', () => {
  it('are 80 bytes, the key as a little-endian number of its letters', () => {
    const asked = smcQuestion('PSTR', 'keyInfo');
    expect(asked).toHaveLength(80);
    expect([...asked.subarray(0, 4)]).toEqual([...Buffer.from('RTSP')]);
    expect(asked[42]).toBe(9);
    const golden = Buffer.alloc(80);
    golden.write('RTSP', 0, 'latin1');
    golden.writeUInt32LE(4, 28);
    golden.write(' tlf', 32, 'latin1');
    golden[42] = 5;
    expect(smcQuestion('PSTR', 'read', float)).toEqual(golden);
    expect(() => smcQuestion('PST', 'read')).toThrow('four letters');
  });

  it('give a float, or null for any other answer', () => {
    const answer = Buffer.alloc(80);
    answer.writeFloatLE(23.5, 48);
    expect(floatOf(answer, float)).toBe(23.5);
    expect(floatOf(answer, { size: 2, type: float.type })).toBeNull();
    expect(floatOf(answer, { size: 4, type: fourLetters('ui32') })).toBeNull();
    expect(floatOf(answer.subarray(0, 40), float)).toBeNull();
    answer.writeFloatLE(Number.NaN, 48);
    expect(floatOf(answer, float)).toBeNull();
    answer.writeFloatLE(23.5, 48);
    answer[smcLayout.result] = 132;
    expect(floatOf(answer, float)).toBeNull();
    expect(keyInfoOf(answer)).toBeNull();
  });
});

describe.skipIf(!compiler)('the SMC over real FFI on a stub', () => {
  const path = compiler ? compileApple() : '';
  const stub: AppleStub = compiler ? appleStubAt(path) : ({} as AppleStub);
  const env = macEnv(path);

  beforeEach(() =>
    stub.set({ pstr_w: 12.5, smc_rc: 0, smc_result: 0, smc_open_rc: 0, smc_services: 2, smc_type: 0 }),
  );

  it('agrees with the C compiler on the layout, and a wrong one does not compile', () => {
    expect(() => compileApple([], { SMC_BYTES: 44 })).toThrow();
  });

  it('reads the power of the machine and closes what it opened', async () => {
    const [info] = sensorsOf(await smc.probe(env));
    expect(info).toMatchObject({ id: 'smc:system', domain: 'system.dc', kind: 'gauge', delivery: 'read' });
    expect(stub.live()).toBe(0);
    const meter = await smc.open([info!.id], env);
    expect(readOne(meter, info!.id)).toMatchObject({ raw: 12.5, error: null });
    expect(stub.live()).toBe(1);
    meter.close();
    meter.close();
    expect(stub.live()).toBe(0);
    expect(readOne(meter, info!.id)).toMatchObject({ raw: null, error: { code: 'NOT_OPEN' } });
  });

  it.each([
    [{ smc_services: 1 }, 'does not let'],
    [{ smc_open_rc: 1 }, 'does not let'],
    [{ smc_result: 132 }, 'PSTR'],
    [{ smc_rc: -536870212 }, 'PSTR'],
    [{ smc_type: 1 }, 'PSTR'],
    [{ pstr_w: 0 }, 'PSTR'],
  ] as const)('is absent with a reason and leaks nothing (%o)', async (fault, words) => {
    stub.set(fault);
    expect(await smc.probe(env)).toMatchObject({ status: 'absent', reason: expect.stringContaining(words) });
    expect(stub.live()).toBe(0);
  });

  it('is absent without its libraries', async () => {
    expect(await smc.probe(macEnv(null))).toMatchObject({ status: 'absent' });
  });

  it.each([
    [0, 'ZERO_POWER'],
    [-3, 'NO_POWER'],
    [Number.NaN, 'NO_VALUE'],
    [1e30, 'OUT_OF_RANGE'],
  ])('%d W is a failure', async (watts, code) => {
    const meter = await smc.open(['smc:system'], env);
    stub.set({ pstr_w: watts });
    expect(readOne(meter, 'smc:system')).toMatchObject({ raw: null, error: { code, fatal: false } });
    meter.close();
  });

  it('whatever value comes: a power, or a failure with null', async () => {
    const meter = await smc.open(['smc:system'], env);
    fc.assert(
      fc.property(fc.float(), fc.constantFrom(0, 0, 0, 1, 132), (watts, result) => {
        stub.set({ pstr_w: watts, smc_result: result });
        const { raw, error } = readOne(meter, 'smc:system');
        if (raw === null) expect(error).not.toBeNull();
        else expect(result === 0 && typeof raw === 'number' && raw > 0 && raw <= 1000).toBe(true);
        if (result === 0 && watts > 1e-30 && watts <= 1000) expect(raw).toBe(Math.fround(watts));
      }),
    );
    meter.close();
  });
});
