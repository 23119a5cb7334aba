import type { TooltipLine } from '../interaction';
import { plainText } from '../textWidth';
import type { PanelLayout } from './draw/layout';
import { tickName, unitOf, valueWords } from './points';

/** A point or reference that can be pointed at, in viewBox units, with its words. */
export interface PanelTarget {
  x: number;
  y: number;
  /** Which series of the figure, counted over all panels: steps from series to series follow it. */
  series: number;
  lines: TooltipLine[];
}

/** What a layer above the drawing needs: every point by panel and series, in drawing order. */
export function panelTargets(layout: PanelLayout): PanelTarget[] {
  const many = layout.panels.length > 1;
  let count = 0;
  return layout.panels.flatMap(({ panel, series, references }) => {
    const where = many ? [{ label: 'Panel', text: plainText(panel.title || panel.key) }] : [];
    const [xName, yName] = [nameOf(panel.x.title), nameOf(panel.y.title)];
    const [xUnit, yUnit] = [unitOf(panel.x.title), unitOf(panel.y.title)];
    const points = series.flatMap(({ series: own, look, points: placed }) => {
      if (placed.length === 0) return [];
      const index = count++;
      return placed.map(({ x, y, point }): PanelTarget => {
        const { xLow, xHigh, yLow, yHigh, n, label } = point;
        const lines = [
          ...where,
          { label: 'Series', text: look.text },
          ...(label === null || label === '' ? [] : [{ label: 'Point', text: plainText(label) }]),
          { label: xName, text: tickName(panel, point.x) ?? valueWords(point.x, xLow, xHigh, xUnit, false) },
          { label: yName, text: valueWords(point.y, yLow, yHigh, yUnit, own.estimated) },
          ...(n === null ? [] : [{ label: 'n', text: String(n) }]),
          ...(own.extrapolated ? [{ label: 'Kind', text: 'extrapolation, not measured' }] : []),
        ];
        return { x, y, series: index, lines };
      });
    });
    const own = references.map(({ x, y, reference }): PanelTarget => {
      const lines = [
        ...where,
        { label: 'Reference', text: plainText(reference.name) },
        {
          label: xName,
          text: valueWords(reference.x.value, reference.x.low, reference.x.high, xUnit, false),
        },
        {
          label: yName,
          text: valueWords(reference.y.value, reference.y.low, reference.y.high, yUnit, false),
        },
        { label: 'Source', text: plainText(reference.source) },
      ];
      return { x, y, series: count++, lines };
    });
    return [...points, ...own];
  });
}

/** 'Energy per query' of 'Energy per query (J), lower is better'. */
function nameOf(title: string): string {
  return plainText(title.replace(/\s*\(.*$/s, '').replace(/,.*$/s, '') || title);
}
