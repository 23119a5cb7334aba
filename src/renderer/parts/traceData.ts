import type { TraceSensor } from '../../shared/live';

/** Columns of one trace, as the ring gives them. NaN: a gap. */
export type Columns = readonly [t: Float64Array, value: Float64Array];

export interface TraceSummary {
  last: number | null;
  min: number | null;
  max: number | null;
  /** Values that are there; gaps do not count. */
  n: number;
}

/** Last, least and largest value, gaps left out. Pure. */
export function summaryOf(values: Float64Array): TraceSummary {
  let last: number | null = null;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let n = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    last = value;
    if (value < min) min = value;
    if (value > max) max = value;
    n += 1;
  }
  return n === 0 ? { last: null, min: null, max: null, n } : { last, min, max, n };
}

/** NaN as null, which uPlot leaves open. Pure. */
export function openGaps(values: Float64Array): (number | null)[] {
  const out: (number | null)[] = new Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = Number.isNaN(values[i]) ? null : values[i];
  return out;
}

/** `NVIDIA H100, gpu.board`; a device that is named after its domain is named once. Pure. */
export const sensorName = (device: string, domain: string): string =>
  device.toLowerCase().endsWith(domain.toLowerCase()) ? device : `${device}, ${domain}`;

/** `NVIDIA H100, gpu.board, measured`. Pure. */
export const sensorLabel = ({ device, domain, provenance }: TraceSensor): string =>
  `${sensorName(device, domain)}, ${provenance}`;

const head = [
  'quantity',
  'sensor',
  'device',
  'domain',
  'provenance',
  'origin',
  't_s',
  'power_w',
  'latency_s',
];

/** The live trace as CSV: one row a sample, gaps left out; times in seconds since the run started. Pure. */
export function traceCsv(
  power: readonly { sensor: TraceSensor; columns: Columns }[],
  latency: Columns,
): string {
  const lines = [head.join(',')];
  for (const { sensor, columns } of power) {
    const who = ['power', sensor.id, sensor.device, sensor.domain, sensor.provenance, sensor.origin]
      .map(cell)
      .join(',');
    const [t, value] = columns;
    for (let i = 0; i < t.length; i++) if (!Number.isNaN(value[i])) lines.push(`${who},${t[i]},${value[i]},`);
  }
  const [t, value] = latency;
  for (let i = 0; i < t.length; i++)
    if (!Number.isNaN(value[i])) lines.push(`latency,,,,,,${t[i]},,${value[i]}`);
  return `${lines.join('\n')}\n`;
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Whole decades around the values, so that a grid line is always near. Pure. */
export function decades(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !(min > 0)) return [1e-6, 1];
  const low = 10 ** Math.floor(Math.log10(min));
  const high = 10 ** Math.ceil(Math.log10(max));
  return high > low ? [low, high] : [low, low * 10];
}
