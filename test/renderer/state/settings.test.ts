import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/renderer/state/settings';

describe('settings as they are read from a lab', () => {
  const fresh = readSettings({});

  it('a new lab has values for all', () => {
    expect(fresh.colorScheme).toBe('auto');
    expect(fresh.updateRateHz).toBe(4);
  });

  it('whatever is stored, the page starts: what cannot be read is as in a new lab', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(fresh)), fc.jsonValue()), (stored) => {
        const settings = readSettings(stored as never);
        expect(Object.keys(settings)).toEqual(Object.keys(fresh));
        expect(['light', 'dark', 'auto']).toContain(settings.colorScheme);
        expect(settings.updateRateHz).toBeGreaterThanOrEqual(1);
        expect(settings.updateRateHz).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('one bad value does not take the good ones with it', () => {
    expect(readSettings({ colorScheme: 'pink', tdpW: 65 })).toMatchObject({ colorScheme: 'auto', tdpW: 65 });
  });
});
