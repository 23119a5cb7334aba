import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betweenRunsRel } from '../../../src/main/science/claims/ratio';
import { outcomeOf, sizeClaim } from '../../../src/main/science/claims/size';
import { costOf, picks, type SizeData } from '../../../src/main/science/claims/sizeData';
import { judgeLadder } from '../../../src/main/science/claims/sizeJudge';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { claimVerdictWords } from '../../../src/shared/verdicts';
import { fakeJudge, fakeMeasured } from '../../support/fakeBench';
import { type MadeUp, madeUp, rungs } from './sizeRows';

const judge = fakeJudge(sizeClaim.text.prediction);
const outcome = (given: MadeUp) => outcomeOf(judge, madeUp(given));

/** Quality saturates: chance, little, then useful from the third rung on. */
const saturating = (i: number) => [0.1, 0.2, 0.8, 0.9, 0.94, 0.96, 0.97][i]!;
const proportional = (parameters: number) => 1e-9 * parameters;
/** Free up to the fifth rung, where it begins to cost. */
const fixedCost = (parameters: number) => 1e-6 * (1 + Math.max(0, parameters / 25_600 - 1));

describe('C1, size: the rule', () => {
  it('supported: the peak is at the smallest useful model in every condition', () => {
    const found = outcome({ accuracy: saturating, joules: proportional });
    expect(found.verdict).toBe('supported');
    expect(found.boundary).toBeNull();
    expect(found.sentence).toMatch(/1,600 parameters for the fully connected ladder, batch 1, cpu/);
    expect(found.sentence).toMatch(/supported\.$/);
  });

  it('refuted: the peak is at the largest model in every condition', () => {
    const found = outcome({ accuracy: saturating, joules: () => 1e-6 });
    expect(found.verdict).toBe('refuted');
    expect(found.sentence).toMatch(/409,600 parameters/);
  });

  it('within limits: the peak lies between, and is printed for each batch', () => {
    const found = outcome({
      accuracy: saturating,
      joules: (p, _, batch) => (batch === 1 ? fixedCost(p) : proportional(p)),
    });
    expect(found.verdict).toBe('within_limits');
    expect(found.boundary).toMatch(/25,600 parameters for the fully connected ladder, batch 1/);
    expect(found.boundary).toMatch(/1,600 parameters for the fully connected ladder, batch 256/);
  });

  it('inconclusive: noise puts the peak anywhere up to the largest', () => {
    const flat = outcome({
      accuracy: (i) => (i < 2 ? 0.2 : 0.8),
      joules: () => 1e-6,
      spread: 0.05,
    });
    expect(flat.verdict).toBe('inconclusive');
  });

  it('not measured without a meter; the same rule by time is shown, marked, and decides nothing', () => {
    const found = outcome({ accuracy: saturating, joules: null, seconds: proportional });
    expect(found.verdict).toBe('not_measured');
    expect(found.sentence).toMatch(/No energy meter was found/);
    expect(found.parts.map((p) => p.verdict)).toEqual(['not_measured', 'supported']);
    expect(found.parts[0]!.findings.every((f) => f.state === 'missing' && !f.shownOnly)).toBe(true);
    expect(found.parts[1]!.findings.every((f) => f.shownOnly)).toBe(true);
    for (const figure of found.figures) {
      expect(figure.panels.every((p) => /no energy meter/.test(p.x.title + p.y.title))).toBe(true);
      expect(figure.caption).toMatch(/time stands in its place/);
    }
    const off = claimOptionsSchema.parse({ meters: 'none' });
    const switched = outcome({ accuracy: saturating, joules: null, over: { options: off } });
    expect(switched.sentence).toMatch(/switched off/);
  });

  it('time never decides: fast small models do not rescue costly ones', () => {
    const found = outcome({ accuracy: saturating, joules: () => 1e-6, seconds: proportional });
    expect(found.verdict).toBe('refuted');
    expect(found.parts[1]!.verdict).toBe('supported');
  });

  it('not judged where no model is of use, or only the largest: nothing could be seen to fall', () => {
    for (const accuracy of [() => 0.3, (i: number) => (i === 6 ? 0.9 : 0.3)]) {
      const found = outcome({ accuracy, joules: proportional });
      expect(found.verdict).toBe('not_measured');
      expect(found.sentence).toMatch(/half of the quality above chance/);
    }
  });

  it('a model at chance is worth nothing, however cheap: without the correction for chance it would win', () => {
    const { peak, rungs: found } = judgeLadder(judged(), 10, 1)!;
    expect(found[0]!.perCost.value).toBeCloseTo(0, 9);
    expect(peak).toBe(1);
    // Accuracy over cost, uncorrected, has its largest value at the model that knows nothing.
    const raw = found.map((r) => r.accuracy.value / r.cost.value);
    expect(raw.indexOf(Math.max(...raw))).toBe(0);
    function judged() {
      return [0.1, 0.6, 0.7, 0.8].map((a, i) => ({
        parameters: 10 ** (i + 2),
        accuracies: [a, a, a],
        cost: { turns: [10 ** i, 10 ** i], withinRel: 0.01 },
      }));
    }
  });

  it('a simulated meter is told on every figure', () => {
    const data = madeUp({ accuracy: saturating, joules: proportional });
    for (const p of data.ladders[0]!.points)
      for (const m of Object.values(p.measured)) m.row.origin = 'simulated';
    expect(outcomeOf(judge, data).figures.map((f) => f.badge)).toEqual(['SIMULATED', 'SIMULATED']);
    expect(outcome({ accuracy: saturating, joules: proportional }).figures[0]!.badge).toBeNull();
  });

  it('takes gross energy for a whole ladder where net is missing of one model', () => {
    const data = madeUp({ accuracy: saturating, joules: proportional });
    const one = data.ladders[0]!.points[3]!.measured[1]!;
    for (const row of [one.row, ...one.turns]) row.netJ = { value: null, low: null, high: null };
    const { tables, verdict } = outcomeOf(judge, data);
    expect(verdict).toBe('supported');
    const exponents = tables.find((t) => t.key === 'exponents')!;
    expect(exponents.rows.map((r) => [r[1], r[2]])).toEqual([
      [1, 'gross energy'],
      [1, 'time'],
      [256, 'net energy'],
      [256, 'time'],
    ]);
  });

  it('does without one model of seven and says so; without its largest, its smallest of use or two of seven it is no ladder', () => {
    const without = (...at: number[]) => {
      const data = madeUp({ accuracy: saturating, joules: proportional });
      for (const i of at) {
        const one = data.ladders[0]!.points[i]!.measured[1]!;
        const nothing = { value: null, low: null, high: null };
        for (const row of [one.row, ...one.turns]) [row.netJ, row.grossJ] = [nothing, nothing];
      }
      return outcomeOf(judge, data);
    };
    const five = without(5);
    expect(five.verdict).toBe('supported');
    expect(five.notes.join(' ')).toMatch(/energy of mlp-5 at batch 1 could not be told/);
    expect(without(0).verdict).toBe('supported');
    for (const at of [[6], [2], [4, 5]]) {
      const found = without(...at);
      expect(found.verdict).toBe('inconclusive');
      expect(found.parts[0]!.findings[0]!.missing).toMatch(/could not be (told|measured)/);
    }
  });
});

describe('C1, size: the numbers', () => {
  const sample = (turns: number[], withinRel = 0) => ({ turns, withinRel });

  it('return β is 1 where twice the cost halves the error', () => {
    const found = judgeLadder(
      [0, 1, 2, 3].map((i) => ({
        parameters: 10 ** (i + 1),
        accuracies: [1 - 0.4 / 2 ** i],
        cost: sample([2 ** i]),
      })),
      10,
      1,
    )!;
    expect(found.peak).toBe(0);
    expect(found.beta!.value).toBeCloseTo(1, 9);
    for (const r of found.rungs.slice(1)) expect(r.beta).toBeCloseTo(1, 9);
    expect(found.errorFall).toBeCloseTo(8, 9);
  });

  it('a draw holds both levels: intervals are wider with seeds that differ and with turns that differ', () => {
    const width = (accuracies: number[], turns: number[]) => {
      const { low, high } = judgeLadder(
        [1, 2].map((k) => ({ parameters: k, accuracies, cost: sample(turns) })),
        10,
        1,
      )!.rungs[0]!.perCost;
      return high - low;
    };
    const still = width([0.8, 0.8], [1, 1]);
    expect(still).toBeCloseTo(0, 9);
    expect(width([0.7, 0.9], [1, 1])).toBeGreaterThan(0.1);
    expect(width([0.8, 0.8], [0.9, 1.1])).toBeGreaterThan(0.1);
  });

  it('neither the unit of the cost nor the order of the models matters', () => {
    const ladder = rungs.map((parameters, i) => ({
      parameters,
      accuracies: [saturating(i) - 0.01, saturating(i) + 0.01],
      cost: sample([1 + parameters / 1000], 0.02),
    }));
    const base = judgeLadder(ladder, 10, 1)!;
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.boolean(), (factor, turned) => {
        const scaled = ladder.map((r) => ({ ...r, cost: sample([r.cost.turns[0]! * factor], 0.02) }));
        const found = judgeLadder(turned ? scaled.reverse() : scaled, 10, 1)!;
        expect(found.peakParameters).toEqual(base.peakParameters);
        expect(found.shareSmall).toBe(base.shareSmall);
        expect(found.fall.value / base.fall.value).toBeCloseTo(1, 9);
      }),
      { numRuns: 20 },
    );
  });

  it('costs are those of a query: the energy of a call over its batch', () => {
    const { tables } = outcome({ accuracy: saturating, joules: proportional });
    const cost = tables.find((t) => t.key === 'cost')!;
    const [net, per] = ['net', 'per-joule'].map((key) => cost.columns.findIndex((c) => c.key === key)) as [
      number,
      number,
    ];
    expect(cost.rows.map((r) => r[2])).toEqual([...Array(7).fill(1), ...Array(7).fill(256)]);
    for (const row of cost.rows) {
      expect((row[net] as { value: number }).value).toBeCloseTo(proportional(row[1] as number), 12);
      const quality = (saturating(rungs.indexOf(row[1] as number)) - 0.1) / 0.9;
      const found = (row[per] as { value: number }).value;
      expect(found).toBeCloseTo(quality / proportional(row[1] as number), 0);
    }
  });

  it('the mixture stands at its total and at its active parameters; decoders give energy per token', () => {
    const data = madeUp({ accuracy: saturating, joules: proportional });
    const full: SizeData = {
      ...data,
      mixture: { ...data.ladders[0]!.points[3]!, key: 'mixture', parameters: 409_600, active: 6400 },
      decoders: [1e5, 3e5, 1e6, 3e6, 1e7, 3e7].map((parameters) =>
        fakeMeasured(`decoder-${parameters}`, {
          parameters,
          netJ: { value: parameters * 1e-9, low: parameters * 0.99e-9, high: parameters * 1.01e-9 },
        }),
      ),
    };
    const { figures, tables, published } = outcomeOf(judge, full);
    const mixture = figures[0]!.panels[0]!.series.filter((s) => s.key.startsWith('mixture'));
    expect(mixture.map((s) => s.points[0]!.x)).toEqual([409_600, 6400]);
    expect(mixture[0]!.points[0]!.y).toBe(mixture[1]!.points[0]!.y);
    const trillion = tables.find((t) => t.key === 'trillion')!;
    expect(trillion.rows[0]![2]).toBeCloseTo(1000, 0);
    expect(trillion.rows[1]![2]).toBeCloseTo(7, 1);
    expect(trillion.note).toMatch(/extrapolated/);
    expect(published.find((p) => p.source.includes('2104.10350'))!.ours).toMatch(/times the energy/);
  });

  it('without decoders nothing is extrapolated', () => {
    const { tables } = outcome({ accuracy: saturating, joules: proportional });
    expect(tables.find((t) => t.key === 'trillion')!.rows.map((r) => r[2])).toEqual([null, null]);
  });
});

describe('C1, size: the announcement', () => {
  it('first look stays under two minutes, the full form says its hours', () => {
    const total = (form: 'glance' | 'full') =>
      sizeClaim.steps(claimOptionsSchema.parse({ form })).reduce((sum, s) => sum + s.expectedS, 0);
    expect(total('glance')).toBeLessThan(120);
    expect(total('full')).toBeGreaterThan(3600);
    const keys = sizeClaim.steps(claimOptionsSchema.parse({ form: 'full' })).map((s) => s.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('its prediction is one of the verdicts that a board can show', () => {
    expect(claimVerdictWords[sizeClaim.text.prediction.expected]).toBe('supported within limits');
  });
});

describe('C1, size: the protocol', () => {
  it.each(['glance', 'full'] as const)(
    '%s asks for the steps that it announced, in their order',
    async (form) => {
      const asked: string[] = [];
      const options = claimOptionsSchema.parse({ form });
      const runs = (i: number) =>
        [0, 1, 2].map((seed) => ({
          seed,
          accuracy: saturating(Math.min(i, 6)) - 0.001 * seed,
          nll: 1 / (i + 1),
          earlyAccuracy: form === 'full' ? 0.9 : null,
          earlySteps: form === 'full' ? 100 : null,
          seconds: 1,
        }));
      let made = 0;
      const bench = {
        options,
        criterion: judge.criterion,
        machine: { memoryBytes: 16e9 },
        async task(step: string, _name: string, input: { rungs?: { key: string }[] }) {
          asked.push(step);
          const models: Record<string, string> = { mixture: 'mixture-id' };
          const found = (input.rungs ?? []).map((r) => {
            const i = made++;
            models[r.key] = `${r.key}-id`;
            models[`${r.key}-training`] = `${r.key}-training-id`;
            return { key: r.key, parameters: 100 * 3 ** i, macs: 1, runs: runs(i) };
          });
          const data = { name: 'mnist1d', sha256: '', classes: 10, features: 40, train: 1, test: 1 };
          return {
            output: { data, rungs: found, classes: 10, parameters: 9e5, active: 6e3, macs: 1, runs: runs(3) },
            models,
          };
        },
        async measure(step: string, conditions: { key: string; modelId: string; batch: number }[]) {
          asked.push(step);
          expect(conditions.every((c) => c.modelId.length > 3)).toBe(true);
          return new Map(
            conditions.map((c, i) => [
              c.key,
              fakeMeasured(c.key, { batch: c.batch, parameters: 100 * 3 ** i }, 2),
            ]),
          );
        },
        model: (text: string) => ({ id: text }),
      };
      const found = await sizeClaim.run(bench as never);
      expect(asked).toEqual(sizeClaim.steps(options).map((s) => s.key));
      expect(found.verdict).toBe('not_measured');
      const conditions = new Set(found.parts[1]!.findings.map((f) => f.condition));
      expect([...conditions].some((c) => c.includes('early stopping, batch 256'))).toBe(form === 'full');
      expect([...conditions].some((c) => c.startsWith('convolutional ladder'))).toBe(form === 'full');
    },
  );
});

it('a single window of energy is as uncertain as its sensor, and not exact', () => {
  const grossJ = { value: 1, low: null, high: null };
  const grossAbsoluteJ = { value: 1, low: 0.8, high: 1.25 };
  const cost = costOf(fakeMeasured('one', { grossJ, grossAbsoluteJ }), picks.gross)!;
  expect(cost.withinRel).toBeCloseTo(Math.hypot(Math.log(1.25 / 0.8) / 3.92, betweenRunsRel), 4);
});
