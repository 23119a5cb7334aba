import type { CurveSpec } from './spec';

/** A thing that no meter of the lab saw: with the range of the literature on both axes, in no fit and no front. */
export interface ReferencePoint {
  key: string;
  name: string;
  /** Drawn on a parameter axis, count. */
  x: number;
  xLow: number;
  xHigh: number;
  /** J. */
  y: number;
  yLow: number;
  yHigh: number;
  /** For the tooltip and the points file. */
  source: string;
  caption: string;
}

/**
 * x: 10^14 synapses, 10^13 to 10^15. y: 20 W for the whole brain over 0.1 s, 0.01 to 1 s.
 * Sources: docs/figures.md, 3.8.
 */
export const humanBrain: ReferencePoint = {
  key: 'human-brain',
  name: 'human brain',
  x: 1e14,
  xLow: 1e13,
  xHigh: 1e15,
  y: 2,
  yLow: 0.2,
  yHigh: 20,
  source:
    'Synapses: 1.5·10¹⁴ in the neocortex (Pakkenberg et al. 2003), 10¹³ to 10¹⁵ (Sporns et al. 2005). ' +
    'Power: 20 W for the whole brain (Balasubramanian 2021) over 0.1 s, 0.01 to 1 s; ' +
    'cortical computation alone takes about 0.1 W (Levy and Calvert 2021).',
  caption:
    'Human brain: synapses are not parameters and ‘inference’ is undefined for a brain; the bars are literature ranges, ' +
    'not measurements; not part of any fit.',
};

/** A human scale on the energy axis. */
export interface Guide {
  valueJ: number;
  text: string;
}

export const guides: readonly Guide[] = [
  { valueJ: 1, text: '1 J' },
  { valueJ: 36, text: '36 J = 10 mWh' },
];

const isEnergy = (spec: CurveSpec) => spec.y.quantity === 'energyGross' || spec.y.quantity === 'energyNet';

/** Reference points that the spec asks for and that have a place on its axes: parameters and energy. */
export function referencesOf(spec: CurveSpec): readonly ReferencePoint[] {
  const parameters = spec.x.quantity === 'parameters' || spec.x.quantity === 'parametersNonzero';
  return spec.references && parameters && isEnergy(spec) ? [humanBrain] : [];
}

/** Guides that the spec asks for, where y is energy. */
export function guidesOf(spec: CurveSpec): readonly Guide[] {
  return spec.guides && isEnergy(spec) ? guides : [];
}
