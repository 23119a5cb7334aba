import { create } from 'zustand';
import type { BundleProgress, ExportedBundle, ImportReport } from '../../../shared/bundle';
import type { Input, Lab } from '../../../shared/contract';
import { type Failure, failureOf } from '../../../shared/errors';
import type { PageDoor } from '../../channels/door';
import { whenLoud } from '../../state/quiet';

/** `other`: begun by another page or the command line, or by this page before it was loaded anew. */
export type WorkKind = 'export' | 'import' | 'other';

/** The export or import in progress, and how the last ones went. Outlives the page. */
export interface Work {
  /** null: nothing is done now, as far as this page knows. */
  running: WorkKind | null;
  progress: BundleProgress | null;
  /** Share of the zip that a browser has sent, 0 to 1; null: nothing is sent. */
  uploading: number | null;
  /** Cancel was pressed; the lab has not ended it yet. */
  cancelling: boolean;
  exported: ExportedBundle | null;
  exportFailure: Failure | null;
  imported: ImportReport | null;
  importFailure: Failure | null;
}

export const noWork: Work = {
  running: null,
  progress: null,
  uploading: null,
  cancelling: false,
  exported: null,
  exportFailure: null,
  imported: null,
  importFailure: null,
};
export const useWork = create<Work>(() => noWork);
const idle = { running: null, progress: null, uploading: null, cancelling: false } as const;
const set = (change: Partial<Work>) => useWork.setState(change);

/** Progress is told ten times a second; after so long a silence, ms, the work of others counts as ended. */
const silenceMs = { working: 5000, cancelled: 1000 } as const;
let silence: ReturnType<typeof setTimeout> | undefined;

function endAfter(ms: number): void {
  clearTimeout(silence);
  const end = () => useWork.getState().running === 'other' && set(idle);
  silence = setTimeout(() => whenLoud('bundle work of others', end), ms);
}

/** Shows work that this page did not begin while its progress comes. @returns stops it */
export function followOthers(lab: Pick<Lab, 'onEvent'>): () => void {
  const stop = lab.onEvent((event) => {
    if (event.type !== 'bundleProgress') return;
    const { running, cancelling } = useWork.getState();
    if (running !== null && running !== 'other') return;
    endAfter(cancelling ? silenceMs.cancelled : silenceMs.working);
    whenLoud('bundle progress', () => set({ running: 'other', progress: event.progress }));
  });
  return () => {
    clearTimeout(silence);
    stop();
    if (useWork.getState().running === 'other') set(idle);
  };
}

type LabParts = Pick<Lab, 'exportBundle' | 'importBundle' | 'cancelBundle' | 'onEvent'>;

/** Follows the lab while `work` goes on; nothing is drawn inside a window. */
async function follow(lab: LabParts, kind: WorkKind, work: () => Promise<void>): Promise<void> {
  set({ running: kind, progress: null, cancelling: false });
  let over = false;
  const stop = lab.onEvent((event) => {
    if (event.type !== 'bundleProgress') return;
    const { progress } = event;
    whenLoud('bundle progress', () => over || set({ progress }));
  });
  try {
    await work();
  } finally {
    over = true;
    stop();
    set(idle);
  }
}

/** Writes a bundle and follows it; one export or import at a time. */
export async function exportBundle(lab: LabParts, input: Input<'exportBundle'>): Promise<void> {
  if (useWork.getState().running !== null) return;
  set({ exported: null, exportFailure: null });
  await follow(lab, 'export', async () => {
    try {
      set({ exported: await lab.exportBundle(input) });
    } catch (thrown) {
      set({ exportFailure: failureOf(thrown) });
    }
  });
}

/** Takes a bundle in and follows it. `pathOf`: where it lies for the lab; null: closed without a choice. */
export async function importBundle(
  lab: LabParts,
  pathOf: (uploading: (share: number) => void) => Promise<string | null>,
): Promise<void> {
  if (useWork.getState().running !== null) return;
  await follow(lab, 'import', async () => {
    try {
      const path = await pathOf((uploading) => set({ uploading }));
      set({ uploading: null });
      if (path === null) return;
      set({ imported: null, importFailure: null });
      set({ imported: await lab.importBundle({ path }) });
    } catch (thrown) {
      set({ imported: null, importFailure: failureOf(thrown) });
    }
  });
}

/** Asks the lab to end it; what is kept, it says itself. */
export async function cancelWork(lab: Pick<Lab, 'cancelBundle'>): Promise<void> {
  set({ cancelling: true });
  try {
    const { cancelled } = await lab.cancelBundle({});
    if (useWork.getState().running === 'other') endAfter(cancelled ? silenceMs.cancelled : 0);
    else if (!cancelled) set({ cancelling: false });
  } catch {
    set({ cancelling: false });
  }
}

export const forgetExport = (): void => set({ exported: null, exportFailure: null });
export const forgetImport = (): void => set({ imported: null, importFailure: null });

/** A dialog for the zip or the folder of a bundle; in a browser the zip is sent to the lab. */
export const pickBundle =
  (door: Pick<PageDoor, 'pickModels'>, what: 'bundle' | 'bundleFolder') =>
  async (uploading: (share: number) => void): Promise<string | null> =>
    (await door.pickModels(what, uploading))?.[0] ?? null;
