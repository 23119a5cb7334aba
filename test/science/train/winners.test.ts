import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Session, Value } from '../../../src/main/science/tools';
import {
  type CnnSpec,
  classify,
  inferenceGraph,
  type MlpSpec,
  startParams,
} from '../../../src/main/science/train';
import { Emitter } from '../../../src/main/science/train/emitter';
import type { Stage } from '../../../src/main/science/train/shapes';
import { emitWinners } from '../../../src/main/science/train/winners';

const ort = openOrt();
const sessions: Session[] = [];
afterAll(() => Promise.all(sessions.map((s) => s.close())));

const vector = (units: number) => ({ at: 0, kind: 'linear', units, outputDims: [units] }) as unknown as Stage;
const map = { at: 0, kind: 'convolution', units: 2, outputDims: [2, 1, 3] } as unknown as Stage;

/** −0 is 0. */
const plainZeros = (data: Float32Array) => [...data].map((v) => v + 0);

async function winnersOf(stage: Stage, k: number, x: Value, boost: Value, substitutes: boolean) {
  const g = new Emitter('float32', substitutes);
  const { output, mask } = emitWinners(g, stage, 'x', 'boost', k);
  const port = (name: string, dims: readonly number[]) => ({ name, elemType: 'float32' as const, dims });
  const session = await ort.open({
    name: 'winners',
    nodes: g.nodes,
    initializers: g.initializers,
    inputs: [port('x', x.dims), port('boost', boost.dims)],
    outputs: [port(output, x.dims), port(mask, x.dims)],
  });
  sessions.push(session);
  const out = await session.run({ x, boost });
  return {
    output: plainZeros(out[output]!.data as Float32Array),
    mask: [...(out[mask]!.data as Float32Array)],
  };
}

const value = (dims: number[], data: number[]): Value => ({
  elemType: 'float32',
  dims,
  data: Float32Array.from(data),
});

describe.each([
  ['TopK', false],
  ['bisection', true],
])('k winners take all by %s', (_, substitutes) => {
  it('keeps the unboosted value of the largest boosted one; a negative one may win', async () => {
    const plain = value([1, 3], [1, 1, 1]);
    const x = value([2, 3], [3, 2, 1, -3, -1, -2]);
    expect(await winnersOf(vector(3), 1, x, plain, substitutes)).toEqual({
      output: [3, 0, 0, 0, -1, 0],
      mask: [1, 0, 0, 0, 1, 0],
    });
    // The first unit has won often: its boosted 0.3 is less than 2, which stays 2.
    const boosted = await winnersOf(
      vector(3),
      1,
      value([1, 3], [3, 2, 1]),
      value([1, 3], [0.1, 1, 1]),
      substitutes,
    );
    expect(boosted.output).toEqual([0, 2, 0]);
  });

  it('takes winners over the whole map of an example, boosted by channel', async () => {
    const x = value([2, 2, 1, 3], [1, 5, 2, 4, 3, 0, 9, 8, 7, 1, 2, 3]);
    const none = await winnersOf(map, 2, x, value([1, 2, 1, 1], [1, 1]), substitutes);
    expect(none.output).toEqual([0, 5, 0, 4, 0, 0, 9, 8, 0, 0, 0, 0]);
    const second = await winnersOf(map, 2, x, value([1, 2, 1, 1], [0.1, 1]), substitutes);
    expect(second.output).toEqual([0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 2, 3]);
  });

  it('k of n in each row of a batch', async () => {
    const random = createRandom(3, 'rows');
    const x = value(
      [32, 50],
      Array.from({ length: 32 * 50 }, () => random.normal()),
    );
    const { mask } = await winnersOf(vector(50), 7, x, value([1, 50], Array(50).fill(1)), substitutes);
    for (let row = 0; row < 32; row++) {
      expect(mask.slice(row * 50, (row + 1) * 50).reduce((a, b) => a + b)).toBe(7);
    }
  });
});

describe('boosting at inference', () => {
  const spec: MlpSpec = {
    kind: 'mlp',
    features: 3,
    hidden: [3],
    classes: 3,
    activation: 'kwta',
    winners: [1],
  };
  const unit = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const params = { w0: unit, b0: new Float32Array(3), w1: unit, b1: new Float32Array(3) };
  const x = Float32Array.of(3, 2, 1);
  const answer = async (more: Record<string, Float32Array>, options = {}) => [
    ...(await classify(ort, inferenceGraph(spec, { ...params, ...more }, options), x, 3, 1)),
  ];

  it('what won often during the training is held back by exp(−β d)', async () => {
    const duty0 = Float32Array.of(1, 0, 0);
    expect(await answer({ duty0, boost: Float32Array.of(0) })).toEqual([3, 0, 0]);
    expect(await answer({ duty0, boost: Float32Array.of(2) })).toEqual([0, 2, 0]);
    // 3 · exp(−0.3) is still more than 2.
    expect(await answer({ duty0, boost: Float32Array.of(0.3) })).toEqual([3, 0, 0]);
  });

  it('more winners may be let through than in the training', async () => {
    const rest = { duty0: new Float32Array(3), boost: Float32Array.of(1.5) };
    expect(await answer(rest, { winnersFactor: 2 })).toEqual([3, 2, 0]);
    expect(await answer(rest, { winnersFactor: 9 })).toEqual([3, 2, 1]);
  });

  it('0 winners is ReLU in that stage', async () => {
    const net: CnnSpec = {
      kind: 'cnn',
      shape: [1, 1, 8],
      convolutions: [{ channels: 2, kernel: [1, 3], pool: [1, 2] }],
      hidden: [4],
      classes: 3,
      activation: 'kwta',
      winners: [3, 0],
    };
    const ops = inferenceGraph(net, { ...startParams(net, 1), duty0: new Float32Array(2) }).nodes.map(
      (n) => n.op,
    );
    expect(ops.filter((op) => op === 'TopK')).toHaveLength(1);
    expect(ops.filter((op) => op === 'Relu')).toHaveLength(1);
  });
});
