import type { ReactElement } from 'react';
import { Axes, TickLabels } from './axes';
import type { Segment } from './geometry';
import type { Badge } from './head';
import type { CurveLayout, MarkAt } from './layout';
import type { TextLine } from './lines';
import { Mark } from './marks';
import { fontFamily, round2, stroke, textSize } from './sizes';
import type { FigureSpec } from './spec';
import type { FigureTokens } from './tokens';

interface Drawn {
  layout: CurveLayout;
  tokens: FigureTokens;
}

/** Draws a laid-out curve. Presentation attributes only: no style sheet, no class, no script. */
export function CurveEfficiency({ spec, layout, tokens }: Drawn & { spec: FigureSpec }): ReactElement {
  const { width, height, texts } = layout;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={`${layout.widthMm}mm`}
      height={`${layout.heightMm}mm`}
      viewBox={`0 0 ${width} ${height}`}
      fontFamily={fontFamily}
      role="img"
      aria-labelledby={`${spec.id}-title ${spec.id}-desc`}
    >
      <title
        id={`${spec.id}-title`}
      >{`${texts.title}${texts.badge === null ? '' : ` (${texts.badge})`}`}</title>
      <desc id={`${spec.id}-desc`}>{texts.description}</desc>
      <rect width={width} height={height} fill={tokens.paper} />
      <Axes layout={layout} tokens={tokens} />
      <Data layout={layout} tokens={tokens} />
      <TickLabels layout={layout} tokens={tokens} />
      <Words layout={layout} tokens={tokens} />
    </svg>
  );
}

function Data({ layout, tokens }: Drawn): ReactElement {
  const { marks, joins, labels } = layout;
  const look = (slot: number) => tokens.series[slot]!;
  return (
    <g>
      {labels.map(({ key, box }) => (
        <rect
          key={key}
          x={round2(box.x0)}
          y={round2(box.y0)}
          width={round2(box.x1 - box.x0)}
          height={round2(box.y1 - box.y0)}
          fill={tokens.paper}
        />
      ))}
      {joins.map(({ slot, segments }) =>
        segments.length === 0 ? null : (
          <path
            key={slot}
            d={pathOf(segments)}
            fill="none"
            stroke={look(slot).text}
            strokeWidth={stroke.thin}
          />
        ),
      )}
      {marks.map((m) => (
        <Bars key={m.runId} mark={m} colour={look(m.slot).text} />
      ))}
      {labels.map(({ key, leader, slot }) =>
        leader === null ? null : (
          <path
            key={key}
            d={pathOf([leader])}
            fill="none"
            stroke={look(slot).text}
            strokeWidth={stroke.thin}
          />
        ),
      )}
      {marks.map((m) => (
        <Mark key={m.runId} x={m.x} y={m.y} style={m.style} look={look(m.slot)} tokens={tokens} />
      ))}
      {labels.map((label) => (
        <text
          key={label.key}
          x={label.hang.x}
          y={label.baseline}
          textAnchor={label.hang.anchor}
          fontSize={label.size}
          fontWeight={label.bold ? 'bold' : undefined}
          fill={label.kind === 'series' ? look(label.slot).text : tokens.secondary}
        >
          {label.text}
        </text>
      ))}
    </g>
  );
}

function pathOf(segments: readonly Segment[]): string {
  return segments.map((s) => `M${s.x0} ${s.y0}L${s.x1} ${s.y1}`).join('');
}

/** Where a bar ends at the mark: an open mark stays open. Stubs shorter than 1.5 would read as dots. */
const barClearance = 5.5;
const leastStub = 1.5;

/** Thick: what repeats shrink. Thin: everything. The dashed bar of an estimate is the band of its method. */
function Bars({ mark, colour }: { mark: MarkAt; colour: string }): ReactElement | null {
  const { repeat, absolute, style, x, y } = mark;
  const path = ({ y0, y1 }: Segment) => {
    if (style === 'solid') return `M${x} ${y0}V${y1}`;
    const [above, below] = [round2(y - barClearance), round2(y + barClearance)];
    const upper = y0 <= above - leastStub ? `M${x} ${above}V${y0}` : '';
    return y1 >= below + leastStub ? `${upper}M${x} ${below}V${y1}` : upper;
  };
  const thin = absolute === null ? '' : path(absolute);
  const thick = repeat === null || style === 'estimate' ? '' : path(repeat);
  if (thin === '' && thick === '') return null;
  return (
    <g fill="none" stroke={colour}>
      {thin && (
        <path d={thin} strokeWidth={stroke.thin} strokeDasharray={style === 'estimate' ? '3 2' : undefined} />
      )}
      {thick && <path d={thick} strokeWidth={stroke.thick} />}
    </g>
  );
}

function Words({ layout, tokens }: Drawn): ReactElement {
  const { badge, legend, plot } = layout;
  const middle = round2((plot.x0 + plot.x1) / 2);
  return (
    <g>
      <Lines lines={layout.title} size={textSize.title} fill={tokens.text} bold />
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
      <Lines lines={layout.yTitle} size={textSize.axis} fill={tokens.text} />
      <g fontSize={textSize.axis} fill={tokens.text} textAnchor="middle">
        {layout.xTitle.map((line) => (
          <text key={line.key} x={middle} y={line.baseline}>
            {line.text}
          </text>
        ))}
      </g>
      {layout.marks.length === 0 && (
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
      <Lines lines={layout.caption} size={textSize.small} fill={tokens.secondary} />
    </g>
  );
}

function BadgeFrame({ badge, tokens }: { badge: Badge; tokens: FigureTokens }): ReactElement {
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

function Lines(props: {
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
