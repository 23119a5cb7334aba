import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildingText,
  buildLadder,
  cancelBuilding,
  forgetBuilding,
  useBuilding,
} from '../../../../src/renderer/pages/models/buildLadder';
import type { Outputs } from '../../../../src/shared/contract';
import { LabError } from '../../../../src/shared/errors';
import { fakeModel } from '../../../support/fakeRecords';

const built = (parameters: number, alreadyThere = false): Outputs['buildModel'] => ({
  model: fakeModel(`mlp-${parameters}`, parameters),
  alreadyThere,
});
const text = () => buildingText(useBuilding.getState(), String);

describe('buildLadder', () => {
  beforeEach(forgetBuilding);

  it('builds one after the other, in order', async () => {
    const seen: string[] = [];
    await buildLadder(
      {
        buildModel: async ({ parameters, seed }) => {
          seen.push(`${parameters}/${seed} ${text()}`);
          return built(parameters, parameters === 2000);
        },
      },
      'mlp',
      { sizes: [1000, 2000], seed: 7 },
    );
    expect(seen).toEqual([
      '1000/7 Building model 1 of 2, 1000 parameters.',
      '2000/7 Building model 2 of 2, 2000 parameters.',
    ]);
    expect(text()).toBe('2 of 2 models built, 1 of them there already.');
  });

  it('stops between two models when cancelled, and keeps those before', async () => {
    await buildLadder(
      {
        buildModel: async ({ parameters }) => {
          if (parameters === 2000) cancelBuilding();
          return built(parameters);
        },
      },
      'mlp',
      { sizes: [1000, 2000, 3000], seed: 1 },
    );
    expect(useBuilding.getState().built.map((b) => b.model.counts.parameters)).toEqual([1000, 2000]);
    expect(text()).toBe('2 of 3 models built; cancelled, the rest was not built.');
  });

  it('stops at the first refusal and keeps its words', async () => {
    await buildLadder(
      {
        buildModel: async ({ parameters }) => {
          if (parameters > 1000) throw new LabError('no_space', 'The disk is full.', 'Free some space.');
          return built(parameters);
        },
      },
      'mlp',
      { sizes: [1000, 2000, 3000], seed: 1 },
    );
    expect(useBuilding.getState()).toMatchObject({
      running: false,
      failure: { message: 'The disk is full.' },
    });
    expect(text()).toBe('1 of 3 models built; stopped.');
  });

  it('does not begin a second one beside the first', async () => {
    let calls = 0;
    let release = () => {};
    const first = buildLadder(
      {
        buildModel: ({ parameters }) => {
          calls += 1;
          return new Promise((resolve) => {
            release = () => resolve(built(parameters));
          });
        },
      },
      'mlp',
      { sizes: [1000], seed: 1 },
    );
    await buildLadder({ buildModel: () => Promise.reject(new Error('a second one')) }, 'mlp', {
      sizes: [5000],
      seed: 1,
    });
    release();
    await first;
    expect(calls).toBe(1);
    expect(useBuilding.getState()).toMatchObject({ failure: null, total: 1 });
  });
});
