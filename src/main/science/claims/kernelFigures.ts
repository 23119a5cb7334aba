import { axis } from '../../../shared/figures/panels/build';
import { reconstructionStep } from '../../../shared/figures/panels/reconstruction-step';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { etasOf, type RebuildConfiguration, ruleAt, ruleName, stepText } from './kernelJudge';

/** 2⁻⁵³: relative error of one rounding in float64. */
const roundingUnit = 2 ** -53;

/** Error against step size by rule, a panel a kind of training; and error after every step. Pure. */
export function kernelFigures(rebuilt: readonly RebuildConfiguration[]): PanelFigure[] {
  return [againstStep(rebuilt), alongPath(rebuilt.slice(0, 2))];
}

function againstStep(rebuilt: readonly RebuildConfiguration[]): PanelFigure {
  const figure = reconstructionStep({
    id: 'kernel-error-step',
    title: 'Error of the rebuilt logits against the step size, by how the integral is taken',
    caption: captionOf(
      rebuilt,
      'Relative error after the last step; 95 % intervals by bootstrap over seeds and queries',
    ),
    floor: { at: roundingUnit, label: 'rounding unit of float64' },
    panels: rebuilt.map((configuration, at) => ({
      key: `panel-${at + 1}`,
      title: configuration.label,
      series: configuration.input.rules.map((rule) => ({
        key: rule,
        name: ruleName[rule],
        points: etasOf(configuration).map((eta) => {
          const { relative, seeds, diverged } = ruleAt(configuration, rule, eta);
          // Not a number where every training diverged: the figure counts those.
          const y = relative ?? (diverged > 0 ? Number.NaN : null);
          return { x: eta, y, n: seeds };
        }),
      })),
    })),
  });
  const title = 'Relative error (mean absolute, ratio), lower is better';
  return { ...figure, panels: figure.panels.map((p) => ({ ...p, y: { ...p.y, title } })) };
}

function alongPath(rebuilt: readonly RebuildConfiguration[]): PanelFigure {
  const figure = reconstructionStep({
    id: 'kernel-error-path',
    title: 'Where on the path the error of the paper’s sum arises',
    caption: captionOf(
      rebuilt,
      'Mean difference of logits from the network’s after each step, mean over seeds',
    ),
    floor: null,
    slopes: [],
    stepTitle: 'Training time (step size × steps, no unit)',
    panels: rebuilt.map((configuration, at) => ({
      key: `panel-${at + 1}`,
      title: configuration.label,
      series: etasOf(configuration).map((eta) => {
        const runs = configuration.runs.filter((r) => r.eta === eta && r.divergedAt === null);
        const kept = runs[0]?.keptSteps ?? [];
        const trace = (k: number) =>
          runs.reduce((sum, r) => sum + r.rules.find((e) => e.rule === 'left')!.trace[k]! / runs.length, 0);
        return {
          key: `eta-${stepText(eta).replace('/', '-')}`,
          name: `step size ${stepText(eta)}`,
          marks: false,
          points: kept.map((step, k) => ({ x: step * eta, y: trace(k), n: runs.length })),
        };
      }),
    })),
  });
  const y = axis('Mean error of logits (no unit), lower is better', 'log');
  return { ...figure, panels: figure.panels.map((p) => ({ ...p, y })) };
}

function captionOf(rebuilt: readonly RebuildConfiguration[], what: string): string {
  const { data, input } = rebuilt[0]!;
  const diverged = rebuilt.flatMap((c) => c.runs).filter((r) => r.divergedAt !== null).length;
  const counted = diverged > 0 ? ` Trainings that diverged: ${diverged}.` : '';
  return `${what}; ${input.seeds.length} seeds, ${data.queries} queries. ${data.name}, ${data.features}-${input.hidden}-${data.classes}, ${data.examples} training examples, float64.${counted}`;
}
