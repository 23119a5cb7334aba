import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ioreg, makeIoreg } from '../../src/main/meters/ioreg';
import { meanLoadW, parseIoreg } from '../../src/main/meters/ioregTelemetry';
import type { Reading } from '../../src/shared/meter';
import { macEnv } from './stub/appleStub';
import { readOne, sensorsOf, VirtualClock } from './support';

/** Composed by hand from what users have posted; not recorded on a Mac of ours. */
const macbook = readFileSync(join(import.meta.dirname, 'fixtures/ioreg/macbook.txt'), 'utf8');
const startUnixS = 1_760_000_000;

const with_ = (changed: { load?: bigint; sum?: bigint; samples?: bigint; at?: number }): string =>
  macbook
    .replace(/"SystemLoad"=\d+/, `"SystemLoad"=${changed.load ?? 19852n}`)
    .replace(/"AccumulatedSystemLoad"=\d+/, `"AccumulatedSystemLoad"=${changed.sum ?? 1362141123n}`)
    .replace(/"SystemLoadAccumulatorCount"=\d+/, `"SystemLoadAccumulatorCount"=${changed.samples ?? 74966n}`)
    .replace(/"UpdateTime" = \d+/, `"UpdateTime" = ${changed.at ?? startUnixS}`);

/** A Mac whose ioreg prints what the test says, polled when the test says. */
async function machine(first: string | Error) {
  const clock = new VirtualClock();
  let text: string | Error = first;
  let poll = () => {};
  let stopped = false;
  let unixMs = startUnixS * 1000 + 2000;
  const meter = makeIoreg({
    ioreg: async () => {
      if (text instanceof Error) throw text;
      return text;
    },
    every: (_ms, call) => {
      poll = call;
      return () => {
        stopped = true;
      };
    },
    nowUnixMs: () => unixMs,
  });
  const env = macEnv(null, { now: clock.now });
  return {
    meter,
    env,
    clock,
    stopped: () => stopped,
    async look(seconds: number, next: string | Error) {
      clock.advance(seconds);
      unixMs += seconds * 1000;
      text = next;
      poll();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('ioreg text', () => {
  it('gives load, sum, count and time', () => {
    expect(parseIoreg(macbook)).toEqual({
      systemLoadMilliW: 19852n,
      loadSumMilliW: 1362141123n,
      loadSamples: 74966n,
      publishedUnixS: startUnixS,
    });
  });

  it('reads negative values that ioreg prints as unsigned 64-bit ones', () => {
    expect(parseIoreg(with_({ load: 18446744073709551497n }))?.systemLoadMilliW).toBe(-119n);
    expect(parseIoreg(macbook.replace('"SystemLoad"=19852', '"SystemLoad"=-119'))?.systemLoadMilliW).toBe(
      -119n,
    );
  });

  it('is null without telemetry and knows which keys are absent', () => {
    expect(parseIoreg('')).toBeNull();
    expect(parseIoreg(macbook.replace('PowerTelemetryData', 'Other'))).toBeNull();
    expect(parseIoreg('"PowerTelemetryData" = {"SystemLoad"=5}')).toEqual({
      systemLoadMilliW: 5n,
      loadSumMilliW: null,
      loadSamples: null,
      publishedUnixS: null,
    });
  });

  it('gives the exact mean between two publications, across a wrap, and null after a reset', () => {
    const at = (sum: bigint, samples: bigint) => parseIoreg(with_({ sum, samples }))!;
    expect(meanLoadW(at(100_000n, 100n), at(460_000n, 160n))).toBe(6);
    expect(meanLoadW(at(2n ** 64n - 60_000n, 100n), at(300_000n, 160n))).toBe(6);
    expect(meanLoadW(at(460_000n, 160n), at(10n, 1n))).toBeNull();
    expect(meanLoadW(at(460_000n, 160n), at(470_000n, 160n))).toBeNull();
  });

  it('whatever the text: no throw, and a mean is positive and finite', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const text = fc.oneof(
      fc.string(),
      fc.record({ load: number, sum: number, samples: number, at: fc.nat() }).map(with_),
      fc.nat(macbook.length).map((end) => macbook.slice(0, end)),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [before, after] = [parseIoreg(a), parseIoreg(b)];
        const watts = before === null || after === null ? null : meanLoadW(before, after);
        expect(watts === null || (watts > 0 && Number.isFinite(watts))).toBe(true);
      }),
    );
  });
});

describe('the battery telemetry of a MacBook', () => {
  it('pushes the mean of each interval, stamped with its middle, once per publication', async () => {
    const { meter, env, look, stopped, clock } = await machine(macbook);
    const [info] = sensorsOf(await meter.probe(env));
    expect(info).toMatchObject({ domain: 'system.dc', kind: 'gauge', delivery: 'push' });
    const began = clock.now();
    const open = await meter.open([info!.id], env);
    expect(open.drain()).toEqual([]);
    await look(10, macbook);
    expect(open.drain()).toEqual([]);
    // 30 W over 40 samples, published 48 s after the first.
    await look(40, with_({ sum: 1362141123n + 1_200_000n, samples: 74966n + 40n, at: startUnixS + 48 }));
    const [reading] = open.drain();
    expect(reading).toMatchObject({
      raw: 30,
      error: null,
      sourceTimeNs: BigInt(startUnixS + 48) * 1_000_000_000n,
    });
    // Published 4 s before the look at 50 s: at 46 s, that is; the first was there from the beginning.
    expect(Number(reading!.t0 - began) / 1e9).toBeCloseTo(23, 1);
    await look(10, with_({ sum: 1362141123n + 1_200_000n, samples: 74966n + 40n, at: startUnixS + 48 }));
    expect(open.drain()).toEqual([]);
    expect(readOne(open, info!.id)).toMatchObject({ raw: null, error: { code: 'PUSHED', fatal: false } });
    open.close();
    expect(stopped()).toBe(true);
    await look(60, with_({ sum: 2n, samples: 1n }));
    expect(open.drain()).toEqual([]);
  });

  it.each([
    ['a reset of the sum', with_({ sum: 5n, samples: 1n, at: startUnixS + 48 }), 'COUNTER_RESET'],
    ['an impossible power', with_({ sum: 10n ** 15n, samples: 74967n, at: startUnixS + 48 }), 'OUT_OF_RANGE'],
    ['an ioreg that fails', new Error('ETIMEDOUT'), 'NO_TELEMETRY'],
    ['a battery that vanished', 'nothing', 'NO_TELEMETRY'],
  ] as const)('%s: null with its reason', async (_name, text, code) => {
    const { meter, env, look } = await machine(macbook);
    const open = await meter.open(['ioreg:system'], env);
    await look(50, text);
    expect(open.drain()).toMatchObject([{ raw: null, error: { code, fatal: false } }]);
    open.close();
  });

  it('takes the value of the moment where there is no sum', async () => {
    const bare = (load: number, at: number) =>
      `"UpdateTime" = ${at}\n"PowerTelemetryData" = {"SystemLoad"=${load}}`;
    const { meter, env, look } = await machine(bare(8000, startUnixS));
    expect(sensorsOf(await meter.probe(env))[0]!.averagingS).toBe(0);
    const open = await meter.open(['ioreg:system'], env);
    await look(30, bare(9500, startUnixS + 30));
    await look(30, bare(0, startUnixS + 60));
    expect(open.drain().map((r: Reading) => [r.raw, r.error?.code])).toEqual([
      [9.5, undefined],
      [null, 'NO_POWER'],
    ]);
    open.close();
  });

  it.each([[''], [new Error('ENOENT')], ['"PowerTelemetryData" = {"SystemLoad"=0}']] as const)(
    'is absent without power telemetry (%s)',
    async (text) => {
      const { meter, env } = await machine(text);
      expect(await meter.probe(env)).toMatchObject({
        status: 'absent',
        reason: expect.stringContaining('battery'),
      });
    },
  );

  it.skipIf(process.platform === 'darwin')('is absent where there is no ioreg', async () => {
    expect(await ioreg.probe(macEnv(null))).toMatchObject({ status: 'absent' });
  });
});
