import { describe, expect, it } from 'vitest';
import { merge } from '../../../src/renderer/lab/rows';
import type { RunRow } from '../../../src/shared/runRow';

const row = (id: string, status = 'queued') => ({ id, status }) as unknown as RunRow;

describe('rows that changed', () => {
  it('take the place of their older ones; new ones go to the end', () => {
    const merged = merge([row('a'), row('b'), row('c')], [row('b', 'completed'), row('d')]);
    expect(merged.map((r) => [r.id, r.status])).toEqual([
      ['a', 'queued'],
      ['b', 'completed'],
      ['c', 'queued'],
      ['d', 'queued'],
    ]);
  });
});
