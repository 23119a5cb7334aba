import { layoutCurve } from '../../../../shared/figures/layout';
import type { CurveRow } from '../../../../shared/figures/rows';
import type { CurveSpec } from '../../../../shared/figures/spec';
import { builtTitle } from '../../../../shared/figures/texts';
import { shapes } from '../../../../shared/figures/tokens';
import { visibleRows } from '../../../../shared/figures/visible';
import type { RunRow } from '../../../../shared/runRow';
import { curveOf } from '../../figures/curve';
import { figureFiles } from '../../figures/files';
import type { BundleSource } from '../types';
import { facetsOf } from './facets';
import { bearsFit, fitRows } from './fitRows';
import type { Sketch } from './lazy';
import { curveReferences } from './referenceRows';

type Look = Pick<BundleSource, 'options'>;
type Y = 'energyGross' | 'latencyP50';

/** What the y axis is called in a name. */
const yNames: Readonly<Record<Y, string>> = { energyGross: 'energy', latencyP50: 'latency' };

/**
 * The curves of these runs: energy where any run has it, beside it the same with the human brain and human scales, and
 * latency in any case. Where a figure cannot tell all series apart, one for each part that it is split into.
 * `shows`: words of the name after the quantity, none for the curve of everything; `ladders`: what is no ladder has no
 * lines, neither joined nor fitted.
 */
export function curveSketches(
  runs: readonly RunRow[],
  { options }: Look,
  about: { shows?: string; of?: string; title?: string; brain?: boolean; ladders?: boolean } = {},
): Sketch[] {
  const { shows = '', of = '', brain = false, ladders = true } = about;
  const hasEnergy = runs.some((r) => r.grossJ.value !== null && r.energyVerdict !== 'invalid');
  const one = (y: Y, withBrain: boolean): Sketch[] =>
    facetsOf(runs, withBrain ? shapes.length - 1 : shapes.length).flatMap((facet): Sketch[] => {
      const make = (id: string) => {
        const { spec, rows } = curveOf(facet.runs, { ...specOf(y, withBrain), id, theme: options.theme });
        return { spec, rows: ladders ? rows : rows.map((row) => ({ ...row, ladder: false })) };
      };
      if (!hasPoint(make('curve'))) return [];
      const words = [shows, ...facet.words, withBrain ? 'with-brain' : ''].filter(Boolean);
      return [
        {
          kind: 'curve-efficiency',
          shows: ['curve-efficiency', yNames[y], ...words],
          of,
          draw(id) {
            const { spec: plain, rows } = make(id);
            const fitted = { ...plain, fit: { ...plain.fit, show: ladders && bearsFit(plain, rows) } };
            const spec = titled(fitted, rows, [about.title ?? '', ...facet.words]);
            const layout = layoutCurve(spec, rows);
            return {
              ...figureFiles({ kind: 'curve-efficiency', spec, rows }, layout),
              fits: fitRows(spec, layout.fits),
              references: curveReferences(spec),
            };
          },
        },
      ];
    });
  return [
    ...(hasEnergy ? one('energyGross', false) : []),
    ...one('latencyP50', false),
    ...(hasEnergy && brain ? one('energyGross', true) : []),
  ];
}

/** The built title, after what part of the bundle it is the title of. */
function titled(spec: CurveSpec, rows: readonly CurveRow[], words: readonly string[]): CurveSpec {
  const about = words.filter(Boolean).join(', ');
  if (about === '') return spec;
  return { ...spec, title: `${about}: ${builtTitle(spec, rows)}`.slice(0, 300).toWellFormed() };
}

const specOf = (y: Y, brain: boolean) => ({ y, references: brain, guides: brain });

/** Any point that the axes can show? */
const hasPoint = ({ spec, rows }: { spec: CurveSpec; rows: readonly CurveRow[] }) =>
  visibleRows(spec, rows).points.length > 0;
