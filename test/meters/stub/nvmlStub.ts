import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import {
  fieldValueLayout,
  memoryLayout,
  pciLayout,
  processLayout,
  processUtilizationLayout,
  temperatureLayout,
  utilizationLayout,
} from '../../../src/main/meters/nvmlTypes';

/** The layouts of the TypeScript side, for the C compiler to check. */
const layouts: Readonly<Record<string, number>> = {
  FIELD_SIZE: fieldValueLayout.size,
  FIELD_ID: fieldValueLayout.fieldId,
  FIELD_SCOPE: fieldValueLayout.scopeId,
  FIELD_TIMESTAMP: fieldValueLayout.timestampUs,
  FIELD_LATENCY: fieldValueLayout.latencyUs,
  FIELD_TYPE: fieldValueLayout.valueType,
  FIELD_RETURN: fieldValueLayout.result,
  FIELD_VALUE: fieldValueLayout.value,
  TEMPERATURE_SIZE: temperatureLayout.size,
  TEMPERATURE_AT: temperatureLayout.temperature,
  MEMORY_SIZE: memoryLayout.size,
  MEMORY_TOTAL: memoryLayout.total,
  MEMORY_FREE: memoryLayout.free,
  MEMORY_USED: memoryLayout.used,
  UTILIZATION_SIZE: utilizationLayout.size,
  PCI_SIZE: pciLayout.size,
  PCI_BUS_ID: pciLayout.busId,
  PROCESS_SIZE: processLayout.size,
  PROCESS_MEMORY: processLayout.usedMemory,
  PROCESS_UTILIZATION_SIZE: processUtilizationLayout.size,
  PROCESS_UTILIZATION_STAMP: processUtilizationLayout.timeStampUs,
  PROCESS_UTILIZATION_SM: processUtilizationLayout.smUtil,
};

/** Is there a C compiler? Without one the tests of the real FFI are skipped, visibly. */
export function hasCompiler(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

/** Folders that compiled stubs lie in. */
export const stubFolders: string[] = [];
/** For `afterAll` of whoever compiles. */
export function removeStubs(): void {
  for (const folder of stubFolders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Compiles the stub into a folder of its own; throws with the compiler's words if a layout is wrong. */
export function compileStub(
  flags: readonly string[] = [],
  changed: Readonly<Record<string, number>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'tw-nvml-'));
  stubFolders.push(folder);
  const library = join(folder, 'libnvidia-ml.so.1');
  const defines = Object.entries({ ...layouts, ...changed }).map(([name, value]) => `-D${name}=${value}`);
  const source = join(import.meta.dirname, 'nvml_stub.c');
  execFileSync(
    'gcc',
    [
      '-shared',
      '-fPIC',
      '-Wall',
      '-Werror',
      '-Wno-unused-function',
      ...defines,
      ...flags,
      '-o',
      library,
      source,
    ],
    {
      stdio: 'pipe',
    },
  );
  return library;
}

export interface Stub {
  path: string;
  set(values: Readonly<Record<string, number>>): void;
  /** How many times it is initialised and not shut down. */
  opened(): number;
}

/** The switches of a compiled stub. */
export function stubAt(path: string): Stub {
  const library = koffi.load(path);
  const set = library.func('int stub_set(const char *name, double value)');
  const opened = library.func('int stub_opened(void)');
  return {
    path,
    opened: () => opened() as number,
    set: (values) => {
      for (const [name, value] of Object.entries(values)) {
        if (set(name, value) !== 0) throw new Error(`The stub has no switch ${name}.`);
      }
    },
  };
}
