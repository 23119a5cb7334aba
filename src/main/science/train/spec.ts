import type { Provider } from '../../../shared/plan';

/**
 * What is trained and how: architectures as plain data. Weights of a linear layer are [inputs, outputs], of a
 * convolution [outputs, inputs, height, width]. Source: guide of the experiments, sections 6.1 and 11.
 */

export type Activation = 'relu' | 'tanh' | 'kwta';

interface CommonSpec {
  classes: number;
  /** Units of the hidden linear layers; [] is logistic regression (after the convolutions, where there are any). */
  hidden: readonly number[];
  activation: Activation;
  /**
   * `kwta` only: winners k of each stage, convolutions first, then the hidden layers. Of a convolution they are taken
   * over its whole map after pooling. 0: ReLU in that stage.
   */
  winners?: readonly number[];
}

export interface MlpSpec extends CommonSpec {
  kind: 'mlp';
  features: number;
}

export interface Convolution {
  channels: number;
  /** Height and width; [1, 5] for sequences. No padding, stride 1. */
  kernel: readonly [number, number];
  /** Max-pool of this size and stride; [1, 1]: none. It must divide the map. */
  pool: readonly [number, number];
}

export interface CnnSpec extends CommonSpec {
  kind: 'cnn';
  /** Channels, height, width of one example; its product is `features`. A sequence of 40 is [1, 1, 40]. */
  shape: readonly [number, number, number];
  convolutions: readonly Convolution[];
}

export type NetSpec = MlpSpec | CnnSpec;

/**
 * Everything of a trained network by name, float32 in row order: `w0`, `b0`, `w1` … (stage by stage, the output layer
 * last). With k-WTA also `duty0` … (share of the time each unit or channel wins), `seen` [1] and `boost` [1], the boost
 * strength at the end of the training.
 */
export type Params = Readonly<Record<string, Float32Array>>;

export interface Recipe {
  /** Steps of gradient descent; or `epochs`, whole passes over the examples (a last part of a batch is left out). */
  steps?: number;
  epochs?: number;
  batch: number;
  learningRate: number;
  /** 0 or absent: plain gradient descent. v ← momentum · v + g; w ← w − rate · v. */
  momentum?: number;
  /** The learning rate is multiplied by `factor` from this share of the steps on, e.g. { at: 0.7, factor: 0.2 }. */
  drop?: { at: number; factor: number };
  /** Multiplied into the learning rate and the boost strength after each epoch, e.g. { learningRate: 0.8, boost: 0.85 }. */
  perEpoch?: { learningRate?: number; boost?: number };
  /** Batch of the first epoch where it differs (guide 6.4: 4 for sparse networks, so that duty cycles settle). */
  firstEpochBatch?: number;
  /** Default cross-entropy of the softmax; `squared` is ½ Σ (logit − target)², both as the mean over the batch. */
  loss?: 'crossEntropy' | 'squared';
  /** k-WTA: strength β of boosting at the start; default 1.5. */
  boost?: number;
  seed: number;
  /** Start: `he` normal with the gain of the activation (default); `uniform` within 1/√fan-in, as torch has it. */
  start?: 'he' | 'uniform';
  /** Parameters to begin with in place of the start's, by name; velocities begin at 0. */
  from?: Params;
  /** 0/1 by weight name (`w0` …): absent weights are 0 and stay 0. */
  masks?: Readonly<Record<string, Float32Array>>;
  /** Soft targets [n, classes] in place of the labels. */
  targets?: Float32Array;
  /** Numbers of the examples to use; default all. */
  index?: ArrayLike<number>;
  /** Default `cpu` with 1 thread. */
  provider?: Provider;
  threads?: number;
  /** Steps per call, in a Scan; 1: a step graph (what providers without Scan take). Default 100 on cpu, else 1. */
  chunk?: number;
}

export interface Trained {
  params: Params;
  /** Mean loss of each step's batch, before the step. */
  loss: Float32Array;
  steps: number;
  /** All of it, and the part inside ONNX Runtime. */
  seconds: number;
  runSeconds: number;
}
