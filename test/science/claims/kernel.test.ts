import { describe, expect, it } from 'vitest';
import { kernelClaim } from '../../../src/main/science/claims/kernel';
import { kernelFigures } from '../../../src/main/science/claims/kernelFigures';
import {
  judgeKernel,
  type OrdinaryConfiguration,
  type RebuildConfiguration,
  slopeOf,
} from '../../../src/main/science/claims/kernelJudge';
import { kernelPublished, kernelTables } from '../../../src/main/science/claims/kernelTables';
import type { RuleError } from '../../../src/main/science/pathkernel/measure';
import { machines } from '../../../src/main/science/pathkernel/ordinary';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { panelFigureSchema } from '../../../src/shared/figures/panels/schema';

const options = claimOptionsSchema.parse({});
const criterion = (key: string) => kernelClaim.text.prediction.criteria.find((c) => c.key === key)!;
const etas = [1, 0.25, 0.125, 0.0625];
const queries = 100;
const data = { name: 'made up', features: 4, classes: 3, examples: 20, queries, licence: '' };

interface Made {
  /** Relative error of the left end by step size. */
  left?: (eta: number) => number;
  /** Share of equal decisions. */
  same?: (eta: number) => number;
  closed?: number;
  diverged?: (eta: number) => boolean;
  label?: string;
}

/** Trainings that came out as told, the same for each of five seeds but for 1 %. */
function madeUp({
  left = (e) => 0.02 * e,
  same = () => 1,
  closed = 1e-14,
  diverged,
  label = 'tanh, full batch',
}: Made) {
  const runs = [1, 2, 3, 4, 5].flatMap((seed) =>
    etas.map((eta): RebuildConfiguration['runs'][number] => {
      const wobble = 1 + 0.01 * (seed - 3);
      const rule = (name: RuleError['rule'], error: number, share: number): RuleError => ({
        rule: name,
        mean: error,
        largest: 3 * error,
        relative: error,
        agreement: share,
        queryError: new Array(queries).fill(error),
        querySame: Array.from({ length: queries }, (_, i) => (i < share * queries ? 1 : 0)),
        largestEver: 3 * error,
        trace: [error],
      });
      const gone = diverged?.(eta) ?? false;
      return {
        eta,
        seed,
        steps: Math.round(32 / eta),
        queryMovement: gone ? [] : new Array(queries).fill(1),
        movement: gone ? null : 1,
        weightsMoved: gone ? null : 0.5,
        largestLogit: gone ? null : 5,
        accuracy: gone ? null : 0.5,
        keptSteps: gone ? [] : [1],
        rules: gone ? [] : [rule('left', left(eta) * wobble, same(eta)), rule('closed', closed / 3, 1)],
        divergedAt: gone ? 3 : null,
      };
    }),
  );
  const input = kernelPlanInput();
  return { label, input, data, runs } satisfies RebuildConfiguration;
}

function kernelPlanInput(): RebuildConfiguration['input'] {
  return {
    dataset: 'mnist1d',
    seeds: [1, 2, 3, 4, 5],
    examples: 20,
    queries,
    hidden: 8,
    activation: 'tanh',
    etas,
    time: 32,
    batch: null,
    momentum: 0,
    rules: ['left', 'closed'],
    gaussPoints: 4,
  };
}

type MachineFigures = Record<string, [relative: number, agreement: number]>;
const usualMachines: MachineFigures = {
  theorem: [0.005, 1],
  'average-path': [0.85, 0.78],
  'average-start': [0.7, 0.7],
  'ridge-path': [0.02, 1],
  'ridge-start': [0.13, 0.9],
  'ridge-gaussian': [0.106, 0.95],
};

function ordinary(figures: MachineFigures = {}): OrdinaryConfiguration {
  const all = { ...usualMachines, ...figures };
  return {
    label: '8 hidden units',
    data,
    input: {
      ...kernelPlanInput(),
      eta: 0.25,
      steps: 128,
      gain: 1,
      samples: 64,
      ridges: [1e-2, 1e-6],
    },
    runs: [1, 2, 3].map((seed) => ({
      seed,
      weightsMoved: 0.7,
      accuracy: 0.8,
      queryMovement: new Array(queries).fill(1),
      machines: machines.map((machine) => ({
        machine,
        relative: all[machine]![0],
        agreement: all[machine]![1],
        accuracy: 0.8,
        queryError: new Array(queries).fill(all[machine]![0]),
        querySame: Array.from({ length: queries }, (_, i) => (i < all[machine]![1] * queries ? 1 : 0)),
        ridge: null,
      })),
    })),
  };
}

const judged = (made: Made[], machine = ordinary()) => {
  const { parts, ...rest } = judgeKernel(criterion, made.map(madeUp), [machine]);
  return { ...rest, parts: Object.fromEntries(parts.map((p) => [p.key, p])) };
};

describe('approximately', () => {
  it('is supported where every step size is within both thresholds', () => {
    expect(judged([{}]).parts.approximately!.verdict).toBe('supported');
  });

  it('is within limits where large steps fail, and says up to which step it holds, for each kind of training', () => {
    const { parts, boundary } = judged([
      { left: (e) => 0.3 * e ** 2 },
      { label: 'ReLU, full batch', left: (e) => (e > 0.1 ? 0.6 : 0.01) },
    ]);
    expect(parts.approximately!.verdict).toBe('within_limits');
    expect(boundary).toContain('tanh, full batch: up to 1/4');
    expect(boundary).toContain('ReLU, full batch: up to 1/16');
  });

  it('counts a small error with other decisions as failing', () => {
    const { parts } = judged([{ same: () => 0.5 }]);
    expect(parts.approximately!.verdict).toBe('refuted');
    expect(
      parts.approximately!.findings.filter((f) => !f.shownOnly).every((f) => f.criterion === 'agreement'),
    ).toBe(true);
  });

  it('is refuted where no step size will do, and names no step', () => {
    const { parts } = judged([{ left: () => 0.4 }]);
    expect(parts.approximately!.verdict).toBe('refuted');
    expect(parts.approximately!.boundary).toBeNull();
  });

  it('leaves trainings that diverged out of the verdict, shows and counts them', () => {
    const { parts } = judged([{ diverged: (e) => e === 1 }]);
    expect(parts.approximately!.verdict).toBe('supported');
    const first = parts.approximately!.findings[0]!;
    expect(first).toMatchObject({ state: 'missing', shownOnly: true });
    expect(first.missing).toContain('diverged with 5 seeds');
    const figure = kernelFigures([madeUp({ diverged: (e) => e === 1 })])[0]!;
    expect(figure.caption).toContain('Diverged: ');
  });

  it('is not measured where every training diverged', () => {
    const { parts } = judged([{ diverged: () => true }]);
    expect(parts.approximately!.verdict).toBe('not_measured');
    expect(parts.exactly!.verdict).toBe('not_measured');
    expect(parts.slope!.verdict).toBe('not_measured');
  });
});

describe('the slope', () => {
  it('is fitted over the three smallest steps alone', () => {
    const slope = slopeOf(madeUp({ left: (e) => (e === 1 ? 40 : 0.1 * e) }), 'left')!;
    expect(slope.value).toBeCloseTo(1, 6);
    expect(judged([{}]).parts.slope!.verdict).toBe('supported');
  });

  it('is refuted where the error falls with the square of the step', () => {
    expect(judged([{ left: (e) => 0.1 * e ** 2 }]).parts.slope!.verdict).toBe('refuted');
  });
});

it('a verdict within limits names them also where no single question has one', () => {
  const machine = ordinary({ 'ridge-path': [0.3, 0.5], 'ridge-start': [0.3, 0.5] });
  const { boundary, parts } = judged([{}], machine);
  expect([parts.exactly!.verdict, parts.ordinary!.verdict]).toEqual(['supported', 'refuted']);
  expect(boundary).toMatch(/It holds for .*“Exactly a sum.*”, and fails for “An ordinary kernel machine.*”/);
  expect(judged([{}], ordinary()).boundary).not.toMatch(/It holds for/);
});

describe('exactly', () => {
  it('is supported at rounding, refuted above 1e-10 and within limits where one kind of training fails', () => {
    expect(judged([{}]).parts.exactly!.verdict).toBe('supported');
    expect(judged([{ closed: 1e-6 }]).parts.exactly!.verdict).toBe('refuted');
    const mixed = judged([{}, { label: 'ReLU', closed: 1e-6 }]).parts.exactly!;
    expect(mixed.verdict).toBe('within_limits');
    expect(mixed.boundary).toContain('not for ReLU');
  });
});

describe('ordinary kernel machine', () => {
  it('is within limits: with the path kernel and fitted coefficients, not with averaged ones', () => {
    const part = judged([{}]).parts.ordinary!;
    expect(part.verdict).toBe('within_limits');
    expect(part.boundary).toContain('Holds with constant coefficients, ridge, path kernel.');
    expect(part.boundary).toContain('time average');
  });

  it('says how often a fitted machine decides like the network, which may be what it fails by', () => {
    const part = judged([{}], ordinary({ 'ridge-path': [0.02, 0.94] })).parts.ordinary!;
    expect(part.verdict).toBe('refuted');
    expect(part.sentence).toMatch(
      /decides like the network for 94\.0 % of the queries, where 98\.0 % are asked for/,
    );
  });

  it('takes equal decisions for no proof that all queries would be decided alike', () => {
    const few = ordinary();
    for (const run of few.runs) for (const m of run.machines) m.querySame = m.querySame.slice(0, 4);
    const [found] = judged([{}], few).parts.ordinary!.findings.filter(
      (f) => f.criterion === 'ordinary-agreement' && f.condition.includes('ridge, path kernel'),
    );
    expect(found).toMatchObject({ state: 'undecided', value: { value: 1, high: 1 } });
  });

  it('is refuted where the control does half as well: near is not enough', () => {
    const part = judged([{}], ordinary({ 'ridge-gaussian': [0.03, 0.99] })).parts.ordinary!;
    expect(part.verdict).toBe('refuted');
    const path = part.findings.filter((f) => f.condition.startsWith('constant coefficients, ridge, path'));
    expect(path.find((f) => !f.shownOnly)!.criterion).toBe('over-control');
  });
});

describe('the claim', () => {
  it('announces its steps by the keys that it asks for, in their order', async () => {
    for (const form of ['glance', 'full'] as const) {
      const asked: string[] = [];
      const made = { ...madeUp({}), ...ordinary() };
      await kernelClaim.run({
        options: { ...options, form },
        criterion,
        async task(step: string, name: string) {
          asked.push(step);
          return {
            output: { data, runs: name === 'kernel-rebuild' ? madeUp({}).runs : made.runs },
            models: {},
          };
        },
      } as never);
      expect(asked).toEqual(kernelClaim.steps({ ...options, form }).map((s) => s.key));
    }
  });

  it('takes other sizes, and refuses what is no size', () => {
    const steps = (inputs: Record<string, number>) => kernelClaim.steps({ ...options, inputs });
    const expected = (inputs: Record<string, number>) =>
      steps(inputs).reduce((sum, s) => sum + s.expectedS, 0);
    expect(expected({ hidden: 64, examples: 200 })).toBeGreaterThan(expected({}));
    expect(() => steps({ hidden: 0.2 })).toThrow('Hidden units');
    expect(() => steps({ depth: 3 })).toThrow('depth');
  });

  it('takes at most two minutes in a first look, as announced', () => {
    const sum = kernelClaim.steps(options).reduce((s, { expectedS }) => s + expectedS, 0);
    expect(sum).toBeLessThan(120);
  });

  it('draws the rules that were used, and calls nothing diverged that was not', () => {
    const [steps, path] = kernelFigures([madeUp({})]);
    expect(steps!.panels[0]!.series.map((x) => [x.key, x.points.length])).toEqual([
      ['left', 4],
      ['closed', 4],
    ]);
    expect(path!.panels[0]!.series).toHaveLength(4);
    for (const figure of [steps!, path!]) {
      expect(panelFigureSchema.safeParse(figure).success).toBe(true);
      expect(figure.caption).not.toContain('Diverged');
      expect(figure.caption).not.toContain('Not measured');
    }
  });

  it('prints tables as wide as their columns and no citation that was not read', () => {
    const made = [madeUp({})];
    for (const table of kernelTables(made, [ordinary()])) {
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    }
    const text = JSON.stringify([kernelPublished(made), kernelClaim.text]);
    expect(text).not.toContain('unchecked');
    expect(text).not.toContain('Jacot');
  });
});
