import { LabError } from '../errors';

export const shapes = ['circle', 'triangleUp', 'square', 'triangleDown', 'star', 'pentagon', 'bar'] as const;
export type Shape = (typeof shapes)[number];

/** How one series looks. `mark` is the same in both themes, so a series keeps its colour everywhere. */
export interface SeriesTokens {
  mark: string;
  /** Text and hollow outlines: at least 4.5:1 on the paper. */
  text: string;
  /** Outline of a filled mark; where the mark itself is below 3:1 on the paper, this is not. */
  outline: string;
  shape: Shape;
}

export interface FigureTokens {
  paper: string;
  text: string;
  secondary: string;
  axis: string;
  minorTick: string;
  grid: string;
  badge: string;
  /** Pareto front. */
  front: string;
  /** Human-scale lines. */
  guide: string;
  /** Diamond of a reference point: nothing else has that shape. */
  reference: string;
  series: readonly SeriesTokens[];
}

/** mark, text on light, text on dark. Okabe & Ito 2008 without yellow. Source: docs/figures.md, 3.4. */
const palette = [
  ['#0072B2', '#0072B2', '#3D9BDC'],
  ['#D55E00', '#A84A00', '#E8762B'],
  ['#009E73', '#00734F', '#009E73'],
  ['#CC79A7', '#8F3A6E', '#CC79A7'],
  ['#E69F00', '#7D5400', '#E69F00'],
  ['#56B4E9', '#1C6C9E', '#56B4E9'],
] as const;
/** Slots (from 0) whose colour is below 3:1 on white and needs an outline there. */
const paleOnWhite = [4, 5];
const ink = '#222222';

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const tokens: Readonly<Record<Theme, FigureTokens>> = {
  light: {
    paper: '#FFFFFF',
    text: ink,
    secondary: '#555555',
    axis: '#333333',
    minorTick: '#767676',
    grid: '#E6E6E6',
    badge: '#A84A00',
    front: '#444444',
    guide: '#767676',
    reference: '#000000',
    series: [
      ...palette.map(([mark, text], slot) => ({
        mark,
        text,
        outline: paleOnWhite.includes(slot) ? ink : mark,
        shape: shapes[slot]!,
      })),
      { mark: '#000000', text: '#000000', outline: '#000000', shape: 'bar' },
    ],
  },
  dark: {
    paper: '#14171A',
    text: '#E6E6E6',
    secondary: '#B8BDC4',
    axis: '#9AA0A8',
    minorTick: '#6B737D',
    grid: '#2C3137',
    badge: '#E8762B',
    front: '#B8BDC4',
    guide: '#7A828C',
    reference: '#FFFFFF',
    series: [
      ...palette.map(([mark, , text], slot) => ({ mark, text, outline: mark, shape: shapes[slot]! })),
      { mark: '#FFFFFF', text: '#FFFFFF', outline: '#FFFFFF', shape: 'bar' },
    ],
  },
};

/**
 * Slot of every series key: the one it was given once (`fixed`), else the next free one in order of appearance.
 * Throws bad_input beyond `most` series: another would look like one of them.
 */
export function assignSlots(
  keys: readonly string[],
  fixed: Readonly<Record<string, number>>,
  most: number = shapes.length,
): Map<string, number> {
  const unique = [...new Set(keys)];
  if (unique.length > most) {
    throw new LabError(
      'bad_input',
      `The figure has ${unique.length} series, and only ${most} can be told apart.`,
      'Select fewer runs, for example one provider or one batch size.',
    );
  }
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of unique) {
    const slot = Object.hasOwn(fixed, key) ? fixed[key] : undefined;
    if (slot === undefined || taken.has(slot)) continue;
    slots.set(key, slot);
    taken.add(slot);
  }
  for (const key of unique) {
    if (slots.has(key)) continue;
    const free = shapes.findIndex((_, slot) => !taken.has(slot));
    slots.set(key, free);
    taken.add(free);
  }
  return new Map(unique.map((key) => [key, slots.get(key)!]));
}
