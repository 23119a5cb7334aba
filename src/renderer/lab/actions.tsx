import { notifications } from '@mantine/notifications';
import type { Outputs } from '../../shared/contract';
import type { DroppedFile } from '../channels/door';
import { importBundle } from '../pages/export/bundleWork';
import { bundleOf, type Dropped } from '../pages/export/dropped';
import { refuse } from '../shell/toasts';
import { useImports } from '../state/imports';
import { perform } from '../state/undo';
import { go, useView } from '../state/view';
import { useRows } from './rows';
import { type Ready, refreshInfo } from './session';

/** A dialog, then the import of what was chosen. */
export async function pickAndImport(ready: Ready, what: 'files' | 'folder'): Promise<void> {
  // What was refused before would be read as the answer to this.
  const forget = () => useImports.setState({ last: null });
  try {
    const paths = await ready.door.pickModels(what, (uploading) => useImports.setState({ uploading }));
    useImports.setState({ uploading: null });
    if (paths !== null) await importPaths(ready, paths);
  } catch (thrown) {
    forget();
    refuse(thrown);
  } finally {
    useImports.setState({ uploading: null });
  }
}

/** What was dropped or opened: the zip of a bundle goes to the Export page, everything else to the models. */
export async function takeDropped(ready: Ready, dropped: Dropped): Promise<void> {
  let bundle: ReturnType<typeof bundleOf>;
  try {
    bundle = bundleOf(dropped, useView.getState().view.page === 'export');
  } catch (thrown) {
    return refuse(thrown);
  }
  if (bundle === null)
    return 'paths' in dropped ? importPaths(ready, dropped.paths) : importDropped(ready, dropped.files);
  go({ page: 'export' });
  if (typeof bundle === 'string') return importBundle(ready.lab, async () => bundle);
  await importBundle(
    ready.lab,
    async (uploading) => (await ready.door.acceptDrop([bundle], uploading))?.[0] ?? null,
  );
}

/** Imports what was dropped; in a browser it is sent to the lab first. */
export async function importDropped(ready: Ready, files: readonly DroppedFile[]): Promise<void> {
  if (files.length === 0) return;
  try {
    useImports.setState({ uploading: 0, last: null });
    const paths = await ready.door.acceptDrop(files, (uploading) => useImports.setState({ uploading }));
    useImports.setState({ uploading: null });
    if (paths !== null) await importPaths(ready, paths);
  } catch (thrown) {
    refuse(thrown);
  } finally {
    useImports.setState({ uploading: null });
  }
}

/** Every path ends imported or refused; the Models page shows both. */
export async function importPaths({ lab }: Ready, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  useImports.setState({ importing: { done: 0, total: paths.length, path: paths[0] } });
  try {
    const result = await lab.importModels({ paths: [...paths] });
    useImports.setState({ last: result });
    notifications.show({ message: summaryOf(result), color: result.imported.length > 0 ? undefined : 'red' });
    const [first] = result.imported;
    go({ page: 'models', model: result.imported.length === 1 ? first.model.id : null });
  } catch (thrown) {
    refuse(thrown);
  } finally {
    useImports.setState({ importing: null });
  }
}

/** `3 models imported, 1 there already, 2 refused`. Pure. */
export function summaryOf({ imported, refused }: Outputs['importModels']): string {
  const there = imported.filter((i) => i.alreadyThere).length;
  const fresh = imported.length - there;
  const parts = [
    fresh > 0 ? `${fresh} ${fresh === 1 ? 'model' : 'models'} imported` : null,
    there > 0 ? `${there} there already` : null,
    refused.length > 0 ? `${refused.length} refused` : null,
  ].filter((p) => p !== null);
  return parts.length > 0 ? parts.join(', ') : 'No ONNX file was found there';
}

/** Moves runs or models to the bin, or back; Ctrl+Z undoes it. */
export async function bin(
  { lab }: Ready,
  what: 'model' | 'run',
  ids: readonly string[],
  binned = true,
): Promise<void> {
  const name = ids.length === 1 ? `1 ${what}` : `${ids.length} ${what}s`;
  const set = (value: boolean) => () => lab.setBinned({ what, ids: [...ids], binned: value });
  try {
    await perform({
      label: binned ? `${name} moved to the bin` : `${name} restored`,
      redo: set(binned),
      undo: set(!binned),
    });
    notifications.show({
      message: `${name} ${binned ? 'moved to the bin. Ctrl+Z brings them back.' : 'restored.'}`,
    });
  } catch (thrown) {
    refuse(thrown);
  }
}

export async function loadSample({ lab }: Ready): Promise<void> {
  try {
    const besideOwn = useRows.getState().rows.some((row) => !row.sample);
    const { runs, alreadyThere } = await lab.loadSample({});
    await refreshInfo();
    notifications.show({
      message: alreadyThere
        ? 'The sample dataset is in this lab already.'
        : `${runs} sample runs loaded. They carry a SAMPLE badge everywhere.${besideOwn ? ' “Sample data beside my own” puts them into this figure.' : ''}`,
    });
    go({ page: 'figures' });
  } catch (thrown) {
    refuse(thrown);
  }
}
