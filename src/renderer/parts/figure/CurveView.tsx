import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { CurveEfficiency } from '../../../shared/figures/curveEfficiency';
import type { TooltipLine } from '../../../shared/figures/interaction';
import type { CurveLayout } from '../../../shared/figures/layout';
import type { CurveSpec } from '../../../shared/figures/spec';
import { tokens } from '../../../shared/figures/tokens';
import { useCommand } from '../../commands/handlers';
import '../../styles/figure.css';
import { domainOf, inside, nearestTo, type Rectangle, type Step, stepTo, zoomed } from './interaction';
import { PointCanvas } from './PointCanvas';
import { PointDetails } from './PointDetails';
import { beside, percent } from './placeDetails';
import type { Points } from './work';

/** Pointer and point this near, in viewBox units, count as on it. */
const reach = 14;
/** A drag shorter than this is a click. */
const leastDrag = 4;

export interface Zoom {
  x: [number, number] | null;
  y: [number, number] | null;
}
export const wholeFigure: Zoom = { x: null, y: null };

interface CurveViewProps {
  spec: CurveSpec;
  layout: CurveLayout;
  points: Points;
  /** Words for a point. */
  lines(index: number): Promise<readonly TooltipLine[]>;
  /** Runs that stand out: chosen in the table, or under the brush. Null: none. */
  chosen: ReadonlySet<string> | null;
  /** A drag over the figure; null: the brush is gone. */
  onBrush(runs: Set<string> | null): void;
  onZoom(zoom: Zoom): void;
  onOpen(runId: string): void;
}

/**
 * The efficiency curve with its pointer and keyboard layer. The drawing is the pure figure; hover, pin, brush and focus are
 * siblings of it, so that what is saved is what the command line writes.
 */
export function CurveView({ spec, layout, points, lines, chosen, onBrush, onZoom, onOpen }: CurveViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [pinned, setPinned] = useState<number | null>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const [drag, setDrag] = useState<Rectangle | null>(null);
  const { width, height, plot } = layout;
  const look = tokens[spec.theme];
  const onCanvas = points.x.length > layout.marks.length;
  const drawing = useMemo(
    () => (
      <CurveEfficiency spec={spec} layout={layout} tokens={look} pointLayer={onCanvas ? 'none' : 'svg'} />
    ),
    [spec, layout, look, onCanvas],
  );
  // Indexes belong to one drawing: a new one begins without a point.
  useEffect(() => {
    if (points) {
      setHovered(null);
      setFocused(null);
      setPinned(null);
    }
  }, [points]);
  const frames = useMemo(
    () => ({
      x: { axis: layout.x, range: [plot.x0, plot.x1] as const },
      y: { axis: layout.y, range: [plot.y1, plot.y0] as const },
    }),
    [layout, plot],
  );

  const place = useCallback(
    (event: { clientX: number; clientY: number }) => {
      const bounds = box.current!.getBoundingClientRect();
      return {
        x: ((event.clientX - bounds.left) / bounds.width) * width,
        y: ((event.clientY - bounds.top) / bounds.height) * height,
      };
    },
    [width, height],
  );
  const at = (p: { x: number; y: number }) => nearestTo(points, p, reach);

  const zoomAbout = useCallback(
    (about: { x: number; y: number }, factor: number) =>
      onZoom({ x: zoomed(frames.x, about.x, factor), y: zoomed(frames.y, about.y, factor) }),
    [frames, onZoom],
  );
  const centre = { x: (plot.x0 + plot.x1) / 2, y: (plot.y0 + plot.y1) / 2 };
  const current = focused ?? hovered;
  const placeOf = (i: number) => ({ x: points.x[i], y: points.y[i] });
  const aboutPoint = () => (current === null ? centre : placeOf(current));
  const step = (way: Step) => () => setFocused(stepTo(points, focused ?? pinned, way));
  useCommand('figure.next', step('next'));
  useCommand('figure.previous', step('previous'));
  useCommand('figure.first', step('first'));
  useCommand('figure.last', step('last'));
  useCommand('figure.nextSeries', step('nextSeries'));
  useCommand('figure.previousSeries', step('previousSeries'));
  useCommand('figure.open', () => current !== null && onOpen(points.runIds[current]));
  useCommand('figure.pin', () => setPinned((p) => (p === current ? null : current)));
  useCommand('figure.zoomIn', () => zoomAbout(aboutPoint(), 1 / 1.5));
  useCommand('figure.zoomOut', () => zoomAbout(aboutPoint(), 1.5));
  useCommand('figure.zoomReset', () => onZoom(wholeFigure));
  useCommand('view.escape', () => {
    setPinned(null);
    setDrag(null);
    onBrush(null);
    onZoom(wholeFigure);
  });

  useEffect(() => {
    const element = box.current!;
    // The wheel zooms only a figure that has the focus; else it scrolls the page.
    const onWheel = (event: WheelEvent) => {
      if (!element.contains(document.activeElement)) return;
      event.preventDefault();
      zoomAbout(place(event), event.deltaY > 0 ? 1.2 : 1 / 1.2);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [place, zoomAbout]);

  const onDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const p = place(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    box.current?.focus();
    setFocused(null);
    setDrag({ x0: p.x, y0: p.y, x1: p.x, y1: p.y });
  };
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    const p = place(event);
    if (drag) setDrag({ ...drag, x1: p.x, y1: p.y });
    else {
      setHovered(at(p));
      setFocused(null);
    }
  };
  const onUp = (event: PointerEvent<HTMLDivElement>) => {
    if (!drag) return;
    setDrag(null);
    if (Math.hypot(drag.x1 - drag.x0, drag.y1 - drag.y0) < leastDrag) {
      const point = at(place(event));
      setPinned((p) => (p === point ? null : point));
      if (point === null) onBrush(null);
      return;
    }
    if (event.shiftKey)
      onZoom({ x: domainOf(frames.x, drag.x0, drag.x1), y: domainOf(frames.y, drag.y0, drag.y1) });
    else onBrush(new Set(inside(points, drag).map((i) => points.runIds[i])));
  };

  const shown = current ?? pinned;
  const spot = shown === null || shown >= points.x.length ? null : placeOf(shown);
  const words = useWords(lines, spot === null ? null : shown);
  return (
    <div
      className="tw-figure"
      data-figure=""
      ref={box}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the points are reached by arrow keys from here
      tabIndex={0}
      aria-label="Efficiency curve. Arrow keys go from point to point, Enter opens the run, P pins its details."
      aria-describedby={`${spec.id}-live`}
      onBlur={() => setFocused(null)}
    >
      {onCanvas && <PointCanvas layout={layout} points={points} look={look} chosen={chosen} />}
      {drawing}
      {chosen !== null && !onCanvas && (
        <svg className="tw-figure-over" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {layout.marks.map((m) =>
            chosen.has(m.runId) ? (
              <circle
                key={m.runId}
                cx={m.x}
                cy={m.y}
                r={8}
                fill="none"
                stroke={look.text}
                strokeWidth={1.2}
              />
            ) : null,
          )}
        </svg>
      )}
      {spot && (
        <svg className="tw-figure-over" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <circle cx={spot.x} cy={spot.y} r={9} fill="none" stroke={look.text} strokeWidth={1.6} />
        </svg>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keyboard does the same through the figure's commands */}
      <div
        className="tw-figure-hit"
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerLeave={() => setHovered(null)}
        onDoubleClick={() => {
          onBrush(null);
          onZoom(wholeFigure);
        }}
      />
      {drag && (
        <div
          className="tw-figure-brush"
          style={{
            left: percent(Math.min(drag.x0, drag.x1), width),
            top: percent(Math.min(drag.y0, drag.y1), height),
            width: percent(Math.abs(drag.x1 - drag.x0), width),
            height: percent(Math.abs(drag.y1 - drag.y0), height),
          }}
        />
      )}
      {spot && words && !drag && (
        <PointDetails
          lines={words}
          pinned={pinned === shown}
          onOpen={() => shown !== null && onOpen(points.runIds[shown])}
          style={beside(spot, { width, height })}
        />
      )}
      <div id={`${spec.id}-live`} className="tw-unseen" aria-live="polite">
        {focused !== null && words
          ? words
              .slice(0, 4)
              .map((l) => `${l.label} ${l.text}`)
              .join(', ')
          : ''}
      </div>
    </div>
  );
}

/** The words of a point, asked for when it changes; those of another point are never shown for it. */
function useWords(lines: CurveViewProps['lines'], index: number | null): readonly TooltipLine[] | null {
  const [words, setWords] = useState<{ index: number; lines: readonly TooltipLine[] } | null>(null);
  useEffect(() => {
    if (index === null) return;
    let wanted = true;
    lines(index).then(
      (found) => {
        if (wanted) setWords({ index, lines: found });
      },
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [lines, index]);
  return words !== null && words.index === index ? words.lines : null;
}
