import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';

/** Colour behind the page until it has drawn: the paper of both themes. */
export const backgroundColor = (dark: boolean) => (dark ? '#14171A' : '#FFFFFF');

/** Options of the one kind of window that there is. The only place with webPreferences (test/electron). Pure. */
export function windowOptions(o: {
  preload: string;
  dark: boolean;
  packaged: boolean;
  bounds: Rectangle | null;
}): BrowserWindowConstructorOptions {
  return {
    title: 'Thirty Watts',
    width: 1280,
    height: 800,
    ...o.bounds,
    minWidth: 1000,
    minHeight: 640,
    show: false,
    backgroundColor: backgroundColor(o.dark),
    webPreferences: {
      preload: o.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !o.packaged,
    },
  };
}
