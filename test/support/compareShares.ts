import { compare } from '../../src/main/lab/compare';
import type { ComparedQuantity } from '../../src/shared/comparison';
import { asSeparateRuns, type PlanShape, simulatedPlan, standardPlan } from './comparePlans';

export interface Shares {
  /** B claimed to be lower, claimed to be higher, and refused because the control failed. */
  lower: number;
  higher: number;
  refused: number;
}

/** Shares of the verdicts on B over simulated plans, through the whole comparison. */
export function verdictShares(
  seed: number,
  plans: number,
  shape: Partial<PlanShape>,
  quantities: readonly ComparedQuantity[],
  form: 'in turn' | 'apart' = 'in turn',
): Map<ComparedQuantity, Shares> {
  const counts = new Map(
    quantities.map((q): [ComparedQuantity, Shares] => [q, { lower: 0, higher: 0, refused: 0 }]),
  );
  for (let i = 0; i < plans; i++) {
    const plan = simulatedPlan(1_000_003 * seed + i, { ...standardPlan, ...shape });
    const result = form === 'in turn' ? compare(plan.runs, plan.controls) : compare(asSeparateRuns(plan));
    for (const { quantity, rows } of result.quantities) {
      const own = counts.get(quantity);
      const { verdict } = rows[1];
      if (!own) continue;
      if (verdict === 'B_lower') own.lower += 1 / plans;
      if (verdict === 'A_lower') own.higher += 1 / plans;
      if (verdict === 'not_comparable') own.refused += 1 / plans;
    }
  }
  return counts;
}

export const claimed = (shares: Shares | undefined) => shares!.lower + shares!.higher;
