import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type MeterFiles, nodeFiles } from '../../src/main/meters/files';

/** A copy of a recorded machine that a test may change; gone when the test ends. */
export class RecordedMachine {
  readonly root: string;

  constructor(name: string) {
    this.root = mkdtempSync(join(tmpdir(), `tw-${name}-`));
    cpSync(join(import.meta.dirname, 'fixtures/sysfs', name), this.root, { recursive: true });
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
  }

  write(path: string, text: string | number | bigint): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }

  /** Sets the counter (µJ) of a zone. */
  energy(zone: string, microJ: number | bigint): void {
    this.write(`sys/class/powercap/${zone}/energy_uj`, microJ);
  }
}

/** Files whose calls fail when a test says so, with the error that the kernel would give. */
export class FaultyFiles implements MeterFiles {
  /** Called before each call; a returned code makes it fail. */
  fault: (call: 'open' | 'read', path: string) => string | null = () => null;
  private readonly paths = new Map<number, string>();

  list = nodeFiles.list;
  text = nodeFiles.text;
  open = (path: string): number => {
    this.failIf('open', path);
    const fd = nodeFiles.open(path);
    this.paths.set(fd, path);
    return fd;
  };
  read = (fd: number, into: Buffer): number => {
    this.failIf('read', this.paths.get(fd) ?? '');
    return nodeFiles.read(fd, into);
  };
  close = (fd: number): void => {
    this.paths.delete(fd);
    nodeFiles.close(fd);
  };

  get openFiles(): number {
    return this.paths.size;
  }

  private failIf(call: 'open' | 'read', path: string): void {
    const code = this.fault(call, path);
    if (code !== null) throw Object.assign(new Error(code), { code });
  }
}
