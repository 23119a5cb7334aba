import type { ClaimPart, Estimate, Published, ResultTable } from '../../../shared/claim';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { mean } from '../../../shared/stats/robust';
import { formatCount, significant } from '../../../shared/units';
import { finding, verdictOfFindings } from '../../../shared/verdicts';
import type { CriterionOf } from '../protocol';
import { type NetKind, netKinds, netNames } from '../sparsity/nets';
import type { NetResult, RobustnessOutput } from '../sparsity/robustnessTask';
import { deciding } from './deciding';

/** One value a seed, in their order; empty where a network was not trained. */
export const overSeeds = (
  seeds: readonly RobustnessOutput[],
  kind: NetKind,
  pick: (net: NetResult) => number,
): number[] => seeds.flatMap(({ nets }) => nets.filter((n) => n.kind === kind).map(pick));

/** Differences of two networks, seed by seed, as a mean with its t interval. */
function difference(
  seeds: readonly RobustnessOutput[],
  [a, b]: readonly [NetKind, NetKind],
  pick: (net: NetResult) => number,
): Estimate | null {
  const [one, two] = [overSeeds(seeds, a, pick), overSeeds(seeds, b, pick)];
  return one.length === two.length ? meanInterval(one.map((v, i) => v - two[i]!)) : null;
}

const score = (net: NetResult) => net.score;
const accuracy = (net: NetResult) => net.accuracy;

/** Is the sparse network more robust at equal accuracy? Both must hold. Pure. Source: guide, 6.2 (verdict). */
export function judgeRobustness(
  criterion: CriterionOf,
  seeds: readonly RobustnessOutput[],
  dataset: string,
): ClaimPart {
  const gain = difference(seeds, ['sparse', 'dense'], score);
  const loss = difference(seeds, ['dense', 'sparse'], accuracy);
  const n = gain && overSeeds(seeds, 'sparse', score).length;
  const findings = deciding([
    finding(criterion('score-gain'), `noise score, ${dataset}`, { value: gain, n }),
    finding(criterion('robust-accuracy-loss'), `accuracy without noise, ${dataset}`, {
      value: loss,
      n,
    }),
  ]);
  const verdict = verdictOfFindings(findings);
  return {
    key: 'robustness',
    title: 'Does the sparse network withstand noise better?',
    verdict,
    sentence: gain && loss ? sentenceOf(seeds, gain, loss, dataset) : 'Noise scores were not measured.',
    boundary: null,
    findings,
  };
}

function sentenceOf(
  seeds: readonly RobustnessOutput[],
  gain: Estimate,
  loss: Estimate,
  dataset: string,
): string {
  const means = (['sparse', 'dense'] as const).map((kind) => meanInterval(overSeeds(seeds, kind, score))!);
  const points = (x: number) => `${x < 0 ? '−' : ''}${significant(Math.abs(100 * x), 2)}`;
  const more = gain.value < 0 ? 'less' : 'more';
  const lower = loss.value < 0 ? 'higher' : 'lower';
  // Both intervals are told in the direction of their word.
  const ends = ({ value, low, high }: Estimate, say: (x: number) => string) =>
    value < 0 ? `[${say(-high)}, ${say(-low)}]` : `[${say(low)}, ${say(high)}]`;
  return `On ${dataset} the sparse network scores ${whole(means[0]!.value)} under noise and the dense one ${whole(means[1]!.value)}: ${whole(Math.abs(gain.value))} ${more} ${ends(gain, whole)} over ${seeds.length} seeds. Its accuracy without noise is ${points(Math.abs(loss.value))} percentage points ${lower} ${ends(loss, points)}.`;
}

const whole = (x: number) => `${x < 0 ? '−' : ''}${formatCount(Math.round(Math.abs(x)))}`;

export function robustnessTable(seeds: readonly RobustnessOutput[]): ResultTable {
  const { form, trainExamples, testExamples } = seeds[0]!;
  const trained = netKinds.filter((kind) => overSeeds(seeds, kind, score).length > 0);
  const translated =
    form === 'picture'
      ? ''
      : ` These inputs are no pictures: ${form === 'sequence' ? 'the networks have 1 × 5 kernels and the paper’s shares of winners' : 'the networks have two hidden layers and no convolutions'}, so this is not Numenta’s task.`;
  return {
    key: 'robustness',
    title: 'Accuracy and noise score',
    columns: [
      { key: 'net', title: 'Network', unit: '' },
      { key: 'accuracy', title: 'Accuracy without noise', unit: '1' },
      { key: 'score', title: 'Noise score', unit: '' },
      { key: 'half', title: 'Accuracy at 50 % noise', unit: '1' },
      { key: 'nonzero', title: 'Parameters that are not zero', unit: '' },
      { key: 'seconds', title: 'Training, a seed', unit: 's' },
      { key: 'seeds', title: 'Seeds', unit: '' },
    ],
    rows: trained.map((kind) => {
      const over = (pick: (net: NetResult) => number) => meanOf(overSeeds(seeds, kind, pick));
      return [
        netNames[kind],
        over(accuracy),
        over(score),
        over((net) => net.accuracies.at(-1)!),
        overSeeds(seeds, kind, (net) => net.parametersNonzero)[0]!,
        mean(overSeeds(seeds, kind, (net) => net.seconds)),
        overSeeds(seeds, kind, score).length,
      ];
    }),
    note: `${formatCount(trainExamples)} training and ${formatCount(testExamples)} test examples. Noise sets a share of the inputs, 0 to 50 % in 11 levels, to mean + 2 standard deviations; the score is the sum of correct answers over the levels, per 10,000 test examples.${translated}`,
  };
}

const meanOf = (values: readonly number[]) => meanInterval(values) ?? values[0] ?? null;

const paper = 'Ahmad and Scheinkman, arXiv 1903.11257 (authors’ README), MNIST, 10 seeds';

/** The papers' figures beside ours; ours only where the task is theirs. Source: guide, 6.3 and 6.4. */
export function sparsityPublished(
  seeds: readonly RobustnessOutput[],
  ourSpeedup: string | null,
): Published[] {
  const ours = (kind: NetKind): string | null => {
    if (seeds[0]?.form !== 'picture') return null;
    const [a, s] = [
      meanInterval(overSeeds(seeds, kind, accuracy)),
      meanInterval(overSeeds(seeds, kind, score)),
    ];
    return a && s ? `${significant(100 * a.value, 4)} %, noise score ${whole(s.value)}` : null;
  };
  const shorter =
    seeds[0]?.form === 'picture'
      ? 'Ours: fewer examples and epochs unless the full recipe ran.'
      : 'Ours ran on other data, so it is not put beside theirs.';
  const row = (what: string, theirs: string, own: string | null, note: string | null = null): Published => ({
    what,
    theirs,
    ours: own,
    source: paper,
    note,
  });
  return [
    row('Dense CNN-2', '99.31 ± 0.06 %, noise score 97,040 ± 2,853', ours('dense'), shorter),
    row('Sparse CNN-2', '99.09 ± 0.05 %, noise score 103,764 ± 1,125', ours('sparse'), shorter),
    row('Sparse CNN-2 with all weights', '98.20 %, noise score 100,322', ours('activations')),
    row(
      'Sparse weights, dense activations',
      '98.92 %, noise score 70,566',
      ours('weights'),
      'The paper’s own counter-example: sparse weights alone lost robustness.',
    ),
    row('Dense CNN-1; sparse CNN-1', '99.14 %, 74,569; 98.41 %, 100,306', null),
    row(
      'Google Speech Commands, dense; sparse',
      '96.37 %, 8,730; 96.65 %, 11,233',
      null,
      'Other data and another scale of the score.',
    ),
    {
      what: 'Sparse weights and activations on an FPGA',
      theirs: '33 times dense for one network, over 112 times for the full chip',
      ours: ourSpeedup,
      source: 'Hunter, Spracklen and Ahmad, arXiv 2112.13896, second-hand',
      note: 'Hardware made for it; ours is one layer on this machine, complementary packing at batch 1.',
    },
    {
      what: '95 % sparsity on processors',
      theirs: 'typically less than 4 times',
      ours: null,
      source: 'Hunter, Spracklen and Ahmad, arXiv 2112.13896, second-hand',
      note: null,
    },
    {
      what: 'int8 against float32',
      theirs: 'within 1 % of accuracy on all networks studied',
      ours: null,
      source: 'Wu et al., arXiv 2004.09602',
      note: 'See the table of variants for ours.',
    },
  ];
}
