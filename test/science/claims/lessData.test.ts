import { describe, expect, it } from 'vitest';
import { lessDataClaim } from '../../../src/main/science/claims/lessData';
import { judgeLessData, type LessData } from '../../../src/main/science/claims/lessDataJudge';
import {
  lessDataFigure,
  lessDataPublished,
  lessDataTables,
} from '../../../src/main/science/claims/lessDataTables';
import type { Curve } from '../../../src/main/science/lessData/curves';
import { isNetwork, type Method } from '../../../src/main/science/lessData/methods';
import { claimOptionsSchema } from '../../../src/shared/claim';

const options = claimOptionsSchema.parse({});
const criterion = (key: string) => lessDataClaim.text.prediction.criteria.find((c) => c.key === key)!;
const sizes = [100, 300, 1000, 3000, 10_000];

/** Accuracy by size, the same for three seeds but for a tenth of a per cent. */
const curve = (method: Method, accuracies: readonly number[]): Curve => ({
  method,
  steps: isNetwork(method) ? 1000 : null,
  parameters: 100,
  nonzero: 100,
  test: 1000,
  points: accuracies.map((a, i) => ({
    n: sizes[i]!,
    accuracy: [a - 0.001, a, a + 0.001],
    seconds: 1,
    trial: null,
  })),
});

const dense = curve('dense', [0.2, 0.3, 0.4, 0.5, 0.6]);
const better = [0.3, 0.4, 0.5, 0.6, 0.7];
const worse = [0.1, 0.2, 0.3, 0.4, 0.55];
const judged = (over: Partial<LessData>) =>
  Object.fromEntries(
    judgeLessData(criterion, { target: 0.45, steps: [dense], equal: [], cost: 'time', ...over }).map((j) => [
      j.method,
      j,
    ]),
  );

describe('the judge', () => {
  it('supports a method that needs fewer examples and refutes one that needs more', () => {
    const found = judged({ steps: [dense, curve('sparse', worse), curve('ridge', better)] });
    expect(found.ridge!.part.verdict).toBe('supported');
    expect(found.sparse!.part.verdict).toBe('refuted');
    expect(found.ridge!.part.sentence).toContain('45.0 % of the test set right');
  });

  it('reports sparsity first', () => {
    const all = [dense, curve('ridge', better), curve('nearest', better), curve('sparse', worse)];
    const found = judgeLessData(criterion, { target: 0.45, steps: all, equal: [], cost: 'time' });
    expect(found.map((j) => j.method)).toEqual(['sparse', 'ridge', 'nearest']);
  });

  it('refutes a method that never gets there by a bound, and says so', () => {
    const part = judged({ steps: [dense, curve('sparse', [0.1, 0.15, 0.2, 0.25, 0.3])] }).sparse!.part;
    expect(part.verdict).toBe('refuted');
    expect(part.findings[0]!.condition).toContain('at most');
    expect(part.sentence).toContain('more than 10,000 examples');
  });

  it('is within limits where the sign depends on the number of examples, and says where it turns', () => {
    const part = judged({ steps: [dense, curve('ridge', [0.3, 0.4, 0.45, 0.45, 0.5])] }).ridge!.part;
    expect(part.verdict).toBe('within_limits');
    expect(part.boundary).toBe(
      'The Gaussian kernel ridge regression is better with 100 examples, 300 examples, 1,000 examples and worse with 3,000 examples, 10,000 examples.',
    );
  });

  it('is inconclusive for a gain between 1 and 1.5', () => {
    expect(
      judged({
        steps: [
          dense,
          curve(
            'ridge',
            dense.points.map((p) => p.accuracy[1]! + 0.02),
          ),
        ],
      }).ridge!.part.verdict,
    ).toBe('inconclusive');
  });

  it('is not measured where neither curve meets the target', () => {
    const part = judged({ target: 0.99, steps: [dense, curve('ridge', better)] }).ridge!.part;
    expect(part.verdict).toBe('not_measured');
    expect(part.findings[0]!.missing).toContain('Neither');
  });

  it('lets equal joules decide and equal seconds only be seen', () => {
    const over = { steps: [dense, curve('sparse', better)], equal: [curve('sparse', worse)] };
    expect(judged({ ...over, cost: 'time' }).sparse!.part.verdict).toBe('supported');
    expect(judged({ ...over, cost: 'energy' }).sparse!.part.verdict).toBe('within_limits');
    const shown = judged({ ...over, cost: 'time' }).sparse!.part.findings[1]!;
    expect(shown).toMatchObject({
      shownOnly: true,
      condition: expect.stringContaining('energy not measured'),
    });
  });
});

const data: LessData = {
  target: 0.45,
  steps: [dense, curve('sparse', worse), curve('ridge', better.slice(0, 4))],
  equal: [curve('sparse', worse)],
  cost: 'time',
};

it('prints tables as wide as their columns, a figure of both comparisons and the published accuracies', () => {
  const found = judgeLessData(criterion, data);
  for (const table of lessDataTables(data, found, [{ method: 'dense', seconds: 1e-4, joules: null }])) {
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  }
  const figure = lessDataFigure(data, 'mnist1d', 'SIMULATED');
  expect(figure.badge).toBe('SIMULATED');
  expect(figure.panels.map((p) => p.series.map((s) => s.key))).toEqual([
    ['dense', 'sparse', 'ridge'],
    ['dense', 'sparse', 'ridge'],
  ]);
  expect(lessDataPublished(data, 'mnist1d').find((p) => p.what.includes('convolutional'))!.ours).toBeNull();
  expect(lessDataPublished(data, 'mnist')).toEqual([]);
});

describe('the claim', () => {
  const interval = (value: number | null) => ({ value, low: value, high: value });
  const run = async (joules: number | null) => {
    const asked: string[] = [];
    const steps: Record<string, number> = {};
    const outcome = await lessDataClaim.run({
      options,
      criterion,
      async task(step: string, name: string, input: { work: { method: Method; steps: number }[] }) {
        asked.push(step);
        if (name === 'less-data-models') return { output: { macs: [] }, models: {} };
        const { method, steps: count } = input.work[0]!;
        steps[step] = count;
        const curves = [{ ...curve(method, better), ...(method === 'dense' ? dense : {}) }];
        return { output: { data: { name: 'mnist1d', licence: '' }, curves }, models: {} };
      },
      async measure(step: string, conditions: { key: string }[]) {
        asked.push(step);
        return new Map(
          conditions.map(({ key }) => {
            const times = key === 'sparse' ? 4 : 1;
            const row = {
              p50S: interval(times),
              netJ: interval(joules && joules * 2 * times),
              grossJ: interval(null),
              meter: joules ? { provider: 'rapl', domain: 'cpu.package' } : null,
            };
            return [key, { key, batch: 1, turns: [], row }];
          }),
        );
      },
    } as never);
    return { asked, steps, outcome };
  };

  it('announces its steps by the keys that it asks for, in their order', async () => {
    const { asked } = await run(null);
    expect(asked).toEqual(lessDataClaim.steps(options).map((s) => s.key));
    expect(lessDataClaim.steps(options).reduce((sum, s) => sum + s.expectedS, 0)).toBeLessThan(120);
  });

  it('gives every network what the dense one costs: by joules, or by seconds and says so', async () => {
    const timed = await run(null);
    expect(timed.steps['equal-cost-sparse']).toBe(timed.steps['curve-sparse']! / 4);
    expect(timed.outcome.notes.join(' ')).toContain(
      'Energy of training was not measured. No energy meter was found.',
    );
    const metered = await run(3);
    expect(metered.steps['equal-cost-sparse']).toBe(metered.steps['curve-sparse']! / 4);
    expect(metered.outcome.notes.join(' ')).not.toContain('Energy of training was not measured');
  });

  it('takes another target and refuses what is none', () => {
    expect(() => lessDataClaim.steps({ ...options, inputs: { target: 1.2 } })).toThrow('Target');
    expect(lessDataClaim.steps({ ...options, inputs: { target: 0.4 } }).length).toBeGreaterThan(5);
  });
});
