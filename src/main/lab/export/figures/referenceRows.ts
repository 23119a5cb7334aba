import { unitOf } from '../../../../shared/figures/panels/points';
import type { PanelFigure } from '../../../../shared/figures/panels/spec';
import { xWords, yWords } from '../../../../shared/figures/quantities';
import { referencesOf } from '../../../../shared/figures/references';
import type { CurveSpec } from '../../../../shared/figures/spec';
import { slug } from '../../../../shared/text';
import { ucumOf } from '../tables/ucum';
import type { ReferenceRow } from '../types';

/** Two rows for every reference point that the curve draws: what it is on x, and on y. */
export function curveReferences(spec: CurveSpec): ReferenceRow[] {
  const [x, y] = [xWords[spec.x.quantity], yWords[spec.y.quantity]];
  return referencesOf(spec).flatMap((r) => {
    const of = { id: r.key, source: r.source, note: r.caption };
    return [
      row({ ...of, quantity: x.name, value: r.x, low: r.xLow, high: r.xHigh, unit: x.ucum }),
      row({ ...of, quantity: y.name, value: r.y, low: r.yLow, high: r.yHigh, unit: y.ucum }),
    ];
  });
}

/** The same of a figure of panels. */
export function panelReferences({ id, panels }: PanelFigure): ReferenceRow[] {
  return panels.flatMap((panel) =>
    panel.references.flatMap(({ name, x, y, source }) => {
      const of = { id: `${id}/${slug(panel.key, 64)}/${slug(name, 64)}`, source, note: null };
      const quantity = (title: string) => title.replace(/\s*\(.*$/s, '');
      return [
        row({ ...of, quantity: quantity(panel.x.title), ...x, unit: ucum(panel.x.title) }),
        row({ ...of, quantity: quantity(panel.y.title), ...y, unit: ucum(panel.y.title) }),
      ];
    }),
  );
}

/** What an axis shows without a unit is a count. */
const ucum = (title: string) => ucumOf(unitOf(title)) ?? '1';

interface Told {
  id: string;
  quantity: string;
  value: number;
  low: number;
  high: number;
  unit: string;
  source: string;
  note: string | null;
}

function row({ id, quantity, value, low, high, unit, source, note }: Told): ReferenceRow {
  return {
    reference_id: id,
    quantity,
    value,
    value_missing_reason: null,
    low,
    high,
    unit,
    source,
    url_or_doi: null,
    note,
  };
}
