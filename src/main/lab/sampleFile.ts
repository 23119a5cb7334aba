import { brotliCompressSync, brotliDecompressSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Machine } from '../../shared/machine';
import type { SensorInfo } from '../../shared/meter';
import type { Model } from '../../shared/model';
import type { RunRecord, WindowRecord, WindowSamples } from '../../shared/run';
import { canonicalJson, parseCanonical } from '../store/canonical';
import type { LabReader } from '../store/reader';
import {
  decodeReadings,
  encodeReadings,
  type ReadingCells,
  type ReadingsRecord,
  readingsRecord,
  type StoredReadings,
} from '../store/readings';
import type { DeviceState, Experiment, RunEvent } from '../store/records';
import { decodeSamples, describeSamples, encodeSamples, type SampleCells } from '../store/samples';

/** One recorded experiment with everything that its runs stored. Its models are recipes, to be built again. */
export interface Recorded {
  experiment: Experiment;
  machines: Machine[];
  models: Model[];
  runs: RecordedRun[];
}

export interface RecordedRun {
  run: RunRecord;
  sensors: SensorInfo[];
  windows: { record: WindowRecord; samples: WindowSamples }[];
  readings: StoredReadings[];
  states: DeviceState[];
  events: RunEvent[];
}

const format = 'thirtywatts.recorded/1';

/** Cells of the store (columns.ts) whose bytes stand elsewhere: how many there are. */
type Lengths<T> = { [K in keyof T]: T[K] extends Uint8Array ? number : T[K] };

interface Written {
  format: typeof format;
  experiment: Experiment;
  machines: Machine[];
  models: Model[];
  runs: (Pick<RecordedRun, 'run' | 'sensors' | 'states' | 'events'> & {
    windows: {
      record: WindowRecord;
      samples: ReturnType<typeof describeSamples>;
      cells: Lengths<SampleCells>;
    }[];
    readings: { record: ReadingsRecord; cells: Lengths<ReadingCells> }[];
  })[];
}

/** What a lab holds of one experiment. */
export function recordedOf(reader: LabReader, experimentId: string): Recorded {
  const runs = reader.listRuns({ experimentId });
  const unique = (ids: string[]) => [...new Set(ids)];
  return {
    experiment: reader.getExperiment(experimentId),
    machines: unique(runs.map((run) => run.machineId)).map(reader.getMachine),
    models: unique(runs.map((run) => run.condition.modelId)).map(reader.getModel),
    runs: runs.map((run) => ({
      run,
      sensors: reader.sensorsOf(run.id),
      windows: reader
        .getWindows(run.id)
        .map((record) => ({ record, samples: reader.getSamples(run.id, record.index) })),
      readings: reader.getReadings(run.id),
      states: reader.getStates(run.id),
      events: reader.getEvents(run.id),
    })),
  };
}

/**
 * The file of a recorded experiment, brotli: one line of canonical JSON (canonical.ts), then the columns of all cells in
 * the order in which that line names them, each as it lies in the store before zstd.
 */
export function writeRecorded({ runs, ...rest }: Recorded): Uint8Array {
  const columns: Uint8Array[] = [];
  const apart = <T extends object>(cells: T) =>
    eachCell(cells, (bytes: Uint8Array) => {
      const layout = zstdDecompressSync(bytes);
      columns.push(layout);
      return layout.length;
    }) as Lengths<T>;
  const written: Written = {
    format,
    ...rest,
    runs: runs.map(({ windows, readings, ...run }) => ({
      ...run,
      windows: windows.map(({ record, samples }) => ({
        record,
        samples: describeSamples(samples),
        cells: apart(encodeSamples(samples)),
      })),
      readings: readings.map((batch) => ({
        record: readingsRecord(batch),
        cells: apart(encodeReadings(batch)),
      })),
    })),
  };
  return brotliCompressSync(Buffer.concat([Buffer.from(`${canonicalJson(written)}\n`), ...columns]));
}

/** @throws Error for a file of another format, or whose columns no longer match their checksums */
export function readRecorded(file: Uint8Array): Recorded {
  const bytes = brotliDecompressSync(file);
  let at = bytes.indexOf('\n') + 1;
  const { format: found, runs, ...rest } = parseCanonical(bytes.toString('utf8', 0, at)) as Written;
  if (found !== format) throw new Error(`a recorded experiment of the format ${found}`);
  const together = <T extends object>(cells: Lengths<T>) =>
    eachCell(cells, (length: number) => {
      at += length;
      return zstdCompressSync(bytes.subarray(at - length, at));
    }) as T;
  return {
    ...rest,
    runs: runs.map(({ windows, readings, ...run }) => ({
      ...run,
      windows: windows.map(({ record, samples, cells }) => ({
        record,
        samples: sound(decodeSamples(samples, together<SampleCells>(cells))),
      })),
      readings: readings.map(({ record, cells }) =>
        sound(decodeReadings(record, together<ReadingCells>(cells))),
      ),
    })),
  };
}

function sound<T>(value: T | null): T {
  if (value === null) throw new Error('a recorded column no longer matches its checksum');
  return value;
}

/** Changes every cell but the names of codecs, in the order of the names: JSON keeps no other. */
function eachCell<From, To>(cells: object, change: (cell: From) => To): object {
  const sorted = Object.entries(cells).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, cell]) => [name, name.endsWith('_codec') ? cell : change(cell as From)]),
  );
}
