import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utcDay, utcSecond, utcStamp, utcText, utcTime } from '../../src/shared/utc';

it('tells moments in UTC, as deep as asked for', () => {
  const at = Date.UTC(2026, 0, 15, 10, 0, 5, 999);
  expect([utcSecond, utcStamp, utcDay, utcText, utcTime].map((text) => text(at))).toEqual([
    '2026-01-15T10:00:05Z',
    '20260115T100005Z',
    '2026-01-15',
    '2026-01-15 10:00',
    '2026-01-15 10:00:05',
  ]);
  expect(() => utcSecond(Number.NaN)).toThrow(RangeError);
});

it('is read back to the second', () => {
  const times = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
  fc.assert(
    fc.property(times, (date) => {
      expect(Date.parse(utcSecond(date.getTime()))).toBe(Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});
