import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { windowOptions } from '../../src/main/electron/windowOptions';

const root = resolve(__dirname, '../..');
const options = windowOptions({ preload: '/app/preload.cjs', dark: true, packaged: true, bounds: null });

/** Where windows are made and their web preferences written: anything else makes a second, unwatched kind of window. */
function strayWindows(sources: { file: string; text: string }[]): string[] {
  return sources.flatMap(({ file, text }) => [
    ...(/new BrowserWindow\b/.test(text) && file !== 'src/main/electron/window.ts'
      ? [`${file}: new BrowserWindow`]
      : []),
    ...(/\bwebPreferences\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')) &&
    file !== 'src/main/electron/windowOptions.ts'
      ? [`${file}: webPreferences`]
      : []),
    ...(/new (?:WebContentsView|BrowserView)\b|<webview/.test(text) ? [`${file}: another kind of page`] : []),
  ]);
}

const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
  .map((e) => relative(root, join(e.parentPath, e.name)))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const safe = {
  preload: '/app/preload.cjs',
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
  devTools: false,
};

describe('the window', () => {
  it('has the safe options, all of them and nothing beside', () => {
    expect(options.webPreferences).toEqual(safe);
  });

  it.each([{ nodeIntegration: true }, { sandbox: false }, { enableBlinkFeatures: 'x' }])(
    'would be told from one with %o',
    (planted) => {
      const planting = { ...options, webPreferences: { ...options.webPreferences, ...planted } };
      expect(planting.webPreferences).not.toEqual(safe);
    },
  );

  it('waits until there is something to show, on the paper of the theme', () => {
    expect(options).toMatchObject({
      show: false,
      minWidth: 1000,
      minHeight: 640,
      backgroundColor: '#14171A',
    });
    const light = windowOptions({
      preload: '/p',
      dark: false,
      packaged: false,
      bounds: { x: 1, y: 2, width: 1100, height: 700 },
    });
    expect(light).toMatchObject({ x: 1, y: 2, width: 1100, height: 700, backgroundColor: '#FFFFFF' });
  });

  it('is made in one place', () => expect(strayWindows(sources)).toEqual([]));

  it.each([
    'new BrowserWindow({})',
    'x({ webPreferences: { nodeIntegration: true } })',
    'new WebContentsView()',
    '<webview src="x">',
  ])('would find %s elsewhere', (text) => {
    expect(strayWindows([{ file: 'src/main/electron/other.ts', text }])).toHaveLength(1);
  });
});
