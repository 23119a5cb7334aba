import type { Cell, Estimate, Published, ResultTable } from '../../../shared/claim';
import { dataEfficiency } from '../../../shared/figures/panels/data-efficiency';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { formatCount, formatPercent } from '../../../shared/units';
import type { Curve, CurvePoint } from '../lessData/curves';
import { areaOf, type Gain } from '../lessData/gain';
import type { Method } from '../lessData/methods';
import { notReached } from '../lessData/target';
import type { StepCost } from './lessData';
import { costName, type JudgedMethod, type LessData, methodName } from './lessDataJudge';

function accuracyOf({ accuracy }: CurvePoint): Estimate | null {
  const values = accuracy.flatMap((v) => v ?? []);
  const mean = meanInterval(values);
  return mean && { value: mean.value, low: Math.max(0, mean.low), high: Math.min(1, mean.high) };
}

/** Curves, gains and what steps cost. Pure. */
export function lessDataTables(
  data: LessData,
  judged: readonly JudgedMethod[],
  costs: readonly StepCost[],
): ResultTable[] {
  return [
    curveTable('curves', 'Accuracy by number of training examples, equal gradient steps', data.steps),
    ...(data.equal.length === 0
      ? []
      : [
          curveTable('equal-cost', `Accuracy by number of training examples, ${costName[data.cost]}`, [
            ...data.steps.filter((c) => c.method === 'dense'),
            ...data.equal,
          ]),
        ]),
    gainTable(data, judged),
    costTable(data, costs),
  ];
}

function curveTable(key: string, title: string, curves: readonly Curve[]): ResultTable {
  const sizes = [...new Set(curves.flatMap((c) => c.points.map((p) => p.n)))].sort((a, b) => a - b);
  // Areas compare only over sizes that every method has.
  const common = sizes.filter((n) => curves.every((c) => c.points.some((p) => p.n === n)));
  const ends = common.length > 1 ? `, n = ${formatCount(common[0]!)} to ${formatCount(common.at(-1)!)}` : '';
  return {
    key,
    title,
    columns: [
      { key: 'method', title: 'Method', unit: '' },
      { key: 'nonzero', title: 'Non-zero parameters', unit: '' },
      { key: 'steps', title: 'Steps', unit: '' },
      ...sizes.map((n) => ({ key: `n-${n}`, title: `n = ${formatCount(n)}`, unit: '' })),
      { key: 'area', title: `Mean over ln n${ends}`, unit: '' },
    ],
    rows: curves.map((curve): Cell[] => [
      methodName[curve.method],
      curve.nonzero,
      curve.steps,
      ...sizes.map((n) => {
        const point = curve.points.find((p) => p.n === n);
        return point ? accuracyOf(point) : null;
      }),
      areaOf({ ...curve, points: curve.points.filter((p) => common.includes(p.n)) }),
    ]),
    note: 'Accuracy is the share of the test set that is right, mean over seeds with a 95 % Student interval; the mean over ln n is the area under the curve divided by its width, over the sizes that all methods have.',
  };
}

function gainTable({ target }: LessData, judged: readonly JudgedMethod[]): ResultTable {
  const needs = (reach: Gain['method']): Cell =>
    reach?.kind === 'reached' ? reach.n : (notReached(reach) ?? null);
  return {
    key: 'gain',
    title: `Examples for ${formatPercent(target)} right`,
    columns: [
      { key: 'method', title: 'Method', unit: '' },
      { key: 'examples', title: 'Examples', unit: '' },
      { key: 'baseline', title: 'Dense network', unit: '' },
      { key: 'gain', title: 'Gain', unit: '' },
      { key: 'bound', title: 'Gain is', unit: '' },
      { key: 'equal', title: 'Gain at equal cost of training', unit: '' },
      { key: 'verdict', title: 'Verdict', unit: '' },
    ],
    rows: judged.map(({ method, gain, equalGain, part }) => [
      methodName[method],
      needs(gain.method),
      needs(gain.baseline),
      gain.value,
      gain.bound,
      equalGain?.value ?? null,
      part.verdict.replace('_', ' '),
    ]),
    note: 'By straight lines in ln n between the means over seeds; the 95 % interval by bootstrap over seeds, stretched as few seeds need.',
  };
}

function costTable({ cost }: LessData, costs: readonly StepCost[]): ResultTable {
  return {
    key: 'step-cost',
    title: 'What one gradient step of 64 examples costs',
    columns: [
      { key: 'method', title: 'Network', unit: '' },
      { key: 'seconds', title: 'Time', unit: 's' },
      { key: 'joules', title: 'Energy', unit: 'J' },
    ],
    rows: costs.map((c) => [methodName[c.method], c.seconds, c.joules]),
    note:
      cost === 'time'
        ? 'Energy was not measured.'
        : 'A call of a training model divided by its steps, all networks measured together.',
  };
}

/** Accuracy against examples, for equal steps and for equal cost. Pure. */
export function lessDataFigure(data: LessData, dataset: string, badge: string | null): PanelFigure {
  const series = (curves: readonly Curve[]) =>
    curves.map((curve) => ({
      key: curve.method,
      name: methodName[curve.method],
      points: curve.points.map((point) => ({
        x: point.n,
        y: accuracyOf(point),
        n: point.accuracy.filter((a) => a !== null).length,
      })),
    }));
  const dense = data.steps.filter((c) => c.method === 'dense');
  const seeds = dense[0]?.points[0]?.accuracy.length ?? 0;
  const keeping = data.steps.filter((c) => c.steps === null);
  return dataEfficiency({
    id: 'less-data',
    title: 'How many training examples each method needs',
    caption: `Mean over ${seeds} seeds with a 95 % Student interval; class-balanced subsets, one test set. ${dataset}.`,
    badge,
    target: data.target,
    panels: [
      { key: 'panel-1', title: 'Equal gradient steps', series: series(data.steps) },
      {
        key: 'panel-2',
        title: costName[data.cost].replace(/^e/, 'E'),
        series: data.equal.length === 0 ? [] : series([...dense, ...data.equal, ...keeping]),
        empty: 'What a training step costs was not measured.',
      },
    ],
  });
}

/** MNIST-1D as published, trained on 4,000 examples. Greydanus and Kobak, arXiv 2011.14439, table 1. */
const published: readonly { method: Method; theirs: string; note: string | null }[] = [
  { method: 'logistic', theirs: '32 %', note: null },
  { method: 'dense', theirs: '68 %', note: 'Theirs is a deeper network, trained longer.' },
  { method: 'cnn', theirs: '94 %', note: null },
];

/** Published accuracies beside ours. Pure. */
export function lessDataPublished(data: LessData, dataset: string): Published[] {
  if (dataset !== 'mnist1d') return [];
  return published.map(({ method, theirs, note }) => {
    const points = data.steps.find((c) => c.method === method)?.points ?? [];
    const ours = points
      .filter((p) => p.n >= 3000)
      .flatMap((p) => {
        const accuracy = accuracyOf(p);
        return accuracy ? [`${formatPercent(accuracy.value)} with ${formatCount(p.n)} examples`] : [];
      });
    return {
      what: `Accuracy on MNIST-1D, ${methodName[method]}`,
      theirs,
      ours: ours.length > 0 ? ours.join(', ') : null,
      source: 'Greydanus and Kobak, “Scaling Down Deep Learning with MNIST-1D”, arXiv 2011.14439.',
      note: ours.length > 0 ? note : 'Only in the full form.',
    };
  });
}
