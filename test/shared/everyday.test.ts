import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { essay } from '../../src/shared/essay';
import { everydayUnits, inEverydayUnits } from '../../src/shared/everyday';

const exactly = (value: number) => ({ value, low: value, high: value });
const count = (joules: number, key: string) =>
  inEverydayUnits(exactly(joules)).find((e) => e.unit.key === key)!.count.value;

describe('everyday units', () => {
  it('give the essay’s numbers and those of the guide for GPT-3', () => {
    const training = essay.gpt3TrainingWh * 3600;
    expect(count(training, 'streaming-essay')).toBeCloseTo(1_625_000, 0);
    expect(count(training, 'streaming-iea') / 1e6).toBeCloseTo(16.9, 1);
    expect(count(training, 'home-year')).toBeCloseTo(130, 6);
    const year = 365.25 * 86_400;
    expect(count(1287e6 * 3600, 'brain-20') / year).toBeCloseTo(7340, -1);
    expect(count(1287e6 * 3600, 'brain-30') / year).toBeCloseTo(4890, -1);
  });

  it('name a source and a date each, and none that nobody has checked', () => {
    for (const unit of everydayUnits) {
      expect(unit.source.length).toBeGreaterThan(10);
      expect(unit.source).not.toMatch(/unchecked/i);
      expect(unit.dated).toMatch(/^\d{4}/);
      expect(unit.joules.low).toBeLessThanOrEqual(unit.joules.value);
      expect(unit.joules.high).toBeGreaterThanOrEqual(unit.joules.value);
    }
  });

  it('keep the value inside its range, and the order of energies', () => {
    const joules = fc.double({ min: 1e-12, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(joules, fc.double({ min: 0, max: 0.9, noNaN: true }), (value, rel) => {
        const all = inEverydayUnits({ value, low: value * (1 - rel), high: value * (1 + rel) });
        for (const { count: c, text } of all) {
          expect(c.low).toBeLessThanOrEqual(c.value);
          expect(c.high).toBeGreaterThanOrEqual(c.value);
          expect(text).not.toMatch(/NaN|Infinity|e[+-]\d/);
        }
      }),
    );
  });

  it('read as a person would say it', () => {
    const text = (joules: number, key: string) =>
      inEverydayUnits(exactly(joules)).find((e) => e.unit.key === key)!.text;
    expect(text(1.2e-3, 'brain-20')).toBe('60.0 µs of a human brain at 20 W');
    expect(text(7.2e4, 'brain-20')).toBe('60.0 minutes of a human brain at 20 W');
    expect(text(36, 'home-year')).toBe('it takes 1.00 G of these for 1 year of a US home’s electricity');
    expect(text(2.88e6, 'streaming-essay')).toMatch(/^1\.00 hours of video streaming/);
  });
});
