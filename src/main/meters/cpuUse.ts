import { cpus } from 'node:os';
import { join } from 'node:path';
import type { ProbeEnv } from '../../shared/meter';
import { type MeterFiles, textOrNull } from './files';

/** Time that all cores together spent busy and in total since some start; one unit, whichever. */
export interface CpuTimes {
  busy: number;
  total: number;
}

/** Times of the whole machine now; null where the system does not tell. */
export function cpuTimes(files: MeterFiles, env: Pick<ProbeEnv, 'platform' | 'fsRoot'>): CpuTimes | null {
  if (env.platform === 'linux') return parseProcStat(textOrNull(files, join(env.fsRoot, 'proc/stat')) ?? '');
  const sum = { busy: 0, total: 0 };
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    sum.busy += busy;
    sum.total += busy + times.idle;
  }
  return sum.total > 0 ? sum : null;
}

/** First line of /proc/stat. Time stolen by other guests is neither ours nor idle, so it is left out. */
export function parseProcStat(text: string): CpuTimes | null {
  const match = /^cpu\s+(.*)$/m.exec(text);
  const numbers = match === null ? [] : match[1]!.trim().split(/\s+/).map(Number);
  if (numbers.length < 5 || numbers.some((n) => !Number.isFinite(n))) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0] = numbers;
  const busy = user + nice + system + irq + softIrq;
  return { busy, total: busy + idle + wait };
}
