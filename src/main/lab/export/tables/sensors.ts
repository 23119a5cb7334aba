import { domains, provenances, type SensorInfo } from '../../../../shared/meter';
import { headlineEnergy, type RunRecord } from '../../../../shared/run';
import type { BundleSource, BundleTable } from '../types';
import {
  batches,
  columnsOf,
  count,
  explained,
  flag,
  oneOf,
  optional,
  ordinal,
  quantity,
  text,
} from './columns';
import { meterProviders, sensorOrigins } from './runEnergy';

interface Row {
  run: RunRecord;
  sensor: SensorInfo;
}

/** The sensors of a run in order of id. */
export function sensorsInOrder(reader: BundleSource['reader'], runId: string): SensorInfo[] {
  return reader.sensorsOf(runId).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const largest = 2n ** 63n - 1n;
const uncorrected = () => 'no comparison with a wall meter corrects it';

/** One row per run and sensor that was read in it. */
export const sensors: BundleTable<Row> = {
  name: 'sensors',
  title: 'Sensors',
  description:
    'One row per run and sensor that was read in it: what it sees, how it is made, and how well it is known.',
  primaryKey: ['run_id', 'sensor_id'],
  foreignKeys: [{ fields: ['run_id'], table: 'runs', to: ['run_id'] }],
  columns: columnsOf<Row>(
    text('run_id', 'Run in which it was read.', ({ run }) => run.id),
    text('sensor_id', 'The sensor.', ({ sensor }) => sensor.id),
    flag(
      'is_headline',
      'True where the energy in the table runs is of this one.',
      ({ run, sensor }) => headlineEnergy(run)?.sensor?.id === sensor.id,
    ),
    oneOf('energy_method', meterProviders, 'Source that it belongs to.', ({ sensor }) => sensor.provider),
    oneOf(
      'energy_provenance',
      provenances,
      'measured by a sensor, firmware-model: computed inside the device, estimate: from load and rated power.',
      ({ sensor }) => sensor.provenance,
    ),
    oneOf(
      'energy_origin',
      sensorOrigins,
      'simulated and replayed meters are for tests.',
      ({ sensor }) => sensor.origin,
    ),
    oneOf('energy_scope', domains, 'What it sees.', ({ sensor }) => sensor.domain),
    optional(
      text('contains', 'Scopes whose energy is inside this one, never to be added.', ({ sensor }) =>
        sensor.contains.join('|'),
      ),
    ),
    optional(text('device_key', 'Device that it belongs to.', ({ sensor }) => sensor.device.key)),
    optional(text('device_name', 'Name of the device.', ({ sensor }) => sensor.device.name)),
    optional(text('device_driver', 'Version of its driver.', ({ sensor }) => sensor.device.driver)),
    oneOf(
      'kind',
      ['counter', 'gauge'],
      'counter: counts energy; gauge: shows power.',
      ({ sensor }) => sensor.kind,
    ),
    oneOf(
      'delivery',
      ['read', 'push'],
      'read: asked for; push: comes by itself.',
      ({ sensor }) => sensor.delivery,
    ),
    explained('count_size_missing_reason', () => 'a gauge shows watts', [
      quantity('count_size_J', 'Energy of one count.', ({ sensor }) => sensor.joulePerCount),
    ]),
    explained('modulus_missing_reason', whyNoModulus, [
      count('modulus_count', 'Counts after which the counter wraps.', ({ sensor }) =>
        sensor.modulus !== null && sensor.modulus <= largest ? sensor.modulus : null,
      ),
    ]),
    quantity('update_s', 'Time between two new values.', ({ sensor }) => sensor.update.seconds),
    oneOf(
      'update_source',
      ['documented', 'measured', 'assumed'],
      'How that time is known.',
      ({ sensor }) => sensor.update.from,
    ),
    quantity('averaging_s', 'Time that one value is a mean over.', ({ sensor }) => sensor.averagingS),
    quantity('duty_ratio', 'Share of the time that it sees.', ({ sensor }) => sensor.duty),
    quantity('read_rate_max_Hz', 'It is read at most so often.', ({ sensor }) => sensor.maxReadHz),
    quantity(
      'gain_sd_ratio',
      'Standard uncertainty (1 sigma) of its gain.',
      ({ sensor }) => sensor.gainRel1s,
    ),
    quantity(
      'offset_sd_W',
      'Standard uncertainty (1 sigma) of its offset.',
      ({ sensor }) => sensor.offsetW1s,
    ),
    explained('factor_missing_reason', () => 'not an estimate', [
      quantity('factor_ratio', 'Of an estimate: the factor of one sigma.', ({ sensor }) => sensor.factor1s),
    ]),
    quantity(
      'power_plausible_max_W',
      'More than this is taken for a fault.',
      ({ sensor }) => sensor.maxPlausibleW,
    ),
    optional(
      text(
        'calibration_id',
        'Comparison with a wall meter that corrects every energy of it.',
        ({ sensor }) => sensor.calibration?.id,
      ),
    ),
    explained('calibration_missing_reason', uncorrected, [
      quantity(
        'calibration_gain_ratio',
        'Gain that the correction divides by.',
        ({ sensor }) => sensor.calibration?.gain,
      ),
      quantity(
        'calibration_offset_W',
        'Offset that it takes away.',
        ({ sensor }) => sensor.calibration?.offsetW,
      ),
      quantity(
        'calibration_gain_sd_ratio',
        'Standard uncertainty of that gain.',
        ({ sensor }) => sensor.calibration?.gainRel1s,
      ),
      quantity(
        'calibration_offset_sd_W',
        'Standard uncertainty of that offset.',
        ({ sensor }) => sensor.calibration?.offsetW1s,
      ),
    ]),
    optional(
      text(
        'calibration_against',
        'Meter that it was compared with.',
        ({ sensor }) => sensor.calibration?.against,
      ),
    ),
    optional(
      ordinal(
        'calibration_unix_ms',
        'When it was compared, ms since 1970 UTC.',
        ({ sensor }) => sensor.calibration?.atUnixMs,
      ),
    ),
    optional(text('notes', 'What else went into it.', ({ sensor }) => sensor.notes.join('|'))),
  ),
  raw: false,
  count: ({ selection }) =>
    selection.runs.reduce((sum, run) => sum + run.energy.filter((e) => e.sensor !== null).length, 0),
  rows: ({ reader, selection }) => batches(rows(reader, selection.runs)),
};

function* rows(reader: BundleSource['reader'], runs: readonly RunRecord[]): Iterable<Row> {
  for (const run of runs) for (const sensor of sensorsInOrder(reader, run.id)) yield { run, sensor };
}

function whyNoModulus({ sensor }: Row): string {
  if (sensor.kind === 'gauge') return 'a gauge shows watts';
  return sensor.modulus === null ? 'it never wraps in practice' : 'it does not fit 64 bits';
}
