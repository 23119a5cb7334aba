import type { ReactElement } from 'react';
import type { Point, Segment } from './geometry';
import type { CrossingAt, FitAt, GuideAt, ReferenceAt } from './overlays';
import { pathOf } from './placed';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

/** Opacity of the 95 % band of the line and of the prediction band. Source: docs/figures.md, 3.6. */
const opacity = { band: 0.22, prediction: 0.08 } as const;

const areaOf = (points: readonly Point[]) => `M${points.map((p) => `${p.x} ${p.y}`).join('L')}Z`;

export function Bands({ fits, tokens }: { fits: readonly FitAt[]; tokens: FigureTokens }): ReactElement {
  return (
    <>
      {fits.flatMap((fit) =>
        (['prediction', 'band'] as const).flatMap((which) =>
          fit[which].length < 3
            ? []
            : [
                <path
                  key={`${which}-${fit.key}`}
                  d={areaOf(fit[which])}
                  fill={tokens.series[fit.slot]!.mark}
                  fillOpacity={opacity[which]}
                />,
              ],
        ),
      )}
    </>
  );
}

/** Solid where measured, dashed beyond. */
export function Fits({ fits, tokens }: { fits: readonly FitAt[]; tokens: FigureTokens }): ReactElement {
  return (
    <>
      {fits.map(({ key, slot, line, ahead }) => {
        const look = { fill: 'none', stroke: tokens.series[slot]!.text, strokeWidth: stroke.thick };
        return (
          <g key={key}>
            {line.length > 0 && <path d={pathOf(line)} {...look} />}
            {ahead.length > 0 && <path d={pathOf(ahead)} {...look} strokeDasharray="4 4" />}
          </g>
        );
      })}
    </>
  );
}

/** Half the height of the tick at x*, and the length of an arrow head where an end lies beyond the measured range. */
const crossingTick = 4;
const arrow = 4;

/** The interval over the axis with a tick at x*, and a dotted line up to where the lines meet. */
export function Crossings(props: { crossings: readonly CrossingAt[]; tokens: FigureTokens }): ReactElement {
  const { crossings, tokens } = props;
  return (
    <>
      {crossings.map(({ key, x, barY, bar, open, drop }) => (
        <g key={key} fill="none" stroke={tokens.text}>
          <path d={pathOf([drop])} strokeWidth={stroke.thin} strokeDasharray="1 3" />
          <path
            d={
              pathOf([bar]) +
              `M${x} ${round2(barY - crossingTick)}V${round2(barY + crossingTick)}` +
              (open.low ? headAt(bar.x0, barY, 1) : '') +
              (open.high ? headAt(bar.x1, barY, -1) : '')
            }
            strokeWidth={stroke.thick}
          />
        </g>
      ))}
    </>
  );
}

const headAt = (x: number, y: number, way: 1 | -1) =>
  `M${round2(x + way * arrow)} ${round2(y - arrow)}L${x} ${y}L${round2(x + way * arrow)} ${round2(y + arrow)}`;

export function Front(props: { segments: readonly Segment[]; tokens: FigureTokens }): ReactElement | null {
  const { segments, tokens } = props;
  if (segments.length === 0) return null;
  return <path d={pathOf(segments)} fill="none" stroke={tokens.front} strokeWidth={stroke.thick} />;
}

export function Guides({
  guides,
  tokens,
}: {
  guides: readonly GuideAt[];
  tokens: FigureTokens;
}): ReactElement {
  return (
    <>
      {guides.map(({ y, line, label }) => (
        <g key={y}>
          <path
            d={pathOf([line])}
            fill="none"
            stroke={tokens.guide}
            strokeWidth={stroke.thin}
            strokeDasharray="1 3"
          />
          {label && (
            <rect
              x={round2(label.box.x0)}
              y={round2(label.box.y0)}
              width={round2(label.box.x1 - label.box.x0)}
              height={round2(label.box.y1 - label.box.y0)}
              fill={tokens.paper}
            />
          )}
          {label && (
            <text x={label.left} y={label.baseline} fontSize={textSize.small} fill={tokens.secondary}>
              {label.text}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

/** Diamonds of 14 units with their ranges. */
export function Diamonds(props: {
  references: readonly (Pick<ReferenceAt, 'x' | 'y' | 'bars'> & { point: { key: string } })[];
  tokens: FigureTokens;
}): ReactElement {
  const { references, tokens } = props;
  return (
    <>
      {references.map(({ x, y, bars, point }) => (
        <g key={point.key}>
          <path d={pathOf(bars)} fill="none" stroke={tokens.reference} strokeWidth={stroke.thin} />
          <path transform={`translate(${x} ${y})`} d="M0 -7L7 0L0 7L-7 0Z" fill={tokens.reference} />
        </g>
      ))}
    </>
  );
}
