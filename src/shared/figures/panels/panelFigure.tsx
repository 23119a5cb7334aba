import { Fragment, type ReactElement } from 'react';
import { Axes, TickLabels } from '../axes';
import { Bars } from '../curveEfficiency';
import type { Point } from '../geometry';
import { Mark } from '../marks';
import { Diamonds, Front } from '../overlayMarks';
import { LabelBacks, LabelTexts, Leaders, pathOf } from '../placed';
import { Sheet } from '../shell';
import { round2, type SizeName, stroke, textSize } from '../sizes';
import { type FigureTokens, type Theme, tokens as themes } from '../tokens';
import { BadgeFrame, Lines } from '../words';
import type { GuideAt } from './draw/guides';
import { type LabelAt, layoutPanels, type PanelAt, type PanelLayout } from './draw/layout';
import type { SeriesAt, SeriesLook } from './draw/series';
import type { PanelFigure } from './spec';

export interface PanelOptions {
  theme?: Theme;
  /** Double for one or two panels, tall for more, unless told. */
  size?: SizeName;
}

/**
 * A figure of a claim as an SVG element: the one drawing that page, command line and tests share. Pure.
 * Throws bad_input where the figure has another form, or more series than can be told apart.
 */
export function panelFigure(figure: PanelFigure, { theme = 'light', size }: PanelOptions = {}): ReactElement {
  return drawPanels(layoutPanels(figure, size), themes[theme]);
}

/** The same from a layout that is there already. */
export function drawPanels(layout: PanelLayout, tokens: FigureTokens): ReactElement {
  const { badge } = layout;
  return (
    <Sheet id={layout.figure.id} frame={layout} tokens={tokens}>
      <Lines lines={layout.title} size={textSize.title} fill={tokens.text} bold />
      {badge && <BadgeFrame badge={badge} tokens={tokens} />}
      <Legend layout={layout} tokens={tokens} />
      {layout.panels.map((panel) => (
        <PanelDrawing key={panel.panel.key} panel={panel} tokens={tokens} />
      ))}
      <Lines lines={layout.caption} size={textSize.small} fill={tokens.secondary} />
    </Sheet>
  );
}

/** Half the width of the piece of line in the legend. */
const halfKey = 11;

function Legend({ layout, tokens }: { layout: PanelLayout; tokens: FigureTokens }): ReactElement {
  const all = layout.panels.flatMap((p) => p.series);
  return (
    <g>
      {layout.legend.map((item) => {
        const own = all.find((s) => `legend-${s.series.key}` === item.key)!;
        const { series, look } = own;
        const colours = tokens.series[look.slot]!;
        const { markX: x, markY: y } = item;
        return (
          <g key={item.key}>
            {series.band !== null && (
              <rect
                x={round2(x - halfKey)}
                y={round2(y - 4)}
                width={2 * halfKey}
                height={8}
                fill={colours.mark}
                fillOpacity={bandOpacity}
              />
            )}
            {series.line !== 'none' && (
              <path
                d={`M${round2(x - halfKey)} ${y}H${round2(x + halfKey)}`}
                fill="none"
                {...strokeOf(look, tokens)}
              />
            )}
            {series.marks && <Mark x={x} y={y} style={markStyle(own)} look={colours} tokens={tokens} />}
            <text x={item.left} y={item.baseline} fontSize={textSize.small} fill={colours.text}>
              {item.text}
            </text>
          </g>
        );
      })}
    </g>
  );
}

const markStyle = ({ series }: SeriesAt) =>
  series.estimated || series.extrapolated ? ('estimate' as const) : ('solid' as const);

const bandOpacity = 0.22;

function strokeOf({ slot, dash, thin }: SeriesLook, tokens: FigureTokens) {
  return {
    stroke: tokens.series[slot]!.text,
    strokeWidth: thin ? stroke.thin : stroke.thick,
    strokeDasharray: dash ?? undefined,
  };
}

function PanelDrawing({ panel, tokens }: { panel: PanelAt; tokens: FigureTokens }): ReactElement {
  const { series, labels, guides } = panel;
  return (
    <g>
      <Axes frame={panel} tokens={tokens} />
      <LabelBacks labels={[...labels, ...(panel.empty ?? [])]} tokens={tokens} />
      {guides.map((guide) => (
        <GuideArea key={guide.key} guide={guide} opacity={areaOpacity(guides)} tokens={tokens} />
      ))}
      {series.map(({ series: s, look, band }) =>
        band.length < 3 ? null : (
          <path
            key={s.key}
            d={areaOf(band)}
            fill={tokens.series[look.slot]!.mark}
            fillOpacity={bandOpacity}
          />
        ),
      )}
      {guides.map((guide) => (
        <GuideLine key={guide.key} guide={guide} tokens={tokens} />
      ))}
      {panel.triangles.map(({ key, segments, label }) => (
        <g key={key}>
          <path d={`${pathOf(segments)}Z`} fill="none" stroke={tokens.guide} strokeWidth={stroke.thin} />
          <text x={label.left} y={label.baseline} fontSize={textSize.small} fill={tokens.secondary}>
            {label.text}
          </text>
        </g>
      ))}
      {series.map(({ series: s, look, line }) =>
        line.length === 0 ? null : (
          <path key={s.key} d={pathOf(line)} fill="none" {...strokeOf(look, tokens)} strokeLinejoin="round" />
        ),
      )}
      {series.map((s) => (
        <Fragment key={s.series.key}>
          {s.points.map((p, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: points of a still drawing have no other name
            <Bars key={i} mark={p} colour={tokens.series[p.slot]!.text} />
          ))}
        </Fragment>
      ))}
      <Leaders labels={labels.filter((l) => !isGuide(l))} tokens={tokens} />
      {labels
        .filter(isGuide)
        .map(({ key, leader }) =>
          leader === null ? null : (
            <path
              key={key}
              d={pathOf([leader])}
              fill="none"
              stroke={tokens.guide}
              strokeWidth={stroke.thin}
            />
          ),
        )}
      {series.map((s) =>
        s.series.marks ? (
          <Fragment key={s.series.key}>
            {s.points.map((p, i) => (
              <Mark
                // biome-ignore lint/suspicious/noArrayIndexKey: points of a still drawing have no other name
                key={i}
                x={p.x}
                y={p.y}
                style={p.style}
                look={tokens.series[p.slot]!}
                tokens={tokens}
              />
            ))}
          </Fragment>
        ) : null,
      )}
      <Diamonds references={panel.references.map(diamond)} tokens={tokens} />
      <LabelTexts labels={labels} tokens={tokens} />
      <TickLabels frame={panel} tokens={tokens} />
      <PanelWords panel={panel} tokens={tokens} />
    </g>
  );
}

const diamond = ({ x, y, bars, reference }: PanelAt['references'][number], i: number) => ({
  x,
  y,
  bars,
  point: { key: `${reference.name}-${i}` },
});

const isGuide = ({ slot, kind }: LabelAt) => slot === null && kind === 'point';

const areaOf = (points: readonly Point[]) => `M${points.map((p) => `${p.x} ${p.y}`).join('L')}Z`;

/** Intervals that lie over each other stay light enough for what they are about. */
const areaOpacity = (guides: readonly GuideAt[]) =>
  round2(0.16 / Math.max(1, guides.filter((g) => g.area !== null).length) ** 0.7);

function GuideArea({
  guide,
  opacity,
  tokens,
}: {
  guide: GuideAt;
  opacity: number;
  tokens: FigureTokens;
}): ReactElement | null {
  const { area } = guide;
  if (area === null) return null;
  const size = { width: round2(area.x1 - area.x0), height: round2(area.y1 - area.y0) };
  return <rect x={area.x0} y={area.y0} {...size} fill={tokens.guide} fillOpacity={opacity} />;
}

/** Dots for what a person set, dashes for an ideal, the front as in every figure. */
function GuideLine({ guide, tokens }: { guide: GuideAt; tokens: FigureTokens }): ReactElement | null {
  const { kind, segments } = guide;
  if (segments.length === 0) return null;
  if (kind === 'front') return <Front segments={segments} tokens={tokens} />;
  return (
    <path
      d={pathOf(segments)}
      fill="none"
      stroke={tokens.guide}
      strokeWidth={stroke.thin}
      strokeDasharray={kind === 'curve' ? '6 3' : '1 3'}
    />
  );
}

function PanelWords({ panel, tokens }: { panel: PanelAt; tokens: FigureTokens }): ReactElement {
  return (
    <g>
      <Lines lines={panel.title} size={textSize.axis} fill={tokens.text} bold />
      <Lines lines={panel.yTitle} size={textSize.axis} fill={tokens.text} />
      <g fontSize={textSize.axis} textAnchor="middle">
        {panel.xTitle.map((line) => (
          <text key={line.key} x={panel.xMiddle} y={line.baseline} fill={tokens.text}>
            {line.text}
          </text>
        ))}
        {panel.empty?.map((line) => (
          <text
            key={line.key}
            x={round2((line.box.x0 + line.box.x1) / 2)}
            y={line.baseline}
            fill={tokens.secondary}
          >
            {line.text}
          </text>
        ))}
      </g>
    </g>
  );
}
