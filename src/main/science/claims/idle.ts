import type { ClaimOutcome, ClaimPart, Finding } from '../../../shared/claim';
import { estimateText } from '../../../shared/claimWords';
import { finding, verdictOfFindings } from '../../../shared/verdicts';
import { type Bench, type ClaimExperiment, type Measured, measuringS } from '../protocol';
import { badgeOf } from './captions';
import { over } from './estimates';
import { idleFigure } from './idleFigure';
import { attributionWords, compared, draws, type Line, placeholdersOf, sidesOf } from './idleModel';
import { idleTables } from './idleTables';
import { idleInputs, idleText } from './idleText';
import { givenInputs } from './inputs';
import { perQuery, pickP50 } from './ratio';

const batch = 256;
const recipe = 'mlp:1e6';

/** C7: below which utilisation of a central machine do idle machines win? Guide of the experiments, section 8. */
export const idleClaim: ClaimExperiment = {
  text: idleText,
  usesData: false,
  inputs: idleInputs,
  steps(options) {
    givenInputs(idleInputs, options);
    return [{ key: 'measure', label: 'Measure queries per second', expectedS: measuringS(1, options.form) }];
  },
  async run(bench) {
    const model = bench.model(recipe);
    const measured = await bench.measure('measure', [{ key: 'pool', modelId: model.id, batch }]);
    return idleOutcome(bench, measured.get('pool') as Measured);
  },
};

/** The outcome from one measured condition and what was typed. Pure; draws from the run's seed. */
export function idleOutcome(bench: Pick<Bench, 'criterion' | 'options'>, measured: Measured): ClaimOutcome {
  const given = givenInputs(idleInputs, bench.options);
  const time = perQuery(measured, pickP50);
  if (time === null)
    return notMeasured(`Throughput was not measured: ${measured.row.failure ?? 'no window'}.`);
  const rate = over(1, time);
  const sides = sidesOf(measured, rate, given);
  const comparison = compared(sides, bench.options.seed);
  const { lines, middle } = comparison;
  const placeholders = placeholdersOf(sides);
  // Only watts can be simulated: the rate comes from the clock.
  const badge = sides.watts === 'measured at the wall' ? badgeOf([measured]) : null;

  const criterion = bench.criterion('break-even');
  const findings: Finding[] = lines.map(({ attribution, u }) =>
    finding(criterion, attributionWords[attribution], {
      value: placeholders.length > 0 ? null : u,
      missing: `Stands on placeholders: ${placeholders.join(', ')}.`,
      n: draws,
    }),
  );
  const part = partOf(findings, lines, placeholders);
  return {
    verdict: part.verdict,
    sentence: part.sentence,
    boundary: part.boundary,
    parts: [part],
    tables: idleTables(lines, middle, sides),
    figures: [idleFigure(comparison, { placeholders, badge })],
    published: [],
    notes: [
      `Queries: ${recipe} at batch ${batch}, ${estimateText(rate, '1/s')} on this machine; power ${sides.watts}${badge === null ? '' : ', by a simulated meter'}.`,
      'The fleet itself is not measured yet: one machine stands for all of the pool.',
      ...(given.reward.value === 0
        ? ['Owners are paid nothing here. Type a reward to see what a market rate does to the dollars.']
        : []),
    ],
  };
}

function partOf(
  findings: readonly Finding[],
  lines: readonly Line[],
  placeholders: readonly string[],
): ClaimPart {
  const each = lines
    .map(
      (l) =>
        `${attributionWords[l.attribution]} ${l.u.value >= 1 ? 'at every utilisation' : `below ${estimateText(l.u, '1')}`}`,
    )
    .join('; ');
  const told = verdictOfFindings(findings);
  // By the guide's rule whatever is neither, is within limits: the answer is a number for each attribution.
  const verdict = told === 'inconclusive' ? 'within_limits' : told;
  return {
    key: 'break-even',
    title: 'Below which utilisation of a central machine does the pool take less energy?',
    verdict,
    sentence:
      placeholders.length > 0
        ? `Not measured: ${placeholders.join(', ')} ${placeholders.length === 1 ? 'is a placeholder' : 'are placeholders'}. With them the pool would win, ${each}.`
        : `The pool takes less energy per query, ${each}.`,
    boundary: verdict === 'within_limits' ? `Utilisation of the central machine: ${each}.` : null,
    findings: [...findings],
  };
}

function notMeasured(sentence: string): ClaimOutcome {
  return {
    verdict: 'not_measured',
    sentence,
    boundary: null,
    parts: [],
    tables: [],
    figures: [],
    published: [],
    notes: [],
  };
}
