import { describe, expect, it } from 'vitest';
import { domains } from '../../src/shared/meter';
import { domainWords, uncertaintyText, updateText } from '../../src/shared/meterWords';

describe('words of meters', () => {
  it('name every domain, each differently', () => {
    expect(new Set(domains.map((d) => domainWords[d])).size).toBe(domains.length);
  });

  it('state the uncertainty of an estimate as the factor of 2.5 that the method names', () => {
    expect(uncertaintyText({ factor1s: 1.6, gainRel1s: 0, offsetW1s: 0 })).toBe('× or ÷ 2.5 (95 %)');
    expect(uncertaintyText({ factor1s: null, gainRel1s: 0.02, offsetW1s: 5 })).toBe(
      '± 2.0 % and ± 5.0 W (1 σ)',
    );
    expect(uncertaintyText({ factor1s: null, gainRel1s: 0, offsetW1s: 0 })).toBe('not stated by its maker');
  });

  it('state how often a sensor moves and what it misses', () => {
    expect(updateText({ update: { seconds: 0.1, from: 'measured' }, averagingS: 0.025, duty: 0.25 })).toBe(
      'every 100 ms (measured), averages over 25 ms, sees 25 % of the time',
    );
    expect(updateText({ update: { seconds: 1, from: 'documented' }, averagingS: 0, duty: 1 })).toBe(
      'every 1.0 s (documented)',
    );
  });
});
