import type { ReactElement } from 'react';
import type { CompareLayout } from './compareLayout';
import { Mark } from './marks';
import { pathOf } from './placed';
import { Shell } from './shell';
import { stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

/** Ratios with their intervals, a line at 1 and the word that a person needs. */
export function CompareRuns(props: {
  id: string;
  layout: CompareLayout;
  tokens: FigureTokens;
}): ReactElement {
  const { id, layout, tokens } = props;
  const { rows, one, plot } = layout;
  return (
    <Shell id={id} frame={layout} tokens={tokens} empty={rows.length === 0}>
      <g>
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
                  style={ratio.word === 'not distinguishable' ? 'hollow' : 'solid'}
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
      </g>
    </Shell>
  );
}
