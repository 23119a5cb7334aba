import { LabError } from '../../../shared/errors';
import { createRandom } from '../../models/random';
import { relativeError } from '../linear/matrix';
import type { Ort, Value } from '../tools';
import type { BuiltLayout } from './build';

/** Examples in a comparison. */
const examples = 4;

/**
 * ‖y − twin‖/‖twin‖ over a few random examples, of the layout against the plain dense layer with the same weights.
 * @throws LabError of ONNX Runtime
 */
export async function differenceFromTwin(
  ort: Ort,
  { graph, domains, twin }: Pick<BuiltLayout, 'graph' | 'domains' | 'twin'>,
  inputs: number,
  seed: number,
): Promise<number> {
  const random = createRandom(seed, 'comparison');
  const x = Float32Array.from({ length: examples * inputs }, () => random.normal());
  const oneByOne = graph.inputs[0]!.dims[0] === 1;
  const answers: Float32Array[] = [];
  for (const [model, settings] of [
    [graph, { domains }],
    [twin, {}],
  ] as const) {
    const session = await ort.open(model, settings);
    const parts: number[] = [];
    const rows = oneByOne ? 1 : examples;
    for (let at = 0; at < examples; at += rows) {
      const data = x.subarray(at * inputs, (at + rows) * inputs);
      const feed: Value = { elemType: 'float32', dims: [rows, inputs], data };
      const { y } = await session.run({ x: feed });
      for (const v of y!.data as Float32Array) parts.push(v);
    }
    await session.close();
    answers.push(Float32Array.from(parts));
  }
  const [own, plain] = answers as [Float32Array, Float32Array];
  if (own.length !== plain.length) return Number.POSITIVE_INFINITY;
  return relativeError(own, plain);
}

/** @throws LabError runner_failed where the layout does not compute what its dense twin does */
export function assertSameFunction(name: string, difference: number, tolerance: number): void {
  if (difference <= tolerance) return;
  throw new LabError(
    'runner_failed',
    `“${name}” does not compute what the dense layer with the same weights computes: its outputs differ by ${(100 * difference).toPrecision(2)} %, allowed are ${(100 * tolerance).toPrecision(2)} %.`,
    'Nothing of it was measured. Report this with the version of ONNX Runtime and the processor.',
  );
}
