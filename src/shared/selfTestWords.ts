import type { SensorTest } from './selfTest';
import { formatSi } from './units';

/** Columns of the self test, as the command line and the page show them. */
export const selfTestHead = [
  'meter',
  'device',
  'lives',
  'updates every',
  'idle',
  'noise',
  'load',
  'against other',
  'disturbed',
] as const;

export const selfTestNote =
  'Noise: spread of the power at rest. Against other: this counter over the integrated power of the second sensor of the same ' +
  'device, under load. Disturbed: mean power read ten times a second over that read at the ends only, 95 % interval.';

/** One sensor as cells of that table; a dash where something could not be told. */
export function selfTestCells({
  sensor,
  alive,
  tick,
  idleW,
  idleSdW,
  loadW,
  pair,
  disturbance,
}: SensorTest): string[] {
  const watts = (value: number | null) =>
    value === null ? '–' : `${sensor.provenance === 'estimate' ? '≈ ' : ''}${formatSi(value, 'W')}`;
  const marks = [
    sensor.provenance === 'estimate' ? 'ESTIMATE' : null,
    sensor.origin === 'simulated' || sensor.origin === 'replayed' ? sensor.origin.toUpperCase() : null,
  ].filter((each) => each !== null);
  return [
    [sensor.id, ...marks].join(' '),
    `${sensor.device.name} (${sensor.domain})`,
    alive ? 'yes' : 'no',
    tick === null ? '–' : formatSi(tick.shortestS, 's'),
    watts(idleW),
    watts(idleSdW),
    watts(loadW),
    pair === null ? '–' : pair.ratio.toFixed(3),
    disturbance === null
      ? '–'
      : `${disturbance.ratio.toFixed(3)} [${disturbance.low.toFixed(3)}, ${disturbance.high.toFixed(3)}]`,
  ];
}
