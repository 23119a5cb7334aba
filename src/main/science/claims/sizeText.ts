import type { Published } from '../../../shared/claim';
import type { ClaimText } from '../protocol';
import { sizeCriteria } from './sizeJudge';

/** Words, protocol and prediction of C1. Guide of the experiments, section 2. */
export const sizeText: ClaimText = {
  title: 'Largeness is not the way',
  statement: 'Quality per joule falls as models grow.',
  source:
    'Essay: “Building ever larger models is like building taller towers to reach Mars.” It names large language models of several hundred billion parameters and one announced with 10¹².',
  reading:
    'Along a ladder of models of one family, trained alike, quality above chance per joule of a query has its peak at the smallest model that is of use, one with at least half of the quality above chance, or below it. Quality above chance is (accuracy − 1/C) / (1 − 1/C) with C classes.',
  protocol: [
    'Train a ladder of networks with one hidden layer, 2 units and more, with the same steps for all, several seeds each; in the full form a second ladder of convolutional networks of 4 to 64 channels, and the first ladder again with early stopping on the last tenth of the training part.',
    'Read the test part once for each trained network.',
    'Measure time and energy of a query at batch 1 and batch 256, one provider, in one comparison for each batch.',
    'Quality per joule E is quality above chance over net energy per query; where net energy is not known for every model of a ladder, gross energy for all of them. The return β = −d ln error / d ln joule says what a further joule buys; the peak P* is the model with the largest E.',
    'Draw seeds, and turns of measurement within their uncertainty, 2,000 times; each draw has a peak. Runs that were not interleaved get a further 5 % for what a machine does in between.',
    'Supported: in 95 % of the draws the peak is at the smallest model of use or below. Refuted: in 95 % of the draws it is at the largest model. Between: supported within limits, and the peak is printed for each batch.',
    'The same rule by seconds in place of joules is shown as a part of its own and does not decide.',
    'Beside it, without labels: decoders of growing size, energy and time of a token; in the full form a mixture of experts with as many parameters as the largest network and as many active ones as a small one.',
  ],
  sceptic: [
    'Quality cannot pass 1, so quality per joule must fall in the end, whatever the models: the return β, printed beside it, says what a further joule buys.',
    'At batch 1 a small network costs what a call costs: below some size, size is free, and the peak says as much of the runtime as of the model.',
    'These ladders have 10² to 10⁶ parameters and small data. Language models have 10⁶ times more, and abilities that an accuracy over ten classes does not show.',
    'All sizes train with the same steps; larger networks could use more, and other data would move the peak.',
  ],
  prediction: {
    by: 'lab',
    text: 'Within limits. Above the peak quality per joule falls, about as fast as parameters grow at batch 256; below it the fixed cost of a call dominates and size is free, so the peak is not at the smallest model of use in every condition.',
    expected: 'within_limits',
    criteria: [
      {
        key: sizeCriteria.small,
        quantity: 'share of draws with the peak of quality per joule at the smallest model of use or below',
        unit: '1',
        relation: '>=',
        threshold: 0.95,
        upper: null,
        refuteAt: null,
      },
      {
        key: sizeCriteria.largest,
        quantity: 'share of draws with the peak of quality per joule at the largest model',
        unit: '1',
        relation: '<=',
        threshold: 0.05,
        upper: null,
        refuteAt: 0.95,
      },
    ],
  },
};

/** The trillion of the essay, as total and as active parameters. Guide 2, "The 1T-parameter model, honestly". */
export const trillion = { total: 1e12, active: 7e9 } as const;

export const trillionNote =
  'The model of 10¹² parameters that the essay names is a composition of experts: 150 of them in the paper (arXiv 2405.07518), more than 50 in the announcement. A query uses one of them: earlier versions, on the vendor’s page, ran one expert of 7 × 10⁹ parameters out of five, which would be about 0.7 % of a trillion. It is evidence for active parameters, not for size.';

/** Published figures; `ours` is filled by what was measured. */
export function sizePublished(ours: { lossExponent: string | null; mixture: string | null }): Published[] {
  return [
    {
      what: 'Exponent of the test loss against parameters',
      theirs: '0.076, language models',
      ours: ours.lossExponent,
      source: 'Kaplan et al., arXiv 2001.08361; second-hand, read in another account.',
      note: 'Other data and other models; the size of an exponent is not comparable, its sign is.',
    },
    {
      what: 'Energy of sparsely activated large networks over that of dense ones at equal accuracy',
      theirs: 'less than a tenth, training',
      ours: ours.mixture,
      source: 'Patterson et al., arXiv 2104.10350, abstract.',
      note: null,
    },
    {
      what: 'Speed of pre-training with one active expert at equal resources',
      theirs: 'up to 7 times',
      ours: null,
      source: 'Switch Transformer, arXiv 2101.03961, abstract.',
      note: 'Pre-training is not measured here.',
    },
    {
      what: 'A trillion parameters as a composition of 150 experts',
      theirs: '2 to 13 times faster; switching models 15 to 31 times faster, on 8 sockets',
      ours: null,
      source: 'SambaNova SN40L, arXiv 2405.07518, abstract.',
      note: trillionNote,
    },
  ];
}
