import type { Failure } from '../../shared/errors';
import type { Health, MeterReport, Reading } from '../../shared/meter';
import type { EnvOptions } from '../meters/environment';

/** Lab to sampler. `request` pairs an answer with its question. All times are hrtime ns. */
export type ToSampler =
  | { type: 'probe'; request: number; options: EnvOptions }
  /** Opens these sensors, closes those opened before and stops their trace and edges. Answered by `opened`. */
  | { type: 'open'; request: number; sensorIds: string[]; options: EnvOptions }
  /**
   * Reads every open sensor once at each of these times, in pairs: even ones open a window, odd ones
   * close it. Inside a window the sampler says nothing; both edges are posted after the closing one.
   */
  | { type: 'edges'; id: string; atNs: bigint[] }
  /** Gives up the edges still due; those read are posted, then `cancelled`. */
  | { type: 'cancel'; id: string }
  /** Slow trace of the open sensors at no more than `hz`; null stops it. */
  | { type: 'trace'; hz: number | null }
  /** Reads one open sensor as fast as `hz` for so many seconds, in one go: to find how often it updates. Answered by `burst`. */
  | { type: 'burst'; request: number; sensorId: string; seconds: number; hz: number }
  | { type: 'close'; request: number };

/** Sampler to lab. */
export type FromSampler =
  | { type: 'reports'; request: number; reports: MeterReport[] }
  | { type: 'opened'; request: number; sensorIds: string[] }
  | { type: 'edge'; id: string; index: number; edge: EdgeResult }
  | { type: 'cancelled'; id: string }
  | { type: 'trace'; batch: TraceBatch }
  | { type: 'burst'; request: number; readings: Reading[] }
  | { type: 'closed'; request: number }
  /** The question with this number could not be answered. */
  | { type: 'failed'; request: number; failure: Failure };

/** What the meters showed at one edge. */
export interface EdgeResult {
  index: number;
  /** When the edge was asked for; the readings carry when it happened. */
  atNs: bigint;
  /** One per open sensor, in the order of opening. */
  readings: Reading[];
  /** By provider id. */
  health: Record<string, Health>;
  /** Longest time between two beats of the sampler since the edge before, s: it stood still, or the machine slept. */
  standstillS: number;
  /** Processor time that the sampler has used so far, s. */
  ownS: number;
}

/** State of the devices at one moment of the slow trace, by provider id. */
export interface HealthSample {
  atNs: bigint;
  health: Record<string, Health>;
}

/** Some of the slow trace. Failed reads are listed, never filled in. */
export interface TraceBatch {
  /** hrtime ns that every time in the batch counts from. */
  originNs: bigint;
  columns: TraceColumn[];
  /** About two a second. */
  health: HealthSample[];
  failures: { sensorId: string; tNs: number; code: string }[];
}

export interface TraceColumn {
  sensorId: string;
  /** Middle of each read, ns after the origin, in time order. */
  tNs: Float64Array;
  /** Counts of a counter, watts of a gauge; one per time. */
  raw: BigInt64Array | Float64Array;
}

/** One end of a conversation. A channel that is closed drops what is sent. */
export interface Channel<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): void;
}
