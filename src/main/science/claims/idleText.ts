import type { ClaimInput } from '../../../shared/claim';
import type { ClaimText } from '../protocol';

const placeholder = 'placeholder, guide of the experiments, 8.2: type your own';

export type IdleInput = ClaimInput & { key: IdleKey };
export type IdleKey =
  | 'pool-load'
  | 'pool-idle'
  | 'pool-off'
  | 'hours'
  | 'sleep-share'
  | 'unit'
  | 'overhead'
  | 'lost'
  | 'rejected'
  | 'executions'
  | 'price-pool'
  | 'reward'
  | 'central-speed'
  | 'central-load'
  | 'central-idle'
  | 'pue'
  | 'rent';

const input = (
  key: IdleKey,
  label: string,
  unit: string,
  value: number,
  [min, max]: [number | null, number | null],
  source: string = placeholder,
): IdleInput => ({ key, label, unit, default: value, min, max, source });

/** Every number that a person may type. Watts of this machine are typed from a wall meter where the lab reads none. */
export const idleInputs: readonly IdleInput[] = [
  input('pool-load', 'This machine at the wall, working', 'W', 230, [0.1, 100_000]),
  input('pool-idle', 'This machine at the wall, idle', 'W', 60, [0, 100_000]),
  input('pool-off', 'This machine at the wall, asleep or off', 'W', 3, [0, 1000]),
  input('hours', 'Idle hours that it offers a year', 'h', 3000, [1, 8784]),
  input('sleep-share', 'Share of those in which it would have slept', '1', 0.05, [0, 1]),
  input('unit', 'Length of a unit of work', 's', 60, [0.1, 100_000]),
  input('overhead', 'Overhead of a unit', 's', 0.5, [0, 10_000]),
  input('lost', 'Share of started work that is lost', '1', 0.05, [0, 0.99]),
  input('rejected', 'Share of results that is rejected', '1', 0.01, [0, 0.99]),
  input('executions', 'Executions for each accepted result', '1', 1.1, [1, 10]),
  input(
    'price-pool',
    'Price of electricity at home',
    '$/kWh',
    0.1872,
    [0, 10],
    'US residential mean, copy of 2026-04-26, second-hand',
  ),
  input('reward', 'Paid to the owner of a machine', '$/h', 0, [0, 100]),
  input(
    'central-speed',
    'Speed of the central machine, in machines like this one',
    '1',
    5000 / 600,
    [0.001, 1e6],
  ),
  input('central-load', 'Central machine, working', 'W', 650, [0.1, 1e6]),
  input('central-idle', 'Central machine, idle', 'W', 200, [0, 1e6]),
  input(
    'pue',
    'Power usage effectiveness of its site',
    '1',
    1.54,
    [1, 5],
    'Uptime Institute 2025, second-hand',
  ),
  input(
    'rent',
    'Rent of the central machine',
    '$/h',
    2.71,
    [0, 1000],
    'H100 rent of 2026-09-20, second-hand',
  ),
];

/** Words and prediction of C7. Guide of the experiments, section 8. */
export const idleText: ClaimText = {
  title: 'Idle machines lessen the need for central ones',
  statement: 'Idle graphics cards, pooled, lessen the reliance on central ones; billions of them sit idle.',
  source:
    'Jen Zhu Scott, “The Technical Risks to NVIDIA’s MarCap are Fundamental”, 29 February 2024, of the Render Network.',
  reading:
    'Below which utilisation u* of a central machine does a pool of machines like this one take less energy per query? Answered for three ways to charge a machine that is on anyway: with what the work adds (marginal), with all but standby (woken), with everything (full).',
  protocol: [
    'Measure queries per second of one model on this machine, and its power at the wall while working and idle; or type watts read from a plug.',
    'Take off what a pool loses: overhead of each unit, lost and rejected work, work done twice.',
    'Compute joules per accepted query for the three attributions, and for a central machine at every utilisation, with the power usage effectiveness of its site.',
    'The break-even u* is where both are equal. Intervals: 2,000 draws over the measured repeats, and ± 20 % of every number that was typed (± 50 % of every placeholder).',
    'The same in dollars, with sunk capital and the rent of the central machine: shown, not judged.',
  ],
  sceptic: [
    'The sign of the answer depends on the attribution, which is a choice and not a measurement; so all three are always shown.',
    'Left out: heating that idle machines save in winter, energy of making the machines, noise, network gear, trust and latency.',
    'A pool has no answer for models that do not fit into one of its machines.',
    'Owners who are paid a market rate make the pool dearer than a well-used card, whatever its joules.',
    'One machine was measured; a fleet was not. It comes later.',
  ],
  prediction: {
    by: 'lab',
    text: 'Within limits: with what the work adds, the pool wins below a utilisation of about 0.3; with all of its power, below about 0.2. Not measured without readings at the wall.',
    expected: 'not_measured',
    criteria: [
      {
        key: 'break-even',
        quantity: 'utilisation of the central machine below which the pool takes less energy',
        unit: '1',
        relation: '>=',
        threshold: 0.5,
        upper: null,
        refuteAt: 0.05,
      },
    ],
  },
};
