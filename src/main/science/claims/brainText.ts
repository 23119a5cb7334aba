import type { Criterion } from '../../../shared/claim';
import type { ClaimText } from '../protocol';

const criterion = (over: Pick<Criterion, 'key' | 'quantity' | 'threshold'>): Criterion => ({
  unit: '1',
  relation: '<=',
  upper: null,
  refuteAt: null,
  ...over,
});

/** Words and prediction of C8. Guide of the experiments, section 9. */
export const brainText: ClaimText = {
  title: 'The brain runs on 30 watts',
  statement:
    'The most efficient intelligence known runs on 30 W: a human brain, 100 trillion parameters on the power of a light bulb. Training GPT-3 took just under 1,300 MWh: a year’s electricity of 130 US homes, or 1,625,000 hours of video streaming at 0.8 kWh an hour.',
  source: 'Jen Zhu Scott, “The Technical Risks to NVIDIA’s MarCap are Fundamental”, 29 February 2024.',
  reading:
    'The essay’s equalities follow from its own inputs within 5 %, and its inputs agree with independent estimates within a factor of 2. How a brain compares with a machine cannot be measured here, and stays open.',
  protocol: [
    'Recompute each of the essay’s equalities from its own inputs.',
    'Hold each input beside the estimates of others, with their sources; flag it where one differs by more than a factor of 2.',
    'Measure built models of growing size: energy per inference, uses of a parameter per joule (non-zero multiply-accumulates per joule), parameters per watt while they run.',
    'Draw the brain with the range of the literature on both axes, in no fit and no front. Continue the measured curve to the brain’s size, dotted, as an extrapolation and not as a result.',
    'Write every energy in seconds of a brain (20 and 30 W), hours of streaming (two estimates), homes and trainings of GPT-3, each with its source.',
  ],
  sceptic: [
    'A synapse is not a parameter, and “inference” is not defined for a brain. Any number of operations per joule of a brain rests on a firing rate that is guessed within a factor of 100.',
    'Parameters per watt reward slowness: a model that does nothing for an hour has many. Uses of a parameter per joule is the fairer figure, and still compares multiplications with spikes.',
    '30 W is one figure; 20 W is the better founded one, and cortical computation alone takes about 0.1 W (Levy and Calvert 2021).',
    'Training is compared with homes and films, but a model is trained once and a brain for twenty years: at 20 W that is 3.5 MWh, without the body, the school and evolution.',
    'An extrapolation over many powers of ten carries no interval that anyone should believe.',
  ],
  prediction: {
    by: 'lab',
    text: 'The arithmetic is right. The premise on streaming is ten times the later estimate, the number of synapses is uncertain by ten, the energy of GPT-3’s training by seven. The comparison of brain and machine stays unmeasured.',
    expected: 'within_limits',
    criteria: [
      criterion({
        key: 'arithmetic',
        quantity: 'difference of an equality of the essay from its recomputation, relative',
        threshold: 0.05,
      }),
      criterion({
        key: 'premise',
        quantity: 'factor between a figure of the essay and the furthest independent estimate',
        threshold: 2,
      }),
    ],
  },
};
