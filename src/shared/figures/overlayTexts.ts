import { formatCount } from '../units';
import type { Crossing } from './crossings';
import type { SeriesFit } from './fits';
import type { Front } from './front';
import { yWords } from './quantities';
import { guidesOf, referencesOf } from './references';
import { mostResiduals, tooManyResiduals } from './residuals';
import type { CurveSpec } from './spec';

/** Caption sentences of fits, front, reference points and guides. */
export function overlaySentences(
  spec: CurveSpec,
  fits: readonly SeriesFit[],
  crossings: readonly Crossing[],
  front: Front | null,
): string[] {
  const guides = guidesOf(spec);
  const asked = spec.includeLimited && (spec.fit.show || spec.front.show);
  return [
    ...fitSentences(spec, fits),
    ...(spec.fit.residuals && tooManyResiduals(fits)
      ? [`No residuals: more than ${formatCount(mostResiduals)} models.`]
      : []),
    ...crossingSentences(spec, fits, crossings),
    ...(asked ? ['Limited and quick results are included in lines and fronts, as asked for.'] : []),
    ...frontSentences(spec, front),
    ...referencesOf(spec).map((r) => r.caption),
    ...(guides.length > 0 ? [`Dotted: ${guides.map((g) => g.text).join('; ')}.`] : []),
  ];
}

function fitSentences(spec: CurveSpec, fits: readonly SeriesFit[]): string[] {
  if (!fits.some((f) => f.result.kind === 'law')) return [];
  return [
    `Line: power law of the series${fits.some((f) => f.broken) ? ', of two exponents where the data bear them' : ''}; ` +
      'inner band: 95\u00a0% confidence interval of the line, outer band: 95\u00a0% prediction interval of a new model.',
    ...(fits.some((f) => f.includesEstimated) ? ['The lines include estimates.'] : []),
    ...(spec.fit.extrapolate
      ? ['Dashed: extrapolation, not measured, to a factor 2 beyond the data, without a band.']
      : []),
  ];
}

function crossingSentences(
  spec: CurveSpec,
  fits: readonly SeriesFit[],
  crossings: readonly Crossing[],
): string[] {
  if (!spec.fit.crossovers || fits.length < 2) return [];
  if (crossings.length === 0) return ['Crossover: not resolved, fewer than two lines.'];
  const drawn = crossings.some((c) => c.at !== null);
  return [
    ...crossings.filter((c) => c.at !== null).map((c) => c.text),
    ...unresolved(crossings),
    ...(drawn
      ? [
          'Bars over the x axis: 95\u00a0% intervals of the crossovers, joint bootstrap draws over models, stretched.',
        ]
      : []),
  ];
}

/** Those with one reason share a sentence. */
function unresolved(crossings: readonly Crossing[]): string[] {
  const byReason = new Map<string, Crossing[]>();
  for (const crossing of crossings) {
    if (crossing.result.kind === 'crossing') continue;
    const { reason } = crossing.result;
    byReason.set(reason, [...(byReason.get(reason) ?? []), crossing]);
  }
  return [...byReason].map(([reason, own]) =>
    own.length === 1
      ? own[0]!.text
      : `Crossovers not resolved, ${reason}: ${own.map((c) => c.labels.join(' and ')).join('; ')}.`,
  );
}

function frontSentences(spec: CurveSpec, front: Front | null): string[] {
  if (!spec.front.show) return [];
  if (front === null)
    return [`No Pareto front: ${yWords[spec.y.quantity].name.toLowerCase()} has no better end.`];
  if (front.points.length === 0) return ['No Pareto front: none of the results may be ranked.'];
  const faint = spec.front.dim ? ' Faint: dominated points.' : '';
  const of = spec.includeLimited ? 'without estimates and glances' : 'of valid standard and rigorous results';
  return [`Step line: Pareto front (${front.words}) over all series, ${of}.${faint}`];
}
