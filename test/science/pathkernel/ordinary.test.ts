import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/main/models/random';
import { forward, startNetwork } from '../../../src/main/science/pathkernel/network';
import { type OrdinarySetup, ordinaryMachines } from '../../../src/main/science/pathkernel/ordinary';
import { synthetic } from './support';

const setup: OrdinarySetup = {
  activation: 'tanh',
  hidden: 8,
  classes: 3,
  eta: 0.1,
  steps: 60,
  gain: 1,
  samples: 60,
  ridges: [1e-2, 1e-6],
};
const run = (over: Partial<OrdinarySetup> = {}, seed = 1) => {
  const random = createRandom(seed, 'ordinary');
  const { examples, queries } = synthetic(random, 24, 4, 3);
  return ordinaryMachines(examples, queries, { ...setup, ...over }, random);
};
const of = (result: Awaited<ReturnType<typeof run>>, name: string) =>
  result.machines.find((m) => m.machine === name)!;

describe('ordinary kernel machines', () => {
  it('with the true kernel and coefficients that depend on the query come near the network', async () => {
    const result = await run();
    expect(of(result, 'theorem').relative).toBeLessThan(0.05);
    expect(of(result, 'theorem').agreement).toBe(1);
  });

  it('in one step at the left end are the theorem: average, path and start are the same machine', async () => {
    const one = await run({ steps: 1, samples: 1 });
    const theorem = of(one, 'theorem').queryError;
    for (const name of ['average-path', 'average-start']) {
      of(one, name).queryError.forEach((e, i) => {
        expect(e).toBeCloseTo(theorem[i]!, 10);
      });
    }
  });

  it('fitted with the path kernel follow the network closer than with the kernel of the start', async () => {
    const result = await run({ eta: 0.3, steps: 200, samples: 64 });
    expect(of(result, 'ridge-path').relative).toBeLessThan(of(result, 'ridge-start').relative);
    expect(of(result, 'ridge-path').ridge).not.toBeNull();
    expect(of(result, 'average-path').ridge).toBeNull();
  });

  it('start from the network that the seed gives', async () => {
    const random = createRandom(1, 'ordinary');
    const { queries } = synthetic(random, 24, 4, 3);
    const net = startNetwork({ features: 4, hidden: 8, classes: 3 }, 'tanh', random);
    expect(forward(net, queries.x, queries.n).every(Number.isFinite)).toBe(true);
    expect((await run()).queryMovement).toEqual((await run()).queryMovement);
    expect((await run({}, 2)).queryMovement).not.toEqual((await run()).queryMovement);
  });
});
