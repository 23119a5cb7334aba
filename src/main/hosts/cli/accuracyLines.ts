import type { AccuracyRecord } from '../../../shared/accuracy';
import type { AccuracyCost, AccuracyView } from '../../../shared/accuracyCosts';
import {
  accuracyText,
  conditionText,
  costSource,
  likelihoodSentence,
  scoresSentence,
} from '../../../shared/accuracyWords';
import type { Estimate } from '../../../shared/claim';
import { formatCount, formatEstimate, formatInterval, formatSi } from '../../../shared/units';

const none = '–';

export const accuracyHead = [
  'Model',
  'Data',
  'Accuracy\n[95 %]',
  'Right of',
  'Condition',
  'J per right answer\n[95 %]',
  'Time per right answer\n[95 %]',
  'Quality above chance\nper joule [95 %]',
  'Source',
] as const;
export const accuracyRight = [2, 3, 5, 6, 7] as const;

/** One row for each condition that was measured; one without costs where none was. */
export function accuracyRows({ record, modelName, costs }: AccuracyView): string[][] {
  const base = [
    modelName,
    record.dataset,
    accuracyText(record),
    `${formatCount(record.correct)} / ${formatCount(record.n)}`,
  ];
  if (costs.length === 0) return [[...base, 'not measured', none, none, none, none]];
  return costs.map((cost) => [
    ...base,
    conditionText(cost),
    withUnit(cost.joules.jPerCorrect, 'J', cost),
    cost.seconds.jPerCorrect === null ? none : interval(cost.seconds.jPerCorrect, 's'),
    withUnit(cost.joules.qualityPerJ, '/J', cost),
    costSource(cost),
  ]);
}

/** What the table leaves out. */
export function accuracySentences({ record, modelName, costs }: AccuracyView): string[] {
  const withoutEnergy = costs.filter((c) => c.joules.jPerCorrect === null);
  return [
    scoresSentence(record),
    likelihoodSentence(record),
    ...worstClasses(record),
    ...(costs.length === 0
      ? [
          `What a right answer costs is not known: ${modelName} was not measured yet. Measure it with “thirty-watts run”.`,
        ]
      : []),
    ...(withoutEnergy.length > 0 && withoutEnergy.length === costs.length
      ? [`${withoutEnergy[0].joules.missing} What a right answer costs is shown in time.`]
      : []),
  ];
}

/** The classes that it gets right least often. */
function worstClasses({ perClass }: AccuracyRecord): string[] {
  const shares = perClass.flatMap(({ n, correct }, c) => (n === 0 ? [] : [{ c, share: correct / n }]));
  const worst = [...shares].sort((a, b) => a.share - b.share).slice(0, 3);
  if (shares.length < 2) return [];
  return [
    `By class: least often right in ${worst.map(({ c, share }) => `class ${c} (${Math.round(1000 * share) / 10} %)`).join(', ')}.`,
  ];
}

function withUnit(value: Estimate | null, unit: string, { provenance }: AccuracyCost): string {
  if (value === null) return none;
  if (provenance !== 'estimate') return interval(value, unit);
  return `${formatEstimate(value.value, unit)} [${formatSi(value.low, unit, 2)}, ${formatSi(value.high, unit, 2)}]`;
}

const interval = ({ value, low, high }: Estimate, unit: string) => formatInterval(value, low, high, unit);
