import { protocolOf } from '../../../../shared/plan';
import type { RunRecord, WindowEnergy, WindowRecord } from '../../../../shared/run';
import { quantileOf } from '../../../../shared/stats/quantiles';
import { sha256OfValue } from '../../../store/canonical';
import type { StoredWindow } from '../../../store/records';
import { durationsInside } from '../../samples';
import type { BundleSource, BundleTable } from '../types';
import {
  batches,
  columnsOf,
  count,
  explained,
  flag,
  notRecorded,
  oneOf,
  optional,
  ordinal,
  quantity,
  text,
} from './columns';
import { codesText } from './runFacts';

/** One window as one sensor saw it; `energy` null where the run had no sensor. */
interface Row {
  runId: string;
  window: WindowRecord;
  sensorIndex: number;
  energy: WindowEnergy | null;
  samples: StoredWindow['samples'];
  latencyMedianS: number | null;
  recordSha256: string;
  /** hrtime ns of the first line of the run's log; null without one. */
  startNs: bigint | null;
}

const notSeen = (r: Row): string | null => (r.energy === null ? 'no sensor was read' : r.energy.code);
const seconds = ({ energy }: Row): number | null =>
  energy === null || energy.fromNs === null || energy.toNs === null
    ? null
    : Number(energy.toNs - energy.fromNs) / 1e9;
const over = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a == null || b == null ? null : a / b;
const state = (r: Row) => r.window.state;
const untold = (r: Row) => (r.window.state === undefined ? notRecorded : 'the system does not tell');
/** Why a time does not count from the start of its run. */
export const noLog = 'the run has no log';

/** One row per window and sensor; a window that no sensor saw has one row. */
export const windows: BundleTable<Row> = {
  name: 'windows',
  title: 'Windows',
  description:
    'One row per window and sensor (one row where no sensor was read): a timed stretch of inferences. Void windows are here too, with kept = false.',
  primaryKey: ['run_id', 'window_index', 'sensor_index'],
  foreignKeys: [{ fields: ['run_id'], table: 'runs', to: ['run_id'] }],
  columns: columnsOf<Row>(
    text('run_id', 'Run that it belongs to.', (r) => r.runId),
    ordinal(
      'window_index',
      'Number of the window in its run, from 0, repeated tries included.',
      (r) => r.window.index,
    ),
    ordinal('sensor_index', 'Number of the row among those of one window, from 0.', (r) => r.sensorIndex),
    optional(ordinal('slot_index', 'Which of the planned windows it is, from 0.', (r) => r.window.slot)),
    optional(ordinal('attempt_index', 'The how manieth try at it, from 0.', (r) => r.window.attempt)),
    ordinal('open_ns', 'When it opened, ns of the machine’s steady clock.', (r) => r.window.openNs),
    ordinal('close_ns', 'When it closed, ns of the same clock.', (r) => r.window.closeNs),
    explained('start_missing_reason', () => noLog, [
      quantity('start_s', 'When it opened, from the first line of the run’s log.', (r) =>
        r.startNs === null ? null : Number(r.window.openNs - r.startNs) / 1e9,
      ),
    ]),
    quantity('duration_s', 'From open to close.', (r) => Number(r.window.closeNs - r.window.openNs) / 1e9),
    quantity(
      'inferences_count',
      'Inferences inside, first and last by the fraction inside.',
      (r) => r.window.inferences,
    ),
    explained('latency_median_missing_reason', () => 'no stored inference began inside', [
      quantity(
        'latency_median_s',
        'Median latency of the stored inferences that began inside.',
        (r) => r.latencyMedianS,
      ),
    ]),
    oneOf('verdict', ['ok', 'flagged', 'void'], 'Verdict on the window.', (r) => r.window.verdict),
    flag('kept', 'False for a void window: no result stands on it.', (r) => r.window.verdict !== 'void'),
    optional(
      text('rejected_reason', 'Codes of a void window.', (r) =>
        r.window.verdict === 'void' ? codesText(r.window.codes) : null,
      ),
    ),
    optional(text('flags', 'Codes of the window.', (r) => codesText(r.window.codes))),
    optional(
      text('sensor_id', 'Sensor behind the energy, see the table sensors.', (r) => r.energy?.sensorId),
    ),
    explained('energy_missing_reason', notSeen, [
      quantity(
        'energy_J',
        'Energy between the two reads of the sensor nearest to the edges.',
        (r) => r.energy?.energyJ,
      ),
      quantity('energy_per_inference_J', 'That energy over its inferences.', (r) =>
        over(r.energy?.energyJ, r.energy?.inferences),
      ),
      quantity('power_mean_W', 'That energy over the time between the reads.', (r) =>
        over(r.energy?.energyJ, seconds(r)),
      ),
    ]),
    optional(
      ordinal('energy_from_ns', 'Middle of the first read, ns of the same clock.', (r) => r.energy?.fromNs),
    ),
    optional(
      ordinal('energy_to_ns', 'Middle of the last read, ns of the same clock.', (r) => r.energy?.toNs),
    ),
    explained('energy_inferences_missing_reason', notSeen, [
      quantity('energy_inferences_count', 'Inferences between the two reads.', (r) => r.energy?.inferences),
    ]),
    explained('temperature_end_missing_reason', untold, [
      quantity('temperature_end_Cel', 'Temperature of the device at the end.', (r) => state(r)?.tempC),
    ]),
    explained('clock_missing_reason', untold, [
      quantity('clock_Hz', 'Median clock of the device.', (r) => {
        const mhz = state(r)?.clockMHz ?? null;
        return mhz === null ? null : mhz * 1e6;
      }),
    ]),
    explained('background_cpu_missing_reason', untold, [
      quantity(
        'background_cpu_ratio',
        'Share of the processors that other programs used.',
        (r) => state(r)?.backgroundCpu,
      ),
    ]),
    count('samples_count', 'Inferences stored, see the table samples.', (r) => r.samples.n),
    ordinal(
      'samples_origin_ns',
      'What start_s of its samples counts from, ns of the same clock.',
      (r) => r.samples.originNs,
    ),
    count('samples_stride_count', 'One of so many inferences is stored.', (r) => r.samples.stride),
    text(
      'samples_sha256',
      'SHA-256 over starts and durations (64-bit floats, ns, little-endian).',
      (r) => r.samples.sha256,
    ),
    text(
      'record_sha256',
      'SHA-256 of the canonical JSON of its record in provenance/records/windows.jsonl.',
      (r) => r.recordSha256,
    ),
  ),
  raw: false,
  count: ({ selection }) => selection.runs.reduce((sum, run) => sum + windowsOf(run) * sensorsSeen(run), 0),
  rows: ({ reader, selection }) => batches(rows(reader, selection.runs)),
};

/** Windows of a run, told by its results: an estimate. */
export function windowsOf(run: RunRecord): number {
  if (run.latency === null) return 0;
  return Math.max(protocolOf(run.condition).windowsMin, ...run.energy.map((e) => e.windows));
}
const sensorsSeen = (run: RunRecord) => Math.max(1, run.energy.filter((e) => e.sensor !== null).length);

function* rows(reader: BundleSource['reader'], runs: readonly RunRecord[]): Iterable<Row> {
  for (const { id: runId } of runs) {
    const startNs = startOf(reader, runId);
    for (const record of reader.storedWindows(runId)) {
      const { window, samples } = record;
      const inside = durationsInside(reader.getSamples(runId, window.index), window.openNs, window.closeNs);
      const shared = {
        runId,
        window,
        samples,
        latencyMedianS: inside.length === 0 ? null : quantileOf(inside, 0.5) / 1e9,
        recordSha256: sha256OfValue(record),
        startNs,
      };
      const seen = window.energy.length > 0 ? window.energy : [null];
      for (const [sensorIndex, energy] of seen.entries()) yield { ...shared, sensorIndex, energy };
    }
  }
}

/** When a run started, by the steady clock of its machine: the first line of its log. */
export function startOf(reader: BundleSource['reader'], runId: string): bigint | null {
  return reader.getEvents(runId)[0]?.atNs ?? null;
}
