import type { Random } from '../../models/random';
import type { Matrix } from '../linear/matrix';

/**
 * A sparse matrix whose outputs share dense columns: `group` outputs with disjoint inputs lie in one pack.
 * Source: Hunter, Spracklen and Ahmad, arXiv 2112.13896; guide of the experiments, 6.1.
 */
export interface Complementary {
  /** The same weights with their zeros, [inputs, outputs]. */
  weights: Matrix;
  /** Inputs that each output has: floor(inputs · density), at least 1. */
  perOutput: number;
  /** ceil(outputs / floor(inputs / perOutput)). */
  packs: number;
  /** [inputs, packs]: the weight of the one output of this pack that has this input; 0 where none has it. */
  packed: Float32Array;
  /** [inputs, packs]: number of that output; 0 where none has it. */
  owner: Int32Array;
}

/** Random weights, uniform in (−bound, bound), `density` of them present, laid out in packs from the start. */
export function complementaryWeights(
  inputs: number,
  outputs: number,
  { density, bound, random }: { density: number; bound: number; random: Random },
): Complementary {
  const perOutput = Math.max(1, Math.floor(inputs * density));
  const group = Math.floor(inputs / perOutput);
  const packs = Math.ceil(outputs / group);
  const data = new Float32Array(inputs * outputs);
  const packed = new Float32Array(inputs * packs);
  const owner = new Int32Array(inputs * packs);
  const values = new Float32Array(perOutput);
  const order = Array.from({ length: inputs }, (_, i) => i);
  for (let pack = 0; pack < packs; pack++) {
    shuffle(order, random);
    for (let member = 0; member < group && pack * group + member < outputs; member++) {
      const output = pack * group + member;
      random.fillSymmetric(values, bound);
      for (let i = 0; i < perOutput; i++) {
        const input = order[member * perOutput + i]!;
        data[input * outputs + output] = values[i]!;
        packed[input * packs + pack] = values[i]!;
        owner[input * packs + pack] = output;
      }
    }
  }
  return { weights: { rows: inputs, cols: outputs, data }, perOutput, packs, packed, owner };
}

/** In place (Fisher and Yates; Durstenfeld 1964). */
export function shuffle(order: number[], random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}
