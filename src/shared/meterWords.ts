import type { Domain, Provenance, SensorInfo } from './meter';
import { formatDuration, formatPercent, significant } from './units';

/** What a domain covers, for a person who does not know its name. */
export const domainWords: Readonly<Record<Domain, string>> = {
  'gpu.board': 'whole graphics card',
  'gpu.package': 'graphics chip',
  'gpu.memory': 'graphics memory',
  module: 'module of processor and graphics',
  'cpu.package': 'whole processor chip',
  'cpu.cores': 'processor cores',
  'cpu.uncore': 'processor without its cores',
  dram: 'main memory',
  'soc.cpu': 'processor part of the chip',
  'soc.gpu': 'graphics part of the chip',
  'soc.ane': 'neural engine of the chip',
  'soc.dram': 'memory of the chip',
  'platform.psys': 'whole platform, as its firmware sees it',
  'system.dc': 'whole computer behind its power supply',
  'battery.dc': 'whole computer from its battery',
  'wall.ac': 'whole computer at the wall',
};

export const provenanceWords: Readonly<Record<Provenance, string>> = {
  measured: 'measured',
  'firmware-model': 'modelled by firmware',
  estimate: 'ESTIMATE',
};

/** `1.2 ms`, `20 s`: a period that a sensor works at. Pure. */
function periodText(seconds: number): string {
  if (seconds >= 60) return formatDuration(seconds);
  return seconds >= 1 ? `${significant(seconds, 2)} s` : `${significant(seconds * 1e3, 2)} ms`;
}

/** How far a reading may be off, in words. Pure. */
export function uncertaintyText({
  factor1s,
  gainRel1s,
  offsetW1s,
}: Pick<SensorInfo, 'factor1s' | 'gainRel1s' | 'offsetW1s'>): string {
  // 95 % of a factor of one sigma s is s^1.96 (docs/method.md, 8.9).
  if (factor1s !== null) return `× or ÷ ${significant(factor1s ** 1.96, 2)} (95 %)`;
  const parts = [
    gainRel1s > 0 ? `± ${formatPercent(gainRel1s, 2)}` : null,
    offsetW1s > 0 ? `± ${significant(offsetW1s, 2)} W` : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? `${parts.join(' and ')} (1 σ)` : 'not stated by its maker';
}

/** How often a sensor moves, and where that is known from. Pure. */
export function updateText({
  update,
  averagingS,
  duty,
}: Pick<SensorInfo, 'update' | 'averagingS' | 'duty'>): string {
  const averaged = averagingS > 0 ? `, averages over ${periodText(averagingS)}` : '';
  const part = duty < 1 ? `, sees ${formatPercent(duty, 2)} of the time` : '';
  return `every ${periodText(update.seconds)} (${update.from})${averaged}${part}`;
}
