import type { SeriesFit } from './fits';
import type { Front } from './front';
import { yWords } from './quantities';
import { guidesOf, referencesOf } from './references';
import type { CurveSpec } from './spec';

/** Caption sentences of fits, front, reference points and guides. */
export function overlaySentences(spec: CurveSpec, fits: readonly SeriesFit[], front: Front | null): string[] {
  const guides = guidesOf(spec);
  return [
    ...fitSentences(spec, fits),
    ...frontSentences(spec, front),
    ...referencesOf(spec).map((r) => r.caption),
    ...(guides.length > 0 ? [`Dotted: ${guides.map((g) => g.text).join('; ')}.`] : []),
  ];
}

function fitSentences(spec: CurveSpec, fits: readonly SeriesFit[]): string[] {
  if (!fits.some((f) => f.result.kind === 'law')) return [];
  return [
    'Line: power law of the series; inner band: 95\u00a0% interval of the line, outer band: 95\u00a0% prediction interval of a new model.',
    ...(fits.some((f) => f.includesEstimated) ? ['The lines include estimates.'] : []),
    ...(spec.fit.extrapolate
      ? ['Dashed: extrapolation, not measured, to a factor 2 beyond the data, without a band.']
      : []),
  ];
}

function frontSentences(spec: CurveSpec, front: Front | null): string[] {
  if (!spec.front.show) return [];
  if (front === null)
    return [`No Pareto front: ${yWords[spec.y.quantity].name.toLowerCase()} has no better end.`];
  const faint = spec.front.dim ? ' Faint: dominated points.' : '';
  return [`Step line: Pareto front (${front.words}) over all series, without estimates.${faint}`];
}
