import type { ElemType } from '../../shared/model';
import type { Condition, Engine, Provider } from '../../shared/plan';
import type { Phase, RunFacts } from '../../shared/run';
import type { Usage } from './usage';
import type { WarmupResult, WarmupRule } from './warmup';

/** How one input is made: the lab decides shape and filling, the runner makes the bytes from the seed. */
export interface InputJob {
  name: string;
  elemType: ElemType;
  shape: number[];
  fill: string;
  data: Uint8Array;
}

/** Everything one runner needs; it reads no file but the model and knows no meter. */
export interface RunnerJob {
  type: 'measure';
  engine: Engine;
  provider: Provider;
  threads: number;
  graphOptimization: Condition['graphOptimization'];
  modelPath: string;
  /** File and SHA-256 of everything that is loaded; hashed again before the load. */
  files: { path: string; sha256: string }[];
  inputs: InputJob[];
  /** Sizes and values that nobody gave (`sequence = 1`): the first suspects when the model refuses its inputs. */
  assumed: string[];
  warmup: WarmupRule;
  windows: {
    seconds: number;
    /** At most so many, repeats of void ones included; after each but the last the lab stores, decides by the stopping rule and answers `more`. */
    count: number;
    inferencesMin: number;
    capS: number;
    /** Load before each window opens, s: what the meters need between reads and to have forgotten the idle time. */
    prerollS: number;
    /** A random part of this is added (the meter's update period), so that windows meet it at random phase. */
    phaseS: number;
    /** Pause after each eighth of a window, s, for a sensor that sees only part of the time; 0: none. */
    gapS: number;
    seed: number;
    /** Inferences stored of one window at most; absent: as many as the columns hold. Faster models are stored with a stride. */
    samplesMax?: number;
  };
  /** Look at the meters under load before the first window, s; 0: none. The lab answers `more` when it has judged. */
  meterCheckS: number;
  /** Does the lab want to be asked whether the temperature has settled before the warm-up ends? */
  askTemperature: boolean;
  /** Seconds without inferences before and after, model loaded; 0: none. */
  idle: { settleS: number; beforeS: number; afterS: number };
  parentPid: number;
}

/** Asks only whether a session of the tiny model can be had. */
export interface ProbeJob {
  type: 'probe';
  provider: Provider;
  modelPath: string;
  inputs: InputJob[];
  parentPid: number;
}

export type ToRunner = RunnerJob | ProbeJob | { type: 'more'; go: boolean } | { type: 'cancel' };

export type FromRunner =
  | { type: 'phase'; phase: Phase; expectedS: number }
  | {
      type: 'loaded';
      facts: Pick<
        RunFacts,
        | 'ortVersion'
        | 'nodeVersion'
        | 'sessionCreateNs'
        | 'firstInferenceNs'
        | 'outputs'
        | 'outputSha256'
        | 'inputs'
        | 'baseRssBytes'
      >;
    }
  | { type: 'idle'; which: 'before' | 'after'; openNs: bigint; closeNs: bigint }
  /** Latency has settled; answered by `more`, whose `go` says that the temperature has too. */
  | { type: 'steady' }
  | { type: 'warmed'; result: WarmupResult }
  /** Load runs from before openNs to after closeNs; answered by `more`. */
  | { type: 'meterCheck'; openNs: bigint; closeNs: bigint }
  | { type: 'windowPlan'; index: number; openNs: bigint; closeNs: bigint }
  | {
      type: 'window';
      index: number;
      openNs: bigint;
      closeNs: bigint;
      starts: BigUint64Array;
      ends: BigUint64Array;
      stride: number;
      inferences: number;
      /** Of machine and runner just before and just after the recorded stretch. */
      usage: [Usage, Usage];
      /** Seconds without inferences inside the window, on purpose. */
      gapS: number;
    }
  | { type: 'probed'; ortVersion: string; available: string[] | null; assignment: RunFacts['assignment'] }
  | { type: 'done'; peakRssBytes: number; cancelled: boolean }
  /** After `done`: where the nodes ran. */
  | { type: 'assignment'; assignment: RunFacts['assignment'] }
  | { type: 'failed'; phase: Phase; message: string; remedy: string | null };
