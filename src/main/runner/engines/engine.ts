import type { ElemType } from '../../../shared/model';
import type { Condition, Provider } from '../../../shared/plan';
import type { RunFacts } from '../../../shared/run';

/** A model input with its data, ready to be bound once and read by every inference. Little-endian bytes. */
export interface BoundInput {
  name: string;
  elemType: ElemType;
  shape: readonly number[];
  data: Uint8Array;
}

export interface SessionOptions {
  modelPath: string;
  provider: Provider;
  threads: number;
  graphOptimization: Condition['graphOptimization'];
}

/** What one inference gave, as plain data. `bytes` is null for types whose payload is not flat memory (strings). */
export interface OutputValue {
  name: string;
  elemType: string;
  shape: number[];
  bytes: Uint8Array | null;
}

/**
 * One loaded model with its inputs bound: the small interface behind which both engines stand.
 * `invoke` is exactly what is timed: from just before the call until every output is readable in CPU memory
 * (docs/method.md, 2.1). What must be done after each call, outside the timing, is `settle`.
 */
export interface TimedSession {
  readonly kind: 'sync' | 'async';
  invoke(): unknown;
  /** Checks the answer of `invoke` and frees its outputs. Throws LabError `runner_failed`. */
  settle(answer: unknown): void;
  /** Runs once and reads the outputs. */
  outputs(): Promise<OutputValue[]>;
  /** Nodes per execution provider, where the session itself knows them; null elsewhere (see findAssignment). */
  assignment(): RunFacts['assignment'];
  /** Frees the model; nothing else may be called afterwards. */
  close(): void;
}

export interface Engine {
  readonly ortVersion: string;
  /** Execution providers compiled into the library, by ONNX Runtime's names; null where this engine cannot tell. */
  readonly available: string[] | null;
  load(options: SessionOptions): Promise<{ bind(inputs: readonly BoundInput[]): TimedSession }>;
}

/** ONNX Runtime's name of each provider. */
export const ortProviderNames: Readonly<Record<Provider, string>> = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  dml: 'DmlExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
};
