import { createRandom } from '../../models/random';
import { elementCount } from '../../models/writer';
import { parameterShapes, stagesOf } from './shapes';
import type { NetSpec, Params } from './spec';

/**
 * Weights and biases before the first step, from a stream of their own per seed and name. `he`: normal, variance
 * gain² / fan-in with gain² 2 before ReLU and k-WTA (He et al. 2015, eq. 10) and 1 before tanh and the output, biases 0.
 * `uniform`: weights and biases within 1/√fan-in. With masks the fan-in is the share that is present.
 */
export function startParams(
  spec: NetSpec,
  seed: number,
  options: { start?: 'he' | 'uniform'; masks?: Readonly<Record<string, Float32Array>> } = {},
): Params {
  const { start = 'he', masks = {} } = options;
  const params: Record<string, Float32Array> = {};
  for (const stage of stagesOf(spec)) {
    const [w, b] = [`w${stage.at}`, `b${stage.at}`];
    const mask = masks[w];
    const fanIn = stage.fanIn * (mask ? shareOf(mask) : 1);
    const weights = new Float32Array(elementCount(stage.weightDims));
    const biases = new Float32Array(stage.units);
    const random = createRandom(seed, w);
    if (start === 'uniform') {
      random.fillSymmetric(weights, 1 / Math.sqrt(fanIn));
      createRandom(seed, b).fillSymmetric(biases, 1 / Math.sqrt(fanIn));
    } else {
      const gain = stage.activation === 'relu' || stage.activation === 'kwta' ? 2 : 1;
      const deviation = Math.sqrt(gain / fanIn);
      for (let i = 0; i < weights.length; i++) weights[i] = deviation * random.normal();
    }
    if (mask) for (let i = 0; i < weights.length; i++) weights[i]! *= mask[i]!;
    params[w] = weights;
    params[b] = biases;
  }
  return params;
}

const shareOf = (mask: Float32Array) =>
  Math.max(
    1,
    mask.reduce((n, v) => n + v, 0),
  ) / mask.length;

/**
 * A fixed 0/1 mask [inputs, outputs] for the weight of a linear layer: each output has round(density × inputs) inputs,
 * at least one, drawn at random (guide 6.1, sparse weights).
 */
export function connectionMask(spec: NetSpec, name: string, density: number, seed: number): Float32Array {
  const [inputs, outputs] = parameterShapes(spec)[name] as readonly [number, number];
  const present = Math.max(1, Math.round(density * inputs));
  const random = createRandom(seed, `mask.${name}`);
  const mask = new Float32Array(inputs * outputs);
  const order = Int32Array.from({ length: inputs }, (_, i) => i);
  for (let output = 0; output < outputs; output++) {
    for (let i = 0; i < present; i++) {
      const other = random.integer(i, inputs);
      [order[i], order[other]] = [order[other]!, order[i]!];
      mask[order[i]! * outputs + output] = 1;
    }
  }
  return mask;
}
