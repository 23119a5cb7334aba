import { describe, expect, it } from 'vitest';
import { labEffects } from '../../src/main/lab/context';
import { openLabService } from '../../src/main/lab/service';
import type { LabEvent } from '../../src/shared/contract';
import type { MeterProvider } from '../../src/shared/meter';
import { planSchema } from '../../src/shared/plan';
import type { RunRecord } from '../../src/shared/run';
import { power } from '../sampler/support';
import { quick } from '../support/experiment';
import { type FakeRunner, fakeEffects, until } from '../support/fakes';
import { temporaryFolder } from '../support/lab';

type Page = (event: LabEvent, answer: (mode: 'quiet' | 'normal') => void) => void;

/** One run of a fake runner with a page that answers windows; all events in order. */
async function run(
  fake: FakeRunner,
  page: Page | null,
  meters: readonly MeterProvider[] = [],
  windowS = 0.05,
) {
  const service = openLabService(temporaryFolder(), { ...labEffects, ...fakeEffects(fake, meters) });
  const events: LabEvent[] = [];
  if (page) service.pageOpened();
  service.subscribe((event) => {
    events.push(event);
    if (event.type === 'window')
      page?.(
        event,
        (mode) => void service.handlers.confirmQuiet({ runId: event.runId, mode, index: event.index }),
      );
  });
  const plan = planSchema.parse({
    ...quick,
    models: ['mlp:1e3'],
    windowS,
    meters: meters.length > 0 ? 'auto' : 'none',
  });
  const { experimentId } = await service.handlers.startExperiment({ plan, tdpW: null });
  await until(() => events.some((e) => e.type === 'experimentEnded'));
  const { runs } = await service.handlers.listRuns({ experimentId, status: null });
  const columns = await service.handlers.runColumns({ run: runs[0].run.id });
  const problems = (await service.handlers.verify({})).problems;
  await service.close();
  return { events, record: runs[0].run as RunRecord, columns, problems };
}

describe('live events of a run', () => {
  it('announce each window before it opens and after it has closed, and send nothing in between', async () => {
    let during = -1;
    const seen: LabEvent[] = [];
    const { events } = await run(
      {
        n: 5000,
        durationNs: (i) => 1000 + (i % 97),
        inWindow: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          during = seen.length;
          await new Promise((resolve) => setTimeout(resolve, 120));
          expect(seen.length).toBe(during);
        },
      },
      (event) => seen.push(event),
    );
    expect(during).toBeGreaterThan(0);
    const order = events.map((e) => (e.type === 'window' ? `window ${e.open}` : e.type));
    const open = order.indexOf('window true');
    expect(order[open + 1]).toBe('window false');
    expect(order[open - 1]).toBe('progress'); // the stage comes before the announcement
    expect(order[open + 2]).toBe('samples');
    const samples = events.find((e) => e.type === 'samples');
    const { tS, durationS } = samples!.latency!;
    expect(tS.length).toBeLessThanOrEqual(500);
    expect(tS.length).toBeGreaterThan(300);
    expect(durationS.length).toBe(tS.length);
    expect(Math.min(...durationS)).toBeGreaterThan(0);
    expect(tS.every((t, i) => t > 0 && (i === 0 || t > tS[i - 1]))).toBe(true);
  });

  it('carry the power of the meter since the last ones, in seconds of the run, and the page of the run shows the same', async () => {
    const { events, columns, problems } = await run(
      { inWindow: () => new Promise((resolve) => setTimeout(resolve, 1100)) },
      null,
      [power({ tauS: 0.02 })],
      1,
    );
    const traces = events.flatMap((e) => (e.type === 'samples' ? e.power : []));
    const watts = traces.flatMap((t) => [...t.powerW]);
    expect(watts.length).toBeGreaterThan(0);
    for (const w of watts) expect(Math.abs(w - 40)).toBeLessThan(8);
    expect(traces[0].sensor).toMatchObject({ origin: 'simulated' });
    // Nothing is sent while the window is open, though the meter is read.
    const [from, to] = [true, false].map((open) =>
      events.findIndex((e) => e.type === 'window' && e.open === open),
    );
    expect(events.slice(from + 1, to)).toEqual([]);
    const [stored] = columns.power;
    expect(stored.powerW.length).toBeGreaterThan(0);
    const times = traces.flatMap((t) => [...t.tS]);
    expect(Math.max(...times)).toBeLessThan(columns.phases.at(-1)!.toS + 0.1);
    expect(Math.max(...stored.tS)).toBeCloseTo(Math.max(...times), 6);
    expect(problems).toEqual([]);
  });

  it.each<[RunRecord['uiMode'], string, Page | null]>([
    ['headless', 'no page is open', null],
    ['quiet', 'the page answers', (e, answer) => e.type === 'window' && e.open && answer('quiet')],
    ['normal', 'the page draws', (e, answer) => e.type === 'window' && e.open && answer('normal')],
    ['unconfirmed', 'the page says nothing', () => {}],
  ])('store %s where %s', async (mode, _when, page) => {
    const { record, problems } = await run({}, page);
    expect(record.status).toBe('completed');
    expect(record.uiMode).toBe(mode);
    expect(problems).toEqual([]);
  });
});

describe('the columns of a run', () => {
  it('have its phases, its windows with their medians, a trace and the whole distribution', async () => {
    const { record, columns } = await run({ n: 20_000, durationNs: (i) => 1000 + (i % 100) }, null);
    expect(columns.phases.map((p) => p.phase)).toEqual([
      'launch',
      'load',
      'check',
      'warmup',
      'window',
      'close',
    ]);
    columns.phases.forEach(({ fromS, toS }, i) => {
      expect(toS).toBeGreaterThanOrEqual(fromS);
      if (i > 0) expect(fromS).toBe(columns.phases[i - 1].toS);
    });
    expect(columns.phases[0].fromS).toBe(0);
    const [window] = columns.windows;
    expect(window.closeS - window.openS).toBeCloseTo(0.05, 6);
    expect(window.p50S).toBeCloseTo(record.latency!.p50S.value!, 12);
    expect(columns.latency.tS.length).toBeLessThanOrEqual(4000);
    expect(columns.latency.tS[0]).toBeGreaterThanOrEqual(window.openS);
    expect(columns.latency.tS.at(-1)).toBeLessThan(window.closeS);
    const { latencyS, share } = columns.distribution;
    expect(latencyS[0]).toBe(record.latency!.minS);
    expect(latencyS.at(-1)).toBe(record.latency!.maxS);
    expect(share.at(-1)).toBe(1);
    expect(columns.samples).toBe(20_000);
  });
});
