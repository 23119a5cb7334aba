import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dimsOfPlan, freeDimRows, missingText } from '../../../../src/renderer/pages/lab/freeDims';
import { metersFound, readinessOf } from '../../../../src/renderer/pages/lab/readiness';
import {
  endedText,
  isLarge,
  keptText,
  leftText,
  planText,
  presetNumbers,
  previewText,
  queueOrder,
  rangeText,
  shareDone,
  spokenText,
  stoppedText,
} from '../../../../src/renderer/pages/lab/words';
import { planSchema, presets } from '../../../../src/shared/plan';
import { fakeExperiment, fakeLab } from '../../../support/fakeLab';
import { fakeModel } from '../../../support/fakeRecords';

const plan = planSchema.parse({
  schema: 'thirtywatts.plan/1',
  models: Array.from({ length: 19 }, (_, i) => `m${i}`),
});
const none = { queued: 0, running: 0, completed: 0, cancelled: 0, failed: 0 };

describe('the time left', () => {
  it.each([
    [0, 'about 5 s'],
    [5, 'about 5 s'],
    [5.01, 'about 10 s'],
    [126, 'about 2 min 10 s'],
    [119.9, 'about 2 min'],
    [3594, 'about 59 min 55 s'],
    [3596, 'about 1 h'],
    [3661, 'about 1 h 2 min'],
    [86_399, 'about 1 d'],
    [3 * 86_400 + 3 * 3600 + 1, 'about 3 d 4 h'],
  ])('%d s reads %s', (seconds, text) => expect(leftText(seconds)).toBe(text));

  it('is never told as less than it is, nor as much more', () => {
    const size: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86_400 };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30 * 86_400, noNaN: true }), (left) => {
        const words = [...leftText(left).matchAll(/(\d+) (d|h|min|s)/g)];
        const told = words.reduce((sum, [, n, unit]) => sum + Number(n) * size[unit], 0);
        expect(told).toBeGreaterThanOrEqual(left - 1e-6);
        expect(told - left).toBeLessThanOrEqual(left >= 86_100 ? 3600 : left >= 3595 ? 60 : 5);
      }),
    );
  });
});

describe('what the page says of a plan', () => {
  it.each([
    [{ low: 12, high: 12 }, 'about 15 s'],
    [{ low: 35, high: 80 }, 'about 35–80 s'],
    [{ low: 720, high: 1200 }, 'about 12–20 min'],
    [{ low: 160, high: 400 }, 'about 2.7–6.7 min'],
    [{ low: 3 * 86_400, high: 3 * 86_400 }, 'about 3 days'],
  ])('%j: %s', (range, text) => expect(rangeText(range)).toBe(text));

  it('names runs, overhead and time', () => {
    expect(previewText({ runs: 36, overheadRuns: 4, controlRuns: 0 }, { low: 720, high: 1200 })).toBe(
      '36 runs (4 for call overhead), about 12–20 min',
    );
    expect(previewText({ runs: 1, overheadRuns: 0, controlRuns: 0 }, null)).toBe('1 run');
  });

  it('asks about a large plan only', () => {
    expect(isLarge(999, { low: 3600, high: 90_000 })).toBe(false);
    expect(isLarge(10_000, null)).toBe(true);
    expect(isLarge(10, { low: 90_000, high: 90_000 })).toBe(true);
  });

  it('sums up a plan in one line', () => {
    expect(
      planText({ ...plan, threads: [1, 2], engines: ['capi', 'package'] }, new Map([['m0', 'first']])),
    ).toBe('19 models (first … m18) · cpu · C API, session.run · batch 1 · threads 1, 2 · standard');
  });

  it('takes the numbers of a preset from the plan', () => {
    expect(presetNumbers(presets.quick)).toBe(
      '5–10 windows of 5 s, until ± 5 %; warm-up 3–60 s; idle 15 s before, 10 s after',
    );
    expect(presetNumbers(presets.glance)).toBe('1 window of 5 s; warm-up 1–2 s; no idle power');
  });
});

describe('what the page says of an experiment', () => {
  const experiment = fakeExperiment('e', { name: 'mine', plan, runs: { ...none, completed: 6, failed: 1 } });

  it('what stays, how it ended, where it stopped', () => {
    expect(keptText(7, 20)).toContain('7 of 20 runs will stay; the run in progress ends as cancelled.');
    expect(keptText(0, 20)).toContain('No run has finished yet');
    expect(endedText({ ...experiment, status: 'cancelled' }, 20)).toBe(
      '“mine” was cancelled; what was measured stays: 6 of 20 runs completed, 1 failed.',
    );
    expect(stoppedText(fakeExperiment('f', { runs: { ...none, completed: 6 } }), 20)).toBe(
      'The last experiment stopped after 6 of 20 runs.',
    );
  });

  it('speaks of the run and its stage', () => {
    expect(spokenText({ label: 'mlp on cpu', stage: 'idle_before', finished: 7, total: 20 })).toBe(
      'Idle power before: run 8 of 20, mlp on cpu',
    );
  });

  it('orders the queue: measured, waiting in turn, then the newest', () => {
    const at = (
      id: string,
      status: 'queued' | 'running' | 'completed' | 'interrupted',
      createdUnixMs: number,
    ) => fakeExperiment(id, { status, createdUnixMs });
    const all = [
      at('e', 'queued', 5),
      at('d', 'queued', 4),
      at('c', 'running', 3),
      at('b', 'interrupted', 2),
      at('a', 'completed', 1),
    ];
    expect(queueOrder(all).map((e) => e.id)).toEqual(['c', 'd', 'e', 'b', 'a']);
  });

  it('never shows less done than the finished runs, nor more than the end of the one in progress', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(1e6),
        fc.option(fc.nat(1e6)),
        (done, more, elapsedS, leftS) => {
          const total = done + more;
          const share = shareDone({ finished: done, total, elapsedS, leftS });
          expect(share).toBeGreaterThanOrEqual(done / total);
          expect(share).toBeLessThanOrEqual((done + 1) / total);
        },
      ),
    );
  });
});

describe('free dimensions', () => {
  const port = (name: string, shape: (string | number | null)[] | null) => ({
    name,
    kind: 'tensor' as const,
    elemType: 'float32' as const,
    shape,
  });
  const bert = {
    id: 'a',
    name: 'bert',
    inputs: [port('ids', ['batch', 'sequence']), port('past', ['batch', 'past + sequence'])],
  };
  const net = { id: 'b', name: 'net', inputs: [port('x', [null, 3, null])] };

  it('are those that take no batch, sums by their parts, nameless ones by input and axis', () => {
    expect(freeDimRows([bert, net], {}, {}).map((r) => r.key)).toEqual(['sequence', 'past', 'x:2']);
    expect(freeDimRows([fakeModel('plain', 10)], {}, {}).filter((r) => r.key === 'batch')).toEqual([]);
  });

  it('take the plan’s size before the model’s, and say where models differ', () => {
    const kept = { a: { sequence: 128 }, c: { sequence: 64 } };
    const other = { ...bert, id: 'c', name: 'other' };
    const [row] = freeDimRows([bert, other], kept, {});
    expect(row).toMatchObject({ size: 128, from: 'model', others: [{ model: 'other', size: 64 }] });
    const [own] = freeDimRows([bert, other], kept, { sequence: 64 });
    expect(own).toMatchObject({ size: 64, from: 'plan', others: [{ model: 'bert', size: 128 }] });
  });

  it('go into the plan where they have a size; the rest is named', () => {
    const rows = freeDimRows([bert], { a: { sequence: 128 } }, { gone: 3 });
    expect(dimsOfPlan(rows, { gone: 3 }, false)).toEqual({ sequence: 128 });
    expect(dimsOfPlan(rows, { gone: 3 }, true)).toEqual({ gone: 3, sequence: 128 });
    expect(missingText(rows)).toBe('No size given for past: the lab takes 1 and says so with each result.');
    expect(missingText([])).toBeNull();
  });

  it('of an input without a shape are asked for', () => {
    const shapeless = { id: 'd', name: 'free', inputs: [port('x', null)] };
    expect(freeDimRows([shapeless], { d: { 'x:0': 1, 'x:1': 8 } }, {}).map((r) => [r.key, r.size])).toEqual([
      ['x:0', 1],
      ['x:1', 8],
    ]);
    expect(freeDimRows([shapeless], {}, {}).map((r) => r.key)).toEqual(['x:0']);
  });
});

describe('the readiness of the machine', () => {
  const describeMachine = () => fakeLab().handlers.describeMachine({ tdpW: null });

  it('says what energy will be, and links to what can be done', async () => {
    const report = await describeMachine();
    expect(metersFound(report.meters)).toEqual([]);
    expect(readinessOf(report)).toContainEqual({
      text: 'No power sensor: energy will not be measured',
      tone: 'warn',
      more: 'machine',
    });
    const sensor = { device: { name: 'Board' }, domain: 'gpu.board', origin: 'simulated' } as never;
    const meters = [
      { provider: 'simulated', title: 'x', result: { status: 'ok' as const, sensors: [sensor] } },
    ];
    expect(readinessOf({ ...report, meters }).map((l) => l.text)).toContain(
      'Power: simulated, not real (Board, gpu.board)',
    );
  });

  it('warns of a battery', async () => {
    const report = await describeMachine();
    const onBattery = { ...report, machine: { ...report.machine, powerSource: 'battery' as const } };
    expect(readinessOf(onBattery).some((l) => l.text.startsWith('On battery'))).toBe(true);
    expect(readinessOf(report).some((l) => l.text.startsWith('On battery'))).toBe(false);
  });
});
