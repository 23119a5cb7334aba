import type { Estimate } from '../../../shared/claim';
import type { MachinePoint } from '../machines/make';
import type { Measured } from '../protocol';
import { over, times } from './estimates';
import { measuredRatio, type PickInterval, perQuery, pickGross, pickP50 } from './ratio';

/** A machine and how it was measured at one batch. */
export interface RatedMachine {
  point: MachinePoint;
  measured: Measured;
}

/** FLOP/s at batch 256, byte/s of weights at batch 1, FLOP/J with a meter. One multiply-add counts as 2 FLOP. */
export type RateUnit = 'FLOP/s' | 'byte/s' | 'FLOP/J';

const pickOf = (unit: RateUnit): PickInterval => (unit === 'FLOP/J' ? pickGross : pickP50);

/** Operations of a query, or bytes of weights that a call reads. */
const workOf = ({ point, measured }: RatedMachine, unit: RateUnit) =>
  unit === 'byte/s' ? (4 * point.floats) / measured.batch : 2 * point.macs;

/** Work over time or energy; null where it was not measured. Source: guide of the experiments, 5. */
export function rateOf(machine: RatedMachine, unit: RateUnit): Estimate | null {
  const cost = perQuery(machine.measured, pickOf(unit));
  if (!cost || !(cost.low > 0)) return null;
  return over(workOf(machine, unit), cost);
}

/** Rate of one over the rate of another, both at the same batch, with its interval; null where one was not measured. */
export function rateRatio(one: RatedMachine, other: RatedMachine, unit: RateUnit): Estimate | null {
  const cost = measuredRatio(other.measured, one.measured, pickOf(unit));
  if (!cost) return null;
  return times(workOf(one, unit) / workOf(other, unit), cost);
}
