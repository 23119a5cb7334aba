import { essaySource } from './essay';
import { formatSi, significant } from './units';

export const joulesPerWh = 3600;

/** Something that a person can picture, with the energy of one of it and where that figure comes from. */
export interface EverydayUnit {
  key: string;
  /** After a number: "seconds of a human brain". */
  name: string;
  /** Energy of one, J, with the range of the estimates that were found; equal ends where there is one figure. */
  joules: { value: number; low: number; high: number };
  /** Unit of the count: 's' takes SI prefixes; '' is a plain count. */
  unit: 's' | '';
  source: string;
  /** When the source was published or last updated. */
  dated: string;
}

const brainRange =
  'The whole brain takes 20 W, a fifth of the body’s load (Balasubramanian, PNAS 2021, 10.1073/pnas.2107022118)';

/** Everyday units, smallest first. Every figure names its source; a range is what other estimates say. */
export const everydayUnits: readonly EverydayUnit[] = [
  {
    key: 'brain-20',
    name: 'of a human brain at 20 W',
    joules: { value: 20, low: 20, high: 20 },
    unit: 's',
    source: brainRange,
    dated: '2021',
  },
  {
    key: 'brain-30',
    name: 'of a human brain at 30 W',
    joules: { value: 30, low: 30, high: 30 },
    unit: 's',
    source: `The essay’s figure (${essaySource})`,
    dated: '2024-02-29',
  },
  {
    key: 'bulb-30',
    name: 'of a 30 W light bulb',
    joules: { value: 30, low: 30, high: 30 },
    unit: 's',
    source: `The essay’s incandescent bulb (${essaySource})`,
    dated: '2024-02-29',
  },
  {
    key: 'streaming-iea',
    name: 'hours of video streaming, at 0.077 kWh an hour',
    joules: { value: 77 * joulesPerWh, low: 77 * joulesPerWh, high: 780 * joulesPerWh },
    unit: '',
    source:
      'International Energy Agency, updated December 2020 (second-hand); upper end: The Shift Project, corrected to 0.78 kWh (second-hand)',
    dated: '2020-12',
  },
  {
    key: 'streaming-essay',
    name: 'hours of video streaming, at the essay’s 0.8 kWh an hour',
    joules: { value: 800 * joulesPerWh, low: 77 * joulesPerWh, high: 6100 * joulesPerWh },
    unit: '',
    source: `${essaySource}; other estimates 0.077 kWh (IEA 2020) to 6.1 kWh (The Shift Project, before its correction), second-hand`,
    dated: '2024-02-29',
  },
  {
    key: 'home-year',
    name: 'years of a US home’s electricity',
    joules: { value: 1e7 * joulesPerWh, low: 1e7 * joulesPerWh, high: 1e7 * joulesPerWh },
    unit: '',
    source: `10 MWh a year: the essay’s 1,300 MWh over its 130 homes (${essaySource})`,
    dated: '2024-02-29',
  },
  {
    key: 'gpt3',
    name: 'trainings of GPT-3',
    joules: { value: 1287e6 * joulesPerWh, low: 190e6 * joulesPerWh, high: 1300e6 * joulesPerWh },
    unit: '',
    source:
      '1,287 MWh (Patterson et al., arXiv 2104.10350, second-hand); about 190 MWh by Carbontracker (The Register, 2020-11-04)',
    dated: '2021-04',
  },
];

/** An energy in one everyday unit. */
export interface Everyday {
  unit: EverydayUnit;
  /** How many; low and high from the range of the unit and of the energy together. */
  count: { value: number; low: number; high: number };
  /** `610 µs of a human brain at 20 W`. */
  text: string;
}

/**
 * A measured energy as counts of everyday things. The interval joins that of the energy with the range of the estimates of
 * the unit. @param joules above 0
 */
export function inEverydayUnits(joules: { value: number; low: number; high: number }): Everyday[] {
  return everydayUnits.map((unit) => {
    const value = joules.value / unit.joules.value;
    const count = {
      value,
      low: Math.max(0, joules.low) / unit.joules.high,
      high: joules.high / unit.joules.low,
    };
    return { unit, count, text: everydayText(value, unit) };
  });
}

/** Counts below 1 of a thing of hours or years read as "1 in …": a share of one is hard to picture. */
export function everydayText(count: number, { unit, name }: Pick<EverydayUnit, 'unit' | 'name'>): string {
  if (unit === 's') return `${secondsText(count)} ${name}`;
  if (count === 0) return `0 ${name}`;
  if (count >= 0.1) return `${significant(count, 3)} ${name}`;
  return `it takes ${formatSi(1 / count, '')} of these for 1 ${name.replace(/^(hour|year|training)s\b/, '$1')}`;
}

function secondsText(seconds: number): string {
  if (seconds < 120) return formatSi(seconds, 's');
  if (seconds < 7200) return `${significant(seconds / 60, 3)} minutes`;
  if (seconds < 172_800) return `${significant(seconds / 3600, 3)} hours`;
  if (seconds < 2 * 31_557_600) return `${significant(seconds / 86_400, 3)} days`;
  return `${significant(seconds / 31_557_600, 3)} years`;
}
