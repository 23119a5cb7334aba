import { closeSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import type { ProbeEnv } from '../../shared/meter';
import { codeOf } from './files';

/** Performance events of the kernel that count on one CPU, for everyone. A string is the error's code. */
export interface PerfEvents {
  open(type: number, config: bigint, cpu: number): number | string;
  read(fd: number): bigint | string;
  close(fd: number): void;
}

/** The events of the machine that the files belong to; null where there are none to ask. */
export type EventsOf = (env: Pick<ProbeEnv, 'fsRoot'>) => Promise<PerfEvents | null>;

/** Number of the system call; the PMU `power` exists on x86 only. */
const perfEventOpen = { x64: 298 } as const;
const closeOnExec = 8;
/** struct perf_event_attr in its first size, which every kernel takes: type u32@0, size u32@4, config u64@8. */
const attributeSize = 64;

/** Asks the running kernel, through koffi; a recorded tree has no kernel to ask. */
export const kernelEvents: EventsOf = async ({ fsRoot }) => {
  const call = process.platform === 'linux' && process.arch === 'x64' ? perfEventOpen[process.arch] : null;
  if (call === null || fsRoot !== '/') return null;
  const { default: koffi } = await import('koffi');
  const syscall = koffi
    .load(null)
    .func('long syscall(long number, void *attributes, int pid, int cpu, int group, unsigned long flags)');
  const count = Buffer.alloc(8);
  return {
    open(type, config, cpu) {
      const attributes = Buffer.alloc(attributeSize);
      attributes.writeUInt32LE(type, 0);
      attributes.writeUInt32LE(attributeSize, 4);
      attributes.writeBigUInt64LE(config, 8);
      const fd = Number(syscall(call, attributes, -1, cpu, -1, closeOnExec));
      return fd >= 0 ? fd : errorName(koffi.errno());
    },
    read(fd) {
      try {
        return readSync(fd, count, 0, 8, null) === 8 ? count.readBigUInt64LE(0) : 'SHORT_READ';
      } catch (error) {
        return codeOf(error);
      }
    },
    close(fd) {
      closeSync(fd);
    },
  };
};

/** The name of an errno: 13 is EACCES. */
export const errorName = (code: number): string =>
  Object.entries(constants.errno).find(([, value]) => value === code)?.[0] ?? `ERRNO_${code}`;
