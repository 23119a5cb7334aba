import { type PointerEvent, type ReactElement, useMemo, useRef, useState } from 'react';
import '../../styles/figure.css';
import type { PanelLayout } from '../../../shared/figures/panels/draw/layout';
import { panelTargets } from '../../../shared/figures/panels/interaction';
import type { FigureTokens } from '../../../shared/figures/tokens';
import { useCommand } from '../../commands/handlers';
import { nearestTo, type Places, type Step, stepTo } from './interaction';
import { PointDetails } from './PointDetails';
import { beside } from './placeDetails';

/** Pointer and point this near, in viewBox units, count as on it. */
const reach = 14;

/**
 * A figure of panels with its pointer and keyboard layer: siblings of the drawing, so that what is saved is what the
 * command line writes. Arrow keys go from point to point, brackets from series to series.
 */
export function PanelView({
  layout,
  drawing,
  look,
}: {
  layout: PanelLayout;
  drawing: ReactElement;
  look: FigureTokens;
}) {
  const { width, height, figure } = layout;
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<{ layout: PanelLayout; index: number; byKey: boolean } | null>(null);
  const [focused, setFocused] = useState(false);
  const targets = useMemo(() => panelTargets(layout), [layout]);
  const places = useMemo((): Places => {
    const seriesOf = targets.map((t) => t.series);
    const series = [...new Set(seriesOf)].map((s) => ({
      from: seriesOf.indexOf(s),
      to: seriesOf.lastIndexOf(s) + 1,
    }));
    return { x: targets.map((t) => t.x), y: targets.map((t) => t.y), seriesOf, series };
  }, [targets]);
  // An index belongs to one drawing: a new one begins without a point.
  const current = at !== null && at.layout === layout ? at : null;
  const step = (way: Step) => () => {
    const index = stepTo(places, current?.index ?? null, way);
    if (index !== null) setAt({ layout, index, byKey: true });
  };
  useCommand('figure.next', step('next'), focused);
  useCommand('figure.previous', step('previous'), focused);
  useCommand('figure.first', step('first'), focused);
  useCommand('figure.last', step('last'), focused);
  useCommand('figure.nextSeries', step('nextSeries'), focused);
  useCommand('figure.previousSeries', step('previousSeries'), focused);
  useCommand('view.escape', () => setAt(null), focused && current !== null);

  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    const bounds = box.current!.getBoundingClientRect();
    const place = {
      x: ((event.clientX - bounds.left) / bounds.width) * width,
      y: ((event.clientY - bounds.top) / bounds.height) * height,
    };
    const index = nearestTo(places, place, reach);
    if (index === null) setAt(null);
    else if (index !== current?.index) setAt({ layout, index, byKey: false });
  };
  const spot = current === null ? null : targets[current.index];
  return (
    <div
      className="tw-figure"
      data-figure=""
      ref={box}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the points are reached by arrow keys from here
      tabIndex={0}
      aria-label={`${figure.title}. Arrow keys go from point to point, brackets from series to series.`}
      aria-describedby={`${figure.id}-live`}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        setAt(null);
      }}
    >
      {drawing}
      {spot && (
        <svg className="tw-figure-over" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <circle cx={spot.x} cy={spot.y} r={9} fill="none" stroke={look.text} strokeWidth={1.6} />
        </svg>
      )}
      <div
        className="tw-figure-hit tw-figure-look"
        onPointerMove={onMove}
        onPointerLeave={() => setAt(null)}
        onPointerDown={() => box.current?.focus()}
      />
      {spot && (
        <PointDetails
          lines={spot.lines}
          pinned={false}
          onOpen={() => {}}
          style={beside(spot, { width, height })}
        />
      )}
      <div id={`${figure.id}-live`} className="tw-unseen" aria-live="polite">
        {current?.byKey && spot ? spot.lines.map((l) => `${l.label} ${l.text}`).join(', ') : ''}
      </div>
    </div>
  );
}
