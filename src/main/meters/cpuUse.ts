import { cpus } from 'node:os';
import { join } from 'node:path';
import type { ProbeEnv } from '../../shared/meter';
import { type CpuTimes, parseProcStat } from '../../shared/procStat';
import { type MeterFiles, textOrNull } from './files';

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
