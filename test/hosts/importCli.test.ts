import { join } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { elsewhereTable } from '../../src/main/hosts/cli/claimLines';
import { claimsCommand } from '../../src/main/hosts/cli/commands/claims';
import { bundlesCommand, importCommand } from '../../src/main/hosts/cli/commands/import';
import { modelsCommand } from '../../src/main/hosts/cli/commands/models';
import type { ImportReport } from '../../src/shared/bundle';
import { changeRecord, copied, folder, writeRecords } from '../lab/import/support';
import { type BundleLab, openBundleLab } from '../support/bundleLab';
import { fakeClaims } from '../support/fakeClaims';
import { temporaryFolder } from '../support/lab';

let bundle: string;
let from: BundleLab;
let claim: string;
beforeAll(() => {
  from = openBundleLab({ parts: ['claim'] });
  claim = from.store.reader.claimRuns().find((run) => !run.claim.startsWith('own-'))!.claim;
  bundle = writeRecords(from.store, {}, { into: join(folder({ keep: true }), 'b') });
  from.dispose();
});

/** The command line in this process, and what it wrote to standard output. */
async function thirtyWatts(lab: string, ...args: string[]): Promise<string> {
  const program = new Command()
    .option('--lab <folder>')
    .option('--json')
    .addCommand(importCommand())
    .addCommand(bundlesCommand())
    .addCommand(claimsCommand())
    .addCommand(modelsCommand());
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    await program.exitOverride().parseAsync(['node', 'thirty-watts', '--lab', lab, ...args]);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  return written.join('');
}

describe('bundles on the command line', () => {
  it('leave verdicts of other labs and models without their file, which the lists tell', async () => {
    const lab = join(temporaryFolder(), 'lab');
    await thirtyWatts(lab, 'import', bundle);
    const claims = await thirtyWatts(lab, 'claims', 'list');
    expect(claims).toMatch(/^Came with bundles: .*C\d \(\d verdicts? of (?:another lab|other labs)\)/m);
    const models = (await thirtyWatts(lab, 'models', 'list', '--all')).trimEnd().split('\n');
    const rows = models.filter((line) => /^[0-9a-f]{12}\t/.test(line));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((line) => line.endsWith('\tno file'))).toBe(true);
    const answer = JSON.parse(await thirtyWatts(lab, '--json', 'models', 'list')) as {
      withoutFile: string[];
    };
    expect(answer.withoutFile.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
    // Control: without a bundle neither is said.
    const empty = join(temporaryFolder(), 'empty');
    expect(await thirtyWatts(empty, 'claims', 'list')).not.toContain('Came with bundles');
    await thirtyWatts(empty, 'models', 'build', 'mlp:1000');
    expect(await thirtyWatts(empty, 'models', 'list')).not.toContain('File');
  });

  it('are taken in, told in a table, listed, and found there the next time', async () => {
    const lab = join(temporaryFolder(), 'lab');
    expect(await thirtyWatts(lab, 'bundles')).toBe('No dataset was imported into this lab.\n');
    const first = await thirtyWatts(lab, 'import', bundle);
    expect(first).toContain(`Runs\t${from.exportedRuns}\t0`);
    expect(first).toContain('Claim runs\t3');
    expect(first).not.toContain('Nothing was added');
    const again = await thirtyWatts(lab, 'import', bundle);
    expect(again).toContain('This very dataset was imported before.');
    expect(again).toContain(`Runs\t0\t${from.exportedRuns}`);
    expect(again).toContain('Nothing was added: this lab has all of it.');
    const list = await thirtyWatts(lab, 'bundles');
    expect(list.split('\n')).toHaveLength(3);
    expect(list).toContain(`A test\t2026-01-15 10:00\t`);
    expect(list).toContain(`lab ${from.labId.slice(0, 8)}`);
  });

  it('are answered as JSON', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const report = JSON.parse(await thirtyWatts(lab, '--json', 'import', bundle)) as ImportReport;
    expect(report).toMatchObject({
      title: 'A test',
      alreadyThere: false,
      added: { runs: from.exportedRuns },
    });
    const { bundles } = JSON.parse(await thirtyWatts(lab, '--json', 'bundles')) as {
      bundles: { sha256: string }[];
    };
    expect(bundles[0]?.sha256).toBe(report.sha256);
  });

  it('say what was left out, in text that cannot move the cursor', async () => {
    const lab = join(temporaryFolder(), 'lab');
    await thirtyWatts(lab, 'import', bundle);
    const spoilt = copied(bundle);
    changeRecord(spoilt, 'experiments', 0, (e) => ({
      ...e,
      plan: { ...(e.plan as object), name: 'x\u001b[2J\ny' },
    }));
    const text = await thirtyWatts(lab, 'import', spoilt);
    expect(text).toMatch(/Left out \(1\):\n- Experiment \S+ \(“x·\[2J·y”\) has another plan/);
    expect(text).not.toContain('Nothing was added');
  });

  it('bring verdicts of other labs to the claims that they are about', async () => {
    const lab = join(temporaryFolder(), 'lab');
    await thirtyWatts(lab, 'import', bundle);
    const shown = await thirtyWatts(lab, 'claims', 'show', claim);
    expect(shown).toContain('Found by other labs (imported)');
    expect(shown).toContain(`lab ${from.labId.slice(0, 8)}\t`);
  });
});

describe('verdicts of other labs', () => {
  const detail = fakeClaims().find((claim) => claim.latest?.outcome)!;

  it('are a line each with date, verdict, wording and machine', () => {
    const run = detail.latest!;
    const { rows, head } = elsewhereTable({
      ...detail,
      elsewhere: [
        { lab: 'feedfacefeedface', run, machine: 'Example 9000, 8 threads' },
        {
          lab: '0123456789abcdef',
          run: { ...run, versionId: 'x', version: 3, outcome: null, status: 'failed' },
          machine: null,
        },
      ],
    });
    expect(rows.every((row) => row.length === head.length)).toBe(true);
    expect(rows[0]!.slice(0, 1)).toEqual(['lab feedface']);
    expect(rows[0]!.slice(4)).toEqual([
      run.versionId === detail.current.id ? 'as here' : expect.any(String),
      'Example 9000, 8 threads',
    ]);
    expect(rows[1]!.slice(2)).toEqual([
      expect.any(String),
      expect.any(String),
      'another (version 3 there)',
      '–',
    ]);
    expect(elsewhereTable(detail).rows).toEqual([]);
  });
});
