import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { give, useCommand } from '../commands/handlers';
import type { CommandId } from '../commands/table';
import { loadSample, pickAndImport } from '../lab/actions';
import { useReady } from '../lab/session';
import { importBundle, pickBundle } from '../pages/export/bundleWork';
import { openLadder } from '../pages/models/buildLadder';
import { putSetting, useSettings } from '../state/settings';
import { redo, undo } from '../state/undo';
import { go } from '../state/view';
import { refuse } from './toasts';

/** Commands that every page has. Draws nothing. */
export function GlobalCommands() {
  const ready = useReady();
  const { door } = ready;
  const scheme = useSettings((s) => s.colorScheme);
  const tell = (verb: string) => (label: string | null) => {
    if (label !== null) notifications.show({ message: `${verb}: ${label}` });
  };
  useCommand('go.lab', () => go({ page: 'lab' }));
  useCommand('go.claims', () => go({ page: 'claims', claim: null }));
  useCommand('go.models', () => go({ page: 'models', model: null }));
  useCommand('go.runs', () => go({ page: 'runs' }));
  useCommand('go.compare', () => go({ page: 'compare', runs: [] }));
  useCommand('go.figures', () => go({ page: 'figures' }));
  useCommand('go.machine', () => go({ page: 'machine' }));
  useCommand('go.export', () => go({ page: 'export' }));
  useCommand('go.settings', () => go({ page: 'settings' }));
  useCommand('edit.undo', () => void undo().then(tell('Undone'), refuse));
  useCommand('edit.redo', () => void redo().then(tell('Done again'), refuse));
  useCommand('models.import', () => void pickAndImport(ready, 'files'));
  useCommand('models.importFolder', () => void pickAndImport(ready, 'folder'));
  useCommand('models.build', () => {
    go({ page: 'models', model: null });
    openLadder();
  });
  useCommand('export.bring', () => {
    go({ page: 'export' });
    void importBundle(ready.lab, pickBundle(door, 'bundle'));
  });
  useCommand('sample.load', () => void loadSample(ready));
  useCommand('view.theme', () => {
    const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
    putSetting('colorScheme', next[scheme]);
  });
  useCommand('view.filter', () => document.querySelector<HTMLInputElement>('[data-filter]')?.focus());

  useEffect(
    () =>
      door.onEvent((event) => {
        if (event.type === 'menu') give(menuTargets[event.command]);
      }),
    [door],
  );
  return null;
}

const menuTargets: Record<string, CommandId> = {
  import: 'models.import',
  importFolder: 'models.importFolder',
  run: 'run.start',
  cancel: 'run.cancel',
  palette: 'view.palette',
  shortcuts: 'view.shortcuts',
  settings: 'go.settings',
  undo: 'edit.undo',
  redo: 'edit.redo',
  saveFigure: 'figure.save',
};
