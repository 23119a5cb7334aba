import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseProcStat, ticksPerSecond } from '../../shared/procStat';

/** What machine and runner had used up at one moment. Only differences mean something. */
export interface Usage {
  atNs: bigint;
  /** Processor time of the runner, all its threads, s. */
  ownS: number;
  /** Processor time of the whole machine, all cores, s: busy and in total. Null where the system does not tell. */
  machine: { busyS: number; totalS: number } | null;
  /** Page faults of the runner that went to disk. */
  majorFaults: number;
  /** Pages swapped in and out by the machine; null where the system does not tell. */
  swappedPages: number | null;
}

/** Reads it in well under a millisecond; for just outside a window, never inside. */
export function readUsage(platform: NodeJS.Platform = process.platform): Usage {
  const { userCPUTime, systemCPUTime, majorPageFault } = process.resourceUsage();
  return {
    atNs: process.hrtime.bigint(),
    ownS: (userCPUTime + systemCPUTime) / 1e6,
    machine: platform === 'linux' ? linuxMachine() : otherMachine(),
    majorFaults: majorPageFault,
    swappedPages: platform === 'linux' ? swappedPages(textOf('/proc/vmstat')) : null,
  };
}

/** Sum of pswpin and pswpout in Linux' /proc/vmstat; null where it has neither. */
export function swappedPages(vmstat: string): number | null {
  const counts = [...vmstat.matchAll(/^pswp(?:in|out) (\d+)$/gm)].map((m) => Number(m[1]));
  return counts.length === 0 ? null : counts.reduce((a, b) => a + b, 0);
}

function linuxMachine(): Usage['machine'] {
  // Only the first line: those of the cores and interrupts run to kilobytes on large machines.
  const times = parseProcStat(textOf('/proc/stat'));
  return times && { busyS: times.busy / ticksPerSecond, totalS: times.total / ticksPerSecond };
}

function otherMachine(): Usage['machine'] {
  const sum = { busyS: 0, totalS: 0 };
  for (const { times } of cpus()) {
    const busyS = (times.user + times.nice + times.sys + times.irq) / 1000;
    sum.busyS += busyS;
    sum.totalS += busyS + times.idle / 1000;
  }
  return sum.totalS > 0 ? sum : null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
