import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { openLabService } from '../../src/main/lab/service';
import { noBrowser, usesPages } from '../support/pageHost';
import { checkLab, modelFiles, walk } from './walk';

describe.skipIf(noBrowser)('the browser host, from an empty lab to a saved figure', () => {
  const open = usesPages();

  it('imports, measures, cancels, resumes, compares and saves', { timeout: 180_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-walk-'));
    const models = modelFiles();
    const labFolder = join(folder, 'lab');
    const service = openLabService(labFolder);
    try {
      const { page } = await open({ served: service, onPage: service.pageOpened });
      await walk(
        {
          name: 'browser',
          page,
          async choose(click, paths) {
            const chooser = page.waitForEvent('filechooser');
            await click();
            await (await chooser).setFiles(paths);
          },
          async saved(click) {
            const download = page.waitForEvent('download');
            await click();
            return readFileSync(await (await download).path(), 'utf8');
          },
        },
        models.paths,
      );
    } finally {
      await service.close();
    }
    await checkLab(labFolder);
    models.remove();
    rmSync(folder, { recursive: true, force: true });
  });
});
