import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joulesOf } from '../../../src/main/hosts/cli/commands/units';

describe('thirty-watts units', () => {
  it.each([
    ['3.2mJ', 3.2e-3],
    ['3.2 mJ', 3.2e-3],
    ['20', 20],
    ['1,287 MWh', 1287e6 * 3600],
    ['0.8 kWh', 2.88e6],
    ['1e-4 J', 1e-4],
    ['7 µJ', 7e-6],
  ])('reads %s', (text, joules) => expect(joulesOf(text)).toBeCloseTo(joules, 12));

  it.each(['', 'J', '-3 J', '0 J', '3 W', '3 kg', 'NaN', '1e999 J x'])(
    'refuses “%s” with an example',
    (text) => expect(() => joulesOf(text)).toThrow(/no energy above 0/),
  );

  it('reads what it is given in any prefix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (n) => {
        expect(joulesOf(`${n} kJ`)).toBe(n * 1000);
        expect(joulesOf(`${n}000 mJ`)).toBeCloseTo(n, 6);
      }),
    );
  });
});
