import { describe, expect, it } from 'vitest';
import { callOverheadS } from '../../src/main/lab/queries';
import { openLab } from '../../src/main/store/open';
import type { RunRecord } from '../../src/shared/run';
import { fakeModel, fakeRun } from '../support/fakeRecords';
import { temporaryFolder } from '../support/lab';

describe('the overhead of a call', () => {
  it('is that of the run’s own experiment, provider, engine and threads; invalid ones do not count', () => {
    const store = openLab(temporaryFolder());
    const of = (p50S: number, over: Partial<RunRecord> = { role: 'overhead' }) =>
      fakeRun({ experiment: 'e', ordinal: 1, model: fakeModel('identity', 0), p50S, over });
    const run = of(1e-3, {});
    const others = [
      of(1, { role: 'measure' }),
      of(2, { role: 'overhead', experimentId: 'another' }),
      of(3, { role: 'overhead', condition: { ...run.condition, threads: 99 } }),
      of(4, { role: 'overhead', latency: { ...of(4).latency!, verdict: 'invalid' } }),
    ];
    expect(callOverheadS(store.reader, run, others)).toBeNull();
    expect(callOverheadS(store.reader, run, [...others, of(5)])).toBe(5);
    store.close();
  });
});
