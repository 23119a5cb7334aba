import type { MeterFiles } from '../../src/main/meters/files';
import type { RecordedFile } from '../../src/main/meters/linuxRecording';

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A recorded tree in memory, below '/tree': for properties that try hundreds of trees. */
export class MemoryFiles implements MeterFiles {
  readonly contents = new Map<string, Buffer | string>();
  private readonly open_ = new Map<number, string>();
  private lastFd = 3;

  constructor(files: Readonly<Record<string, RecordedFile>>) {
    for (const [path, file] of Object.entries(files)) this.contents.set(`/tree/${path}`, bytesOf(file));
  }

  /** A string is the code with which the file is refused. */
  set(path: string, content: Buffer | string): void {
    this.contents.set(`/tree/${path}`, content);
  }

  get openFiles(): number {
    return this.open_.size;
  }

  list = (folder: string): string[] => {
    const below = [...this.contents.keys()].filter((path) => path.startsWith(`${folder}/`));
    if (below.length === 0) throw failure('ENOENT');
    return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0]!))];
  };
  text = (path: string): string => this.bytes(path).toString('latin1');
  open = (path: string): number => {
    this.bytes(path);
    this.open_.set(++this.lastFd, path);
    return this.lastFd;
  };
  read = (fd: number, into: Buffer): number => this.bytes(this.open_.get(fd) ?? '').copy(into);
  close = (fd: number): void => {
    if (!this.open_.delete(fd)) throw failure('EBADF');
  };

  private bytes(path: string): Buffer {
    const content = this.contents.get(path);
    if (content === undefined) throw failure('ENOENT');
    if (typeof content === 'string') throw failure(content);
    return content;
  }
}

function bytesOf(file: RecordedFile): Buffer | string {
  if ('error' in file) return file.error;
  return 'base64' in file ? Buffer.from(file.base64, 'base64') : Buffer.from(file.text, 'latin1');
}
