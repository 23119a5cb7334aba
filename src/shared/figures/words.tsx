import type { ReactElement } from 'react';
import type { Frame } from './frame';
import type { Badge } from './head';
import type { TextLine } from './lines';
import { Mark } from './marks';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

/** Title, badge, legend, axis titles, notes and caption. */
export function Words(props: { frame: Frame; tokens: FigureTokens; empty: boolean }): ReactElement {
  const { frame, tokens, empty } = props;
  const { badge, legend, plot } = frame;
  const middle = round2((plot.x0 + plot.x1) / 2);
  return (
    <g>
      <Lines lines={frame.title} size={textSize.title} fill={tokens.text} bold />
      {badge && <BadgeFrame badge={badge} tokens={tokens} />}
      {legend.map((item) => (
        <g key={item.key}>
          <Mark
            x={item.markX}
            y={item.markY}
            style="solid"
            look={tokens.series[item.slot]!}
            tokens={tokens}
          />
          <text
            x={item.left}
            y={item.baseline}
            fontSize={textSize.small}
            fill={tokens.series[item.slot]!.text}
          >
            {item.text}
          </text>
        </g>
      ))}
      <Lines lines={frame.yTitle} size={textSize.axis} fill={tokens.text} />
      <g fontSize={textSize.axis} fill={tokens.text} textAnchor="middle">
        {frame.xTitle.map((line) => (
          <text key={line.key} x={frame.xMiddle} y={line.baseline}>
            {line.text}
          </text>
        ))}
      </g>
      {empty && (
        <text
          x={middle}
          y={round2((plot.y0 + plot.y1) / 2)}
          textAnchor="middle"
          fontSize={textSize.axis}
          fill={tokens.secondary}
        >
          No point to show
        </text>
      )}
      {frame.notes.map((note) => (
        <g key={note.key}>
          <Mark
            x={note.markX}
            y={note.markY}
            style="solid"
            look={tokens.series[note.slot]!}
            tokens={tokens}
          />
          <Lines lines={note.lines} size={textSize.small} fill={tokens.series[note.slot]!.text} />
        </g>
      ))}
      <Lines lines={frame.caption} size={textSize.small} fill={tokens.secondary} />
    </g>
  );
}

export function BadgeFrame({ badge, tokens }: { badge: Badge; tokens: FigureTokens }): ReactElement {
  const { frame } = badge;
  return (
    <g>
      <rect
        x={frame.x0}
        y={frame.y0}
        width={round2(frame.x1 - frame.x0)}
        height={round2(frame.y1 - frame.y0)}
        rx={2}
        fill="none"
        stroke={tokens.badge}
        strokeWidth={stroke.thin}
      />
      <text
        x={round2((frame.x0 + frame.x1) / 2)}
        y={badge.baseline}
        textAnchor="middle"
        fontSize={textSize.small}
        fontWeight="bold"
        fill={tokens.badge}
      >
        {badge.text}
      </text>
    </g>
  );
}

export function Lines(props: {
  lines: readonly TextLine[];
  size: number;
  fill: string;
  bold?: boolean;
}): ReactElement {
  const { lines, size, fill, bold } = props;
  return (
    <g fontSize={size} fill={fill} fontWeight={bold ? 'bold' : undefined}>
      {lines.map((line) => (
        <text key={line.key} x={line.left} y={line.baseline}>
          {line.text}
        </text>
      ))}
    </g>
  );
}
