import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aboveChance, correctPerJoule } from '../../src/shared/accuracy';
import { accuracyCosts } from '../../src/shared/accuracyCosts';
import { noMarks, type RunRow, runRowOf } from '../../src/shared/runRow';
import { randomFrom } from '../../src/shared/stats/random';
import { wilson } from '../../src/shared/stats/wilson';
import { fakeAccuracy } from '../support/fakeData';
import { fakeMachine, fakeModel, fakeRun } from '../support/fakeRecords';

const joules = (value: number, rel = 0.05) => ({ value, low: value * (1 - rel), high: value * (1 + rel) });
const of = (correct: number, n: number, classes = 10) => ({ accuracy: wilson(correct, n), classes });

describe('what a right answer costs', () => {
  it('is energy over accuracy, by hand', () => {
    const cost = correctPerJoule(of(800, 1000), joules(0.004));
    expect(cost.jPerCorrect!.value).toBeCloseTo(0.005, 12);
    expect(cost.correctPerJ!.value).toBeCloseTo(200, 9);
    // (0.8 − 0.1) / 0.9 / 0.004
    expect(cost.qualityPerJ!.value).toBeCloseTo(194.444, 3);
    expect(cost.missing).toBeNull();
  });

  it('has the interval of whichever part is uncertain, and a wider one where both are', () => {
    const sure = { value: 0.8, low: 0.8, high: 0.8 };
    const onlyJ = correctPerJoule({ accuracy: sure, classes: 10 }, joules(1, 0.1)).jPerCorrect!;
    expect([onlyJ.low, onlyJ.high]).toEqual([expect.closeTo(0.9 / 0.8, 9), expect.closeTo(1.1 / 0.8, 9)]);
    const acc = wilson(80, 100);
    const exact = { value: 1, low: 1, high: 1 };
    const onlyA = correctPerJoule({ accuracy: acc, classes: 10 }, exact).jPerCorrect!;
    expect([onlyA.low, onlyA.high]).toEqual([
      expect.closeTo(1 / acc.high, 9),
      expect.closeTo(1 / acc.low, 9),
    ]);
    const both = correctPerJoule({ accuracy: acc, classes: 10 }, joules(1, 0.1)).jPerCorrect!;
    expect(both.low).toBeLessThan(Math.min(0.9 / 0.8, 1 / acc.high));
    expect(both.high).toBeGreaterThan(Math.max(1.1 / 0.8, 1 / acc.low));
    // Independent errors partly cancel: less than by the ends.
    expect(both.high).toBeLessThan(1.1 / acc.low);
  });

  it('holds the truth in about 95 of 100 simulated measurements', () => {
    const random = randomFrom(7);
    const [p, j, u, n] = [0.7, 2, 0.06, 300];
    let [held, quality] = [0, 0];
    const rounds = 2000;
    for (let r = 0; r < rounds; r++) {
      let hits = 0;
      for (let i = 0; i < n; i++) if (random.uniform() < p) hits += 1;
      const value = j * Math.exp(u * random.normal());
      const item = { value, low: value * Math.exp(-1.96 * u), high: value * Math.exp(1.96 * u) };
      const cost = correctPerJoule(of(hits, n), item);
      if (cost.jPerCorrect!.low <= j / p && j / p <= cost.jPerCorrect!.high) held += 1;
      const truth = (p - 0.1) / 0.9 / j;
      if (cost.qualityPerJ!.low <= truth && truth <= cost.qualityPerJ!.high) quality += 1;
    }
    for (const count of [held, quality]) {
      expect(count / rounds).toBeGreaterThan(0.935);
      expect(count / rounds).toBeLessThan(0.97);
    }
  });

  it('keeps low ≤ value ≤ high for every accuracy and energy, and is the inverse both ways', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 2, max: 100 }),
        fc.double({ min: 1e-9, max: 1e3, noNaN: true }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (correct, classes, energy, rel) => {
          const cost = correctPerJoule(of(correct, 500, classes), joules(energy, rel));
          for (const e of [cost.jPerCorrect, cost.correctPerJ, cost.qualityPerJ]) {
            if (e === null) continue;
            const slack = 1e-9 * Math.abs(e.value);
            expect(e.low).toBeLessThanOrEqual(e.value + slack);
            expect(e.high).toBeGreaterThanOrEqual(e.value - slack);
          }
          expect(cost.jPerCorrect === null).toBe(correct === 0);
          if (correct > 0) expect(cost.jPerCorrect!.high * cost.correctPerJ!.low).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('says why it cannot be told, and never shows chance as quality', () => {
    const none = { value: null, low: null, high: null };
    expect(correctPerJoule(of(8, 10), none)).toMatchObject({
      jPerCorrect: null,
      missing: expect.stringContaining('Energy was not measured'),
    });
    expect(correctPerJoule(of(8, 10), none, 'time').missing).toContain('Time was not measured');
    expect(correctPerJoule(of(8, 10), { value: 0.1, low: -0.1, high: 0.3 }).missing).toContain('from zero');
    const nothingRight = correctPerJoule(of(0, 50), joules(1));
    expect(nothingRight).toMatchObject({
      jPerCorrect: null,
      missing: expect.stringContaining('No answer was right'),
    });
    expect(nothingRight.qualityPerJ!.value).toBeLessThan(0);
    const chance = correctPerJoule(of(100, 1000), joules(1)).qualityPerJ!;
    expect(chance.low).toBeLessThan(0);
    expect(chance.high).toBeGreaterThan(0);
    expect(aboveChance({ value: 1, low: 0.1, high: 1 }, 10)).toEqual({ value: 1, low: 0, high: 1 });
  });
});

describe('costs of an accuracy', () => {
  const model = fakeModel('net', 1000);
  const record = fakeAccuracy(model.id, { n: 1000, correct: 800 });
  const row = (over: Partial<RunRow>): RunRow => ({
    ...runRowOf(
      {
        run: fakeRun({ experiment: 'e', ordinal: 0, model, p50S: 1e-3 }),
        model,
        machine: fakeMachine(),
        experimentName: 'e',
      },
      noMarks,
    ),
    latencyVerdict: 'valid',
    p50S: { value: 1e-3, low: 0.9e-3, high: 1.1e-3 },
    energyVerdict: 'valid',
    grossJ: joules(0.08, 0.01),
    grossAbsoluteJ: joules(0.08, 0.1),
    ...over,
  });

  it('are per item: a batch is divided by its size, with what is known of the sensor', () => {
    const [cost] = accuracyCosts(record, [row({ batch: 16 })]);
    expect(cost.itemJ).toEqual({
      value: 0.005,
      low: expect.closeTo(0.0045, 9),
      high: expect.closeTo(0.0055, 9),
    });
    expect(cost.joules.jPerCorrect!.value).toBeCloseTo(0.00625, 9);
    expect(cost.seconds.jPerCorrect!.value).toBeCloseTo(1e-3 / 16 / 0.8, 12);
  });

  it('stand on the newest usable run of each condition', () => {
    const rows = [
      row({ id: 'old', endedUnixMs: 1 }),
      row({ id: 'new', endedUnixMs: 3 }),
      row({ id: 'later without a meter', endedUnixMs: 4, energyVerdict: 'not_measured' }),
      row({ id: 'batch', batch: 8, energyVerdict: 'invalid' }),
      row({ id: 'bad', batch: 4, energyVerdict: 'invalid', latencyVerdict: 'invalid' }),
      row({ id: 'sample', batch: 2, sample: true }),
      row({ id: 'bin', batch: 3, binnedUnixMs: 5 }),
      row({ id: 'control', batch: 5, role: 'control' }),
      row({ id: 'other', batch: 6, modelId: 'f'.repeat(64) }),
    ];
    const costs = accuracyCosts(record, rows);
    expect(costs.map((c) => c.runId)).toEqual(['new', 'batch']);
    expect(costs[1].joules.missing).toContain('Energy was not measured');
    expect(costs[1].seconds.jPerCorrect!.value).toBeGreaterThan(0);
    expect(accuracyCosts(record, [])).toEqual([]);
  });
});
