import type { ReactElement } from 'react';
import type { Frame } from './frame';
import type { TextLine } from './lines';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

const majorLength = 5;
const minorLength = 3;

type AxesFrame = Pick<Frame, 'plot' | 'xTicks' | 'yTicks'>;

/** Grid on majors, ticks outside, left and bottom line; no frame. Source: docs/figures.md, 3.3. */
export function Axes({ frame, tokens }: { frame: AxesFrame; tokens: FigureTokens }): ReactElement {
  const { plot, xTicks, yTicks } = frame;
  const majorX = xTicks.filter((t) => t.major);
  const majorY = yTicks.filter((t) => t.major);
  const { x0, y0, x1, y1 } = plot;
  // One path a kind instead of one line a tick: a third of the bytes.
  const grid = [...majorX.map((t) => `M${t.at} ${y0}V${y1}`), ...majorY.map((t) => `M${x0} ${t.at}H${x1}`)];
  const ticks = (major: boolean) => {
    const length = major ? majorLength : minorLength;
    const below = xTicks.filter((t) => t.major === major).map((t) => `M${t.at} ${y1}v${length}`);
    const beside = yTicks.filter((t) => t.major === major).map((t) => `M${x0} ${t.at}h-${length}`);
    return [...below, ...beside].join('');
  };
  return (
    <g fill="none" strokeWidth={stroke.thin}>
      <path d={grid.join('')} stroke={tokens.grid} />
      <path d={ticks(false)} stroke={tokens.minorTick} />
      <path d={ticks(true)} stroke={tokens.axis} />
      <path d={`M${x0} ${round2(y0)}V${y1}H${x1}`} stroke={tokens.axis} />
    </g>
  );
}

function middleOf({ box }: TextLine): number {
  return round2((box.x0 + box.x1) / 2);
}

/** Labels of the ticks. */
export function TickLabels({ frame, tokens }: { frame: AxesFrame; tokens: FigureTokens }): ReactElement {
  const x = frame.xTicks.flatMap((t) =>
    t.text === null ? [] : [{ ...t.text, at: middleOf(t.text), anchor: 'middle' as const }],
  );
  const right = frame.plot.x0 - 8;
  const y = frame.yTicks.flatMap((t) =>
    t.text === null ? [] : [{ ...t.text, at: round2(right), anchor: 'end' as const }],
  );
  return (
    <g fontSize={textSize.tick} fill={tokens.text}>
      {[...x, ...y].map((t) => (
        <text key={t.key} x={t.at} y={t.baseline} textAnchor={t.anchor}>
          {t.text}
        </text>
      ))}
    </g>
  );
}
