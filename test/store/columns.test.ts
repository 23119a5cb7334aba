import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Codec, decodeColumn, encodeColumn } from '../../src/main/store/columns';

const bits = (values: Float64Array | BigInt64Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

const there = (values: Float64Array | BigInt64Array) => {
  const encoded = encodeColumn(values);
  const back = decodeColumn(encoded);
  expect(back.constructor).toBe(values.constructor);
  expect(bits(back)).toBe(bits(values));
  return encoded;
};

const exact = (values: fc.Arbitrary<Float64Array | BigInt64Array>) =>
  fc.assert(
    fc.property(values, (v) => void there(v)),
    { seed: 30, numRuns: 300 },
  );

describe('a column', () => {
  it('of any doubles comes back bit for bit', () => {
    exact(fc.float64Array());
  });

  it('of whole numbers around the 32- and 53-bit limits comes back', () => {
    const edge = fc.constantFrom(0, -0, 1, -1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 0.5);
    exact(fc.array(edge, { maxLength: 12 }).map((v) => Float64Array.from(v)));
  });

  it('of rising times comes back', () => {
    const gap = fc.integer({ min: 0, max: 2 ** 32 });
    exact(
      fc.tuple(fc.maxSafeNat(), fc.array(gap)).map(([from, gaps]) => {
        let at = from / 2;
        return Float64Array.from(gaps, (g) => (at = Math.floor(at + g)));
      }),
    );
  });

  it('of any 64-bit integers comes back', () => {
    exact(fc.bigInt64Array());
    exact(
      fc
        .tuple(
          fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
          fc.array(fc.bigInt({ min: 0n, max: 2n ** 32n })),
        )
        .map(([from, gaps]) => {
          let at = from;
          return BigInt64Array.from(gaps, (g) => (at += g));
        }),
    );
  });

  it('may be a view into a larger buffer', () => {
    there(new Float64Array([9, 1, 2, 3, 9]).subarray(1, 4));
    there(new BigInt64Array([9n, 1n, -2n, 9n]).subarray(1, 3));
  });

  it.each<[string, Float64Array | BigInt64Array, Codec, number]>([
    ['durations', Float64Array.from({ length: 1000 }, (_, i) => 140_000 + ((i * 7919) % 5000)), 'f64.u32', 4],
    ['starts beyond 4.3 s', Float64Array.from({ length: 1000 }, (_, i) => i * 8_000_000), 'f64.gaps', 4],
    [
      'counter values',
      BigInt64Array.from({ length: 1000 }, (_, i) => 10n ** 15n + BigInt(i * i)),
      'i64.gaps',
      4,
    ],
    ['watts', Float64Array.from({ length: 1000 }, (_, i) => 30 + i / 7), 'f64.raw', 8],
  ])('of %s takes the layout that fits', (_name, values, codec, bytesEach) => {
    const encoded = there(values);
    expect(encoded.codec).toBe(codec);
    expect(encoded.bytes.length).toBeLessThan(values.length * bytesEach + 32);
  });

  it('that was cut, changed in length or given the wrong codec is refused, not guessed', () => {
    const encoded = encodeColumn(Float64Array.from({ length: 100 }, (_, i) => i * i));
    expect(() => decodeColumn({ ...encoded, bytes: encoded.bytes.subarray(0, -3) })).toThrow();
    expect(() => decodeColumn({ ...encoded, n: 99 })).toThrow();
    expect(() => decodeColumn({ ...encoded, n: 101 })).toThrow();
    expect(() => decodeColumn({ ...encoded, codec: 'f64.raw' })).toThrow();
    expect(decodeColumn(encoded)).toHaveLength(100); // control
  });

  it.each([0, 1, 31, 32, 33, 127, 128, 129])('of %i values is a frame that zstd unpacks', (n) => {
    const { bytes } = there(Float64Array.from({ length: n }, (_, i) => 1 / (i + 1)));
    expect(zstdDecompressSync(bytes)).toHaveLength(n === 0 ? 0 : n === 1 ? 4 : 8 * n);
  });

  it('of a few values reads as zstd itself unpacks it, and what of it rotted is refused where zstd refuses it', () => {
    const few = fc.oneof(fc.bigInt64Array({ maxLength: 3 }), fc.float64Array({ maxLength: 140 }));
    /** What comes of a frame; null where it is refused. */
    const tried = <T>(read: () => T): T | null => {
      try {
        return read();
      } catch {
        return null;
      }
    };
    let [asItIs, refused] = [0, 0];
    fc.assert(
      fc.property(few, fc.nat(), fc.integer({ min: 1, max: 255 }), (values, where, change) => {
        const { n, codec, bytes } = encodeColumn(values);
        if (bytes.length > 8 * n) asItIs += 1;
        const rotten = Uint8Array.from(bytes);
        rotten[where % bytes.length]! ^= change;
        for (const frame of [bytes, rotten]) {
          const due = tried(() => zstdDecompressSync(frame, { maxOutputLength: 8 * n + 64 }));
          const layoutBytes = zstdDecompressSync(bytes).length;
          const back = tried(() => decodeColumn({ n, codec, bytes: frame }));
          expect(back !== null).toBe(due !== null && due.length === layoutBytes);
          if (back === null) refused += 1;
          // Control: a sound frame that says something else gives something else.
          else expect(bits(back) === bits(values)).toBe(due!.equals(zstdDecompressSync(bytes)));
        }
      }),
      { seed: 31, numRuns: 600 },
    );
    expect(asItIs).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
