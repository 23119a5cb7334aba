import { formatCount } from '../units';
import type { DistributionRun } from './distributionLayout';
import { measuredUnixMs } from './figureRun';
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
      : ['Empirical distribution over the windows that count, warm-up excluded, no smoothing.']),
    ...(runs.some((r) => r.percentiles.some((p) => p.estimate.low !== null))
      ? [
          'Upright strokes: percentiles; bars across them: 95\u00a0% order-statistic interval on the effective sample.',
        ]
      : []),
    ...runs.map((r, i) => summary(r, plainText(labels[i]!))),
    `Device: ${[...new Set(runs.map((r) => plainText(r.run.device)))].sort().join('; ')}.`,
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
