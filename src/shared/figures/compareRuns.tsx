import type { ReactElement } from 'react';
import type { CompareLayout } from './compareLayout';
import { Mark } from './marks';
import { pathOf } from './placed';
import { Shell } from './shell';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

/**
 * Ratios with their intervals, a line at 1, the noise floor as a band, the control that it comes from, and the word that a
 * person needs.
 */
export function CompareRuns(props: {
  id: string;
  layout: CompareLayout;
  tokens: FigureTokens;
}): ReactElement {
  const { id, layout, tokens } = props;
  const { rows, controls, one, plot } = layout;
  const own = {
    mark: tokens.secondary,
    text: tokens.secondary,
    outline: tokens.secondary,
    shape: 'bar',
  } as const;
  return (
    <Shell id={id} frame={layout} tokens={tokens} empty={rows.length === 0}>
      <g>
        {[...rows, ...controls].map(
          ({ key, band }) =>
            band && (
              <rect
                key={key}
                x={band.x0}
                y={band.y0}
                width={round2(band.x1 - band.x0)}
                height={round2(band.y1 - band.y0)}
                fill={tokens.grid}
              />
            ),
        )}
        <path
          d={`M${one} ${plot.y0}V${plot.y1}`}
          fill="none"
          stroke={tokens.axis}
          strokeWidth={stroke.thick}
        />
        {rows.map(({ key, slot, y, mark, words, ratio }) => {
          const look = tokens.series[slot]!;
          return (
            <g key={key}>
              {mark && (
                <path d={pathOf([mark.bar])} fill="none" stroke={look.text} strokeWidth={stroke.thick} />
              )}
              {mark && (
                <Mark
                  x={mark.x}
                  y={y}
                  style={ratio.verdict === 'A_lower' || ratio.verdict === 'B_lower' ? 'solid' : 'hollow'}
                  look={look}
                  tokens={tokens}
                />
              )}
              <text x={words.left} y={words.baseline} fontSize={textSize.small} fill={tokens.text}>
                {words.text}
              </text>
            </g>
          );
        })}
        {controls.map(({ key, y, mark, words }) => (
          <g key={key}>
            {mark && <path d={pathOf([mark.bar])} fill="none" stroke={own.text} strokeWidth={stroke.thin} />}
            {mark && <Mark x={mark.x} y={y} style="hollow" look={own} tokens={tokens} />}
            <text x={words.left} y={words.baseline} fontSize={textSize.small} fill={tokens.secondary}>
              {words.text}
            </text>
          </g>
        ))}
      </g>
    </Shell>
  );
}
