import { axis, type FigureInput, figureOf, type PanelInput, type SeriesInput } from './build';
import type { PanelFigure } from './spec';

export interface DevicesInput extends FigureInput {
  /** A series a variant, drawn as steps without marks: x demand (queries/s), some ten a decade, y devices (count). */
  devices: readonly SeriesInput[];
  /** Devices that the site can feed, N_power; null: not drawn. */
  power?: number | null;
  /** Second panel. Points: x demand, y 1 − N_variant/N_base (ratio); `bound`: 1 − 1/g. Null: no such panel. */
  saving?: { series: readonly SeriesInput[]; bound: number | null } | null;
  /** Third panel, shown and not judged. Points: x rebound exponent (no unit), y N′/N (ratio). */
  rebound?: { series: readonly SeriesInput[] } | null;
}

/** Does efficiency mean fewer devices for the same work? Source: guide of the experiments, 10. */
export function devicesNeeded(input: DevicesInput): PanelFigure {
  const { devices, power = null, saving = null, rebound = null } = input;
  const demand = axis('Demand (queries/s)', 'log');
  const stepped = (s: SeriesInput): SeriesInput => ({ line: 'step', marks: false, ...s });
  return figureOf('devices-needed', input, [
    {
      key: 'devices',
      title: saving === null && rebound === null ? '' : 'Devices',
      series: devices.map(stepped),
      x: demand,
      y: axis('Devices needed (count), lower is better', 'log'),
      guides: power === null ? [] : [{ kind: 'horizontal', at: power, label: 'most that the power allows' }],
    },
    ...(saving === null
      ? []
      : [
          {
            key: 'saving',
            title: 'Devices saved',
            series: saving.series.map((s) => ({ marks: false, ...s })),
            x: demand,
            y: axis('Devices saved (ratio)', 'linear', { fromZero: true }),
            guides:
              saving.bound === null
                ? []
                : [{ kind: 'horizontal' as const, at: saving.bound, label: 'most possible: 1 − 1/g' }],
          },
        ]),
    ...(rebound === null ? [] : [reboundPanel(rebound.series)]),
  ]);
}

function reboundPanel(
  series: readonly SeriesInput[],
): PanelInput & { x: ReturnType<typeof axis>; y: ReturnType<typeof axis> } {
  return {
    key: 'rebound',
    title: 'If demand answers (an assumption)',
    series: series.map((s) => ({ marks: false, ...s })),
    x: axis('Rebound exponent (no unit)', 'linear', { fromZero: true }),
    y: axis('Devices after / before (ratio)', 'log2'),
    guides: [
      { kind: 'horizontal', at: 1, label: 'as many as before' },
      { kind: 'vertical', at: 1, label: 'demand grows as efficiency' },
    ],
  };
}
