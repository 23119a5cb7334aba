import { type Crossover, crossoverOf } from '../stats/crossover';
import type { SeriesFit } from './fits';
import { sizeInterval, xWords, yWords } from './quantities';
import type { CurveSpec } from './spec';
import { plainText } from './textWidth';

/** Where the lines of two series meet, or why that is not resolved. */
export interface Crossing {
  key: string;
  /** Labels of the two series. */
  labels: [string, string];
  result: Crossover;
  /** '1.23 M [0.9, 1.7]'; null where not resolved. */
  at: string | null;
  /** One sentence. */
  text: string;
}

/** Crossings of every two series that have a line; none unless the spec asks for them. */
export function crossingsOf(spec: CurveSpec, fits: readonly SeriesFit[]): Crossing[] {
  if (!spec.fit.crossovers) return [];
  const lines = fits.filter((fit) => fit.result.kind === 'law');
  return lines.flatMap((a, i) => lines.slice(i + 1).map((b) => crossingOf(spec, a, b)));
}

function crossingOf(spec: CurveSpec, a: SeriesFit, b: SeriesFit): Crossing {
  const labels: [string, string] = [plainText(a.label), plainText(b.label)];
  const key = `${a.key}×${b.key}`;
  const result = resultOf(a, b);
  const both = `${labels[0]} and ${labels[1]}`;
  if (result.kind === 'unresolved') {
    return { key, labels, result, at: null, text: `Crossover of ${both}: not resolved, ${result.reason}.` };
  }
  const at = sizeInterval(spec.x.quantity, result.x, result.low, result.high);
  const lower = labels[result.lowerBefore === 'a' ? 0 : 1];
  const x = xWords[spec.x.quantity];
  const name = x.isSize ? ` ${x.name.charAt(0).toLowerCase()}${x.name.slice(1)}` : '';
  const doubts = [...new Set([...a.indicative, ...b.indicative])];
  const doubt = doubts.length === 0 ? '' : ` Indicative: ${doubts.join(', ')}.`;
  const y = yWords[spec.y.quantity].name;
  return {
    key,
    labels,
    result,
    at,
    text:
      `Crossover of ${both}: ${at}${name}${a.sensor === b.sensor ? '' : ', with the gains of both sensors'}; ` +
      `below it ${lower} has the lower ${y.charAt(0).toLowerCase()}${y.slice(1)}.${doubt}`,
  };
}

function resultOf(a: SeriesFit, b: SeriesFit): Crossover {
  if (a.result.kind === 'none' || b.result.kind === 'none') return { kind: 'unresolved', reason: 'no line' };
  if (a.broken !== null || b.broken !== null) {
    return { kind: 'unresolved', reason: 'a broken law has no one exponent to compare' };
  }
  return crossoverOf(a.result.law, b.result.law, a.sensor === b.sensor);
}
