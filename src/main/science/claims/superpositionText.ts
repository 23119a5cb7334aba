import type { ClaimText } from '../protocol';

/** Words, protocol and prediction of C3. Guide of the experiments, section 4. */
export const superpositionText: ClaimText = {
  title: 'Stored and matched all at once',
  statement: 'Storage and matching time are independent of the number of examples.',
  source:
    'Domingos 2020, “Every Model Learned by Gradient Descent Is Approximately a Kernel Machine”, arXiv 2012.00152: examples are stored and matched all at once, superposed in the weights.',
  reading:
    'Three machines compute one function: one keeps every training example of every step and matches the query against each, one keeps the changes of the weights step by step, one is the network. At equal decisions the network’s bytes and its time per query do not grow with the number of examples, and those of the machine that keeps them do. What a network of fixed size can hold must then be finite; that capacity is measured with random labels.',
  protocol: [
    'Train tanh networks with 32 hidden units by full-batch gradient descent, 64 steps of size 0.5, on growing numbers of examples. Keep everything of the training, and write the same function as three ONNX models: explicit, superposed, network.',
    'Precondition: explicit machine and network decide alike on at least 99.5 % of queries that were not trained on; counted query by query.',
    'Measure time, and energy where a meter is, per query at batch 1 and batch 256; count bytes of the files and multiply-adds.',
    'Slopes of ln(bytes) and ln(time) against ln(examples) by Theil and Sen: over the four largest numbers of examples in the full form; over all that were measured in a first look.',
    'Beside it on the same data: kernel ridge regression, which keeps every example, and its controls of fixed size, Nyström centres and random Fourier features. They show that a flat line is nothing special of gradient descent.',
    'Capacity: networks of fixed size learn random labels; n* is the largest number of examples of which the best of three seeds or more gives back 99 %. P/n* is told with it, P the number of parameters.',
  ],
  sceptic: [
    'The superposition of the examples is the change of the weights: the sentence is linear algebra, and true of every model of fixed size, linear regression included.',
    'Size is independent of the examples only while they fit. Beyond the capacity a network forgets, and to hold more it has to grow.',
    'Nobody would build the explicit machine. The real rival keeps the examples once, not at every step, and can be more accurate than the network (kernel ridge regression beside it).',
    'Storage at query time is one matter; training had to see every example in every step.',
  ],
  prediction: {
    by: 'lab',
    text: 'Within limits. The network’s bytes and time per query have slopes of 0 within 0.05, the explicit machine’s are near 1. A network holds a finite number of random labels, so it is true up to a capacity of a few to some tens of parameters per example.',
    expected: 'within_limits',
    criteria: [
      {
        key: 'agreement',
        quantity: 'share of queries on which explicit machine and network decide alike',
        unit: '1',
        relation: '>=',
        threshold: 0.995,
        upper: null,
        refuteAt: null,
      },
      {
        key: 'network-slope',
        quantity: 'slope of ln(cost) against ln(examples), network: flat',
        unit: '1',
        relation: 'within',
        threshold: -0.05,
        upper: 0.05,
        refuteAt: null,
      },
      {
        key: 'network-growth',
        quantity: 'slope of ln(cost) against ln(examples), network: no real growth',
        unit: '1',
        relation: '<=',
        threshold: 0.2,
        upper: null,
        refuteAt: null,
      },
      {
        key: 'explicit-slope',
        quantity: 'slope of ln(cost) against ln(examples), machine that keeps every example',
        unit: '1',
        relation: '>=',
        threshold: 0.8,
        upper: null,
        refuteAt: null,
      },
      {
        key: 'held',
        quantity: 'share of random labels that the best seed gives back',
        unit: '1',
        relation: '>=',
        threshold: 0.99,
        upper: null,
        refuteAt: null,
      },
    ],
  },
};
