import { qualityOf } from '../../../shared/accuracy';
import type { CostMeasure, PointInput, SeriesInput } from '../../../shared/figures/panels/build';
import { paretoAccuracyEnergy } from '../../../shared/figures/panels/pareto-accuracy-energy';
import { qualityPerJoule } from '../../../shared/figures/panels/quality-per-joule';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { mean } from '../../../shared/stats/robust';
import { formatCount } from '../../../shared/units';
import { type Batch, batches } from '../protocol';
import { badgeOf, threadsText } from './captions';
import { allMeasured, costOf, picks, type SizeData } from './sizeData';
import type { LadderJudgement } from './sizeJudge';
import type { Judged } from './sizeParts';

/** Quality per joule against parameters, and error against joules; by seconds where no energy was measured. */
export function sizeFigures(
  data: SizeData,
  energy: readonly Judged[],
  time: readonly Judged[],
): PanelFigure[] {
  const measure: CostMeasure = energy.some((j) => j.judgement !== null) ? 'energy' : 'latency';
  const judged = (measure === 'energy' ? energy : time).filter((j) => j.training === 'same steps');
  const of = (batch: number) => judged.filter((j) => j.batch === batch && j.judgement !== null);
  const word = measure === 'energy' ? 'joule' : 'second';
  const badge = measure === 'energy' ? badgeOf(allMeasured(data.ladders)) : null;
  const seeds = data.ladders[0]?.points[0]?.runs.length ?? 0;
  const turns = data.ladders[0]?.points[0]?.measured[1]?.turns.length ?? 0;
  const caption = `${data.dataName}, ${data.options.provider}, ${threadsText(data.options)}. Mean over ${seeds} seeds, ${turns} ${turns === 1 ? 'turn' : 'turns'} of measurement; 95 % by bootstrap over both.${measure === 'latency' ? ' No energy was measured: time stands in its place.' : ''}`;
  const told = batches.flatMap((batch) => of(batch)).at(0);
  const first = told?.judgement;
  const title = first
    ? `Quality per ${word} has its peak at ${formatCount(first.peakParameters.value)} parameters at batch ${told!.batch}`
    : `Quality per ${word} was not judged`;
  const seriesAt = (
    batch: Batch,
    what: 'quality' | 'error',
    point: (rung: LadderJudgement['rungs'][number]) => PointInput,
  ): SeriesInput[] => [
    ...of(batch).map(({ ladder: { key, name }, judgement }) => ({
      key,
      name,
      points: judgement!.rungs.map(point),
    })),
    ...mixtureSeries(data, batch, judged, what),
  ];
  const quality = qualityPerJoule({
    measure,
    title,
    caption,
    badge,
    panels: batches.map((batch) => ({
      key: `batch-${batch}`,
      title: `Batch ${batch}`,
      series: seriesAt(batch, 'quality', (r) => ({ x: r.parameters, y: r.perCost, n: seeds })),
      peak: of(batch).at(0)?.judgement?.peakParameters ?? null,
    })),
  });
  const fall = first && first.fall.value > 1 && first.errorFall;
  const pareto = paretoAccuracyEnergy({
    measure,
    quality: 'error',
    title: fall
      ? `From the peak to the largest model the error falls ${fall.toFixed(1)} times, quality per ${word} ${first.fall.value.toFixed(1)} times`
      : `What an error costs, by ${word}`,
    caption,
    badge,
    panels: batches.map((batch) => ({
      key: `batch-${batch}`,
      title: `Batch ${batch}`,
      series: seriesAt(batch, 'error', (r) => ({
        x: r.cost,
        y: { value: 1 - r.accuracy.value, low: 1 - r.accuracy.high, high: 1 - r.accuracy.low },
        n: seeds,
        label: formatCount(r.parameters),
      })),
    })),
  });
  return [quality, pareto];
}

/** The mixture of experts: at its total and at its active parameters, or its error at its cost. */
function mixtureSeries(
  { mixture, classes }: SizeData,
  batch: Batch,
  judged: readonly Judged[],
  what: 'quality' | 'error',
): SeriesInput[] {
  const kind = judged.find((j) => j.batch === batch)?.cost;
  const cost = mixture && kind ? costOf(mixture.measured[batch], picks[kind]) : null;
  if (!mixture || !cost) return [];
  const accuracies = mixture.runs.map((r) => r.accuracy);
  const value = mean(cost.turns);
  const accuracy = mean(accuracies);
  const marks = { line: 'none' as const };
  if (what === 'error') {
    return [
      { key: 'mixture', name: 'mixture of experts', ...marks, points: [{ x: value, y: 1 - accuracy }] },
    ];
  }
  const y = qualityOf(accuracy, classes) / value;
  return [
    {
      key: 'mixture-total',
      name: 'mixture, total parameters',
      ...marks,
      points: [{ x: mixture.parameters, y }],
    },
    {
      key: 'mixture-active',
      name: 'mixture, active parameters',
      ...marks,
      points: [{ x: mixture.active, y }],
    },
  ];
}
