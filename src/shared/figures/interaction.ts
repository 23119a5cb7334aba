import { inEverydayUnits } from '../everyday';
import { formatCount, formatEstimate, formatInterval, formatSi } from '../units';
import type { Box } from './geometry';
import type { CurveLayout, MarkAt } from './layout';
import { overBlocks, xWords, yWords } from './quantities';
import type { Axis } from './scale';
import type { CurveSpec } from './spec';
import { plainText } from './textWidth';

/** A place in the drawing that can be pointed at, in viewBox units. */
export interface Target {
  runId: string;
  seriesKey: string;
  x: number;
  y: number;
}

/** One line of a tooltip: 'Series', 'mlp, cuda'. */
export interface TooltipLine {
  label: string;
  text: string;
}

/** What a layer above the drawing needs: no more geometry than this. */
export interface Interaction {
  width: number;
  height: number;
  plot: Box;
  /** `map`: value to viewBox; `invert`: viewBox to value. */
  x: Axis;
  y: Axis;
  targets: readonly Target[];
  /** Words for the target at this index; made when asked for, so that 10⁵ points cost nothing. */
  lines(index: number): TooltipLine[];
}

export function curveInteraction(spec: CurveSpec, layout: CurveLayout): Interaction {
  const { width, height, plot, x, y, marks } = layout;
  const lines = (index: number) => markLines(spec, layout, marks[index]!);
  return { width, height, plot, x, y, targets: marks, lines };
}

function markLines(spec: CurveSpec, layout: CurveLayout, { row, style }: MarkAt): TooltipLine[] {
  const x = xWords[spec.x.quantity];
  const y = yWords[spec.y.quantity];
  const estimated = style === 'estimate';
  const inner = row.yLow !== null && row.yHigh !== null && !estimated;
  const outer = row.yAbsLow !== null && row.yAbsHigh !== null && y.absoluteInterval !== null;
  const place = layout.front?.place.get(row);
  const line = (label: string, text: string | null): TooltipLine[] =>
    text === null ? [] : [{ label, text: plainText(text) }];
  return [
    ...line('Series', row.seriesLabel),
    ...line('Model', row.model),
    ...line(x.name, x.isSize ? formatCount(row.x!) : valueText(row.x!, row.xLow, row.xHigh, x.unit, false)),
    ...line(y.name, valueText(row.y!, inner ? row.yLow : null, inner ? row.yHigh : null, y.unit, estimated)),
    ...line('As much as', y.unit === 'J' && row.y! > 0 ? everydayOf(row.y!) : null),
    ...line(
      'With the sensor’s own uncertainty',
      outer ? rangeText(row.yAbsLow!, row.yAbsHigh!, y.unit) : null,
    ),
    ...line('n', row.n === null ? null : `${formatCount(row.n)} ${y.sample}${blocksOf(row.turns)}`),
    ...line('Statistic', y.statistic),
    ...line(
      'Interval',
      row.turns !== null ? overBlocks : inner ? y.repeatInterval : outer ? y.absoluteInterval : null,
    ),
    ...line('Meter', row.meter === null ? 'none' : `${row.meter} (${row.provenance}${unreal(row.origin)})`),
    ...line('Device', row.device),
    ...line('Verdict', `${row.verdict.replace('_', ' ')}, ${row.preset}`),
    ...line('Front', place ?? null),
    ...line('Data', row.sample ? 'SAMPLE DATA' : null),
  ];
}

/** In the smallest everyday unit, a second of a brain at 20 W. */
const everydayOf = (joules: number) => inEverydayUnits({ value: joules, low: joules, high: joules })[0]!.text;

const blocksOf = (turns: number | null) =>
  turns === null ? '' : ` in ${turns} ${turns === 1 ? 'block' : 'blocks'}`;

const unreal = (origin: MarkAt['row']['origin']) =>
  origin === 'simulated' || origin === 'replayed' ? `, ${origin}` : '';

/** Three significant digits with a prefix, its 95 % interval behind it; an estimate has two and '≈'. */
export function valueText(
  value: number,
  low: number | null,
  high: number | null,
  unit: string,
  estimated: boolean,
): string {
  const base = prefixable(unit);
  if (estimated) return base.after(formatEstimate(value, base.unit));
  if (low === null || high === null) return base.after(formatSi(value, base.unit));
  return base.after(formatInterval(value, low, high, base.unit));
}

const rangeText = (low: number, high: number, unit: string) => {
  const base = prefixable(unit);
  return base.after(`${formatSi(low, base.unit)} to ${formatSi(high, base.unit)}`);
};

/** '1/J' takes no prefix: '12.3 k per J' reads, '12.3 k1/J' does not. */
function prefixable(unit: string): { unit: string; after: (text: string) => string } {
  const per = /^1\/(.+)$/.exec(unit)?.[1];
  return per === undefined
    ? { unit, after: (text) => text }
    : { unit: '', after: (text) => `${text} per ${per}` };
}
