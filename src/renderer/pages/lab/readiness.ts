import type { Outputs } from '../../../shared/contract';
import type { MeterReport, SensorInfo } from '../../../shared/meter';
import { sensorName } from '../../parts/traceData';

/** Sensors that were found, of all meters. Pure. */
export function metersFound(meters: readonly MeterReport[]): SensorInfo[] {
  return meters.flatMap(({ result }) => (result.status === 'ok' ? result.sensors : []));
}

export interface ReadyLine {
  text: string;
  tone: 'good' | 'warn' | 'muted';
  /** Where to read more or mend it. */
  more?: 'machine';
}

/** Is this machine fit to measure: providers, meters, power source, clock governor. One line each. Pure. */
export function readinessOf({ machine, providers, meters }: Outputs['describeMachine']): ReadyLine[] {
  const found = providers
    .filter((p) => p.status === 'ok')
    .map((p) => (p.device ? `${p.provider} (${p.device})` : p.provider));
  const lines: ReadyLine[] = [
    found.length > 0
      ? { text: `Providers: ${found.join(', ')}`, tone: 'good' }
      : { text: 'No execution provider was found', tone: 'warn', more: 'machine' },
  ];
  const sensors = metersFound(meters);
  const real = sensors.filter((s) => s.origin === 'hardware');
  const label = (s: SensorInfo) => sensorName(s.device.name, s.domain);
  const names = (all: readonly SensorInfo[]) => {
    const texts = [...new Set(all.map(label))];
    return texts.length > 2
      ? `${texts.slice(0, 2).join(', ')} and ${texts.length - 2} more`
      : texts.join(', ');
  };
  if (real.length > 0) lines.push({ text: `Power: ${names(real)}`, tone: 'good' });
  else if (sensors.length > 0) {
    const simulated = sensors.find((s) => s.origin === 'simulated' || s.origin === 'replayed');
    lines.push(
      simulated
        ? { text: `Power: ${simulated.origin}, not real (${names(sensors)})`, tone: 'warn', more: 'machine' }
        : { text: 'No power sensor: energy will be an estimate', tone: 'warn', more: 'machine' },
    );
  } else lines.push({ text: 'No power sensor: energy will not be measured', tone: 'warn', more: 'machine' });
  if (machine.powerSource === 'battery')
    lines.push({ text: 'On battery: plug it in, or results vary', tone: 'warn' });
  const { governor } = machine.cpu;
  if (governor !== null)
    lines.push({ text: `Clock governor: ${governor}`, tone: governor === 'performance' ? 'good' : 'muted' });
  if (machine.virtualized) lines.push({ text: 'Virtual machine', tone: 'muted' });
  return lines;
}
