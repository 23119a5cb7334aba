import { describe, expect, it } from 'vitest';
import { withModels } from '../../../src/renderer/lab/draft';
import { readDraft } from '../../../src/renderer/pages/lab/draft';

describe('withModels', () => {
  it('makes a draft that the Lab page can read, from nothing and from rubbish', () => {
    for (const stored of [null, 'x', [1], { models: 5 }]) {
      expect(readDraft(withModels(stored, ['a', 'b'])).models).toEqual(['a', 'b']);
    }
  });

  it('keeps the rest of the draft and each model once', () => {
    const first = withModels(null, ['a']);
    const changed = { ...(first as Record<string, never>), preset: 'rigorous' };
    const draft = readDraft(withModels(changed, ['b', 'a']));
    expect([draft.models, draft.preset]).toEqual([['a', 'b'], 'rigorous']);
  });
});
