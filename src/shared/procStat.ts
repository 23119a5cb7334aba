/** Time that all cores together spent busy and in total since some start; one unit, whichever. */
export interface CpuTimes {
  busy: number;
  total: number;
}

/** First line of Linux' /proc/stat, in ticks of 10 ms. Time stolen by other guests is neither ours nor idle, so it is left out. */
export function parseProcStat(text: string): CpuTimes | null {
  const match = /^cpu\s+(.*)$/m.exec(text);
  const numbers = match === null ? [] : match[1]!.trim().split(/\s+/).map(Number);
  if (numbers.length < 5 || numbers.some((n) => !Number.isFinite(n))) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0] = numbers;
  const busy = user + nice + system + irq + softIrq;
  return { busy, total: busy + idle + wait };
}

/** Ticks of /proc/stat a second (USER_HZ; 100 on every architecture that the lab runs on). */
export const ticksPerSecond = 100;
