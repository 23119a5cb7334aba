import { afterAll, describe, expect, it } from 'vitest';
import { verifyAll } from '../../../src/main/lab/verify';
import { headlineEnergy } from '../../../src/shared/run';
import { everythingIn } from '../../store/support';
import { openBundleLab, planted } from '../../support/bundleLab';

const labs = [openBundleLab(), openBundleLab()];
const [lab] = labs;
afterAll(() => {
  for (const each of labs) each.dispose();
});

describe('the frozen lab of bundle tests', () => {
  it('is whole: its results are what its samples and readings give', async () => {
    expect((await verifyAll(lab.store.reader, lab.folder)).problems).toEqual([]);
  });

  it('holds runs of every kind', () => {
    const runs = lab.store.reader.listRuns();
    expect(runs).toHaveLength(43);
    expect(new Set(runs.map((r) => r.status))).toEqual(
      new Set(['queued', 'completed', 'cancelled', 'failed']),
    );
    expect(new Set(runs.map((r) => r.machineId)).size).toBe(2);
    expect(
      runs.filter((r) => (headlineEnergy(r)?.gross.perInferenceJ ?? null) !== null).length,
    ).toBeGreaterThan(30);
    expect(
      runs.filter((r) => (headlineEnergy(r)?.net.perInferenceJ ?? null) !== null).length,
    ).toBeGreaterThan(30);
    const windows = runs.flatMap((r) => lab.store.reader.getWindows(r.id));
    expect(new Set(windows.map((w) => w.verdict))).toEqual(new Set(['ok', 'flagged', 'void']));
  });

  it('is the same each time', () => {
    expect(everythingIn(labs[1]!.store)).toEqual(everythingIn(lab.store));
    expect(labs[1]!.store.reader.labId()).toBe(lab.store.reader.labId());
  });

  it('holds each planted sign of a person', () => {
    const { reader } = lab.store;
    const all = JSON.stringify(
      [everythingIn(lab.store), reader.claimVersions(), reader.claimRuns(), reader.accuracies()],
      (_, v) => (typeof v === 'bigint' ? `${v}` : v),
    ).replaceAll('\\\\', '\\');
    for (const sign of planted) expect(all).toContain(sign);
  });
});
