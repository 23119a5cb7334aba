import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { changedPrediction, readClaimFile, verdictOfText } from '../../src/main/hosts/cli/claimFiles';
import {
  claimListHead,
  claimListRows,
  claimListTable,
  claimTextLines,
  doubtLines,
  evidenceLines,
  findingTables,
  foundLines,
  publishedTable,
  resultTable,
} from '../../src/main/hosts/cli/claimLines';
import { exitCodes } from '../../src/main/hosts/cli/exitCodes';
import { createOutput } from '../../src/main/hosts/cli/output';
import { createClaimProgress } from '../../src/main/hosts/cli/progress';
import { type ClaimChoice, exitCodeOfClaims, runClaims } from '../../src/main/hosts/cli/runClaims';
import { claimOptionsSchema } from '../../src/shared/claim';
import { LabError } from '../../src/shared/errors';
import { channelPair, labClient, serveLab } from '../../src/shared/rpc';
import { fakeClaimHandlers, fakeClaims } from '../support/fakeClaims';
import { fakeVersion } from '../support/fakeClaimVersions';
import { type FakeLab, fakeLab } from '../support/fakeLab';
import { temporaryFolder } from '../support/lab';

const claims = fakeClaims();
const [, kernel, , , , lessData, idle] = claims;

describe('claims list', () => {
  it('has a line for each claim with prediction, verdict, limit, form and date', () => {
    const rows = claimListRows(claims);
    expect(rows).toHaveLength(10);
    for (const row of rows) expect(row).toHaveLength(claimListHead.length);
    expect(rows[1]).toEqual([
      'C2 kernel',
      'A trained network is a kernel machine',
      'supported within limits',
      'supported within limits',
      'It holds for tanh at every step size tried and for ReLU at step sizes up to 1/8; above …',
      'first look',
      '2026-10-01 10:01',
    ]);
    expect(rows[0][3]).toBe('not yet measured (runs)');
    expect(rows[5][2]).toBe('refuted (yours)');
    expect(rows[8][3]).toBe('not yet measured (interrupted run)');
    expect(rows[9][0]).toBe('own-1a2b3c4d');
  });

  it('fits a terminal of 130 columns, and has every column in a pipe', () => {
    const { head, rows } = claimListTable(claims, true);
    expect(head).toEqual(['Claim', 'Title', 'Verdict', 'Form', 'When (UTC)']);
    const width = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i].length)));
    expect(width.reduce((sum, w) => sum + w + 3, 1)).toBeLessThanOrEqual(130);
    expect(claimListTable(claims, false).head).toEqual(claimListHead);
  });
});

describe('claims show', () => {
  it('says what is claimed, how it is tested, and what was written down before', () => {
    const text = claimTextLines(kernel).join('\n');
    expect(text).toMatch(/^C2 kernel: A trained network is a kernel machine/);
    expect(text).toContain('  Every model learned by gradient descent is approximately a kernel machine.');
    expect(text).toContain('The reading that is tested and can fail: The sum over training examples');
    expect(text).toContain('  1. Train a small network');
    expect(text).toContain('  [exact-error] largest error of the exact form, float64 ≤ 10⁻¹⁰');
    expect(text).toContain(`before its first run. SHA-256 ${kernel.current.id}`);
  });

  it('says what was found with its limit, and whether it was expected', () => {
    const text = foundLines(kernel).join('\n');
    expect(text).toContain('SUPPORTED WITHIN LIMITS: The sum over examples');
    expect(text).toContain('The limit: It holds for tanh');
    expect(text).toContain('The lab expected “supported within limits”, and so it came out.');
    expect(text).toContain('A first look is no evidence: the full form is.');
    expect(doubtLines(kernel).join('\n')).toMatch(
      /sceptic would say\n {2}- A machine of two layers.*no energy meter was found\./s,
    );
  });

  it('says of an edited claim that the run before is no evidence, and of a stopped one how to go on', () => {
    expect(foundLines(lessData).join('\n')).toContain(
      'Version 1 came out “supported within limits”; it is no evidence for version 2.',
    );
    expect(foundLines(claims[8]).join('\n')).toContain(
      'A run ended interrupted after 2 steps; start the claim again to go on.',
    );
  });

  it('prints every finding with interval, threshold and state, and of what is missing why', () => {
    const [approximately, , exact] = kernel.latest!.outcome!.parts;
    const rows = (part: typeof exact, of = kernel) => findingTables(part, of.current)[0].table.rows;
    expect(findingTables(approximately, kernel.current)[0].compared).toBe(
      'error of the rebuilt logits over their movement, left-end rule',
    );
    expect(rows(approximately)[3]).toEqual([
      'ReLU, step 1/4',
      '0.0520 [0.0458, 0.0582]',
      '5',
      '≤ 0.05',
      'undecided',
    ]);
    expect(rows(exact)[0][1]).toBe('3.2 × 10⁻¹⁴ [1.1 × 10⁻¹⁴, 9.8 × 10⁻¹⁴]');
    const [energy] = idle.latest!.outcome!.parts;
    expect(rows(energy, idle)[0].slice(1)).toEqual([
      '–',
      '5',
      '≥ 0.5',
      'missing: not measured: no energy meter was found',
    ]);
  });

  it('prints tables with numbers at the right, and the papers’ figures beside ours', () => {
    const { tables, published } = kernel.latest!.outcome!;
    const table = resultTable(tables[0]);
    expect(table.right).toEqual([1, 2, 3]);
    expect(table.rows[1]).toEqual(['ReLU, step 1', '0.590 [0.472, 0.708]', '4 × 10⁻¹⁵', '30.1 ms', 'no']);
    expect(publishedTable(published).rows[1][2]).toBe('not measured');
  });

  it('gives the evidence by hash and every version', () => {
    const text = evidenceLines(lessData).join('\n');
    expect(text).toMatch(
      /Version 2 \(current\).*by you.*\n {2}Version 1, .*by the lab.*\n {4}.*supported within limits/,
    );
    expect(evidenceLines(kernel).join('\n')).toContain(`step train: ${kernel.latest!.steps[0].sha256}`);
  });
});

it('what does not decide stands last and says so', () => {
  const [part] = kernel.latest!.outcome!.parts;
  const mixed = { ...part, findings: part.findings.map((f, i) => ({ ...f, shownOnly: i === 0 })) };
  const [{ table }] = findingTables(mixed, kernel.current);
  expect(table.rows.map((r) => r[0])).toEqual(
    [...part.findings.slice(1), part.findings[0]].map((f) => f.condition),
  );
  expect(table.rows.at(-1)?.at(-1)).toBe('holds: shown, does not decide');
});

describe('claims predict', () => {
  const lab = fakeVersion('kernel').prediction;
  const none = { set: [], text: 'It fails.', expected: null };

  it('changes numbers only', () => {
    const mine = changedPrediction(lab, {
      set: ['relative-error=0.01', 'slope=0.9..1.1'],
      text: 'It fails.',
      expected: 'refuted',
    });
    expect(mine).toMatchObject({ by: 'user', text: 'It fails.', expected: 'refuted' });
    expect(mine.criteria.map((c) => [c.key, c.threshold, c.upper])).toEqual([
      ['relative-error', 0.01, null],
      ['agreement', 0.95, null],
      ['exact-error', 1e-10, null],
      ['slope', 0.9, 1.1],
    ]);
    expect(lab.criteria[0].threshold).toBe(0.05);
  });

  it.each([
    ['a key that there is not', { ...none, set: ['speed=1'] }, /no threshold “speed”/],
    ['no number', { ...none, set: ['relative-error=much'] }, /“much” is no number/],
    ['an empty number', { ...none, set: ['relative-error='] }, /is no number/],
    ['one end of a range', { ...none, set: ['slope=1'] }, /no range/],
    ['a range upside down', { ...none, set: ['slope=2..1'] }, /upper end must be above/],
    ['no words', { ...none, text: null }, /says in words/],
  ])('refuses %s in a sentence', (_, changes, message) => {
    expect(() => changedPrediction(lab, changes)).toThrow(message);
    expect(() => changedPrediction(lab, changes)).toThrow(LabError);
  });

  it('takes a verdict as it is printed or stored', () => {
    expect(verdictOfText('within_limits')).toBe('within_limits');
    expect(verdictOfText('supported within limits')).toBe('within_limits');
    expect(() => verdictOfText('true')).toThrow(/is no verdict/);
  });
});

describe('claims write', () => {
  const file = (content: string) => {
    const path = join(temporaryFolder(), 'claim.json');
    writeFileSync(path, content);
    return path;
  };

  it('refuses a file that is none, no JSON, or no claim, with every fault', () => {
    expect(() => readClaimFile('/nowhere/claim.json')).toThrow('There is no file');
    expect(() => readClaimFile(file('{'))).toThrow('is not JSON');
    expect(() => readClaimFile(file('{"title":"x"}'))).toThrow(
      /title: Give the claim a title.*statement: Write what is claimed.*prediction: Write down a prediction/,
    );
  });

  it('reads one', () => {
    const own = {
      title: 'Small is fast',
      statement: 'A tenth of the parameters takes less time.',
      test: { kind: 'ratio', a: { model: 'a' }, b: { model: 'b' }, quantity: 'latencyP50' },
      prediction: {
        by: 'user',
        text: 'Less.',
        expected: 'supported',
        criteria: [{ key: 'ratio', quantity: 'ratio', unit: '1', relation: '<=', threshold: 1 }],
      },
    };
    const path = file(JSON.stringify(own));
    expect(readClaimFile(path)).toMatchObject({ title: 'Small is fast', source: '' });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(own);
  });
});

/** A stream that keeps what is written. */
function kept() {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (piece) => {
    text += String(piece);
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

async function run(
  lab: FakeLab,
  names: readonly string[],
  choice: Partial<ClaimChoice> = {},
  form: 'glance' | 'full' = 'glance',
) {
  const [client, server] = channelPair();
  serveLab(server, lab);
  const door = labClient(client);
  const { claims: cards } = await door.listClaims({});
  const [out, err, bar] = [kept(), kept(), kept()];
  const done = await runClaims(
    door,
    createOutput(false, { out: out.stream, err: err.stream }),
    cards.filter((c) => names.includes(c.current.claim)),
    () => claimOptionsSchema.parse({ form }),
    { unfinished: 'ask', yes: false, ...choice },
    bar.stream,
  );
  return { done, out: out.text(), err: err.text(), bar: bar.text() };
}

/** Ends every run that is started, after a report. */
function quick(lab: FakeLab, status: 'completed' | 'failed' = 'completed') {
  const real = fakeClaimHandlers(lab, lab.emit);
  const end = (claim: string, claimRunId: string) =>
    setTimeout(() => {
      lab.emit({
        type: 'claimProgress',
        progress: { claimRunId, claim, label: 'Training', done: 1, total: 3, elapsedS: 20, leftS: 61 },
      });
      lab.emit({
        type: 'claimEnded',
        claimRunId,
        claim,
        status,
        verdict: status === 'completed' ? 'refuted' : null,
      });
    }, 5);
  lab.override.runClaim = async (input) => {
    if (input.claim === 'idle') throw new LabError('unsupported', 'There is no wall meter.', 'Add one.');
    const started = await real.runClaim(input);
    end(input.claim, started.claimRunId);
    return started;
  };
  lab.override.resumeClaimRun = async (input) => {
    const started = await real.resumeClaimRun(input);
    end('fewer-chips', started.claimRunId);
    return started;
  };
}

it('one plain line for each step, with the name of the step that runs and not of the one that ended', () => {
  const { stream, text } = kept();
  const view = createClaimProgress(stream, false);
  const step = { claimRunId: 'r', claim: 'kernel', total: 2, elapsedS: 1, leftS: 10 };
  for (const [label, done] of [
    ['Train', 0],
    ['Train: seed 2', 0],
    ['Train: seed 2', 1],
    ['Measure', 1],
    ['Measure: mlp-1e4', 1],
  ] as const)
    view.show({ ...step, label, done });
  expect(text().trim().split('\n')).toEqual([
    '[C2 kernel 1/2] Train, about 00:10 left',
    '[C2 kernel 2/2] Measure, about 00:10 left',
  ]);
});

describe('claims run', () => {
  it('says beforehand what it does and how long, shows each step with time left, and ends with the verdict', async () => {
    const lab = fakeLab();
    quick(lab);
    const { done, out, err, bar } = await run(lab, ['kernel']);
    expect(out).toContain('C2 kernel: first look, 3 steps, about 85 s on two cores.');
    expect(err).toContain('No energy meter was found');
    expect(bar).toBe('[C2 kernel 2/3] Training, about 01:01 left\n');
    expect(out).toContain('C2 kernel: refuted.');
    expect(done).toMatchObject([{ claim: 'kernel', status: 'completed', verdict: 'refuted' }]);
    expect(exitCodeOfClaims(done)).toBe(exitCodes.ok);
  });

  it('goes on where an earlier start stopped when told so', async () => {
    const lab = fakeLab();
    quick(lab);
    await run(lab, ['fewer-chips'], { unfinished: 'resume' });
    const asked = lab.calls.map((c) => c.name);
    expect(asked).toContain('resumeClaimRun');
    expect(asked).not.toContain('runClaim');
  });

  it('without a terminal it names the flags and starts anew; with another form it does not ask', async () => {
    const lab = fakeLab();
    quick(lab);
    const { err } = await run(lab, ['fewer-chips']);
    expect(err).toContain('Answer with --resume or --new. Starting anew.');
    expect(lab.calls.map((c) => c.name)).toContain('runClaim');
    const other = fakeLab();
    quick(other);
    expect((await run(other, ['fewer-chips'], {}, 'full')).err).not.toContain('--resume');
  });

  it('refuses one in its own words; of several the others still run', async () => {
    const lab = fakeLab();
    quick(lab);
    await expect(run(lab, ['idle'])).rejects.toThrow('There is no wall meter.');
    const { done, err } = await run(lab, ['kernel', 'idle', 'brain']);
    expect(err).toContain('C7 idle: There is no wall meter.');
    expect(done.map((d) => d.status)).toEqual(['completed', 'refused', 'completed']);
    expect(exitCodeOfClaims(done)).toBe(exitCodes.someRunsFailed);
  });

  it('tells of a run that failed why, and how to go on', async () => {
    const lab = fakeLab();
    quick(lab, 'failed');
    const { done, out } = await run(lab, ['kernel']);
    expect(out).toContain('C2 kernel: failed.');
    expect(out).toContain('thirty-watts claims run kernel --resume');
    expect(exitCodeOfClaims(done)).toBe(exitCodes.failed);
  });

  it('Ctrl-C cancels the one that runs, keeps its steps, and starts none of the others', async () => {
    const lab = fakeLab();
    const real = fakeClaimHandlers(lab, lab.emit);
    lab.override.runClaim = async (input) => {
      setTimeout(() => process.emit('SIGINT'), 10);
      return real.runClaim(input);
    };
    const before = process.listenerCount('SIGINT');
    const { done, out, err } = await run(lab, ['kernel', 'brain']);
    expect(err).toContain('Cancelling; finished steps are kept.');
    expect(out).toContain('go on with: thirty-watts claims run kernel --resume');
    expect(done.map((d) => d.status)).toEqual(['cancelled']);
    expect(exitCodeOfClaims(done)).toBe(exitCodes.cancelled);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
