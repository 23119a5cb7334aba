import type { Outputs } from '../../../shared/contract';
import type { Machine } from '../../../shared/machine';
import type { MeterReport } from '../../../shared/meter';
import { domainWords, provenanceWords, uncertaintyText, updateText } from '../../../shared/meterWords';

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
