import type { ReactElement } from 'react';
import { Mark } from './marks';
import { pathOf } from './placed';
import type { TraceLayout } from './powerTraceLayout';
import type { Shade } from './powerTraceTexts';
import { Shell } from './shell';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

const darkness: Readonly<Record<Shade, number>> = { idle: 0.04, 'warm-up': 0.09, measured: 0.15 };

/** Lines of power over shaded phases; an estimate is dashed, a measurement never. */
export function PowerTraceFigure(props: {
  id: string;
  layout: TraceLayout;
  tokens: FigureTokens;
}): ReactElement {
  const { id, layout, tokens } = props;
  const { plot, shades, lines, ends } = layout;
  const look = (slot: number) => tokens.series[slot]!;
  return (
    <Shell id={id} frame={layout} tokens={tokens} empty={lines.length === 0}>
      <g>
        {shades.map((s) => (
          <rect
            key={s.key}
            x={s.x}
            y={plot.y0}
            width={s.width}
            height={round2(plot.y1 - plot.y0)}
            fill={tokens.secondary}
            fillOpacity={darkness[s.shade]}
          />
        ))}
        {lines.map(({ key, slot, estimated, segments, lone }) => (
          <g key={key} fill="none" stroke={look(slot).text} strokeWidth={stroke.thick}>
            {segments.length > 0 && (
              <path
                d={pathOf(segments)}
                strokeLinejoin="round"
                strokeDasharray={estimated ? '3 2' : undefined}
              />
            )}
            {lone.map((p) => (
              <circle key={`${p.x}`} cx={p.x} cy={p.y} r={1} />
            ))}
          </g>
        ))}
        {ends.map(({ key, slot, estimated, x, y }) => (
          <Mark
            key={key}
            x={x}
            y={y}
            style={estimated ? 'estimate' : 'solid'}
            look={look(slot)}
            tokens={tokens}
          />
        ))}
        {shades.map(({ key, label }) =>
          label === null ? null : (
            <text key={key} x={label.left} y={label.baseline} fontSize={textSize.small} fill={tokens.text}>
              {label.text}
            </text>
          ),
        )}
      </g>
    </Shell>
  );
}
