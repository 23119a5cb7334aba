import { useEffect, useRef } from 'react';
import type { CurveLayout } from '../../../shared/figures/layout';
import type { FigureTokens } from '../../../shared/figures/tokens';
import type { Points } from './work';

/** Points a frame: so many are drawn in a few milliseconds, and the next frame goes on. */
const perFrame = 2500;

/** Very many points under the figure's own axes. Colour tells the series; at this density shapes would not. */
export function PointCanvas({
  layout,
  points,
  look,
  chosen,
}: {
  layout: CurveLayout;
  points: Points;
  look: FigureTokens;
  chosen: ReadonlySet<string> | null;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const scale = Math.min(3, window.devicePixelRatio * (element.clientWidth / layout.width || 1));
    element.width = Math.round(layout.width * scale);
    element.height = Math.round(layout.height * scale);
    const context = element.getContext('2d')!;
    context.scale(scale, scale);
    context.fillStyle = look.paper;
    context.fillRect(0, 0, layout.width, layout.height);
    let from = 0;
    let slot = -1;
    let lastAlpha = -1;
    let frame = 0;
    const draw = () => {
      const to = Math.min(points.x.length, from + perFrame);
      for (; from < to; from++) {
        // Points come series by series: what a point shares with the last one is not set again.
        if (points.slot[from] !== slot) {
          slot = points.slot[from];
          context.fillStyle = look.series[slot]!.mark;
        }
        const alpha = chosen === null ? 0.5 : chosen.has(points.runIds[from]) ? 0.9 : 0.08;
        if (alpha !== lastAlpha) {
          lastAlpha = alpha;
          context.globalAlpha = alpha;
        }
        context.fillRect(points.x[from] - 1, points.y[from] - 1, 2, 2);
      }
      if (from < points.x.length) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [layout, points, look, chosen]);
  return (
    <div className="tw-figure-canvas" aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}
