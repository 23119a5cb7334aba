import type { ReactElement } from 'react';
import type { LabelledTick } from './frame';
import { Mark } from './marks';
import { pathOf } from './placed';
import type { ResidualPanel } from './residuals';
import { round2, stroke, textSize } from './sizes';
import type { FigureTokens } from './tokens';

/** Opacity of ± σ_m: two of them on each other still leave the grid to be seen. */
const shade = 0.14;

/** The panel of residuals: grid of the curve above, a line at 0, a mark with a stem for each model. */
export function Residuals(props: {
  panel: ResidualPanel;
  xTicks: readonly LabelledTick[];
  tokens: FigureTokens;
}): ReactElement {
  const { panel, xTicks, tokens } = props;
  const { box, zeroY, ticks, title } = panel;
  const grid = [
    ...xTicks.filter((t) => t.major).map((t) => `M${t.at} ${box.y0}V${box.y1}`),
    ...ticks.map((t) => `M${box.x0} ${t.at}H${box.x1}`),
  ];
  const outside = [
    ...xTicks.map((t) => `M${t.at} ${box.y1}v${t.major ? 5 : 3}`),
    ...ticks.map((t) => `M${box.x0} ${t.at}h-5`),
  ];
  return (
    <g>
      <g fill="none" strokeWidth={stroke.thin}>
        <path d={grid.join('')} stroke={tokens.grid} />
        <path d={outside.join('')} stroke={tokens.axis} />
        <path d={`M${box.x0} ${box.y0}V${box.y1}H${box.x1}`} stroke={tokens.axis} />
      </g>
      {panel.scatter.map(({ key, slot, box: area }) => (
        <rect
          key={key}
          x={area.x0}
          y={area.y0}
          width={round2(area.x1 - area.x0)}
          height={round2(area.y1 - area.y0)}
          fill={tokens.series[slot]!.mark}
          fillOpacity={shade}
        />
      ))}
      <path d={`M${box.x0} ${zeroY}H${box.x1}`} fill="none" stroke={tokens.axis} strokeWidth={stroke.thin} />
      {panel.marks.map(({ key, slot, stem }) => (
        <path
          key={key}
          d={pathOf([stem])}
          fill="none"
          stroke={tokens.series[slot]!.text}
          strokeWidth={stroke.thin}
        />
      ))}
      {panel.marks.map(({ key, slot, style, x, y }) => (
        <Mark key={key} x={x} y={y} style={style} look={tokens.series[slot]!} tokens={tokens} />
      ))}
      <text x={title.left} y={title.baseline} fontSize={textSize.small} fill={tokens.secondary}>
        {title.text}
      </text>
      <g fontSize={textSize.tick} fill={tokens.text} textAnchor="end">
        {ticks.map(({ text }) => (
          <text key={text.key} x={round2(box.x0 - 8)} y={text.baseline}>
            {text.text}
          </text>
        ))}
      </g>
    </g>
  );
}
