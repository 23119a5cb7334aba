import { formatSi } from '../units';
import type { LabelRequest } from './place';
import { xWords } from './quantities';
import type { Axis } from './scale';
import { textSize } from './sizes';
import type { CurveSpec } from './spec';
import { ellipsize, plainText } from './textWidth';
import type { VisiblePoint, VisibleSeries } from './visible';

/** More points than this and their labels would be all there is to see. */
const labelledPoints = 60;

/** Name of a series as labels and legend show it; an estimated one says so. */
export function seriesName(series: VisibleSeries): string {
  const estimated = series.points.every((p) => p.style === 'estimate');
  return plainText(estimated ? `≈ ${series.label} (estimate)` : series.label);
}

/** Names that would take more of the width beside their last point stand in the legend. */
export const mostDirectName = 0.3;

export interface SlottedRequest {
  request: LabelRequest;
  /** null: of no series. */
  slot: number | null;
}

/** One label at the last point of each series that has a text here. */
export function seriesRequests(
  series: readonly VisibleSeries[],
  texts: readonly string[],
  x: Axis,
  y: Axis,
): SlottedRequest[] {
  return series.flatMap(({ key, slot, points }, i) => {
    const last = points.at(-1)!;
    const text = texts[i];
    if (text === undefined) return [];
    const at = { x: x.map(last.x), y: y.map(last.y) };
    return [
      {
        slot,
        request: { key: `series-${key}`, text, size: textSize.small, bold: true, ...at, kind: 'series' },
      },
    ];
  });
}

/** Size or name of the model beside its point. A size stands once above a column of points that share it. */
export function pointRequests(
  { pointLabels: labels, x: xSpec }: Pick<CurveSpec, 'pointLabels' | 'x'>,
  series: readonly VisibleSeries[],
  x: Axis,
  y: Axis,
): SlottedRequest[] {
  const points = series.flatMap((s) => s.points.map((point) => ({ point, slot: s.slot })));
  if (labels === 'none' || points.length > labelledPoints) return [];
  const { isSize, unit: unitOf } = xWords[xSpec.quantity];
  const unit = isSize ? '' : unitOf;
  const requests = points.map(({ point, slot }): SlottedRequest => {
    const text = labels === 'model' ? plainText(point.row.model) : sizeText(point, unit);
    const short = ellipsize(text, textSize.small, 120);
    const at = { x: x.map(point.x), y: y.map(point.y) };
    return {
      slot,
      request: { key: point.row.runId, text: short, size: textSize.small, bold: false, ...at, kind: 'point' },
    };
  });
  if (labels === 'model') return requests;
  const isTop = ({ request: r }: SlottedRequest) =>
    !requests.some(({ request: o }) => o.x === r.x && o.text === r.text && o.y < r.y);
  return requests.filter(isTop);
}

/** '12.7 k', '24 M': a count has no digits to prove, so trailing zeros go. */
function sizeText(point: VisiblePoint, unit: string): string {
  return formatSi(point.x, unit)
    .replace(/(\.\d*?)0+(?= |$)/, '$1')
    .replace(/\.(?= |$)/, '');
}
