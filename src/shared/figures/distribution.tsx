import type { ReactElement } from 'react';
import type { DistributionLayout } from './distributionLayout';
import { Mark } from './marks';
import { pathOf } from './placed';
import { Shell } from './shell';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

/** Lines differ by dash, so that no colour is needed to tell them apart. Source: docs/figures.md, 3.4. */
const dashes = [undefined, '6 3', '2 2', '8 3 2 3'] as const;
/** Half the height of the stroke at a percentile. */
const reach = 6;

export function LatencyDistribution(props: {
  id: string;
  layout: DistributionLayout;
  tokens: FigureTokens;
}): ReactElement {
  const { id, layout, tokens } = props;
  const { lines, percentiles, firsts, shares } = layout;
  const colour = (slot: number) => tokens.series[slot]!.text;
  return (
    <Shell id={id} frame={layout} tokens={tokens} empty={lines.length === 0}>
      <g fill="none">
        {lines.map(({ key, slot, segments }) =>
          segments.length === 0 ? null : (
            <path
              key={key}
              d={pathOf(segments)}
              stroke={colour(slot)}
              strokeWidth={stroke.thick}
              strokeDasharray={dashes[slot]}
            />
          ),
        )}
        {percentiles.map(({ key, slot, x, y, bar }) => (
          <g key={key} stroke={colour(slot)}>
            <path d={`M${x} ${round2(y - reach)}v${2 * reach}`} strokeWidth={stroke.thick} />
            {bar && <path d={`M${bar.x0} ${y}H${bar.x1}`} strokeWidth={stroke.thin} />}
          </g>
        ))}
      </g>
      {percentiles
        .filter((p) => p.p === 0.5)
        .map(({ key, slot, x, y }) => (
          <Mark key={key} x={x} y={y} style="solid" look={tokens.series[slot]!} tokens={tokens} />
        ))}
      {firsts.map(({ key, slot, x, y }) => (
        <Mark key={key} x={x} y={y} style="hollow" look={tokens.series[slot]!} tokens={tokens} />
      ))}
      <g fontSize={textSize.small} fill={tokens.secondary}>
        {shares.map((line) => (
          <text key={line.key} x={line.left} y={line.baseline}>
            {line.text}
          </text>
        ))}
      </g>
    </Shell>
  );
}
