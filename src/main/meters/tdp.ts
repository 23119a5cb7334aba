import { join } from 'node:path';
import type { ProbeEnv } from '../../shared/meter';
import { integerOrNull, type MeterFiles, textOrNull } from './files';
import { tableTdpW } from './tdpTable';

/** Rated power of all processors of the machine and where the number comes from. */
export interface RatedPower {
  watts: number;
  from: 'user' | 'powercap' | 'table';
}

/** Limits outside which a rated power is a typing error or a firmware's placeholder, W. */
export const tdpRangeW = { least: 1, most: 5000 } as const;

const isTdp = (watts: number | null): watts is number =>
  watts !== null && watts >= tdpRangeW.least && watts <= tdpRangeW.most;

/** The user's word first, then the limit in the processor's own registers, then the table. Never a default. */
export function ratedPower(files: MeterFiles, env: ProbeEnv): RatedPower | null {
  if (env.userTdpW !== null) return isTdp(env.userTdpW) ? { watts: env.userTdpW, from: 'user' } : null;
  // A guest gets a share of a processor: the rating of the whole says nothing about it.
  if (env.cpu.virtualized) return null;
  const sockets = env.platform === 'linux' ? socketCount(files, env.fsRoot) : 1;
  const limitW = env.platform === 'linux' ? powercapLimitW(files, env.fsRoot) : null;
  if (isTdp(limitW)) return { watts: limitW * sockets, from: 'powercap' };
  const tableW = tableTdpW(env.cpu.model);
  return tableW === null ? null : { watts: tableW * sockets, from: 'table' };
}

function powercapLimitW(files: MeterFiles, fsRoot: string): number | null {
  const folder = join(fsRoot, 'sys/class/powercap/intel-rapl:0');
  if (textOrNull(files, join(folder, 'constraint_0_name')) !== 'long_term') return null;
  const microW = integerOrNull(files, join(folder, 'constraint_0_max_power_uw'));
  return microW === null ? null : microW / 1e6;
}

function socketCount(files: MeterFiles, fsRoot: string): number {
  const text = textOrNull(files, join(fsRoot, 'proc/cpuinfo')) ?? '';
  const sockets = new Set([...text.matchAll(/^physical id\s*:\s*(\d+)$/gm)].map((m) => m[1]));
  return Math.max(1, sockets.size);
}
