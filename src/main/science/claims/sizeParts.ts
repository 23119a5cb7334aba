import { qualityOf } from '../../../shared/accuracy';
import type { ClaimPart, Criterion } from '../../../shared/claim';
import { estimateText, numberText } from '../../../shared/claimWords';
import { mean } from '../../../shared/stats/robust';
import { formatCount } from '../../../shared/units';
import { claimVerdictWords, verdictOfFindings } from '../../../shared/verdicts';
import { type Batch, batches } from '../protocol';
import { whyNoEnergy } from './captions';
import {
  type CostKind,
  costOf,
  energyKind,
  isLadder,
  picks,
  type SizeData,
  type SizeLadder,
} from './sizeData';
import { halfQuality, type JudgedRung, judgeLadder, type LadderJudgement, sizeFindings } from './sizeJudge';

/** One ladder at one batch, judged by one kind of cost. */
export interface Judged {
  ladder: SizeLadder;
  batch: Batch;
  training: 'same steps' | 'early stopping';
  cost: CostKind | null;
  judgement: LadderJudgement | null;
  missing: string | null;
}

/** Every ladder, training and batch, by energy or by time. */
export function judgeAll(data: SizeData, by: 'energy' | 'time'): Judged[] {
  return data.ladders.flatMap((ladder) =>
    (['same steps', 'early stopping'] as const).flatMap((training) => {
      const accuraciesOf = (point: SizeLadder['points'][number]) =>
        point.runs.flatMap((r) => {
          const a = training === 'same steps' ? r.accuracy : r.earlyAccuracy;
          return a === null ? [] : [a];
        });
      if (ladder.points.some((p) => accuraciesOf(p).length === 0)) return [];
      return batches.map((batch): Judged => {
        const cost: CostKind | null = by === 'time' ? 'time' : energyKind(ladder.points, batch);
        const common = { ladder, batch, training, cost };
        if (cost === null) return { ...common, judgement: null, missing: whyNoEnergyAt(data, ladder, batch) };
        const rungs = ladder.points.flatMap((p): JudgedRung[] => {
          const sample = costOf(p.measured[batch], picks[cost]);
          return sample ? [{ parameters: p.parameters, accuracies: accuraciesOf(p), cost: sample }] : [];
        });
        if (!isLadder(ladder.points, batch, cost)) {
          const missing = `${ladder.points.length - rungs.length} of ${ladder.points.length} models could not be measured; the reason codes of their runs say why.`;
          return { ...common, judgement: null, missing };
        }
        const useful = ladder.points.find(
          (p) => qualityOf(mean(accuraciesOf(p)), data.classes) >= halfQuality,
        );
        if (useful && costOf(useful.measured[batch], picks[cost]) === null) {
          const missing = `${useful.key}, the smallest model of use, could not be measured; the reason codes of its run say why.`;
          return { ...common, judgement: null, missing };
        }
        const judgement = judgeLadder(rungs, data.classes, data.options.seed);
        const missing =
          judgement === null
            ? 'No model below the largest reaches half of the quality above chance on these data, so nothing can be seen to fall.'
            : null;
        return { ...common, judgement, missing };
      });
    }),
  );
}

const whyNoEnergyAt = ({ options }: SizeData, { points }: SizeLadder, batch: Batch) =>
  whyNoEnergy(
    options,
    points.flatMap((p) => p.measured[batch] ?? []),
    'models',
  );

/** `fully connected ladder, early stopping, batch 1, cpu`. */
export function conditionOf(data: SizeData, { ladder, batch, training }: Judged): string {
  const early = training === 'early stopping' ? ', early stopping' : '';
  return `${ladder.name}${early}, batch ${batch}, ${data.options.provider}`;
}

/** The part that decides (energy), or the same rule by time, which is only shown. */
export function sizePart(
  data: SizeData,
  judged: readonly Judged[],
  criteria: { small: Criterion; largest: Criterion },
  by: 'energy' | 'time',
): ClaimPart {
  const findings = judged.flatMap((j) =>
    sizeFindings(conditionOf(data, j), criteria, {
      judgement: j.judgement,
      missing: j.missing,
      seeds: j.ladder.points[0]?.runs.length ?? 0,
    }),
  );
  const verdict = verdictOfFindings(findings);
  const word = by === 'energy' ? 'joule' : 'second';
  const told = judged.filter((j) => j.judgement !== null);
  const missing = judged.find((j) => j.missing !== null)?.missing ?? 'Nothing was measured.';
  const sentence =
    told.length === 0
      ? `Quality per ${word} is not judged: ${missing}`
      : `Quality per ${word}${by === 'time' ? ', in place of energy,' : ''} has its peak at ${told.map((j) => peakText(data, j)).join('; ')}. ${fallText(told, word)}${by === 'energy' ? ` The claim is ${claimVerdictWords[verdict]}.` : ` By time alone it would be ${claimVerdictWords[verdict]}.`}`;
  return {
    key: by,
    title:
      by === 'energy'
        ? 'Where quality per joule has its peak'
        : 'The same rule by time in place of energy (shown, does not decide)',
    verdict,
    sentence,
    boundary: verdict === 'within_limits' ? boundaryText(data, told, word) : null,
    findings: by === 'energy' ? findings : findings.map((f) => ({ ...f, shownOnly: true })),
  };
}

function peakText(data: SizeData, j: Judged): string {
  const { value, low, high } = j.judgement!.peakParameters;
  const spread = low === high ? '' : ` (95 % of the draws from ${formatCount(low)} to ${formatCount(high)})`;
  return `${formatCount(value)} parameters${spread} for the ${conditionOf(data, j)}`;
}

function fallText(told: readonly Judged[], word: string): string {
  const parts = told.flatMap(({ judgement, batch, ladder, training }) => {
    const { fall, errorFall, peak, rungs } = judgement!;
    if (training !== 'same steps' || peak === rungs.length - 1) return [];
    const error = errorFall === null ? '' : ` while the error falls ${numberText(errorFall, '1')} times`;
    return [`${estimateText(fall, '1')} times at batch ${batch} (${ladder.name})${error}`];
  });
  return parts.length === 0
    ? ''
    : `From there to the largest model quality per ${word} falls ${parts.join(', ')}.`;
}

function boundaryText(data: SizeData, told: readonly Judged[], word: string): string {
  const above = told.map((j) => peakText(data, j));
  return `Quality per ${word} falls above its peak and rises below it: the peak is at ${above.join('; ')}.`;
}
