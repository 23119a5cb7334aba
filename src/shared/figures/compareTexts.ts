import type { ComparedQuantity, Comparison } from '../comparison';
import { countRange } from '../units';
import { deviceSentence, type FigureRun, measuredUnixMs, runLabels } from './figureRun';
import type { CompareSpec } from './spec';
import { badgeOf, datesOf, type FigureTexts, markedTitle } from './texts';
import { plainText } from './textWidth';

/** Names of the rows, and the UCUM code of the value. */
export const comparedWords: Readonly<Record<ComparedQuantity, { name: string; ucum: string }>> = {
  p50S: { name: 'Median latency', ucum: 's' },
  p95S: { name: 'p95 latency', ucum: 's' },
  grossJ: { name: 'Gross energy', ucum: 'J' },
  netJ: { name: 'Energy net of idle', ucum: 'J' },
  throughputHz: { name: 'Items per second', ucum: 's-1' },
  memoryPeakBytes: { name: 'Peak memory', ucum: 'By' },
};

/** Label of every run of the comparison, in its order; a run that was not given by the start of its id. */
export function comparedLabels(comparison: Comparison, runs: readonly FigureRun[]): string[] {
  const known = comparison.runIds.flatMap((id) => runs.filter((r) => r.id === id).slice(0, 1));
  const labels = new Map(runLabels(known).map((label, i) => [known[i]!.id, label]));
  return comparison.runIds.map((id) => plainText(labels.get(id) ?? `run ${id.slice(0, 8)}`));
}

export function compareTexts(
  spec: CompareSpec,
  comparison: Comparison,
  runs: readonly FigureRun[],
): FigureTexts {
  const labels = comparedLabels(comparison, runs);
  const [first = 'nothing', ...others] = labels;
  const who = others.length === 1 ? others[0]! : `${others.length} runs`;
  const xTitle = `Ratio to ${first} (log₂)`;
  const caption = captionOf(spec, comparison, runs, labels);
  return {
    title: markedTitle(
      spec.title ?? `${who} against ${first}`,
      runs.some((r) => r.sample),
    ),
    badge: badgeOf(runs.map((r) => r.origin)),
    xTitle,
    yTitle: 'Lower is better, but for items per second',
    caption,
    description: [
      `Ratios with intervals, one row a quantity. Horizontal: ${xTitle}; a line at 1.`,
      ...comparison.quantities.flatMap(({ quantity, rows }) =>
        rows
          .slice(1)
          .map((r) => `${comparedWords[quantity].name}, ${labelOf(comparison, labels, r.runId)}: ${r.word}.`),
      ),
      ...caption,
    ].join(' '),
  };
}

export const labelOf = (comparison: Comparison, labels: readonly string[], runId: string) =>
  labels[comparison.runIds.indexOf(runId)] ?? `run ${runId.slice(0, 8)}`;

function captionOf(
  spec: CompareSpec,
  comparison: Comparison,
  runs: readonly FigureRun[],
  labels: readonly string[],
): string[] {
  const methods = new Map<string, string[]>();
  for (const { quantity, method } of comparison.quantities) {
    // The whole method stands in the points file; the first sentence says what was done.
    const [first] = method.split(/(?<=\.) /);
    methods.set(first!, [...(methods.get(first!) ?? []), comparedWords[quantity].name]);
  }
  return [
    'Bar: 95\u00a0% interval of the ratio. Filled: a difference is shown; hollow: none is. Grey band: noise floor, inside which nothing is stated.',
    ...(comparison.quantities.some((q) => q.controls.some((c) => c.ratio !== null))
      ? ['Control: one and the same model measured twice.']
      : []),
    ...[...methods].map(([method, names]) => sentence(`${names.join(', ')}: ${method}`)),
    ...counts(comparison, runs),
    ...reasonSentences(comparison, labels),
    ...(comparison.differences.length > 0
      ? [sentence(`Differs: ${comparison.differences.map((d) => d.field).join(', ')}`)]
      : []),
    ...(runs.length === 0 ? [] : [deviceSentence(runs)]),
    `${datesOf(runs.map(measuredUnixMs))}Thirty\u00a0Watts\u00a0${plainText(spec.appVersion)}.`,
  ];
}

/** What the ratios stand on: blocks where runs were measured in turn, else the inferences of each run. */
function counts({ quantities }: Comparison, runs: readonly FigureRun[]): string[] {
  const blocks = quantities.flatMap((q) => q.rows.flatMap((r) => r.blocks?.used ?? []));
  const inferences = runs.flatMap((run) => run.n ?? []);
  if (blocks.length > 0) return [`n = ${countRange(blocks)} blocks.`];
  return inferences.length === 0 ? [] : [`n = ${countRange(inferences)} inferences a run.`];
}

/** Why a ratio is missing or not compared: said once for all that it is true of. */
function reasonSentences({ quantities, runIds }: Comparison, labels: readonly string[]): string[] {
  const about = new Map<string, string[]>();
  for (const { quantity, rows } of quantities) {
    // That an interval includes 1 is drawn; what is missing is not.
    const others = rows.slice(1).filter((r) => r.verdict === 'not_comparable');
    for (const why of new Set(others.flatMap((r) => r.why ?? []))) {
      const own = others.filter((r) => r.why === why);
      const whose = own.map((r) => labels[runIds.indexOf(r.runId)]).join(' and ');
      const name =
        own.length === rows.length - 1
          ? comparedWords[quantity].name
          : `${comparedWords[quantity].name} of ${whose}`;
      about.set(why, [...(about.get(why) ?? []), name]);
    }
  }
  return [...about].map(([why, names]) => sentence(`${names.join(', ')}: ${why}`));
}

const sentence = (text: string) => `${plainText(text).replace(/\.$/, '')}.`;
