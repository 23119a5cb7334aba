import { describe, expect, it } from 'vitest';
import { asComparison } from '../../../../src/renderer/lab/draft';
import { readDraft } from '../../../../src/renderer/pages/lab/draft';
import {
  askedOf,
  defaultFields,
  forgetMaking,
  makeVariant,
  useMaking,
} from '../../../../src/renderer/pages/models/variant';
import type { Lab, LabEvent } from '../../../../src/shared/contract';
import { LabError } from '../../../../src/shared/errors';
import { transformKinds, transformOptionsSchema } from '../../../../src/shared/transform';

describe('the fields of a variant', () => {
  it('ask for each kind what that kind takes, whatever the others hold', () => {
    for (const kind of transformKinds) {
      const asked = askedOf({ ...defaultFields, kind, rank: kind === 'low-rank' ? 8 : 'rubbish' });
      expect(asked).toMatchObject({ form: { kind } });
    }
    expect(askedOf({ ...defaultFields, kind: 'pruned', sharePercent: 75 })).toMatchObject({
      options: { share: 0.75 },
    });
  });
  it.each([
    [{ kind: 'pruned', sharePercent: '' }, /share between/],
    [{ kind: 'block-sparse', sharePercent: 100 }, /share between/],
    [{ kind: 'low-rank', rank: 0.5 }, /rank is a whole number/],
    [{ kind: 'block-sparse', blockInputs: '' }, /A block has/],
  ] as const)('say what is wrong with them: %j', (fields, words) => {
    const asked = askedOf({ ...defaultFields, ...fields });
    expect('problem' in asked && asked.problem).toMatch(words);
  });
});

describe('a variant that is being made', () => {
  const options = transformOptionsSchema.parse({ kind: 'int8' });
  function rig(answer: () => Promise<never>) {
    const listeners = new Set<(event: LabEvent) => void>();
    const lab: Pick<Lab, 'transformModel' | 'onEvent'> = {
      transformModel: answer,
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    return { lab, listeners, emit: (event: LabEvent) => listeners.forEach((l) => void l(event)) };
  }

  it('follows the progress of its own model, keeps the refusal, and stops listening', async () => {
    forgetMaking();
    let end = (_: Error) => {};
    const { lab, listeners, emit } = rig(
      () =>
        new Promise((_, reject) => {
          end = reject;
        }),
    );
    const done = makeVariant(lab, 'a', options);
    emit({ type: 'transformProgress', modelId: 'b', share: 0.9, label: 'other' });
    expect(useMaking.getState()).toMatchObject({ parent: 'a', running: true, share: 0 });
    emit({ type: 'transformProgress', modelId: 'a', share: 0.5, label: 'own' });
    expect(useMaking.getState()).toMatchObject({ share: 0.5, label: 'own' });
    // A second one while the first is made does nothing.
    await makeVariant(lab, 'b', options);
    expect(useMaking.getState().parent).toBe('a');
    end(new LabError('unsupported', 'No.'));
    await done;
    expect(useMaking.getState()).toMatchObject({ running: false, made: null, failure: { message: 'No.' } });
    expect(listeners.size).toBe(0);
  });
});

describe('asComparison', () => {
  it('puts both into the plan with blocks enough, and never into a glance', () => {
    const draft = readDraft(
      asComparison({ ...readDraft(null), preset: 'glance', models: ['x'] } as never, ['a', 'b']),
    );
    expect([draft.models, draft.preset]).toEqual([['a', 'b'], 'quick']);
    expect(draft.blocks).toBeGreaterThanOrEqual(6);
    const more = readDraft(asComparison({ ...draft, preset: 'rigorous', blocks: 20 } as never, ['a', 'b']));
    expect([more.preset, more.blocks]).toEqual(['rigorous', 20]);
  });
});
