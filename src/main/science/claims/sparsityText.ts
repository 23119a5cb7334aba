import type { ClaimText } from '../protocol';

/** Words, protocol and prediction of C5. Guide of the experiments, section 6. */
export const sparsityText: ClaimText = {
  title: 'Sparse networks do the same work for less',
  statement:
    'A sparse network does the same work as a dense one with less computing power, and gives better results.',
  source:
    'Essay, with reference to Numenta: Ahmad and Scheinkman, “How Can We Be So Dense?”, arXiv 1903.11257; Hunter, Spracklen and Ahmad, “Two Sparsities Are Better Than One”, arXiv 2112.13896.',
  reading:
    'Written as an ONNX graph, a sparse layer takes less time and energy than the dense layer with the same weights, zeros included; a network made sparse keeps its accuracy while it does; and a sparse network withstands noise better than a dense one of equal accuracy.',
  protocol: [
    'Write one linear layer in every layout: dense, the same with zeros stored, zeros left out by gather and sum, k-WTA inputs with the rows of the winners only, k-WTA with complementary packing, whole units removed, whole blocks absent, low rank; int8 and int4 of the dense layer beside them.',
    'Before anything is measured, compare each layout’s outputs with those of the plain dense layer with the same weights. One that computes something else fails the run.',
    'Measure all of them in one go, interleaved, at batch 1 and 256 (full form: 1, 32 and 256). The dense layer is measured more than once: how much two measurements of it differ is the noise floor, and every interval is at least that wide.',
    'Speed-up is the dense time over the layout’s time; with an energy meter the same of joules, and then energy decides. A layout counts as cheaper from 1.2 times on with its whole interval, as not cheaper where the interval ends below 1.1.',
    'Were the zeros skipped? Time with the zeros stored over dense time, against what leaving them out would save.',
    'Variants of one trained network: pruned and trained on, units removed, blocks, low rank, early exit; as controls int8, int4 and small dense networks with as many parameters as pruning leaves. A variant counts only where it loses at most half a percentage point of accuracy.',
    'Robustness: dense and sparse CNN-2 of the paper (k-WTA with boosting and duty cycles, 30 % of the linear weights, tiny batches in the first epoch), the same noise for both: a share of the inputs, 0 to 50 % in 11 levels, is set to mean + 2 standard deviations. Noise score: correct answers summed over the levels, per 10,000 test examples. Full form: also only the weights sparse, and only the activations.',
    'Intervals are 95 %: paired blocks or windows for times, Student’s t over seeds for noise scores.',
  ],
  sceptic: [
    'ONNX Runtime turns sparse weights into dense ones when it loads a model. Other runtimes have sparse kernels, and hardware made for sparsity has shown 33 to 100 times; a general processor with this runtime is what is measured here.',
    'k-WTA saves only at batch 1, where each example has its own winners, and choosing the winners costs time of its own.',
    'int8 of the dense network needs no sparsity and is often faster; a small dense network with as many parameters as pruning leaves is the comparison that pruning must win.',
    'The noise of the paper (pixels set to one bright value) is one kind of noise, on digits.',
    'The networks have few layers and are trained briefly and without tuning.',
  ],
  prediction: {
    by: 'lab',
    text: 'Within limits. Zeros alone bring nothing (1.0 times); structure brings 5 to 20 times: removed units, absent blocks, low rank at any batch, k-WTA at batch 1 only. On digits the sparse CNN-2 withstands noise better at an accuracy within one point.',
    expected: 'within_limits',
    criteria: [
      {
        key: 'speedup',
        quantity: 'time of the dense layer over that of the sparse one',
        unit: '1',
        relation: '>=',
        threshold: 1.2,
        upper: null,
        refuteAt: 1.1,
      },
      {
        key: 'energy-ratio',
        quantity: 'energy of the dense layer over that of the sparse one',
        unit: '1',
        relation: '>=',
        threshold: 1.2,
        upper: null,
        refuteAt: 1.1,
      },
      {
        key: 'accuracy-loss',
        quantity: 'accuracy of the trained network less that of its variant',
        unit: '1',
        relation: '<=',
        threshold: 0.005,
        upper: null,
        refuteAt: null,
      },
      {
        key: 'score-gain',
        quantity: 'noise score of the sparse network less that of the dense one',
        unit: '1',
        relation: '>=',
        threshold: 0,
        upper: null,
        refuteAt: null,
      },
      {
        key: 'robust-accuracy-loss',
        quantity: 'accuracy without noise of the dense network less that of the sparse one',
        unit: '1',
        relation: '<=',
        threshold: 0.01,
        upper: null,
        refuteAt: null,
      },
    ],
  },
};
