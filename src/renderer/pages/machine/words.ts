import type { Outputs } from '../../../shared/contract';
import type { Machine } from '../../../shared/machine';
import type { Domain, MeterReport, Provenance, SensorInfo } from '../../../shared/meter';
import { formatDuration, formatPercent, significant } from '../../../shared/units';

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

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(bytes < 16 * 2 ** 30 ? 1 : 0)} GiB`;
const yesNo = (value: boolean | null) => (value === null ? 'not known' : value ? 'yes' : 'no');

/** The machine as names and values. Pure. */
export function machineFacts({
  cpu,
  memoryBytes,
  gpus,
  os,
  virtualized,
  powerSource,
  node,
  onnxruntime,
  app,
}: Machine): [string, string][] {
  return [
    ['Processor', cpu.model],
    ['Logical cores', String(cpu.logicalCores)],
    ['Clock governor', cpu.governor ?? 'not known'],
    ['Memory', gib(memoryBytes)],
    [
      'Graphics',
      gpus.length === 0
        ? 'none with a readable meter'
        : gpus
            .map(({ name, driver, memoryBytes: own }) =>
              [name, own === null ? null : gib(own), driver === null ? null : `driver ${driver}`]
                .filter(Boolean)
                .join(', '),
            )
            .join('; '),
    ],
    ['System', `${os.platform} ${os.release}, ${os.arch}`],
    ['System version', os.version],
    ['Virtual machine', yesNo(virtualized)],
    ['Power source', powerSource === null ? 'not known' : powerSource === 'ac' ? 'mains' : 'battery'],
    ['Node', node],
    ['ONNX Runtime', onnxruntime],
    [
      'Thirty Watts',
      app.commit
        ? `${app.version} (${app.commit.slice(0, 12)}${app.commit.endsWith('-dirty') ? ', changed' : ''})`
        : app.version,
    ],
  ];
}

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

/** The service words its remedies for the command line; here the field is on the page. Pure. */
export function remedyText(text: string): string {
  return text
    .replace(' with --tdp WATTS', ' under “Rated power” on this page')
    .replace(', or use a wall meter', ', or add a wall meter below')
    .replace(
      'add it with “thirty-watts meters add-wall”, or on the page Machine & meters',
      'add it under “Wall meters” on this page',
    );
}

/** What stands between this machine and measured energy. */
export type MeterState = 'sensor' | 'simulated' | 'estimate' | 'none';

/** The best that was found. Pure. */
export function meterState(meters: readonly MeterReport[]): MeterState {
  const sensors = meters.flatMap(({ result }) => (result.status === 'ok' ? result.sensors : []));
  if (sensors.some((s) => s.origin === 'hardware')) return 'sensor';
  if (sensors.some((s) => s.origin === 'simulated' || s.origin === 'replayed')) return 'simulated';
  return sensors.length > 0 ? 'estimate' : 'none';
}

/** Everything on the page as plain text, for a report or a question. No host name, no path. Pure. */
export function machineText({ machine, providers, meters }: Outputs['describeMachine']): string {
  const line = (name: string, value: string) => `${name}: ${value}`;
  return [
    'Machine',
    ...machineFacts(machine).map(([name, value]) => line(name, value)),
    ...(machine.nodeOptions === null ? [] : [line('NODE_OPTIONS', machine.nodeOptions)]),
    '',
    'Execution providers',
    ...providers.map(({ provider, status, reason, device }) =>
      line(
        provider,
        status === 'ok'
          ? device
            ? `found, runs on ${device}`
            : 'found'
          : `refused: ${reason ?? 'no reason given'}`,
      ),
    ),
    '',
    'Meters',
    ...meters.flatMap(({ title, result }) =>
      result.status === 'ok'
        ? result.sensors.map((s) =>
            line(
              title,
              `${s.device.name}, ${s.domain} (${domainWords[s.domain]}), ${provenanceWords[s.provenance]}${s.origin === 'hardware' || s.origin === 'model' ? '' : `, ${s.origin.toUpperCase()}`}, ${s.kind}, ${updateText(s)}, ${uncertaintyText(s)}`,
            ),
          )
        : [line(title, `${result.status}: ${result.reason}`)],
    ),
    '',
  ].join('\n');
}
