import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newColumns, resetColumns } from '../../src/main/runner/columns';
import type { TimedSession } from '../../src/main/runner/engines/engine';
import { record } from '../../src/main/runner/loop';

/** A session whose inference waits for the clock to move on; what it counts is what really ran. */
function countingSession(kind: 'sync' | 'async'): TimedSession & { runs: number; settled: number } {
  const session = {
    kind,
    runs: 0,
    settled: 0,
    invoke() {
      session.runs += 1;
      return kind === 'async' ? Promise.resolve(null) : null;
    },
    settle() {
      session.settled += 1;
    },
    outputs: async () => [],
    assignment: () => null,
    close: () => {},
  };
  return session;
}

describe('sample columns', () => {
  it.each(['sync', 'async'] as const)(
    'hold every inference of a %s session, in order, none overlapping',
    async (kind) => {
      const session = countingSession(kind);
      const columns = newColumns(1 << 16);
      await record(session, columns, process.hrtime.bigint() + 3_000_000n);
      expect(columns.inferences).toBe(session.runs);
      expect(session.settled).toBe(session.runs);
      expect(columns.length * columns.stride).toBeGreaterThanOrEqual(columns.inferences);
      for (let i = 0; i < columns.length; i++) {
        expect(columns.ends[i]).toBeGreaterThanOrEqual(columns.starts[i]);
        if (i > 0) expect(columns.starts[i]).toBeGreaterThanOrEqual(columns.ends[i - 1]);
      }
    },
  );

  it('never overflow: a model that turns out faster than expected is thinned, sample i stays inference i·stride', async () => {
    const session = countingSession('sync');
    const columns = newColumns(64);
    resetColumns(columns, 10); // expects 10, gets thousands
    await record(session, columns, process.hrtime.bigint() + 2_000_000n);
    expect(columns.inferences).toBeGreaterThan(64);
    expect(columns.length).toBeLessThanOrEqual(64);
    expect(Math.log2(columns.stride) % 1).toBe(0);
    expect(columns.length).toBe(Math.ceil(columns.inferences / columns.stride));
  });

  it('choose a stride that fills at most three quarters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (expected) => {
        const columns = newColumns(1024);
        resetColumns(columns, expected);
        expect(Math.ceil(expected / columns.stride)).toBeLessThanOrEqual(768);
      }),
      { seed: 30 },
    );
  });
});
