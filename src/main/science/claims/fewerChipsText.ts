import type { ClaimInput } from '../../../shared/claim';
import type { ClaimText } from '../protocol';

export type DevicesKey = 'usable' | 'memory' | 'spares' | 'budget' | 'rent' | 'latency-limit';
export type DevicesInput = ClaimInput & { key: DevicesKey };

const placeholder = 'placeholder: type your own';

/** What a person may type for C9. */
export const devicesInputs: readonly DevicesInput[] = [
  {
    key: 'usable',
    label: 'Share of a device’s rate that may be used',
    unit: '1',
    default: 0.6,
    min: 0.01,
    max: 1,
    source: 'guide of the experiments, 10',
  },
  {
    key: 'latency-limit',
    label: 'Longest 95th percentile of a call',
    unit: 's',
    default: 0.1,
    min: 1e-6,
    max: 3600,
    source: placeholder,
  },
  {
    key: 'memory',
    label: 'Memory of a device',
    unit: 'GB',
    default: 16,
    min: 0.001,
    max: 1e5,
    source: placeholder,
  },
  { key: 'spares', label: 'Spare devices', unit: '1', default: 0, min: 0, max: 1000, source: placeholder },
  {
    key: 'budget',
    label: 'Power of the site',
    unit: 'W',
    default: 10_000,
    min: 1,
    max: 1e9,
    source: placeholder,
  },
  {
    key: 'rent',
    label: 'Rent of a device',
    unit: '$/h',
    default: 2.71,
    min: 0,
    max: 1e4,
    source: 'H100 rent of 2026-09-20, second-hand; no price of this machine',
  },
];

/** Words and prediction of C9. Guide of the experiments, section 10. */
export const fewerChipsText: ClaimText = {
  title: 'Higher efficiency means fewer chips',
  statement: 'Higher efficiency means fewer chips for the same work.',
  source: 'Jen Zhu Scott, “The Technical Risks to NVIDIA’s MarCap are Fundamental”, 29 February 2024.',
  reading:
    'For a fixed load, a variant of equal accuracy that answers g times as many queries needs fewer devices, at every load from 10³ to 10⁹ queries per second.',
  protocol: [
    'Train one network and make variants of it: int8 weights, units removed, a small network taught by it, blocks of weights removed.',
    'Equal accuracy: the variant loses at most 0.5 percentage points on the same test examples, with the whole 95 % interval.',
    'Measure base and variants at batch 1 and 256, interleaved; g is time over time with its interval.',
    'Devices for a load: load over usable rate, rounded up, in whole copies of the model, plus spares.',
    'Print the load from which the saving holds, hold it against its bound 1 − 1/g, and the power and rent of both.',
    'If demand answers to efficiency: N′/N = g^(ε−1), for every ε from 0 to 2. An assumption, shown and not judged.',
  ],
  sceptic: [
    '“The same work” is the catch: cheaper answers are asked for more often, and with ε above 1 there are more devices, not fewer.',
    'At small loads one device is the least there is, and nothing can be saved.',
    'The variants are of one small network on one machine; large models are bound by memory, where int8 halves or quarters devices and scattered zeros save none.',
    'Revenue is not devices: the table of the essay shows money, and no cause.',
  ],
  prediction: {
    by: 'lab',
    text: 'Within limits. int8 weights answer about four times as many queries at equal accuracy, so large loads need about a quarter of the devices; below the load of one device nothing is saved.',
    expected: 'within_limits',
    criteria: [
      {
        key: 'fewer',
        quantity: 'devices of the base over devices of the variant',
        unit: '1',
        relation: '>=',
        threshold: 1.01,
        upper: null,
        refuteAt: null,
      },
      {
        key: 'accuracy',
        quantity: 'change of accuracy from base to variant, as a ratio',
        unit: '1',
        relation: '>=',
        threshold: -0.005,
        upper: null,
        refuteAt: null,
      },
    ],
  },
};
