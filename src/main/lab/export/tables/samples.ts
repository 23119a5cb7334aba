import type { Cell } from '../../../../shared/csv';
import type { BundleSource, BundleTable } from '../types';
import { columnsOf, ordinal, quantity, text } from './columns';

interface Row {
  runId: string;
  windowIndex: number;
  sampleIndex: number;
  startS: number;
  durationS: number;
}

/** A stretch of stored inferences of one window. */
interface Stretch {
  runId: string;
  windowIndex: number;
  /** Index of the first, counting inferences that are not stored. */
  first: number;
  stride: number;
  startsNs: Float64Array;
  durationsNs: Float64Array;
}

const ROWS_PER_BATCH = 8_192;

/** One row per stored inference. */
export const samples: BundleTable<Row> = {
  name: 'samples',
  title: 'Samples',
  description:
    'One row per stored inference, in time order. start_s counts from samples_origin_ns of its window in the table windows; the latencies of a run are those that start inside [open_ns, close_ns) of a kept window.',
  primaryKey: ['run_id', 'window_index', 'sample_index'],
  foreignKeys: [{ fields: ['run_id'], table: 'runs', to: ['run_id'] }],
  columns: columnsOf<Row>(
    text('run_id', 'Run that it belongs to.', (r) => r.runId),
    ordinal('window_index', 'Window that it belongs to.', (r) => r.windowIndex),
    ordinal(
      'sample_index',
      'Number of the inference in its window, from 0; steps by the stride.',
      (r) => r.sampleIndex,
    ),
    quantity('start_s', 'When it began, from the first stored inference of its window.', (r) => r.startS),
    quantity('duration_s', 'How long it took.', (r) => r.durationS),
  ),
  raw: true,
  // An estimate: those of void windows are not among them.
  count: ({ selection }) => selection.runs.reduce((sum, run) => sum + (run.latency?.n ?? 0), 0),
  *rows(source) {
    for (const { runId, windowIndex, first, stride, startsNs, durationsNs } of stretches(source)) {
      yield Array.from(startsNs, (startNs, i) => ({
        runId,
        windowIndex,
        sampleIndex: first + i * stride,
        startS: startNs / 1e9,
        durationS: durationsNs[i]! / 1e9,
      }));
    }
  },
  *columnar(source) {
    for (const { runId, windowIndex, first, stride, startsNs, durationsNs } of stretches(source)) {
      const n = startsNs.length;
      yield [
        new Array<Cell>(n).fill(runId),
        new Float64Array(n).fill(windowIndex),
        Float64Array.from(startsNs, (_, i) => first + i * stride),
        startsNs.map(toSeconds),
        durationsNs.map(toSeconds),
      ];
    }
  },
};

// Adding 0 turns -0 into 0.
const toSeconds = (ns: number): number => ns / 1e9 + 0;

/** The samples of one window at a time lie in memory. */
function* stretches({ reader, selection }: BundleSource): Iterable<Stretch> {
  for (const { id: runId } of selection.runs) {
    for (const { index } of reader.getWindows(runId)) {
      const { startsNs, durationsNs, stride } = reader.getSamples(runId, index);
      for (let from = 0; from < startsNs.length; from += ROWS_PER_BATCH) {
        yield {
          runId,
          windowIndex: index,
          first: from * stride,
          stride,
          startsNs: startsNs.subarray(from, from + ROWS_PER_BATCH),
          durationsNs: durationsNs.subarray(from, from + ROWS_PER_BATCH),
        };
      }
    }
  }
}
