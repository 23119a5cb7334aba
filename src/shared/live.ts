import type { Domain, Provenance, SensorInfo } from './meter';
import type { Phase, WindowRecord } from './run';

/** What a person needs to know of a sensor to read its trace. */
export interface TraceSensor {
  id: string;
  device: string;
  domain: Domain;
  provenance: Provenance;
  origin: SensorInfo['origin'];
}

/** Power of one sensor over time. Columns of equal length, in time order; gaps stay gaps. */
export interface PowerTrace {
  sensor: TraceSensor;
  /** Seconds since the run started. */
  tS: Float64Array;
  /** Watts; mean power between two reads of a counter, the reading of a gauge. */
  powerW: Float64Array;
}

/** Latency of a run over time, at most a few hundred points a window: least and largest of each stretch are kept. */
export interface LatencyTrace {
  /** Seconds since the run started. */
  tS: Float64Array;
  durationS: Float64Array;
}

/** Everything that the page of one run draws, already reduced: its size does not grow with the samples. */
export interface RunColumns {
  phases: { phase: Phase; fromS: number; toS: number }[];
  windows: {
    index: number;
    openS: number;
    closeS: number;
    verdict: WindowRecord['verdict'];
    p50S: number | null;
  }[];
  latency: LatencyTrace;
  /** Empirical distribution over all windows that count: share of inferences at or below each latency. */
  distribution: { latencyS: Float64Array; share: Float64Array };
  power: PowerTrace[];
  /** Samples that were read for this. */
  samples: number;
}

/** What a sensor shows now. */
export interface LiveReading {
  sensor: TraceSensor;
  atUnixMs: number;
  /** null: it did not answer, or a counter has been read only once. */
  powerW: number | null;
  error: string | null;
}
