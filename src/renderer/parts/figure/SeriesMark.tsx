import { Mark } from '../../../shared/figures/marks';
import type { FigureTokens, SeriesTokens } from '../../../shared/figures/tokens';

/** The mark of a series as the figures draw it, for lists and legends of the page. */
export function SeriesMark({
  look,
  tokens,
  size = 13,
}: {
  look: SeriesTokens;
  tokens: FigureTokens;
  size?: number;
}) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="-6.5 -6.5 13 13"
      aria-hidden="true"
      style={{ verticalAlign: '-2px' }}
    >
      <Mark x={0} y={0} style="solid" look={look} tokens={tokens} />
    </svg>
  );
}
