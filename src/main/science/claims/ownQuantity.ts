import { type AccuracyRecord, correctPerJoule } from '../../../shared/accuracy';
import type { ClaimQuantity } from '../../../shared/claim';
import type { Interval, RunRow } from '../../../shared/runRow';
import { pickGross } from './ratio';

/** What a claim of the user's own can be about: its name, unit, and how it is read from a run. */
export interface OwnQuantity {
  title: string;
  unit: string;
  /** Nulls where it was not measured. `accuracy` only for quantities that need labelled data. */
  pick(row: RunRow, accuracy: AccuracyRecord | null): Interval;
  /** Read from energy: missing without a meter. */
  energy?: true;
}

const nothing: Interval = { value: null, low: null, high: null };

/** factor / interval, ends swapped. */
function over(factor: number, { value, low, high }: Interval): Interval {
  if (value === null || !(value > 0)) return nothing;
  return {
    value: factor / value,
    low: high === null || !(high > 0) ? null : factor / high,
    high: low === null || !(low > 0) ? null : factor / low,
  };
}

/** Mean power with the sensor's gain and the scatter of the energy, since both have the same windows. */
function power(row: RunRow): Interval {
  const { value, low, high } = pickGross(row);
  if (row.powerMeanW === null || value === null || low === null || high === null || !(value > 0))
    return nothing;
  const gain = row.grossJ.low === null ? 0 : 1.96 * (row.gainRel ?? 0);
  const rel = Math.hypot((high - low) / (2 * value), gain);
  return { value: row.powerMeanW, low: row.powerMeanW * (1 - rel), high: row.powerMeanW * (1 + rel) };
}

/** Right answers per joule of a call's energy over its batch. */
function rightPerJoule(row: RunRow, record: AccuracyRecord | null): Interval {
  const { value, low, high } = pickGross(row);
  const perItem = (v: number | null) => v && v / row.batch;
  const energy = { value: perItem(value), low: perItem(low), high: perItem(high) };
  return (record && correctPerJoule(record, energy).correctPerJ) ?? nothing;
}

export const ownQuantities: Readonly<Record<ClaimQuantity, OwnQuantity>> = {
  latencyP50: { title: 'Median latency of a call', unit: 's', pick: (row) => row.p50S },
  latencyP95: { title: '95th percentile of the latency of a call', unit: 's', pick: (row) => row.p95S },
  energyGross: { title: 'Energy of a call', unit: 'J', pick: pickGross, energy: true },
  energyNet: { title: 'Energy of a call over ready idle', unit: 'J', pick: (row) => row.netJ, energy: true },
  throughput: { title: 'Items per second', unit: '1/s', pick: (row) => over(row.batch, row.p50S) },
  itemsPerJoule: {
    title: 'Items per joule',
    unit: '1/J',
    pick: (row) => over(row.batch, pickGross(row)),
    energy: true,
  },
  powerMean: { title: 'Mean power under load', unit: 'W', pick: power, energy: true },
  accuracy: {
    title: 'Accuracy',
    unit: '1',
    pick: (_, accuracy) => accuracy?.accuracy ?? nothing,
  },
  correctPerJoule: {
    title: 'Right answers per joule',
    unit: '1/J',
    pick: rightPerJoule,
    energy: true,
  },
};
