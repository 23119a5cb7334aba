import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/door';

export interface MenuEffects {
  /** Asks the page. */
  send(command: MenuCommand): void;
  chooseLab(): void;
  showLabFolder(): void;
}

/**
 * The menu bar. Keys of page commands are shown only (`registerAccelerator`): the page binds them, the same ones as in a
 * browser, and lets a text field have them first. Pure.
 */
export function menuTemplate(
  o: { mac: boolean; packaged: boolean },
  { send, chooseLab, showLabFolder }: MenuEffects,
): MenuItemConstructorOptions[] {
  const page = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id: command,
    ...(accelerator ? { accelerator, registerAccelerator: false } : {}),
    click: () => send(command),
  });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(o.mac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        page('Import models…', 'import', 'CmdOrCtrl+O'),
        page('Import folder…', 'importFolder'),
        line,
        { label: 'Open lab folder…', id: 'chooseLab', click: chooseLab },
        { label: 'Show lab folder', id: 'showLabFolder', click: showLabFolder },
        line,
        page('Save figure…', 'saveFigure', 'CmdOrCtrl+S'),
        page('Settings', 'settings'),
        line,
        o.mac ? { role: 'close' } : { role: 'quit', accelerator: 'CmdOrCtrl+Q' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        page('Undo', 'undo', 'CmdOrCtrl+Z'),
        page('Redo', 'redo', 'Shift+CmdOrCtrl+Z'),
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        page('Commands…', 'palette', 'CmdOrCtrl+K'),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(o.packaged ? [] : [line, { role: 'toggleDevTools' } satisfies MenuItemConstructorOptions]),
      ],
    },
    {
      label: '&Run',
      submenu: [
        page('Start measuring', 'run', 'CmdOrCtrl+Enter'),
        page('Cancel the run', 'cancel', 'CmdOrCtrl+.'),
      ],
    },
    {
      label: '&Help',
      role: 'help',
      submenu: [page('Keyboard shortcuts', 'shortcuts', '?'), { role: 'about' }],
    },
  ];
}
