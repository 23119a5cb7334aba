import type { Dataset } from '../data/dataset';
import type { Ort } from '../tools';
import {
  accuracyOf,
  classify,
  inferenceGraph,
  type NetSpec,
  type Params,
  type Recipe,
  train,
} from '../train';

/** Checks of the held-out part without a better accuracy before it stops. */
const patience = 3;
/** Parts of the recipe's steps between checks, and the most of them. */
const checks = 8;

/**
 * Training that stops when the last tenth of the training part (guide 1.6), which it does not learn from, gets no better;
 * at most as many steps as the recipe says. The best parameters seen are given.
 */
export async function trainWithEarlyStop(
  ort: Ort,
  spec: NetSpec,
  data: Dataset,
  recipe: Recipe & { steps: number },
): Promise<{ params: Params; steps: number }> {
  const { train: all, features } = data;
  const kept = Math.floor(0.9 * all.n);
  const heldX = all.x.subarray(kept * features);
  const heldY = all.y.subarray(kept);
  const index = Int32Array.from({ length: kept }, (_, i) => i);
  const part = Math.ceil(recipe.steps / checks);
  let best: { accuracy: number; params: Params; steps: number } | null = null;
  let from: Params | undefined;
  for (let check = 0, worse = 0; check < checks && worse < patience; check++) {
    const dropped = recipe.drop && (check + 0.5) / checks >= recipe.drop.at ? recipe.drop.factor : 1;
    const { params } = await train(ort, spec, all, {
      ...recipe,
      steps: part,
      learningRate: recipe.learningRate * dropped,
      drop: undefined,
      index,
      from,
      // Each part takes the examples in orders of its own; the start is that of the first part.
      seed: check === 0 ? recipe.seed : recipe.seed + 7919 * check,
    });
    from = params;
    const logits = await classify(ort, inferenceGraph(spec, params), heldX, features, all.n - kept);
    const accuracy = accuracyOf(logits, heldY);
    if (best === null || accuracy > best.accuracy) {
      best = { accuracy, params, steps: (check + 1) * part };
      worse = 0;
    } else worse += 1;
  }
  return { params: best!.params, steps: best!.steps };
}
