import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { compareCommand } from '../../src/main/hosts/cli/commands/compare';
import { compareRuns } from '../../src/main/lab/compare';
import { sha256OfValue } from '../../src/main/store/canonical';
import { openLab } from '../../src/main/store/open';
import type { Comparison } from '../../src/shared/comparison';
import type { RunRecord } from '../../src/shared/run';
import { experiment as experimentRecord, tempDir } from '../store/support';
import { blockedFakes } from '../support/fakeComparison';
import { fakeMachine } from '../support/fakeRecords';

/** A lab on disk with one experiment in blocks, every turn measured. */
function storedLab(blocks = 7) {
  const folder = tempDir();
  const store = openLab(folder);
  const { models, runs } = blockedFakes({ blocks });
  for (const model of new Map(models.map((m) => [m.id, m])).values()) store.writer.putModel(model);
  store.writer.putMachine(fakeMachine());
  const experiment = experimentRecord(3);
  const own = runs.map((run) => ({ ...run, experimentId: experiment.id, machineId: fakeMachine().id }));
  const queued = own.map(
    (run): RunRecord => ({
      ...run,
      status: 'queued',
      startedUnixMs: null,
      endedUnixMs: null,
      outcome: null,
      facts: null,
      latency: null,
      energy: [],
      conditionSha256: sha256OfValue(run.condition),
    }),
  );
  store.writer.createExperiment(experiment, queued);
  const measure = (queuedRun: RunRecord, like: RunRecord) => {
    const started = store.writer.startRun(queuedRun.id, like.startedUnixMs!);
    store.writer.finishRun({
      ...started,
      status: 'completed',
      endedUnixMs: like.endedUnixMs,
      outcome: like.outcome,
      facts: like.facts,
      latency: like.latency,
      energy: like.energy,
    });
  };
  const at = (entry: number, block: number) =>
    own.find((r) => r.turn!.entry === entry && r.turn!.block === block)!;
  return { folder, store, own, queued, measure, at, experiment };
}

const p50 = (comparison: Comparison) => comparison.quantities.find((q) => q.quantity === 'p50S')!;

describe('a comparison of stored turns', () => {
  it('finds all blocks and the control of the experiment, whichever turn is named', async () => {
    const { store, own, queued, measure, at } = storedLab();
    for (const [i, run] of own.entries()) measure(queued[i], run);
    const found = await compareRuns(store.reader, [at(0, 0).id, at(2, 3).id]);
    expect(p50(found).rows[1]).toMatchObject({
      verdict: 'B_lower',
      method: 'paired',
      blocks: { used: 7, leftOut: 0 },
      floor: { from: 'least', controls: 1 },
    });
    expect(p50(found).controls).toMatchObject([{ provider: 'cpu', blocks: { used: 7 }, failed: false }]);
    const other = await compareRuns(store.reader, [at(0, 5).id, at(2, 0).id]);
    expect(p50(other).rows[1].ratio).toEqual(p50(found).rows[1].ratio);
    await expect(compareRuns(store.reader, [at(0, 0).id, at(0, 0).id])).rejects.toThrow('named twice');
    store.close();
  });

  it('a turn measured again stands for its place; one in the bin and one never measured leave their block out', async () => {
    const { store, own, queued, measure, at } = storedLab(8);
    const again = at(2, 1);
    const never = at(0, 2);
    for (const [i, run] of own.entries()) {
      if (run === never) continue;
      if (run !== again) {
        measure(queued[i], run);
        continue;
      }
      const started = store.writer.startRun(run.id, run.startedUnixMs!);
      store.writer.finishRun({
        ...started,
        status: 'cancelled',
        endedUnixMs: 1,
        outcome: { kind: 'cancelled', phase: 'window' },
      });
    }
    const before = await compareRuns(store.reader, [at(0, 0).id, at(2, 0).id]);
    expect(p50(before).rows[1].blocks).toEqual({ used: 6, leftOut: 2 });
    const newId = '01960000-ffff-7000-8000-000000000001';
    measure(store.writer.queueAgain(again.id, newId, 5), again);
    const after = await compareRuns(store.reader, [at(0, 0).id, at(2, 0).id]);
    expect(p50(after).rows[1].blocks).toEqual({ used: 7, leftOut: 1 });
    // The cancelled one and the new one stand for the same condition.
    const named = await compareRuns(store.reader, [at(0, 0).id, newId]);
    expect(p50(named).rows[1].ratio).toEqual(p50(after).rows[1].ratio);
    store.writer.setBinned('run', [at(2, 7).id], 9);
    const binned = await compareRuns(store.reader, [at(0, 0).id, at(2, 0).id]);
    expect(p50(binned).rows[1].blocks).toEqual({ used: 6, leftOut: 2 });
    store.close();
  });
});

describe('thirty-watts compare', () => {
  async function command(folder: string, ...args: string[]): Promise<string> {
    let text = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
    try {
      const program = new Command('thirty-watts')
        .option('--lab <folder>', '', folder)
        .option('--json', '', false)
        .exitOverride();
      await program.addCommand(compareCommand()).parseAsync(['node', 'cli', ...args]);
    } finally {
      write.mockRestore();
    }
    return text;
  }

  it('compares all conditions of an experiment: numbers, sentences, JSON', async () => {
    const { folder, store, own, queued, measure, experiment } = storedLab(8);
    for (const [i, run] of own.entries()) measure(queued[i], run);
    store.close();
    const text = await command(folder, 'compare', '--experiment', experiment.id);
    const lines = text.split('\n');
    expect(lines[0].split('\t').slice(0, 4)).toEqual([
      'Quantity',
      'Run',
      'Value',
      'Ratio to the first [95 %]',
    ]);
    // Four conditions and the control.
    expect(lines.filter((line) => line.startsWith('Median latency\t'))).toHaveLength(5);
    expect(text).toMatch(
      /In the median, mlp-1m-low-rank.* takes 39\.\d % less time than mlp-1m.*shown over 8 blocks\./,
    );
    expect(text).toMatch(
      /Control on cpu: one and the same model, measured twice over 8 blocks, gave a ratio of/,
    );
    expect(text).toContain('Noise floor: 1.0 %');
    const json = JSON.parse(
      await command(folder, '--json', 'compare', '--experiment', experiment.id),
    ) as Comparison;
    expect(json.runIds).toHaveLength(4);
    expect(p50(json).rows.map((r) => r.verdict)).toEqual([null, 'no_difference_shown', 'B_lower', 'B_lower']);
  });

  it('refuses one run, and runs beside an experiment', async () => {
    const { folder, store, at, experiment } = storedLab(2);
    store.close();
    await expect(command(folder, 'compare', at(0, 0).id)).rejects.toThrow('nothing to compare');
    await expect(command(folder, 'compare', at(0, 0).id, '--experiment', experiment.id)).rejects.toThrow(
      'both named',
    );
  });
});
