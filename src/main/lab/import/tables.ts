import type { z } from 'zod';
import { type AccuracyRecord, normaliseSchema } from '../../../shared/accuracy';
import { type ClaimVersion, claimOptionsSchema } from '../../../shared/claim';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import { planSchema } from '../../../shared/plan';
import type { RunRecord } from '../../../shared/run';
import { locationProblem } from '../../models/external';
import { modelId } from '../../models/stored';
import { sha256OfValue } from '../../store/canonical';
import {
  accuracyRow,
  claimVersionId,
  type StoredClaimExperiment,
  type StoredClaimRun,
  type StoredStep,
} from '../../store/claims';
import { type Codec, codecs } from '../../store/columns';
import { decodeReadings, type ReadingCells, type ReadingsRecord, readingsRow } from '../../store/readings';
import {
  conditionSha256,
  type DeviceState,
  type Experiment,
  eventRow,
  experimentRow,
  machineRow,
  modelRow,
  type Row,
  type RunEvent,
  runRow,
  type SensorOfRun,
  type StoredWindow,
  sensorRow,
  stateRow,
  windowRow,
} from '../../store/records';
import { decodeSamples, type SampleCells } from '../../store/samples';
import { miscounted } from '../verify';
import { claimExperimentShape, claimRunShape, claimStepShape, claimVersionShape } from './claimShapes';
import {
  accuracyShape,
  eventShape,
  experimentShape,
  machineShape,
  modelShape,
  readingsShape,
  runShape,
  sensorOfRunShape,
  stateShape,
  windowShape,
} from './shapes';
import type { Came, TableReading } from './table';

export const models: TableReading<Model> = {
  table: 'models',
  shape: modelShape,
  keyOf: ({ id }) => [id],
  more: ({ value }) => {
    const problem = value.externalData
      .map(({ location }) => locationProblem(location))
      .find((p) => p !== null);
    if (problem) return `names external data that ${problem}`;
    if (modelId(value.fileSha256, value.externalData) !== value.id)
      return 'is not the model that its id says';
    if ([value.name, value.family, value.precision].includes(''))
      return 'lacks its name, family or precision';
    return fits(modelRow(value));
  },
};

export const machines: TableReading<Machine> = {
  table: 'machines',
  shape: machineShape,
  keyOf: ({ id }) => [id],
  more: ({ value }) => {
    const { id, ...facts } = value;
    return sha256OfValue(facts) === id ? fits(machineRow(value)) : 'is not the machine that its id says';
  },
};

export const experiments: TableReading<Experiment> = {
  table: 'experiments',
  shape: experimentShape,
  keyOf: ({ id }) => [id],
  more: ({ value }) => {
    if (sha256OfValue(value.plan) !== value.planSha256) return 'carries another hash than its plan has';
    // The first labs had neither.
    return lacks(planSchema, value.plan, ['blocks', 'control']) ?? fits(experimentRow(value));
  },
};

export const runs: TableReading<RunRecord> = {
  table: 'runs',
  shape: runShape,
  keyOf: ({ id }) => [id],
  more: ({ value }) => {
    if (value.status === 'queued' || value.status === 'running') return 'is a run that has not ended';
    if (value.outcome?.kind !== value.status) return 'has another outcome than its status says';
    if (conditionSha256(value.condition) !== value.conditionSha256)
      return 'carries another hash than its condition has';
    return fits(runRow(value));
  },
};

const sampleColumns = ['starts', 'starts_codec', 'durations', 'durations_codec'] as const;
const readingColumns = [
  ...['t0', 't0_codec', 't1', 't1_codec', 'raw', 'raw_codec', 'source', 'source_codec'],
] as const;

const rot = 'holds columns that do not match their checksum';

export const windows: TableReading<StoredWindow> = {
  table: 'windows',
  shape: windowShape,
  keyOf: ({ runId, window }) => [runId, window.index],
  columns: sampleColumns,
  more: (came, deep) => {
    const { samples } = came.value;
    const cells = sampleCells(came);
    if (cells === null || !areLean([cells.starts, cells.durations], samples.n)) return rot;
    return deep && decodeSamples(samples, cells) === null ? rot : fits(windowRow(came.value));
  },
};

export const sensors: TableReading<SensorOfRun> = {
  table: 'sensors',
  shape: sensorOfRunShape,
  keyOf: ({ runId, sensor }) => [runId, sensor.id],
  more: ({ value }) => fits(sensorRow(value)),
};

export const readings: TableReading<ReadingsRecord> = {
  table: 'readings',
  shape: readingsShape,
  keyOf: ({ runId, sensorId, role, seq }) => [runId, sensorId, role, seq],
  columns: readingColumns,
  more: (came, deep) => {
    const cells = readingCells(came);
    if (cells === null || !areLean([cells.t0, cells.t1, cells.raw, cells.source], came.value.n)) return rot;
    return deep && decodeReadings(came.value, cells) === null ? rot : fits(readingsRow(came.value));
  },
};

export const states: TableReading<DeviceState> = {
  table: 'states',
  shape: stateShape,
  keyOf: ({ runId, seq }) => [runId, seq],
  more: ({ value }) => fits(stateRow(value)),
};

export const events: TableReading<RunEvent> = {
  table: 'events',
  shape: eventShape,
  keyOf: ({ runId, seq }) => [runId, seq],
  more: ({ value }) => fits(eventRow(value)),
};

export const accuracies: TableReading<AccuracyRecord> = {
  table: 'accuracies',
  shape: accuracyShape,
  keyOf: ({ id }) => [id],
  more: ({ value }) =>
    (value.normalise && lacks(normaliseSchema, value.normalise)) ??
    miscounted(value) ??
    fits(accuracyRow(value)),
};

export const claimVersions: TableReading<ClaimVersion> = {
  table: 'claim_versions',
  shape: claimVersionShape,
  keyOf: ({ id }, lab) => [lab, id],
  more: ({ value }) =>
    claimVersionId(value) === value.id ? null : 'is not the claim that its id is the hash of',
};

export const claimRuns: TableReading<StoredClaimRun> = {
  table: 'claim_runs',
  shape: claimRunShape,
  keyOf: ({ id }, lab) => [lab, id],
  more: ({ value }) => lacks(claimOptionsSchema, value.options),
};

export const claimSteps: TableReading<StoredStep> = {
  table: 'claim_steps',
  shape: claimStepShape,
  keyOf: ({ claimRunId, key }, lab) => [lab, `${claimRunId}/${key}`],
  more: ({ value }) => (value.key.isWellFormed() ? null : 'holds text that cannot be stored'),
};

export const claimExperiments: TableReading<StoredClaimExperiment> = {
  table: 'claim_experiments',
  shape: claimExperimentShape,
  keyOf: ({ claimRunId, key }, lab) => [lab, `${claimRunId}/${key}`],
  more: ({ value }) => (value.key.isWellFormed() ? null : 'holds text that cannot be stored'),
};

/** Names what a schema would fill in: the record is kept as it came, and its readers take a default for said. */
function lacks(schema: z.ZodType<object>, value: object, mayLack: readonly string[] = []): string | null {
  const missing = Object.keys(schema.parse(value)).filter((key) => !(key in value) && !mayLack.includes(key));
  return missing.length === 0 ? null : `does not say ${missing.join(', ')}`;
}

/** What SQLite would store differently: halves of characters. */
function fits(row: Row): string | null {
  const odd = Object.values(row).some((cell) => typeof cell === 'string' && !cell.isWellFormed());
  return odd ? 'holds text that cannot be stored' : null;
}

/** The columns of a window as they came; null where a codec or a blob is none. */
export const sampleCells = ({ columns }: Pick<Came<unknown>, 'columns'>): SampleCells | null =>
  cellsOf<SampleCells>(columns, ['starts', 'durations'], {});

export const readingCells = ({ columns }: Pick<Came<unknown>, 'columns'>): ReadingCells | null =>
  cellsOf<ReadingCells>(columns, ['t0', 't1', 'raw', 'source'], { raw: codecs });

const floats: readonly Codec[] = codecs.filter((codec) => codec.startsWith('f64'));
const integers: readonly Codec[] = codecs.filter((codec) => codec.startsWith('i64'));

function cellsOf<T>(
  columns: Came<unknown>['columns'],
  names: readonly string[],
  allowed: Readonly<Record<string, readonly Codec[]>>,
): T | null {
  const cells: Record<string, Uint8Array | string> = {};
  for (const name of names) {
    const [blob, codec] = [columns?.[name], columns?.[`${name}_codec`]];
    if (blob === undefined || codec === undefined) return null;
    const may: readonly string[] = allowed[name] ?? (names.length === 2 ? floats : integers);
    if (!may.includes(codec)) return null;
    const bytes = Buffer.from(blob, 'base64');
    // Whatever is no base64 is left out in silence: written again it must be the same.
    if (bytes.toString('base64') !== blob) return null;
    cells[name] = bytes;
    cells[`${name}_codec`] = codec;
  }
  return cells as T;
}

/** No blob takes more room than its values could need, whatever it is packed with. */
const areLean = (blobs: readonly Uint8Array[], n: number) =>
  blobs.every((bytes) => bytes.length <= 9 * n + 1024);
