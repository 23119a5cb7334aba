import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  cancelWork,
  exportBundle,
  followOthers,
  importBundle,
  noWork,
  useWork,
  type Work,
} from '../../../../src/renderer/pages/export/bundleWork';
import { useQuiet } from '../../../../src/renderer/state/quiet';
import type { LabEvent } from '../../../../src/shared/contract';
import { LabError } from '../../../../src/shared/errors';
import { fakeLab } from '../../../support/fakeLab';
import { fakeLadder } from '../../../support/fakeRecords';

/** The fake lab as a client sees it: without the wire, inputs already whole. */
function client() {
  const lab = fakeLab(fakeLadder('one'));
  lab.bundles.stepMs = 1;
  const parts = {
    exportBundle: lab.handlers.exportBundle as never,
    importBundle: lab.handlers.importBundle,
    cancelBundle: lab.handlers.cancelBundle,
    onEvent: (listener: (event: LabEvent) => void) => lab.subscribe(listener),
  };
  return { lab, parts };
}
const everything = {
  experiments: null,
  runs: null,
  claims: null,
  authors: [],
  into: null,
  title: null,
} as never;
const seen = () => {
  const states: Work[] = [];
  const stop = useWork.subscribe((state) => states.push(state));
  return { states, stop };
};

afterEach(() => {
  useWork.setState(noWork);
  useQuiet.setState({ open: false });
});

describe('an export or import as the page follows it', () => {
  it('shows each step, then the result, and is free again', async () => {
    const { parts } = client();
    const { states, stop } = seen();
    await exportBundle(parts, everything);
    stop();
    expect(states.map((s) => s.progress?.share ?? null)).toEqual(
      expect.arrayContaining([0, 0.25, 0.5, 0.75]),
    );
    expect(useWork.getState()).toMatchObject({ running: null, progress: null, exportFailure: null });
    expect(useWork.getState().exported?.path).toContain('/lab/exports/');
  });

  it('one at a time: what is asked for meanwhile is not begun', async () => {
    const { lab, parts } = client();
    const first = exportBundle(parts, everything);
    await exportBundle(parts, everything);
    await importBundle(parts, async () => '/x/a.zip');
    await first;
    expect(lab.calls.filter((c) => c.name === 'exportBundle')).toHaveLength(1);
    expect(lab.calls.filter((c) => c.name === 'importBundle')).toHaveLength(0);
  });

  it('a cancel ends it as cancelled, and nothing is said to be there', async () => {
    const { lab, parts } = client();
    lab.bundles.stepMs = 20;
    const work = exportBundle(parts, everything);
    await cancelWork(parts);
    expect(useWork.getState().cancelling).toBe(true);
    await work;
    expect(useWork.getState()).toMatchObject({
      running: null,
      cancelling: false,
      exported: null,
      exportFailure: { kind: 'cancelled' },
    });
  });

  it('a refusal is kept with its remedy, and goes when the next one begins', async () => {
    const { lab, parts } = client();
    lab.override.importBundle = async () => {
      throw new LabError('bad_input', 'No.', 'Do this.');
    };
    await importBundle({ ...parts, importBundle: lab.handlers.importBundle }, async () => '/x');
    expect(useWork.getState().importFailure).toMatchObject({ message: 'No.', remedy: 'Do this.' });
    lab.override.importBundle = undefined;
    await importBundle(parts, async () => '/x/a.zip');
    expect(useWork.getState()).toMatchObject({ importFailure: null, imported: { added: { runs: 12 } } });
  });

  it('closing the dialog changes nothing', async () => {
    const { lab, parts } = client();
    await importBundle(parts, async () => '/x/a.zip');
    const before = useWork.getState();
    await importBundle(parts, async () => null);
    expect(useWork.getState()).toEqual(before);
    expect(lab.calls.filter((c) => c.name === 'importBundle')).toHaveLength(1);
  });

  it('work of others is shown while its progress comes, can be cancelled, and ends with a silence', async () => {
    vi.useFakeTimers();
    try {
      const { lab, parts } = client();
      const stop = followOthers(parts);
      const progress = { label: 'Writing tables', share: 0.5, elapsedS: 1, leftS: 1 };
      const tell = () => lab.emit({ type: 'bundleProgress', progress });
      tell();
      expect(useWork.getState()).toMatchObject({ running: 'other', progress });
      await exportBundle(parts, everything);
      expect(lab.calls).toEqual([]);
      vi.advanceTimersByTime(4900);
      tell();
      vi.advanceTimersByTime(4900);
      expect(useWork.getState().running).toBe('other');
      vi.advanceTimersByTime(200);
      expect(useWork.getState().running).toBeNull();
      tell();
      lab.override.cancelBundle = async () => ({ cancelled: true });
      await cancelWork(parts);
      expect(useWork.getState()).toMatchObject({ running: 'other', cancelling: true });
      vi.advanceTimersByTime(1000);
      expect(useWork.getState()).toMatchObject({ running: null, cancelling: false });
      expect(lab.calls.map((c) => c.name)).toEqual(['cancelBundle']);
      stop();
      tell();
      expect(useWork.getState().running).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('draws no progress while a window is open; without the window it does', async () => {
    for (const open of [true, false]) {
      const { parts } = client();
      useQuiet.setState({ open });
      const { states, stop } = seen();
      await exportBundle(parts, everything);
      stop();
      expect(states.some((s) => s.progress !== null)).toBe(!open);
    }
  });
});
