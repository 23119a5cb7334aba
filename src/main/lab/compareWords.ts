import type { ComparedQuantity, NoiseFloor } from '../../shared/comparison';
import { pText } from '../../shared/comparisonWords';
import { blocksNeeded } from '../../shared/stats/holm';
import type { NotStated } from '../../shared/stats/ratio';
import { formatPercent } from '../../shared/units';
import type { PairEstimate } from './comparePairs';
import { words } from './comparePairs';

const meters: Partial<Record<ComparedQuantity, string>> = {
  grossJ:
    ' In quadrature with what the meter may be off by: on one meter its gain cancels and its offset counts as far as ' +
    'the two powers differ; of two meters both gains and offsets count.',
  netJ: ' In quadrature with the uncertainty of the idle power of both; of two meters with both gains too.',
};

const unpaired: Readonly<Record<ComparedQuantity, string>> = {
  p50S:
    'Not interleaved: ratio of the geometric means of the window medians, 95 % interval by Welch’s t on their ' +
    'logarithms; where a run has one window only, from the 95 % intervals inside the runs (delta method on ' +
    'logarithms), which do not hold what changes from window to window.',
  p95S:
    'Not interleaved: ratio of the 95th percentiles, 95 % interval from the order-statistic intervals inside the runs ' +
    '(delta method on logarithms).',
  grossJ:
    'Not interleaved: ratio of the geometric means over windows, 95 % interval by Welch’s t on logarithms.',
  netJ: 'Not interleaved: ratio of the means over windows, 95 % interval by Welch–Satterthwaite on logarithms.',
  throughputHz:
    'Not interleaved: ratio of the geometric means of the windows’ items per second, 95 % interval by Welch’s t on ' +
    'their logarithms.',
  memoryPeakBytes: 'One number a run, without an interval: shown beside each other.',
};

const pairedTest = ' p: Wilcoxon’s signed-rank test over the blocks, zeros by Pratt.';
const unpairedTest = ' p: Mann–Whitney’s test over the windows.';
const rule =
  ' p is corrected for the number of pairs (Holm). A difference is stated where the interval leaves out 1, the corrected ' +
  'p is below 0.05 and the ratio is outside the noise floor: 1 %, or what one model measured twice (the control) ' +
  'differed by, whichever is more.';

/** How the ratios of a quantity were made. */
export function methodOf(quantity: ComparedQuantity, estimates: readonly PairEstimate[]): string {
  const used = new Set(estimates.filter((e) => e.ratio !== null || e.blocks !== null).map((e) => e.method));
  const parts = [
    ...(used.has('paired')
      ? [
          `Paired over blocks: geometric mean of the ratios in the same block, 95 % interval by Student’s t on the logarithms.${meters[quantity] ?? ''}${pairedTest}`,
        ]
      : []),
    ...(used.has('unpaired') || used.size === 0
      ? [
          `${unpaired[quantity]}${meters[quantity] ?? ''}${quantity === 'memoryPeakBytes' ? '' : unpairedTest}`,
        ]
      : []),
  ];
  const oneNumber = quantity === 'memoryPeakBytes' && !used.has('paired');
  return parts.join(' ') + (oneNumber ? '' : rule);
}

/** Why no difference is stated, for a person. `pairs`: tested for this quantity. */
export function notStatedWords(
  reason: NotStated,
  { method, blocks, ratio }: PairEstimate,
  { pHolm, floor, pairs }: { pHolm: number | null; floor: NoiseFloor; pairs: number },
): string {
  const used = blocks?.used ?? 0;
  const needed = blocksNeeded(pairs);
  const few = method === 'paired' && used < (reason === 'interval' ? blocksNeeded(1) : needed);
  if (few && reason !== 'floor') {
    const tested = pairs > 1 && used >= blocksNeeded(1) ? ` for ${pairs} pairs tested together` : '';
    return `Only ${used} ${used === 1 ? 'block has' : 'blocks have'} a usable result of both; a difference can be shown from ${needed} blocks on${tested}.`;
  }
  switch (reason) {
    case 'interval':
      return 'The 95 % interval of the ratio includes 1.';
    case 'untested':
      return words.oneWindow;
    case 'test':
      return method === 'paired'
        ? `The signed-rank test over ${used} blocks does not tell the two apart (corrected p ${pText(pHolm)}).`
        : `The Mann–Whitney test over the windows does not tell the two apart (corrected p ${pText(pHolm)}).`;
    case 'floor':
      return `The difference of ${formatPercent(Math.abs(ratio!.value - 1), 2)} is inside the noise floor of ${floorText(floor)}.`;
  }
}

/** '1.4 %: so much did …'. */
function floorText({ ln, from, provider }: NoiseFloor): string {
  const size = formatPercent(Math.expm1(ln), 2);
  return from === 'control'
    ? `${size}: so much did one and the same model, measured twice on ${provider} (the control), differ`
    : `${size}: less than that is noise on any machine`;
}
