import { describe, expect, it } from 'vitest';
import { runCodes } from '../../src/main/lab/results';
import type { Condition } from '../../src/shared/plan';
import { verdictOf } from '../../src/shared/reasons';
import type { RunFacts } from '../../src/shared/run';
import { condition } from '../store/children/records';

const codes = (facts: Partial<RunFacts> | null, changed: Partial<Condition> = {}, onBattery = false) =>
  runCodes({ ...condition(), ...changed }, facts as RunFacts | null, onBattery);
const node = (provider: string, nodes: number) => ({ provider, nodes, operators: ['Gemm'] });
const output = (nonFinite: number | null) => ({ name: 'y', elemType: 'float32', shape: [1], nonFinite });

describe('codes of the run as a whole', () => {
  it('are none for a run on the provider that was asked, settled, on mains, with finite outputs', () => {
    const facts = {
      warmupSettled: true,
      outputs: [output(0)],
      assignment: [node('CPUExecutionProvider', 3), node('CUDAExecutionProvider', 0)],
    };
    expect(codes(facts)).toEqual([]);
    expect(codes({ ...facts, outputs: [output(null)] })).toEqual([]);
    expect(codes(null)).toEqual([]);
  });

  it.each([
    ['WARMUP_NOT_SETTLED', { warmupSettled: false }, {}, 'limited'],
    ['OUTPUT_MISMATCH', { outputs: [output(1)] }, {}, 'invalid'],
    ['GLANCE', {}, { preset: 'glance' }, 'limited'],
  ] as const)('%s', (code, facts, changed, verdict) => {
    const found = codes(facts as Partial<RunFacts>, changed);
    expect(found).toEqual([code]);
    for (const result of ['latency', 'gross'] as const) expect(verdictOf(found, result)).toBe(verdict);
  });

  it('ON_BATTERY limits', () => {
    expect(codes({}, {}, true)).toEqual(['ON_BATTERY']);
    expect(verdictOf(['ON_BATTERY'], 'latency')).toBe('limited');
  });

  it('a node that moved to the processor invalidates, or limits where the plan names that fallback', () => {
    const facts = { assignment: [node('CUDAExecutionProvider', 7), node('CPUExecutionProvider', 1)] };
    expect(codes(facts, { provider: 'cuda' })).toEqual(['EP_FALLBACK']);
    expect(verdictOf(['EP_FALLBACK'], 'latency')).toBe('invalid');
    expect(verdictOf(['EP_FALLBACK'], 'latency', 'cpu')).toBe('limited');
    expect(codes({ assignment: [node('CUDAExecutionProvider', 8)] }, { provider: 'cuda' })).toEqual([]);
    expect(codes({ assignment: null }, { provider: 'cuda' })).toEqual(['EP_UNCHECKED']);
    expect(codes({ assignment: null })).toEqual([]); // the processor has nowhere to fall back to
  });
});
