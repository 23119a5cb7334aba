import { axis, type FigureInput, figureOf, type PanelInput, type SeriesInput } from './build';
import type { PanelFigure, PanelGuide } from './spec';

/** One of the three attributions: its cost does not depend on the central machine's utilisation. */
export interface PoolLine {
  key: string;
  /** 'on anyway', 'woken', 'full'. */
  name: string;
  /** J per inference or $ per 10⁶, with its Monte Carlo interval; null: not measured. */
  cost: { value: number; low: number; high: number } | null;
  /** u* in 0 to 1 with its interval; null: the pool is lower at every utilisation, or nothing is known. */
  breakEven: { value: number; low: number | null; high: number | null } | null;
}

export interface PoolEconomicsInput extends FigureInput {
  /** One panel a cost: energy, and money if wanted. All three attributions, always. */
  panels: readonly {
    key: string;
    title?: string;
    cost: 'energy' | 'money';
    /** Central machine: [u, cost, low, high], u in 0 to 1; low and high null without an interval. */
    central: readonly (readonly [number, number, number | null, number | null])[];
    pool: readonly PoolLine[];
  }[];
}

/** Below which utilisation of a central machine does an idle pool win? Badge PLACEHOLDER INPUTS until all is measured. */
export function poolEconomics(input: PoolEconomicsInput): PanelFigure {
  return figureOf(
    'pool-economics',
    input,
    input.panels.map(({ key, title, cost, central, pool }): PanelInput & ReturnType<typeof axes> => {
      const ends = central.map(([u]) => u);
      const [from, to] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
      const curve: SeriesInput = {
        key: 'central',
        name: 'central machine',
        marks: false,
        points: central.map(([u, y]) => ({ x: u, y })),
        band: banded(central.map(([u, , low, high]) => [u, low, high])),
      };
      return {
        key,
        title: title ?? '',
        ...axes(cost),
        series: [curve, ...pool.flatMap((line) => poolSeries(line, from, to))],
        guides: pool.flatMap(breakEvenGuide),
      };
    }),
  );
}

function axes(cost: 'energy' | 'money') {
  return {
    x: axis('Utilisation of the central machine (ratio)', 'linear', { domain: [0, 1] as [number, number] }),
    y: axis(
      cost === 'energy'
        ? 'Energy per inference (J), lower is better'
        : 'Cost per 10⁶ inferences ($), lower is better',
      'log',
    ),
  };
}

function poolSeries({ key, name, cost }: PoolLine, from: number, to: number): SeriesInput[] {
  if (cost === null) return [];
  const { value, low, high } = cost;
  return [
    {
      key,
      name: `pool, ${name}`,
      marks: false,
      points: [from, to].map((x) => ({ x, y: value })),
      band: banded([from, to].map((u) => [u, low, high])),
    },
  ];
}

function banded(
  rows: readonly (readonly [number, number | null, number | null])[],
): [number, number, number][] | null {
  const whole = rows.flatMap(([u, low, high]): [number, number, number][] =>
    low === null || high === null ? [] : [[u, low, high]],
  );
  return whole.length === 0 ? null : whole;
}

function breakEvenGuide({ name, breakEven }: PoolLine): PanelGuide[] {
  if (breakEven === null || breakEven.value > 1) return [];
  const { value, low, high } = breakEven;
  return [{ kind: 'vertical', at: value, low, high, label: `u* ${name}: ${value.toFixed(2)}` }];
}
