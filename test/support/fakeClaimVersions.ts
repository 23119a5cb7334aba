import type {
  BuiltinClaim,
  ClaimVerdict,
  ClaimVersion,
  Criterion,
  Estimate,
  Prediction,
} from '../../src/shared/claim';
import { hex } from './fakeRecords';

/** Words and predictions of invented claims. */

export const bornUnixMs = Date.UTC(2026, 9, 1, 8);
export const hourMs = 3_600_000;

export const criterion = (key: string, over: Partial<Criterion> = {}): Criterion => ({
  key,
  quantity: 'dense time over sparse time',
  unit: '1',
  relation: '>=',
  threshold: 1.2,
  upper: null,
  refuteAt: null,
  ...over,
});
export const about = (value: number, spread = 0.03): Estimate => ({
  value,
  low: value * (1 - spread),
  high: value * (1 + spread),
});

interface Text {
  title: string;
  statement: string;
  source?: string;
  reading: string;
  text: string;
  expected: ClaimVerdict;
  criteria: Criterion[];
}

export const kernelCriteria = [
  criterion('relative-error', {
    quantity: 'error of the rebuilt logits over their movement, left-end rule',
    relation: '<=',
    threshold: 0.05,
  }),
  criterion('agreement', { quantity: 'share of equal decisions', threshold: 0.95 }),
  criterion('exact-error', {
    quantity: 'largest error of the exact form, float64',
    relation: '<=',
    threshold: 1e-10,
  }),
  criterion('slope', {
    quantity: 'slope of ln error against ln step size',
    relation: 'within',
    threshold: 0.85,
    upper: 1.15,
  }),
];

export const texts: Record<BuiltinClaim, Text> = {
  size: {
    title: 'Quality per joule falls as models grow',
    statement: 'Largeness is not the way: quality per joule falls as models grow.',
    reading: 'Quality per joule has its peak at a small model and falls after it.',
    text: 'The peak lies between the smallest and the largest model; above it quality per joule falls.',
    expected: 'within_limits',
    criteria: [
      criterion('peak', { quantity: 'parameters at the peak', unit: '', relation: '<=', threshold: 20_000 }),
    ],
  },
  kernel: {
    title: 'A trained network is a kernel machine',
    statement: 'Every model learned by gradient descent is approximately a kernel machine.',
    source: 'Domingos, arXiv 2012.00152; Bell et al., arXiv 2308.00824',
    reading:
      'The sum over training examples, weighted by the path kernel, rebuilds the trained function; its error is a number.',
    text: '“Approximately” holds below some step size only, which is printed; the exact form holds to rounding.',
    expected: 'within_limits',
    criteria: kernelCriteria,
  },
  superposition: {
    title: 'Storage and query time do not grow with the examples',
    statement: 'Storage and matching time are independent of the number of examples.',
    reading: 'Bytes and time per query do not grow with n, at equal decisions.',
    text: 'The network’s slopes are zero, those of the explicit machine near one.',
    expected: 'supported',
    criteria: [
      criterion('slope', {
        quantity: 'log-log slope of query time against examples',
        relation: 'within',
        threshold: -0.05,
        upper: 0.05,
        refuteAt: null,
      }),
    ],
  },
  'same-hardware': {
    title: 'The same hardware serves kernel machines',
    statement: 'The hardware that made deep learning fast serves kernel machines as well.',
    reading: 'Kernel machine and network reach the same arithmetic rate on one provider.',
    text: 'The ratio of the rates lies between one half and two at both batches.',
    expected: 'supported',
    criteria: [
      criterion('rate-ratio', {
        quantity: 'rate of the kernel machine over that of the network',
        relation: 'within',
        threshold: 0.5,
        upper: 2,
      }),
    ],
  },
  sparsity: {
    title: 'Sparse networks do the same work for less',
    statement: 'Sparse networks do the same work for less computing.',
    reading: 'A sparse graph is faster or cheaper at equal accuracy.',
    text: 'Structured sparsity is at least 1.2 times as fast; scattered zeros are not.',
    expected: 'within_limits',
    criteria: [criterion('speedup', { refuteAt: 1.1 })],
  },
  'less-data': {
    title: 'Better methods need less data',
    statement: 'Better methods need less data for the same quality.',
    reading: 'Another method needs fewer examples for the same accuracy.',
    text: 'Kernel ridge regression needs at most two thirds of the examples.',
    expected: 'within_limits',
    criteria: [
      criterion('gain', { quantity: 'examples of the network over those of the method', threshold: 1.5 }),
    ],
  },
  idle: {
    title: 'Idle machines lessen the need for central ones',
    statement: 'Idle GPUs, pooled, lessen the reliance on central ones.',
    reading: 'Below which utilisation of a central device do idle machines win?',
    text: 'The pool wins below a utilisation of the central device that depends on the attribution.',
    expected: 'within_limits',
    criteria: [
      criterion('break-even', { quantity: 'break-even utilisation', threshold: 0.5, refuteAt: 0.05 }),
    ],
  },
  brain: {
    title: 'The most efficient intelligence runs on 30 W',
    statement: 'The most efficient intelligence known runs on 30 W.',
    reading: 'The essay’s arithmetic and its premises.',
    text: 'The arithmetic is right within 5 %; one premise differs by more than twice from later estimates.',
    expected: 'within_limits',
    criteria: [
      criterion('arithmetic', {
        quantity: 'recomputed over printed value',
        relation: 'within',
        threshold: 0.95,
        upper: 1.05,
      }),
    ],
  },
  'fewer-chips': {
    title: 'Efficiency means fewer devices',
    statement: 'Higher efficiency means fewer chips for the same work.',
    reading: 'Devices needed for a fixed load fall with the gain.',
    text: 'Devices fall with the gain; rounding and memory eat a part.',
    expected: 'within_limits',
    criteria: [
      criterion('devices', {
        quantity: 'devices with the variant over devices without',
        relation: '<=',
        threshold: 0.99,
      }),
    ],
  },
};

const source = 'Jen Zhu Scott, “The Technical Risks to NVIDIA’s MarCap are Fundamental”, 29 February 2024';
const sceptic = [
  'A machine of two layers and 200 examples says little about a large model.',
  'The kernel is known only after training: a kernel machine in name more than in use.',
];
const protocol = [
  'Train a small network by gradient descent and keep its path.',
  'Rebuild its answer to every query from its examples by each rule.',
  'Compare errors and decisions, at five step sizes.',
];

export function fakeVersion(claim: string, over: Partial<ClaimVersion> = {}): ClaimVersion {
  const text = texts[claim as BuiltinClaim];
  const version = over.version ?? 1;
  const prediction: Prediction = {
    by: 'lab',
    text: text?.text ?? 'It holds.',
    expected: text?.expected ?? 'supported',
    criteria: text?.criteria ?? [criterion('ratio')],
  };
  return {
    id: hex(`${claim} ${version} ${JSON.stringify(over.prediction ?? prediction)}`),
    claim,
    version,
    title: text?.title ?? claim,
    statement: text?.statement ?? claim,
    source: text?.source ?? source,
    reading: text?.reading ?? '',
    protocol,
    sceptic,
    prediction,
    test: null,
    createdUnixMs: bornUnixMs + (version - 1) * 24 * hourMs,
    ...over,
  };
}
