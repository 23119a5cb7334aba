import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { stubFolders } from './nvmlStub';

/** Compiles one of the C files here into a shared library; throws with the compiler's words. */
export function compileLibrary(
  source: string,
  defines: Readonly<Record<string, number>> = {},
  flags: readonly string[] = [],
): string {
  const folder = mkdtempSync(join(tmpdir(), 'tw-stub-'));
  stubFolders.push(folder);
  const library = join(folder, `${source.replace(/\.c$/, '')}.so`);
  const set = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`);
  const path = join(import.meta.dirname, source);
  const args = [
    '-shared',
    '-fPIC',
    '-Wall',
    '-Werror',
    '-Wno-unused-function',
    ...set,
    ...flags,
    '-o',
    library,
  ];
  execFileSync('gcc', [...args, path], { stdio: 'pipe' });
  return library;
}

/** The switches that every stub has: numbers by name. */
export function switchesOf(path: string): (values: Readonly<Record<string, number>>) => void {
  const set = koffi.load(path).func('int stub_set(const char *name, double value)');
  return (values) => {
    for (const [name, value] of Object.entries(values)) {
      if (set(name, value) !== 0) throw new Error(`The stub has no switch ${name}.`);
    }
  };
}
