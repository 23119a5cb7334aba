import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseCanonical, sha256, sha256OfValue } from '../../src/main/store/canonical';

/** Texts that a tag could be mistaken for, among others. */
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^~{0,3}-?[0-9]{1,4}n$/));
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((v) => !Object.is(v, -0));
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(text, tie('any'), { maxKeys: 4 }).map((o) => ({ ...o })),
  ),
})).any;

describe('canonical JSON', () => {
  it('reads back exactly what was written', () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(parseCanonical(canonicalJson(v))).toStrictEqual(v);
      }),
      { seed: 30, numRuns: 500 },
    );
  });

  it('is one text whatever order the keys were set in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, value), { selector: ([k]) => k }), (entries) => {
        const there = canonicalJson(Object.fromEntries(entries));
        expect(canonicalJson(Object.fromEntries(entries.toReversed()))).toBe(there);
      }),
      { seed: 30 },
    );
  });

  it('is fixed: a stored hash stays right', () => {
    const v = { b: [1.5, -0, 1e21, 'é\n'], a: { n: 12n, s: '12n', t: '~12n', u: undefined }, Z: null };
    expect(canonicalJson(v)).toBe(
      '{"Z":null,"a":{"n":"12n","s":"~12n","t":"~~12n"},"b":[1.5,0,1e+21,"é\\n"]}',
    );
    expect(sha256OfValue({})).toBe(createHash('sha256').update('{}').digest('hex'));
  });

  it.each([
    ['NaN', NaN],
    ['an infinity', { a: [Infinity] }],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array(1)],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a typed array', new Float64Array(1)],
    ['a function', { f: () => 1 }],
    ['a symbol', Symbol('s')],
  ])('refuses %s', (_name, v) => {
    expect(() => canonicalJson(v)).toThrow(/canonical JSON/);
  });
});

describe('sha256', () => {
  it('hashes parts as if they were one, and only the part of a buffer that a view shows', () => {
    const bytes = new Uint8Array([0, 1, 2, 3]);
    expect(sha256(bytes.subarray(0, 2), bytes.subarray(2))).toBe(sha256(bytes));
    expect(sha256(bytes.subarray(1))).not.toBe(sha256(bytes));
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
