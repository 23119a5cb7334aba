import { createRandom } from '../../models/random';
import type { Recipe } from './spec';

/** What one step is given. */
export interface StepPlan {
  /** Numbers of the examples of its batch. */
  index: Int32Array;
  rate: number;
  boost: number;
}

/** Steps of a recipe for n examples. */
export function stepsOf(recipe: Recipe, n: number): number {
  if (recipe.steps !== undefined) return recipe.steps;
  const perEpoch = (batch: number) => Math.floor(n / batch);
  const { epochs = 0, batch, firstEpochBatch = batch } = recipe;
  return epochs === 0 ? 0 : perEpoch(firstEpochBatch) + (epochs - 1) * perEpoch(batch);
}

/**
 * The batches of a training in their order: each epoch takes the examples in a new order of its own and leaves out the
 * last part of a batch. The same recipe gives the same batches.
 */
export function* batchesOf(recipe: Recipe, n: number): Generator<StepPlan> {
  const { drop, perEpoch = {}, seed } = recipe;
  const steps = stepsOf(recipe, n);
  const order = recipe.index ? Int32Array.from(recipe.index) : Int32Array.from({ length: n }, (_, i) => i);
  const random = createRandom(seed, 'order');
  let rate = recipe.learningRate;
  let boost = recipe.boost ?? 1.5;
  let done = 0;
  for (let epoch = 0; done < steps; epoch++) {
    const batch = epoch === 0 ? (recipe.firstEpochBatch ?? recipe.batch) : recipe.batch;
    if (epoch > 0) {
      rate *= perEpoch.learningRate ?? 1;
      boost *= perEpoch.boost ?? 1;
    }
    for (let i = order.length - 1; i > 0; i--) {
      const other = random.integer(0, i + 1);
      [order[i], order[other]] = [order[other]!, order[i]!];
    }
    for (let at = 0; at + batch <= order.length && done < steps; at += batch, done++) {
      const dropped = drop && done >= drop.at * steps ? drop.factor : 1;
      yield { index: order.slice(at, at + batch), rate: rate * dropped, boost };
    }
  }
}
