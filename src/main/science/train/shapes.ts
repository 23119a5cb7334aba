import { LabError } from '../../../shared/errors';
import { elementCount } from '../../models/writer';
import type { Activation, NetSpec } from './spec';

/** One layer with what follows it, as the graphs are written: convolution or linear, pool, activation. */
export interface Stage {
  /** Its number: parameters are `w<number>` and `b<number>`. */
  at: number;
  kind: 'convolution' | 'linear';
  /** Of one example, as this stage takes it. */
  inputDims: readonly number[];
  weightDims: readonly number[];
  fanIn: number;
  /** Units or channels. */
  units: number;
  /** Convolution only: its map before pooling, [channels, height, width]. */
  mapDims: readonly number[];
  pool: readonly [number, number];
  /** Of one example, after pooling. */
  outputDims: readonly number[];
  activation: Activation | 'none';
  /** Winners; 0 without k-WTA. */
  winners: number;
}

/** The stages of a network, the output layer last. @throws LabError bad_plan for sizes that do not fit each other */
export function stagesOf(spec: NetSpec): Stage[] {
  const stages: Stage[] = [];
  let dims: readonly number[] = spec.kind === 'cnn' ? spec.shape : [spec.features];
  for (const convolution of spec.kind === 'cnn' ? spec.convolutions : []) {
    const { channels, kernel, pool } = convolution;
    const [inputs, height, width] = dims as [number, number, number];
    const map = [channels, height - kernel[0] + 1, width - kernel[1] + 1];
    if (map[1]! < 1 || map[2]! < 1 || map[1]! % pool[0] !== 0 || map[2]! % pool[1] !== 0) {
      throw new LabError(
        'bad_plan',
        `A kernel of ${kernel.join('×')} and a pool of ${pool.join('×')} do not fit a map of ${height}×${width}.`,
        'Choose a pool that divides the map less the kernel plus one.',
      );
    }
    stages.push({
      at: stages.length,
      kind: 'convolution',
      inputDims: dims,
      weightDims: [channels, inputs, ...kernel],
      fanIn: inputs * kernel[0] * kernel[1],
      units: channels,
      mapDims: map,
      pool,
      outputDims: [channels, map[1]! / pool[0], map[2]! / pool[1]],
      ...activationOf(spec, stages.length, elementCount(map) / (pool[0] * pool[1])),
    });
    dims = stages.at(-1)!.outputDims;
  }
  for (const units of [...spec.hidden, spec.classes]) {
    const inputs = elementCount(dims);
    const last = stages.length === stageCount(spec) - 1;
    stages.push({
      at: stages.length,
      kind: 'linear',
      inputDims: [inputs],
      weightDims: [inputs, units],
      fanIn: inputs,
      units,
      mapDims: [units],
      pool: [1, 1],
      outputDims: [units],
      ...(last ? { activation: 'none' as const, winners: 0 } : activationOf(spec, stages.length, units)),
    });
    dims = [units];
  }
  return stages;
}

const stageCount = (spec: NetSpec) =>
  (spec.kind === 'cnn' ? spec.convolutions.length : 0) + spec.hidden.length + 1;

function activationOf(spec: NetSpec, at: number, places: number): Pick<Stage, 'activation' | 'winners'> {
  if (spec.activation !== 'kwta') return { activation: spec.activation, winners: 0 };
  const winners = spec.winners?.[at] ?? 0;
  if (!Number.isInteger(winners) || winners < 0 || winners > places) {
    throw new LabError('bad_plan', `Of ${places} units ${winners} cannot be winners.`);
  }
  return winners === 0 ? { activation: 'relu', winners } : { activation: 'kwta', winners };
}

/** Features of one example, flat. */
export const featuresOf = (spec: NetSpec): number =>
  spec.kind === 'cnn' ? elementCount(spec.shape) : spec.features;

/** Shape of each weight and bias by name, in the order of the stages. */
export function parameterShapes(spec: NetSpec): Record<string, readonly number[]> {
  return Object.fromEntries(
    stagesOf(spec).flatMap(({ at, weightDims, units }) => [
      [`w${at}`, weightDims],
      [`b${at}`, [units]],
    ]),
  );
}

/** Weights and biases. */
export function parametersOf(spec: NetSpec): number {
  return Object.values(parameterShapes(spec)).reduce((sum, dims) => sum + elementCount(dims), 0);
}

/** Multiply-adds of one inference of one example; additions of biases, pools and activations are not counted. */
export function macsOf(spec: NetSpec): number {
  return stagesOf(spec).reduce(
    (sum, { kind, weightDims, mapDims }) =>
      sum + elementCount(weightDims) * (kind === 'convolution' ? mapDims[1]! * mapDims[2]! : 1),
    0,
  );
}
