import { essay, nvidiaRevenue } from '../../../shared/essay';

/** An equality that the essay states, and what its own inputs give. */
export interface Equality {
  text: string;
  stated: number;
  /** Null where the essay leaves out an input that it would need. */
  recomputed: number | null;
  /** Why recomputed is null. */
  missing: string | null;
  unit: string;
}

export const equalities: readonly Equality[] = [
  {
    text: '1,300 MWh of training over 0.8 kWh an hour, in hours of streaming',
    stated: essay.gpt3StreamingHours,
    recomputed: essay.gpt3TrainingWh / essay.streamingHourWh,
    missing: null,
    unit: 'h',
  },
  {
    text: '1,300 MWh of training, in years of a US home',
    stated: essay.usHomes,
    recomputed: null,
    missing: 'The essay gives no figure for a home; its two numbers imply 10 MWh a year.',
    unit: 'home years',
  },
  ...nvidiaRevenue.quarters.map((quarter, i) => ({
    text: `NVIDIA’s revenue in ${quarter}, sum of its markets`,
    stated: nvidiaRevenue.total[i]!,
    recomputed: Object.values(nvidiaRevenue.markets).reduce((sum, market) => sum + market[i]!, 0),
    missing: null,
    unit: '10⁶ $',
  })),
];

/** An input of the essay with the estimates of others; `low` and `high` are the ends of those. */
export interface Premise {
  text: string;
  essay: number;
  others: { low: number; high: number };
  unit: string;
  sources: string;
}

/** Source of all rows: guide of the experiments, 9. "Second-hand": read in somebody else's account. */
export const premises: readonly Premise[] = [
  {
    text: 'Power of a brain',
    essay: essay.brainPowerW,
    others: { low: 20, high: 20 },
    unit: 'W',
    sources:
      '20 W, a fifth of the body’s load (Balasubramanian, PNAS 2021, 10.1073/pnas.2107022118). Of it cortical computation 0.1 W and communication over distance 3.5 W (Levy and Calvert, PNAS 2021, 10.1073/pnas.2008173118)',
  },
  {
    text: 'Synapses, called parameters',
    essay: essay.brainParameters,
    others: { low: 1e13, high: 1e15 },
    unit: '1',
    sources:
      '1.5 × 10¹⁴ in the neocortex (Pakkenberg et al. 2003, BioNumbers 112056, second-hand); 3.6 × 10¹⁴ in the cortex (Roth and Dicke 2005, second-hand); 10¹³ to 10¹⁵ (Sporns et al. 2005, BioNumbers 106138, second-hand)',
  },
  {
    text: 'Training of GPT-3',
    essay: essay.gpt3TrainingWh,
    others: { low: 190e6, high: 1287e6 },
    unit: 'Wh',
    sources:
      '1,287 MWh (Patterson et al., arXiv 2104.10350, second-hand); about 190 MWh by Carbontracker (The Register, 2020-11-04); BLOOM, of the same size: 433 MWh (second-hand)',
  },
  {
    text: 'An hour of video streaming',
    essay: essay.streamingHourWh,
    others: { low: 77, high: 780 },
    unit: 'Wh',
    sources:
      '0.077 kWh (IEA, updated December 2020, second-hand); 0.78 kWh corrected, 6.1 kWh before (The Shift Project, second-hand)',
  },
];

/** How far the furthest estimate of others lies from the essay's figure, as a factor of 1 or more. */
export function furthest({ essay: ours, others }: Premise): number {
  return Math.max(ours / others.low, others.low / ours, ours / others.high, others.high / ours);
}
