import type { ElemType, Licence } from '../../shared/model';
import type { Provider } from '../../shared/plan';
import type { Graph } from '../models/writer';
import type { Dataset } from './data/dataset';
import type { OpenOptions } from './data/open';

export type NumberArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int8Array
  | Uint8Array
  | Uint16Array;

/** A tensor in plain memory; `float16` as its bits in a Uint16Array. A scalar has dims []. */
export interface Value {
  elemType: ElemType;
  dims: readonly number[];
  data: NumberArray;
}

export interface SessionSettings {
  /** Default `cpu`. */
  provider?: Provider;
  /** Intra-op threads; default 1. */
  threads?: number;
  /** Further operator sets of the file, e.g. `{ 'com.microsoft': 1 }`; only for graphs. */
  domains?: Readonly<Record<string, number>>;
}

/** A loaded model that is fed anew in each call. Outputs may be fed back as inputs without a copy. */
export interface Session {
  /**
   * @param outputs only these; default: all
   * @throws LabError runner_failed with ONNX Runtime's own words
   */
  run(feeds: Readonly<Record<string, Value>>, outputs?: readonly string[]): Promise<Record<string, Value>>;
  close(): Promise<void>;
}

/** A model in a file, with external data beside it. */
export interface ModelPath {
  path: string;
}

/** ONNX Runtime as the experiments see it; given by the runner, the only place that touches it. */
export interface Ort {
  readonly version: string;
  /** @throws LabError unsupported where the provider lacks an operator, not_a_model for bytes it refuses */
  open(model: Graph | Uint8Array | ModelPath, settings?: SessionSettings): Promise<Session>;
}

/** What a task of an experiment works with; it runs in a process of its own and may be killed at any time. */
export interface Tools {
  ort: Ort;
  /** An empty folder; models that a task returns lie in it. */
  folder: string;
  /** Generated, bundled or installed data by name (`mnist1d`, `mnist`, own sets). @throws LabError not_found with the remedy */
  dataset(name: string, options: OpenOptions): Promise<Dataset>;
  /** Share done, 0 to 1, and what is done now. */
  progress(share: number, label?: string): void;
}

/** A model that a task made, to be taken into the lab's library. */
export interface MadeModel {
  key: string;
  /** File name in `tools.folder`. */
  file: string;
  name: string;
  family: 'mlp' | 'cnn' | 'decoder' | 'imported';
  /** Text that makes the same file again on the same build: experiment, sizes, seed, data. */
  recipe: string;
  /** What a variant takes over from the model that it was made of; absent: it is the lab's own work. */
  origin?: { source: string | null; licence: Licence | null };
}
