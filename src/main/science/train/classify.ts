import type { Graph } from '../../models/writer';
import { nllOf } from '../scores';
import type { Ort, SessionSettings } from '../tools';

/** Examples in one call. */
const batch = 1000;

/** Logits [n, classes] of a graph `x` [batch, features] -> `y` [batch, classes]. */
export async function classify(
  ort: Ort,
  graph: Graph | Uint8Array,
  x: Float32Array,
  features: number,
  n: number,
  settings: SessionSettings = {},
): Promise<Float32Array> {
  const session = await ort.open(graph, settings);
  try {
    let all: Float32Array | null = null;
    for (let at = 0; at < n; at += batch) {
      const count = Math.min(batch, n - at);
      const data = x.subarray(at * features, (at + count) * features);
      const { y } = await session.run({ x: { elemType: 'float32', dims: [count, features], data } });
      const part = y!.data as Float32Array;
      const classes = part.length / count;
      all ??= new Float32Array(n * classes);
      all.set(part, at * classes);
    }
    return all ?? new Float32Array(0);
  } finally {
    await session.close();
  }
}

/** Mean of −ln p(class) under the softmax of the logits, in nats. */
export function meanNegativeLogLikelihood(logits: Float32Array, y: ArrayLike<number>): number {
  const classes = logits.length / y.length;
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += nllOf(logits, i * classes, classes, y[i]!);
  return sum / y.length;
}
