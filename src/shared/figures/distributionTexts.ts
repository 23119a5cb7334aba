import { countRange, formatCount } from '../units';
import type { DistributionRun } from './distributionLayout';
import { deviceSentence, measuredUnixMs } from './figureRun';
import { valueText } from './interaction';
import type { DistributionSpec } from './spec';
import { datesOf, type FigureTexts, markedTitle } from './texts';
import { plainText } from './textWidth';

export function distributionTexts(
  spec: DistributionSpec,
  runs: readonly DistributionRun[],
  labels: readonly string[],
): FigureTexts {
  const xTitle = 'Latency of one inference (s), lower is better';
  const yTitle = 'Share of inferences at or below it';
  const caption = [
    ...(runs.length === 0
      ? ['No run to show.']
      : ['Empirical distribution over the windows that count, no smoothing.']),
    ...excluded(runs),
    ...(runs.some((r) => r.percentiles.some((p) => p.estimate.low !== null))
      ? [
          'Upright strokes: percentiles; bars across them: 95\u00a0% order-statistic interval on the effective sample.',
        ]
      : []),
    ...runs.map((r, i) => summary(r, plainText(labels[i]!))),
    ...(runs.length === 0 ? [] : [deviceSentence(runs.map((r) => r.run))]),
    `${datesOf(runs.map((r) => measuredUnixMs(r.run)))}Thirty\u00a0Watts\u00a0${plainText(spec.appVersion)}.`,
  ];
  const whose = runs.length === 1 ? labels[0]! : `${runs.length} runs`;
  return {
    title: markedTitle(
      spec.title ?? `How the latency of ${whose} spreads`,
      runs.some((r) => r.run.sample),
    ),
    badge: null,
    xTitle,
    yTitle,
    caption,
    description: [
      `Cumulative distribution. Horizontal: ${xTitle}, ${spec.scale === 'log' ? 'logarithmic' : 'linear'}. Vertical: ${yTitle}, linear, 0 to 1.`,
      ...caption,
    ].join(' '),
  };
}

/** What came before the windows: the first inference, and those that warmed the model up. */
function excluded(runs: readonly DistributionRun[]): string[] {
  const warmup = runs.flatMap((r) => r.warmup ?? []);
  const firsts = runs.flatMap((r) => r.firstS ?? []);
  const times = firsts.map((s) => valueText(s, null, null, 's', false)).join(', ');
  return [
    ...(runs.length === 0
      ? []
      : [`Excluded: warm-up${warmup.length === 0 ? '' : ` of ${countRange(warmup)} inferences`}.`]),
    ...(firsts.length === 0
      ? []
      : [`First inference, hollow mark over the axis where that reaches it: ${times}.`]),
  ];
}

/** 'mlp: n = 1,200, p50 1.20 ms [1.19, 1.21], p99 refused (too few inferences).' */
function summary({ n, percentiles }: DistributionRun, label: string): string {
  const parts = percentiles.map(({ p, estimate: { value, low, high } }) => {
    const name = `p${Math.round(p * 100)}`;
    return value === null
      ? `${name} refused (too few inferences)`
      : `${name} ${valueText(value, low, high, 's', false)}`;
  });
  return `${label}: ${[...(n === null ? [] : [`n = ${formatCount(n)}`]), ...parts].join(', ')}.`;
}
