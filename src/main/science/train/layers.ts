import { elementCount } from '../../models/writer';
import type { Emitter } from './emitter';
import type { Stage } from './shapes';
import { emitWinners } from './winners';

/** What the backward pass reads of one stage. */
export interface Kept {
  stage: Stage;
  input: string;
  /** Convolution only: its map before pooling, and after. */
  map: string;
  pooled: string;
  output: string;
  /** k-WTA only: 0/1, winners. */
  mask: string | null;
}

export interface ForwardOptions {
  /** Factors of boosting by stage, k-WTA only: name of a value. */
  boost(stage: Stage): string;
  /** Winners are multiplied by this (inference may use 1.5; guide 6.1). */
  winnersFactor?: number;
}

/** All stages from `x` [batch, features]; parameters are read by their names. The last output are the logits. */
export function emitForward(
  g: Emitter,
  stages: readonly Stage[],
  x: string,
  { boost, winnersFactor = 1 }: ForwardOptions,
): Kept[] {
  const kept: Kept[] = [];
  let at = x;
  for (const stage of stages) {
    const before = kept.at(-1)?.stage;
    if (stage.kind === 'convolution' && !before) at = g.reshape(at, [-1, ...stage.inputDims], 'maps');
    if (stage.kind === 'linear' && before?.kind === 'convolution') {
      at = g.reshape(at, [-1, ...stage.inputDims], 'vector');
    }
    const one = emitStage(g, stage, at);
    const { output, mask } = emitActivation(g, stage, one.pooled, boost, winnersFactor);
    kept.push({ stage, input: at, ...one, output, mask });
    at = output;
  }
  return kept;
}

function emitStage(g: Emitter, stage: Stage, input: string): { map: string; pooled: string } {
  const { at, kind, pool } = stage;
  const parameters = [input, `w${at}`, `b${at}`];
  if (kind === 'linear') {
    const sum = g.add('Gemm', parameters, `s${at}.sum`);
    return { map: sum, pooled: sum };
  }
  const map = g.add('Conv', parameters, `s${at}.map`);
  return { map, pooled: emitPool(g, map, pool, `s${at}.pooled`) };
}

export function emitPool(g: Emitter, map: string, pool: readonly [number, number], name: string): string {
  if (pool[0] * pool[1] === 1) return map;
  return g.add('MaxPool', [map], name, { kernel_shape: { ints: pool }, strides: { ints: pool } });
}

function emitActivation(
  g: Emitter,
  stage: Stage,
  input: string,
  boost: ForwardOptions['boost'],
  winnersFactor: number,
): { output: string; mask: string | null } {
  const { activation, at } = stage;
  if (activation === 'none') return { output: input, mask: null };
  if (activation === 'relu') return { output: g.add('Relu', [input], `s${at}.out`), mask: null };
  if (activation === 'tanh') return { output: g.add('Tanh', [input], `s${at}.out`), mask: null };
  const winners = Math.min(elementCount(stage.outputDims), Math.round(stage.winners * winnersFactor));
  return emitWinners(g, stage, input, boost(stage), winners);
}

/**
 * Gradients of weights and biases by name, from the error of the logits; derived by hand (guide 11, table).
 * `dz` [batch, classes] is the gradient of the loss with respect to the logits.
 */
export function emitBackward(g: Emitter, kept: readonly Kept[], dz: string): Record<string, string> {
  const gradients: Record<string, string> = {};
  let error = dz;
  for (const one of [...kept].reverse()) {
    const { stage } = one;
    const { at } = stage;
    if (stage.activation !== 'none') error = g.add('Mul', [error, derivative(g, one)], `s${at}.errorOfSum`);
    const isFirst = at === 0;
    if (stage.kind === 'linear') {
      gradients[`w${at}`] = g.add('Gemm', [one.input, error], `g.w${at}`, { transA: { int: 1 } });
      gradients[`b${at}`] = g.sum(error, [0], `g.b${at}`);
      if (!isFirst) error = g.add('Gemm', [error, `w${at}`], `s${at}.errorOfInput`, { transB: { int: 1 } });
    } else {
      const errorOfMap = emitUnpool(g, stage, one.map, one.pooled, error);
      gradients[`w${at}`] = emitKernelGradient(g, one.input, errorOfMap, `g.w${at}`);
      gradients[`b${at}`] = g.sum(errorOfMap, [0, 2, 3], `g.b${at}`);
      if (!isFirst) error = emitInputGradient(g, errorOfMap, `w${at}`, `s${at}.errorOfInput`);
    }
    const before = kept[at - 1]?.stage;
    if (stage.kind === 'linear' && before?.kind === 'convolution') {
      error = g.reshape(error, [-1, ...before.outputDims], `s${at}.errorOfMaps`);
    }
  }
  return gradients;
}

function derivative(g: Emitter, { stage, output, mask }: Kept): string {
  const name = `s${stage.at}.slope`;
  if (stage.activation === 'relu') return g.isOn(output, name);
  if (stage.activation === 'tanh') {
    return g.add('Sub', [g.scalar(1), g.add('Mul', [output, output], `${name}.square`)], name);
  }
  return mask!;
}

/**
 * The error goes to the place that was the maximum; in a tie to each. Maxima and errors are repeated over their pool by
 * Resize and compared place by place: broadcasting over the two short axes of a pool takes more than ten times as long.
 */
export function emitUnpool(g: Emitter, stage: Stage, map: string, pooled: string, error: string): string {
  const [height, width] = stage.pool;
  if (height * width === 1) return error;
  const n = `s${stage.at}.unpool`;
  const scales = g.constant(`=scales[${height},${width}]`, [4], Float32Array.of(1, 1, height, width));
  const repeated = (input: string, name: string) =>
    g.add('Resize', [input, '', scales], name, {
      mode: { string: 'nearest' },
      coordinate_transformation_mode: { string: 'asymmetric' },
      nearest_mode: { string: 'floor' },
    });
  const isTop = g.add('Equal', [map, repeated(pooled, `${n}.maxima`)], `${n}.isTop`);
  return g.add('Mul', [g.toFloat(isTop, `${n}.top`), repeated(error, `${n}.errors`)], n);
}

/** Gradient of a kernel: the input convolved with the error, batch and channels swapped. */
export function emitKernelGradient(g: Emitter, input: string, error: string, name: string): string {
  const swap = { perm: { ints: [1, 0, 2, 3] } };
  const inputs = g.add('Transpose', [input], `${name}.input`, swap);
  const errors = g.add('Transpose', [error], `${name}.error`, swap);
  return g.add('Transpose', [g.add('Conv', [inputs, errors], `${name}.swapped`)], name, swap);
}

/** Error of the input of a convolution. */
export function emitInputGradient(g: Emitter, error: string, kernel: string, name: string): string {
  return g.add('ConvTranspose', [error, kernel], name);
}
