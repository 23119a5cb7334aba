import type { ClaimText } from '../protocol';

/** Words, protocol and prediction of C4. Guide of the experiments, section 5. */
export const sameHardwareText: ClaimText = {
  title: 'The same hardware serves kernel machines',
  statement: 'The hardware that made deep learning fast serves kernel machines as well.',
  source:
    'Domingos 2020, “Every Model Learned by Gradient Descent Is Approximately a Kernel Machine”, arXiv 2012.00152.',
  reading:
    'On one provider a kernel machine does its arithmetic as fast as a network: the ratio of their rates lies between a half and twice, at batch 256 in arithmetic operations per second, at batch 1, where every weight is used once, in bytes of weights per second; with a meter also in operations per joule.',
  protocol: [
    'Kernel machine: Gaussian kernel ridge regression on 500 to 8,000 examples (500 and 2,000 in a first look), trained by conjugate gradients with the products on the provider, written as MatMul, ReduceSumSquare, Add, Exp, MatMul.',
    'Network: one hidden layer with as many units as the kernel machine has examples, so that both do the same multiply-adds a query and read the same bytes of weights.',
    'Beside them the machine of claim C3 that keeps every example of every step, in the full form also its own small network, and a plain 256 × 2,048 × 2,048 product as the provider’s own best rate.',
    'Measure all together, interleaved, at batch 256 (rate: 2 × multiply-adds over time) and batch 1 (rate: bytes of weights over time); with a meter also operations per joule.',
    'Decide by kernel machine over network of the same size, at both batches. The explicit machine is shown beside it and does not decide: it keeps many times the bytes of a network, so that its rate tells where they lie, in memory or in the cache, and not how fast the arithmetic is.',
  ],
  sceptic: [
    'An equal rate is no equal cost: the kernel machine’s work grows with its examples, the network’s does not (claim C3).',
    'Rates count multiply-adds only. The exponentials of the kernel come on top, and weigh more the fewer features an example has.',
    'One provider on one machine is no proof for accelerators with units for matrix products only; run it there.',
    'Small models measure the fixed cost of a call, not arithmetic; hence pairs of the same size.',
  ],
  prediction: {
    by: 'lab',
    text: 'Supported on a processor: both come near the rate of a plain product at batch 256 and to like rates of reading at batch 1.',
    expected: 'supported',
    criteria: [
      {
        key: 'rate-ratio',
        quantity: 'rate of the kernel machine over that of the network',
        unit: '1',
        relation: 'within',
        threshold: 0.5,
        upper: 2,
        refuteAt: null,
      },
      {
        key: 'rate-floor',
        quantity: 'rate of the kernel machine over that of the network: at least a quarter',
        unit: '1',
        relation: '>=',
        threshold: 0.25,
        upper: null,
        refuteAt: null,
      },
    ],
  },
};
