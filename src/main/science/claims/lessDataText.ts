import type { ClaimText } from '../protocol';

/** Words, protocol and prediction of C6. Guide of the experiments, section 7. */
export const lessDataText: ClaimText = {
  title: 'Better methods need less data',
  statement: 'Better methods need less data for the same quality.',
  source:
    'Essay, C6, after Numenta’s research on sparsity: “less data, less computing power, better results”.',
  reading:
    'For the same accuracy a method needs fewer training examples than a dense network with as many non-zero parameters, as many gradient steps or as much energy of training. The essay names sparsity, so the sparse network comes first.',
  protocol: [
    'Class-balanced subsets of 100, 300, 1,000, 3,000 and 10,000 examples; every seed has a subset and a start of its own, and all share one test set.',
    'Methods: a dense network with 128 hidden units (the baseline); a sparse one with k-winners-take-all, 10 % of the units winning and 30 % of the weights present; logistic regression; one nearest neighbour; kernel ridge regression with a Gaussian kernel; in the full form also a small convolutional network. Networks have equally many non-zero parameters within 5 %; logistic regression has fewer.',
    'Settings are chosen on the last tenth of the first seed’s subset, at each size, with equally many trials for every method: 8 in the full form, 2 in a first look. One nearest neighbour has none.',
    'First comparison: equal gradient steps of 64 examples. Second: equal joules of training. A step of each network is measured by the lab’s protocol and the steps follow from it; without an energy meter equal seconds stand in, marked as such, and do not decide.',
    'Per method: the curve of accuracy, the area under it over ln n, the number of examples for the target accuracy by straight lines in ln n, and the gain, examples of the baseline over examples of the method, with a 95 % bootstrap interval over seeds.',
    'The target is fixed beforehand: 90 % for MNIST, 50 % for MNIST-1D, where one hidden layer does not get near 90 % with 10,000 examples; 80 % for other data unless typed.',
  ],
  sceptic: [
    'Numenta’s papers measure accuracy, noise, throughput and continual learning, not data: “less data” is an open hypothesis.',
    'Kernel ridge regression and the nearest neighbour keep every example; what they save in data they pay at each query.',
    'The data sets are small. What holds for 10,000 pictures of digits says little about a language model.',
    'A random forest was left out: the lab has none.',
  ],
  prediction: {
    by: 'lab',
    text: 'Within limits. A kernel machine needs fewer examples than the dense network, in MNIST about a quarter; the sparse network needs more.',
    expected: 'within_limits',
    criteria: [
      {
        key: 'gain',
        quantity: 'examples that the dense network needs for the target over those that the method needs',
        unit: '1',
        relation: '>=',
        threshold: 1.5,
        upper: null,
        refuteAt: 1,
      },
      {
        key: 'difference',
        quantity: 'accuracy of the method less that of the dense network, same examples',
        unit: '1',
        relation: '>=',
        threshold: 0,
        upper: null,
        refuteAt: null,
      },
    ],
  },
};
