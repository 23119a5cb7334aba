import { describe, expect, it } from 'vitest';
import { type PreflightFacts, preflight, preflightWords } from '../../src/main/lab/preflight';
import { watchSystem } from '../../src/main/lab/systemWatch';
import { health, look } from '../support/windowParts';

const facts = (changed: Partial<PreflightFacts> = {}): PreflightFacts => ({
  look: look({ power: { source: 'ac', mode: 'balanced' }, cpu: health({ tempC: 45, throttle: [] }) }),
  backgroundCpu: 0.01,
  freeBytes: 8e9,
  largestModelBytes: 1e6,
  ...changed,
});

describe('the look at the machine before anything is loaded', () => {
  it('is one line for the log, and no warning on a quiet machine', () => {
    const { note, warnings } = preflightWords(facts());
    expect(note).toBe(
      'on mains, power mode balanced, others use 1.0 % of the processor, 8.00 GB of memory free, processor at 45 °C',
    );
    expect(warnings).toEqual([]);
  });

  it('says of what the system does not tell that it is not told, and never 0', () => {
    const unknown = facts({ look: look(), backgroundCpu: null, largestModelBytes: null });
    const { note, warnings } = preflightWords(unknown);
    expect(note).toContain('power source not told, power mode not told, others use an unknown share');
    expect(note).toContain('temperature not told');
    expect(note).not.toMatch(/\b0(\.0)? %/);
    expect(warnings).toEqual([]);
  });

  it.each<[string, Partial<PreflightFacts>, Partial<PreflightFacts>, RegExp]>([
    [
      'a battery',
      { look: look({ power: { source: 'battery', mode: null } }) },
      { look: look({ power: { source: 'ac', mode: null } }) },
      /battery: results will be limited/,
    ],
    [
      'other programs above 5 %',
      { backgroundCpu: 0.051 },
      { backgroundCpu: 0.05 },
      /Other programs use 5\.1 %/,
    ],
    [
      'a processor that slows itself down',
      { look: look({ cpu: health({ throttle: ['thermal'] }) }) },
      { look: look({ cpu: health({ throttle: [] }) }) },
      /slows itself down/,
    ],
    [
      'a model of which two copies do not fit',
      { largestModelBytes: 4.1e9 },
      { largestModelBytes: 3.9e9 },
      /may swap or fail/,
    ],
  ])('warns of %s, and not of the rest', (_, bad, good, sentence) => {
    const { warnings } = preflightWords(facts(bad));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(sentence);
    expect(preflightWords(facts(good)).warnings).toEqual([]);
  });

  it('looks for a second at this machine and gives shares that can be; a cancel does not wait for it', async () => {
    const { look: see } = watchSystem(Date.now);
    const found = await preflight(
      see,
      [{ counts: { parameterBytes: 5 } as never }],
      new AbortController().signal,
    );
    if (found.backgroundCpu !== null) {
      expect(found.backgroundCpu).toBeGreaterThanOrEqual(0);
      expect(found.backgroundCpu).toBeLessThanOrEqual(1);
    }
    expect(found.freeBytes).toBeGreaterThan(0);
    expect(found.largestModelBytes).toBe(5);
    const begun = performance.now();
    expect((await preflight(see, [], AbortSignal.abort())).largestModelBytes).toBeNull();
    expect(performance.now() - begun).toBeLessThan(900);
  });
});
