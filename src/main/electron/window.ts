import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { appUrl } from './appUrl';
import { writeWhole } from './atomicFile';
import { readOwn } from './lab';
import { backgroundColor, windowOptions } from './windowOptions';
import { parseWindowState, restorable, type WindowState } from './windowState';

/** How soon after a move or a change of size the window's place is written, ms. */
const settleMs = 500;

/** The one window: where it was before, shown when it has something to show. `stateFile` keeps its place. */
export function openWindow(stateFile: string): BrowserWindow {
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const state = restorable(parseWindowState(readOwn(stateFile)), workAreas);
  const options = windowOptions({
    preload: join(__dirname, '..', 'preload', 'preload.cjs'),
    dark: nativeTheme.shouldUseDarkColors,
    packaged: app.isPackaged,
    bounds: state?.bounds ?? null,
  });
  const window = new BrowserWindow(options);
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(backgroundColor(nativeTheme.shouldUseDarkColors));
  });
  keepPlace(window, stateFile);
  reloadWhenGone(window);
  load(window);
  return window;
}

/** Loads the page anew; a load that another one overtakes is no failure. */
export function load(window: BrowserWindow): void {
  window
    .loadURL(appUrl)
    .catch((thrown) => process.stderr.write(`The page was not loaded: ${thrown.message}\n`));
}

function keepPlace(window: BrowserWindow, stateFile: string): void {
  let clock: NodeJS.Timeout | undefined;
  const write = () => {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    // The window's place is a convenience: a full disk is told by what matters.
    writeWhole(stateFile, `${JSON.stringify(state)}\n`).catch(() => {});
  };
  const soon = () => {
    clearTimeout(clock);
    clock = setTimeout(write, settleMs);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', () => {
    clearTimeout(clock);
    write();
  });
}

/** A page whose process has died is loaded again, once a minute at most; the lab is not touched by it. */
function reloadWhenGone(window: BrowserWindow): void {
  let lastMs = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    const nowMs = performance.now();
    if (reason === 'clean-exit' || nowMs - lastMs < 60_000) return;
    lastMs = nowMs;
    load(window);
  });
}
