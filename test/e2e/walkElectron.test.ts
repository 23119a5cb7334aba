import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findRig, launchApp, processesWith, repository, startDisplay, until } from '../support/electronRig';
import { checkLab, modelFiles, walk } from './walk';

const rig = findRig();
if (rig.missing) console.warn(`SKIPPED, the walk through the desktop app: ${rig.missing} is missing.`);

describe.skipIf(rig.missing !== null)('the desktop app, from an empty lab to a saved figure', () => {
  it('imports, measures, cancels, resumes, compares and saves', { timeout: 180_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-walk-'));
    const models = modelFiles();
    const display = await startDisplay();
    const labFolder = join(folder, 'lab');
    const { app, page } = await launchApp({
      executable: rig.executable!,
      display: display.display,
      appFolder: repository,
      labFolder,
      userData: join(folder, 'data'),
    });
    const shell = app.process();
    onTestFinished(() => {
      if (shell.exitCode === null) shell.kill('SIGKILL');
      display.stop();
      models.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.setViewportSize({ width: 1280, height: 800 });
    const file = join(folder, 'figure.svg');
    await walk(
      {
        name: 'desktop',
        page,
        async choose(click, paths) {
          await app.evaluate(({ dialog }, filePaths) => {
            dialog.showOpenDialog = async () => ({ canceled: false, filePaths });
          }, paths);
          await click();
        },
        async saved(click) {
          await app.evaluate(({ dialog }, filePath) => {
            dialog.showSaveDialog = async () => ({ canceled: false, filePath });
          }, file);
          await click();
          await page.getByText(`Saved ${file}`).waitFor();
          return readFileSync(file, 'utf8');
        },
      },
      models.paths,
    );
    expect(complaints).toEqual([]);
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    await app.evaluate(({ app }) => app.quit()).catch(() => {});
    await ended;
    await until('the end of every process', () => processesWith(labFolder).length === 0);
    await checkLab(labFolder);
  });
});
