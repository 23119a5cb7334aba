import type { ReactElement } from 'react';
import { round2, stroke } from './sizes';
import type { FigureTokens, SeriesTokens, Shape } from './tokens';
import type { MarkStyle } from './visible';

function polygon(
  corners: number,
  radius: number,
  firstAngle: number,
  innerRadius: number | null = null,
): string {
  const steps = innerRadius === null ? corners : 2 * corners;
  const points = Array.from({ length: steps }, (_, i) => {
    const angle = ((firstAngle + (360 * i) / steps) * Math.PI) / 180;
    const r = innerRadius !== null && i % 2 === 1 ? innerRadius : radius;
    return `${round2(r * Math.cos(angle))} ${round2(r * Math.sin(angle))}`;
  });
  return `M${points.join('L')}Z`;
}

/** Outlines about the origin (for a canvas too: `new Path2D(…)`), 9 units across; the pointed ones a little larger so that all look alike in weight. */
export const outlines: Readonly<Record<Shape, string>> = {
  circle: 'M-4.3 0A4.3 4.3 0 1 0 4.3 0A4.3 4.3 0 1 0 -4.3 0Z',
  triangleUp: polygon(3, 5.2, -90),
  square: 'M-3.9 -3.9H3.9V3.9H-3.9Z',
  triangleDown: polygon(3, 5.2, 90),
  star: polygon(5, 5.4, -90, 2.4),
  pentagon: polygon(5, 4.8, -90),
  bar: 'M-2.6 -4.5H2.6V4.5H-2.6Z',
};

/**
 * One mark. Solid (valid): filled. Hollow (limited, glance): paper inside. Estimate: no fill, dashed outline.
 * A filled mark for the valid case leaves the open one to say "limited" and nothing else.
 */
export function Mark(props: {
  x: number;
  y: number;
  style: MarkStyle;
  look: SeriesTokens;
  tokens: FigureTokens;
  opacity?: number | undefined;
}): ReactElement {
  const { x, y, style, look, tokens, opacity } = props;
  const place = { transform: `translate(${x} ${y})`, d: outlines[look.shape], opacity };
  // Pale colours are too weak as a line on white: there the label colour draws the outline.
  const lineColour = look.outline === look.mark ? look.mark : look.text;
  if (style === 'solid') {
    return (
      <path
        {...place}
        fill={look.mark}
        stroke={look.outline}
        strokeWidth={stroke.thin}
        strokeLinejoin="round"
      />
    );
  }
  const line = { stroke: lineColour, strokeWidth: stroke.thick, strokeLinejoin: 'round' as const };
  if (style === 'hollow') return <path {...place} fill={tokens.paper} {...line} />;
  return <path {...place} fill="none" {...line} strokeDasharray="3 2" />;
}
