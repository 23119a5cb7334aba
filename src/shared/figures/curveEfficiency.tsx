import type { ReactElement } from 'react';
import type { Segment } from './geometry';
import type { CurveLayout, MarkAt } from './layout';
import { Mark } from './marks';
import { Bands, Crossings, Diamonds, Fits, Front, Guides } from './overlayMarks';
import { LabelBacks, LabelTexts, Leaders, pathOf } from './placed';
import { Residuals } from './residualMarks';
import { Shell } from './shell';
import { round2, stroke } from './sizes';
import type { FigureTokens } from './tokens';

/** 'none': the points are drawn elsewhere (a canvas), everything else is there. */
export type PointLayer = 'svg' | 'none';

interface Drawn {
  layout: CurveLayout;
  tokens: FigureTokens;
  pointLayer: PointLayer;
}

/** Draws a laid-out curve. */
export function CurveEfficiency(props: Drawn & { spec: { id: string } }): ReactElement {
  const { spec, layout, tokens } = props;
  return (
    <Shell id={spec.id} frame={layout} tokens={tokens} empty={layout.marks.length === 0}>
      <Data {...props} />
    </Shell>
  );
}

function Data({ layout, tokens, pointLayer }: Drawn): ReactElement {
  const { joins, labels, overlays } = layout;
  const marks = pointLayer === 'svg' ? layout.marks : [];
  const look = (slot: number) => tokens.series[slot]!;
  return (
    <g>
      <LabelBacks labels={labels} tokens={tokens} />
      <Guides guides={overlays.guides} tokens={tokens} />
      <Bands fits={overlays.fits} tokens={tokens} />
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
      <Fits fits={overlays.fits} tokens={tokens} />
      <Front segments={overlays.front} tokens={tokens} />
      <Crossings crossings={overlays.crossings} tokens={tokens} />
      {marks.map((m) => (
        <Bars key={m.runId} mark={m} colour={look(m.slot).text} />
      ))}
      <Leaders labels={labels} tokens={tokens} />
      {marks.map((m) => (
        <Mark
          key={m.runId}
          x={m.x}
          y={m.y}
          style={m.style}
          look={look(m.slot)}
          tokens={tokens}
          opacity={m.dim ? dimmed : undefined}
        />
      ))}
      <Diamonds references={overlays.references} tokens={tokens} />
      <LabelTexts labels={labels} tokens={tokens} />
      {layout.residuals && <Residuals panel={layout.residuals} xTicks={layout.xTicks} tokens={tokens} />}
    </g>
  );
}

/** Where a bar ends at the mark: an open mark stays open. Stubs shorter than 1.5 would read as dots. */
const barClearance = 5.5;
const leastStub = 1.5;
/** Opacity of dominated points. */
const dimmed = 0.4;

type BarsAt = Pick<MarkAt, 'x' | 'y' | 'style' | 'dim' | 'repeat' | 'absolute' | 'across'>;

/** Thick: what repeats shrink. Thin: everything. The dashed bar of an estimate is the band of its method. */
export function Bars({ mark, colour }: { mark: BarsAt; colour: string }): ReactElement | null {
  const { repeat, absolute, across, style, x, y } = mark;
  const path = ({ y0, y1 }: Segment) => {
    if (style === 'solid') return `M${x} ${y0}V${y1}`;
    const [above, below] = [round2(y - barClearance), round2(y + barClearance)];
    const upper = y0 <= above - leastStub ? `M${x} ${above}V${y0}` : '';
    return y1 >= below + leastStub ? `${upper}M${x} ${below}V${y1}` : upper;
  };
  const thin = absolute === null ? '' : path(absolute);
  const thick = repeat === null || style === 'estimate' ? '' : path(repeat);
  const side =
    across === null
      ? ''
      : `M${across.x0} ${y}H${round2(x - barClearance)}M${round2(x + barClearance)} ${y}H${across.x1}`;
  const wide = across !== null && across.x1 - across.x0 > 2 * (barClearance + leastStub);
  if (thin === '' && thick === '' && !wide) return null;
  return (
    <g fill="none" stroke={colour} opacity={mark.dim ? dimmed : undefined}>
      {wide && (
        <path d={side} strokeWidth={stroke.thin} strokeDasharray={style === 'estimate' ? '3 2' : undefined} />
      )}
      {thin && (
        <path d={thin} strokeWidth={stroke.thin} strokeDasharray={style === 'estimate' ? '3 2' : undefined} />
      )}
      {thick && <path d={thick} strokeWidth={stroke.thick} />}
    </g>
  );
}
