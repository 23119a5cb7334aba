import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import { defaultLabFolder } from '../lab/paths';
import { writeWhole } from './atomicFile';
import { chooseLabFolder, dataFolderOf, filesFromArguments, rememberedFolder } from './start';

/** What a second start tells the first. */
export interface SecondStart {
  files: string[];
}

/** The text of a small file of the app's own; null where there is none. */
export function readOwn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Which lab this window is for. One window a lab: its data folder holds Electron's own lock. */
export class LabChoice {
  private readonly base = app.getPath('userData');
  private readonly choiceFile = join(this.base, 'lab.json');
  readonly files = filesFromArguments(process.argv.slice(1), process.cwd());
  folder = chooseLabFolder({
    argv: process.argv,
    cwd: process.cwd(),
    env: process.env,
    remembered: rememberedFolder(readOwn(this.choiceFile)),
    usual: defaultLabFolder(),
  });

  /** Takes the lock of the lab; false where another window has it, which is then told of our files and shows itself. */
  hold(): boolean {
    const data = dataFolderOf(this.base, this.folder);
    mkdirSync(data, { recursive: true });
    app.setPath('userData', data);
    const told: SecondStart = { files: this.files };
    return app.requestSingleInstanceLock(told);
  }

  /** Goes over to another lab and remembers it; false, and nothing changed, where another window has it. */
  async change(folder: string): Promise<boolean> {
    const before = this.folder;
    app.releaseSingleInstanceLock();
    this.folder = folder;
    if (!this.hold()) {
      this.folder = before;
      this.hold();
      return false;
    }
    await writeWhole(this.choiceFile, `${JSON.stringify({ folder })}\n`);
    return true;
  }

  /** A file of the app's own, of all labs. */
  ownFile(name: string): string {
    return join(this.base, name);
  }
}
