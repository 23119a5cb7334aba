import type { NoiseFloor, RatioWithInterval, ZerosFinding } from '../../shared/comparison';
import { zerosSkipped } from '../../shared/stats/zerosSkipped';
import type { ComparedRun } from './compareSides';

/** Share of superfluous multiplications that a model taken as dense may have: zeros turn up in any weights. */
const nearlyDense = 0.01;

/** Static effective MACs (weight not zero) beside dense ones; absent in records that were not counted so. */
type CountedMacs = { macs: number | null; effective?: number | null } | null;

/**
 * Where one of the two models is the other with zeros in its weights, measured in one plan on one provider: whether the
 * zeros were skipped. Null where the pair is no such pair. `ratio`: `one` over `reference` of time or energy.
 * Source: docs/method.md, 6.2.
 */
export function zerosOf(
  one: ComparedRun,
  reference: ComparedRun,
  ratio: RatioWithInterval,
  floor: NoiseFloor,
): ZerosFinding | null {
  if (!isSameGraph(one, reference)) return null;
  const [a, b] = [superfluous(reference), superfluous(one)];
  if (a === null || b === null || Math.min(a, b) > nearlyDense || a === b) return null;
  const masked = b > a ? 'B' : 'A';
  const interval = masked === 'B' ? ratio : { low: 1 / ratio.high, high: 1 / ratio.low };
  const f = Math.max(a, b);
  return { verdict: zerosSkipped({ interval, floor: -Math.expm1(-floor.ln), f }), f, masked };
}

/** Two models of equal operators and sizes, asked for with the same settings, that differ in their numbers. */
function isSameGraph(a: ComparedRun, b: ComparedRun): boolean {
  if (a.run.experimentId !== b.run.experimentId || a.model.id === b.model.id) return false;
  const shape = ({ model, run }: ComparedRun) =>
    JSON.stringify([
      model.counts.parameters,
      model.precision,
      Object.entries(model.counts.operators).sort(),
      run.macs?.macs ?? null,
      { ...run.condition, modelId: '' },
    ]);
  return shape(a) === shape(b);
}

/** 1 − effective/dense MACs; null where either is not known. */
function superfluous({ run }: ComparedRun): number | null {
  const macs: CountedMacs = run.macs;
  const effective = macs?.effective ?? null;
  return effective === null || !macs?.macs ? null : 1 - effective / macs.macs;
}
