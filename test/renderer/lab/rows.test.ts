import { describe, expect, it } from 'vitest';
import { followRows, merge, useRows } from '../../../src/renderer/lab/rows';
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

describe('rows as the page follows them', () => {
  /** A lab whose answers come when the test says so. */
  function slowLab() {
    let push: (event: unknown) => void = () => {};
    const asked: { input: { ids?: string[] | null }; answer(rows: RunRow[]): void; fail(): void }[] = [];
    const lab = {
      onEvent(listener: (event: unknown) => void) {
        push = listener;
        return () => {};
      },
      runRows: (input: { ids?: string[] | null }) =>
        new Promise((resolve, reject) =>
          asked.push({
            input,
            answer: (rows) => resolve({ rows, total: rows.length }),
            fail: () => reject(new Error('gone')),
          }),
        ),
    };
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    const stop = followRows(lab as never, String);
    return { asked, push: (event: unknown) => push(event), settle, stop };
  }
  const shown = () => useRows.getState().rows.map((r) => [r.id, r.status]);

  it('what changed while they were loading is newer than what was loaded', async () => {
    const { asked, push, settle, stop } = slowLab();
    push({ type: 'runChanged', runId: 'b', status: 'completed' });
    expect(asked).toHaveLength(1);
    asked[0].answer([row('a', 'completed'), row('b', 'running')]);
    await settle();
    expect(asked[1].input.ids).toEqual(['b']);
    asked[1].answer([row('b', 'completed')]);
    await settle();
    expect(shown()).toEqual([
      ['a', 'completed'],
      ['b', 'completed'],
    ]);
    stop();
  });

  it('a change that could not be asked for is asked for with the next one', async () => {
    const { asked, push, settle, stop } = slowLab();
    asked[0].answer([row('a'), row('b')]);
    await settle();
    push({ type: 'runChanged', runId: 'a', status: 'running' });
    asked[1].fail();
    await settle();
    push({ type: 'runChanged', runId: 'b', status: 'running' });
    expect(new Set(asked[2].input.ids)).toEqual(new Set(['a', 'b']));
    stop();
  });
});
