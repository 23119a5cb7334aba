import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../src/shared/wire';

/** What crosses: plain data with whole and broken numbers, bigints of 64 bits, bytes and columns. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    // Zero has one sign on the wire.
    fc.double().map((x) => (x === 0 ? 0 : x)),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.uint32Array(),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((k) => k !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

describe('messages as bytes', () => {
  it('any message comes back as it was', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(decodeMessage(encodeMessage(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the kind of each array and of each number', () => {
    const message = {
      f: new Float64Array([1.5, Number.NaN, Number.NEGATIVE_INFINITY]),
      b: new BigInt64Array([-(2n ** 63n), 7n]),
      u: new Uint32Array([4294967295]),
      bytes: new Uint8Array([1, 2]),
      whole: Number.MAX_SAFE_INTEGER,
      clock: 9_007_199_254_740_993n,
    };
    const back = decodeMessage(encodeMessage(message)) as typeof message;
    expect(back).toEqual(message);
    for (const [name, Kind] of [
      ['f', Float64Array],
      ['b', BigInt64Array],
      ['u', Uint32Array],
      ['bytes', Uint8Array],
    ] as const)
      expect(back[name]).toBeInstanceOf(Kind);
    expect(typeof back.whole).toBe('number');
    expect(typeof back.clock).toBe('bigint');
  });

  it('a column that is part of a larger buffer sends its own values, and what comes back stands alone', () => {
    const large = new Float64Array([0, 1, 2, 3]);
    const bytes = encodeMessage(large.subarray(1, 3));
    const back = decodeMessage(bytes) as Float64Array;
    bytes.fill(0);
    expect([...back]).toEqual([1, 2]);
  });

  it('leaves out keys without a value', () => {
    expect(Object.keys(decodeMessage(encodeMessage({ a: undefined, b: null })) as object)).toEqual(['b']);
  });

  it('foreign bytes throw or give plain data, and never reach a prototype', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessage(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 1000 },
    );
    const proto = new Uint8Array([
      0x81,
      0xa9,
      ...new TextEncoder().encode('__proto__'),
      0x81,
      0xa1,
      0x78,
      0x01,
    ]);
    expect(() => decodeMessage(proto)).toThrow(/__proto__/);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
