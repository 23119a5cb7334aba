import { afterEach, describe, expect, it } from 'vitest';
import { labEffects } from '../../../src/main/lab/context';
import { openLabService, openLabView } from '../../../src/main/lab/service';
import { misjudged } from '../../../src/main/lab/verify';
import {
  type ClaimOutcome,
  type ClaimVersion,
  claimOptionsSchema,
  type OwnClaim,
} from '../../../src/shared/claim';
import { tempDir } from '../../store/support';
import { fakeEffects } from '../../support/fakes';

const glance = claimOptionsSchema.parse({});
type Lab = ReturnType<typeof openLabService>;

/** A curve over three models: three short runs, and no exponent of so few. */
const curve = (threshold = 1): OwnClaim => ({
  title: 'Time grows with size',
  statement: 'Latency grows at least linearly with the parameters.',
  source: '',
  sceptic: '',
  test: {
    kind: 'curve',
    models: ['mlp:1e4', 'mlp:1e5', 'mlp:1e6'],
    x: 'parameters',
    quantity: 'latencyP50',
    provider: 'cpu',
    batch: 1,
    threads: 1,
    dataset: null,
  },
  prediction: {
    by: 'user',
    text: 'It does.',
    expected: 'supported',
    criteria: [
      {
        key: 'exponent',
        quantity: 'exponent',
        unit: '1',
        relation: '>=',
        threshold,
        upper: null,
        refuteAt: null,
      },
    ],
  },
});

/** Runners that say at once what they measured: how long a call took never decides here. */
const effects = { ...labEffects, ...fakeEffects({ windowS: 0.1 }) };

const labs: Lab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});
function open(folder = tempDir()): Lab {
  const lab = openLabService(folder, effects);
  labs.push(lab);
  return lab;
}
const when = (lab: Lab, matches: (event: Parameters<Parameters<Lab['subscribe']>[0]>[0]) => boolean) =>
  new Promise<void>((resolve) => {
    const stop = lab.subscribe((event) => {
      if (!matches(event)) return;
      stop();
      resolve();
    });
  });
const claimEnd = (lab: Lab) => when(lab, (e) => e.type === 'claimEnded');

describe('a claim run', () => {
  it('cancels at once, keeps what was measured, goes on where it stopped', async () => {
    const folder = tempDir();
    const lab = open(folder);
    const { version } = await lab.handlers.writeClaim({ claim: null, own: curve() });
    const firstRun = when(lab, (e) => e.type === 'runChanged' && e.status === 'completed');
    const ended = claimEnd(lab);
    const { claimRunId } = await lab.handlers.runClaim({ claim: version.claim, options: glance });
    await firstRun;
    expect((await lab.handlers.showClaim({ claim: version.claim })).progress?.claimRunId).toBe(claimRunId);
    // Who only reads does not know how far it is, but that it is not left.
    const beside = openLabView(folder, effects);
    const { runs } = await beside.handlers.showClaim({ claim: version.claim });
    expect(runs.map((r) => r.status)).toEqual(['running']);
    await beside.close();
    expect(await lab.handlers.cancelClaimRun({ claimRunId })).toEqual({ cancelled: true });
    await ended;
    const { unfinished } = await lab.handlers.showClaim({ claim: version.claim });
    expect(unfinished?.status).toBe('cancelled');
    expect(unfinished?.runs.length).toBeGreaterThanOrEqual(1);
    const kept = unfinished!.runs.map((r) => r.id);

    const again = claimEnd(lab);
    await lab.handlers.resumeClaimRun({ claimRunId });
    await expect(lab.handlers.resumeClaimRun({ claimRunId })).rejects.toThrow(/at work already/);
    await again;
    const { latest } = await lab.handlers.showClaim({ claim: version.claim });
    expect(latest?.status).toBe('completed');
    expect(latest?.runs.map((r) => r.id)).toEqual(expect.arrayContaining(kept));
    // One experiment of three models, not two.
    expect((await lab.handlers.listExperiments({})).experiments).toHaveLength(1);
    expect(latest?.outcome?.verdict).toBe('not_measured');
    expect(latest?.outcome?.sentence).toMatch(/3 models, at least 6 are needed/);
    // Every figure says where, when and by what it was made.
    const { figures } = latest!.outcome!;
    expect(figures.length).toBeGreaterThan(0);
    const { machine } = await lab.handlers.showRun({ run: kept[0] });
    for (const { caption } of figures) {
      expect(caption.split(machine.cpu.model)).toHaveLength(2);
      expect(caption).toMatch(/Run of \d{4}-\d\d-\d\d \(UTC\)\. Thirty\u00a0Watts\u00a0\d/);
    }
    await expect(lab.handlers.resumeClaimRun({ claimRunId })).rejects.toThrow(/completed/);
  }, 30_000);

  it('that its lab did not live to end is interrupted, and can go on', async () => {
    const folder = tempDir();
    const lab = open(folder);
    const { version } = await lab.handlers.writeClaim({ claim: null, own: curve() });
    const firstRun = when(lab, (e) => e.type === 'runChanged' && e.status === 'completed');
    await lab.handlers.runClaim({ claim: version.claim, options: glance });
    const { claimRunId } = await lab.handlers.runClaim({
      claim: version.claim,
      options: { ...glance, seed: 2 },
    });
    await firstRun;
    labs.splice(0);
    await lab.close();
    const next = open(folder);
    const { runs } = await next.handlers.showClaim({ claim: version.claim });
    expect(runs.map((r) => r.status).sort()).toEqual(['cancelled', 'interrupted']);
    expect(runs.find((r) => r.status === 'interrupted')?.id).toBe(claimRunId);
    const ended = claimEnd(next);
    await next.handlers.resumeClaimRun({ claimRunId });
    await ended;
    expect((await next.handlers.showClaim({ claim: version.claim })).latest?.id).toBe(claimRunId);
    expect((await next.handlers.verify({})).problems).toEqual([]);
  }, 30_000);

  it('belongs to the words that it tested: an edit afterwards is a version without evidence', async () => {
    const lab = open();
    const { version } = await lab.handlers.writeClaim({ claim: null, own: curve() });
    expect((await lab.handlers.writeClaim({ claim: version.claim, own: curve() })).version.id).toBe(
      version.id,
    );
    const ended = claimEnd(lab);
    await lab.handlers.runClaim({ claim: version.claim, options: glance });
    await ended;
    const edited = await lab.handlers.writeClaim({ claim: version.claim, own: curve(0.5) });
    expect(edited.version).toMatchObject({ claim: version.claim, version: 2 });
    const detail = await lab.handlers.showClaim({ claim: version.claim });
    expect(detail.latest).toBeNull();
    expect(detail.runs).toMatchObject([{ versionId: version.id, version: 1, status: 'completed' }]);
    expect(detail.history.map((v) => v.id)).toEqual([version.id, edited.version.id]);
  }, 30_000);

  it('refuses in sentences what cannot be tested', async () => {
    const lab = open();
    const own = curve();
    const write = (over: Partial<OwnClaim>) =>
      lab.handlers.writeClaim({ claim: null, own: { ...own, ...over } });
    await expect(write({ test: { ...own.test, quantity: 'accuracy' } as OwnClaim['test'] })).rejects.toThrow(
      /needs labelled data/,
    );
    const [criterion] = own.prediction.criteria;
    await expect(
      write({ prediction: { ...own.prediction, criteria: [{ ...criterion!, key: 'ratio' }] } }),
    ).rejects.toThrow(/called “exponent”/);
    await expect(
      write({
        prediction: { ...own.prediction, criteria: [{ ...criterion!, relation: 'within', upper: 0.5 }] },
      }),
    ).rejects.toThrow(/ends below its beginning/);
    const nowhere = { ...glance, dataset: 'nowhere' };
    await expect(lab.handlers.runClaim({ claim: 'C2', options: nowhere })).rejects.toThrow(
      /no data set called “nowhere”/,
    );
    expect((await lab.handlers.previewClaim({ claim: 'C2', options: nowhere })).refusal?.message).toMatch(
      /nowhere/,
    );
    // The economics of idle machines reads no data.
    expect((await lab.handlers.previewClaim({ claim: 'C7', options: nowhere })).refusal).toBeNull();
    expect((await lab.handlers.showClaim({ claim: 'kernel' })).runs).toEqual([]);
    await expect(lab.handlers.runClaim({ claim: 'nothing', options: glance })).rejects.toThrow(
      /There is no claim “nothing”/,
    );
    const { version } = await lab.handlers.writeClaim({
      claim: null,
      own: { ...own, test: { ...own.test, models: ['mlp:1e4', 'no such model'] } as OwnClaim['test'] },
    });
    const ended = claimEnd(lab);
    await lab.handlers.runClaim({ claim: version.claim, options: glance });
    await ended;
    const { runs } = await lab.handlers.showClaim({ claim: version.claim });
    expect(runs[0]).toMatchObject({ status: 'failed' });
    expect(runs[0]?.failure?.message).toMatch(/no such model/);
  });
});

describe('what verify says of a verdict', () => {
  const [criterion] = curve(1).prediction.criteria;
  const version = { prediction: { criteria: [criterion] } } as unknown as ClaimVersion;
  const run = (state: string, low: number, key = 'exponent') => ({
    outcome: {
      parts: [
        { findings: [{ condition: '3 models', criterion: key, state, value: { value: 2, low, high: 3 } }] },
      ],
    } as unknown as ClaimOutcome,
  });

  it('that its thresholds bear it out, or which finding they do not', () => {
    expect(misjudged(run('holds', 1.5), version)).toEqual([]);
    expect(misjudged({ outcome: null }, version)).toEqual([]);
    expect(misjudged(run('holds', 0.5), version)).toEqual([
      'says “holds” of “3 models”, which its threshold does not',
    ]);
    expect(misjudged(run('holds', 1.5, 'other'), version)).toHaveLength(1);
    expect(misjudged(run('holds', 1.5), undefined)).toHaveLength(1);
  });
});
