import { ratioAxis, ratioDomain } from '../../ratioAxis';
import { type Axis, makeAxis, paddedDomain } from '../../scale';
import { plainText } from '../../textWidth';
import type { CheckedGuide, CheckedPanel } from '../schema';

const finite = (values: readonly (number | null)[]) =>
  values.filter((v): v is number => v !== null && Number.isFinite(v));

/** Every value of the panel that its axis has to reach. Slopes and triangles have no place of their own. */
function valuesOf(panel: CheckedPanel, which: 'x' | 'y'): number[] {
  const points = panel.series.flatMap((s) => s.points);
  const bands = panel.series.flatMap((s) => s.band ?? []);
  const own =
    which === 'x'
      ? [...points.flatMap((p) => [p.x, p.xLow, p.xHigh]), ...bands.map(([x]) => x)]
      : [...points.flatMap((p) => [p.y, p.yLow, p.yHigh]), ...bands.flatMap(([, low, high]) => [low, high])];
  const references = panel.references.flatMap((r) => [r[which].value, r[which].low, r[which].high]);
  return finite([...own, ...references, ...panel.guides.flatMap((g) => guideValues(g, which))]);
}

function guideValues(guide: CheckedGuide, which: 'x' | 'y'): (number | null)[] {
  switch (guide.kind) {
    case 'horizontal':
      return which === 'y' ? [guide.at, guide.low, guide.high] : [];
    case 'vertical':
      return which === 'x' ? [guide.at, guide.low, guide.high] : [];
    case 'curve':
    case 'front':
      return guide.points.map(([x, y]) => (which === 'x' ? x : y));
    default:
      return [];
  }
}

/** One axis of a panel over `range` (start, end) in viewBox units. Source: docs/figures.md, 3.3. */
export function panelAxis(panel: CheckedPanel, which: 'x' | 'y', range: [number, number]): Axis {
  const spec = panel[which];
  const values = valuesOf(panel, which);
  const own =
    spec.scale === 'log2'
      ? ratioAxis(spec.domain ?? ratioDomain(values), range, which)
      : makeAxis(spec.domain ?? paddedDomain(values, spec.scale, spec.fromZero), spec.scale, range);
  if (spec.ticks === null) return own;
  const named = spec.ticks.filter(([at]) => own.within(at));
  return {
    ...own,
    ticks: named.map(([at, label]) => ({ at: own.map(at), label: plainText(label), major: true })),
  };
}
