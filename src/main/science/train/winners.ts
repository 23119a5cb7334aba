import { elementCount } from '../../models/writer';
import type { Emitter } from './emitter';
import type { Stage } from './shapes';

/** Halvings of the interval that holds the k-th largest value; 20 part it into a million. */
const bisections = 20;

/** Shape of duty cycles and boosts: one per channel of a map, one per unit of a vector. */
export const boostDims = ({ kind, units }: Stage): number[] =>
  kind === 'convolution' ? [1, units, 1, 1] : [1, units];

/**
 * k winners take all (guide 6.1): of `input` keep the values whose boosted value is among the k largest of its example,
 * 0 elsewhere. `boost` multiplies only the choice. Ties may admit more than k.
 * Source: Ahmad and Scheinkman, arXiv 1903.11257, equations 5 to 8, written from the formulas.
 */
export function emitWinners(
  g: Emitter,
  stage: Stage,
  input: string,
  boost: string,
  winners: number,
): { output: string; mask: string } {
  const n = `s${stage.at}`;
  const boosted = g.add('Mul', [input, boost], `${n}.boosted`);
  const isMap = stage.kind === 'convolution';
  const flat = isMap ? g.reshape(boosted, [-1, elementCount(stage.outputDims)], `${n}.flat`) : boosted;
  const kth = g.substitutes ? byBisection(g, flat, winners, n) : byTopK(g, flat, winners, n);
  const threshold = isMap ? g.reshape(kth, [-1, 1, 1, 1], `${n}.threshold`) : kth;
  const wins = g.add('GreaterOrEqual', [boosted, threshold], `${n}.wins`);
  const mask = g.toFloat(wins, `${n}.mask`);
  return { output: g.add('Mul', [input, mask], `${n}.out`), mask };
}

function byTopK(g: Emitter, flat: string, winners: number, n: string): string {
  const top = g.fresh(`${n}.top`);
  g.addNode({
    op: 'TopK',
    inputs: [flat, g.integers([winners])],
    outputs: [top, g.fresh(`${n}.places`)],
    attributes: { axis: { int: -1 }, sorted: { int: 1 } },
  });
  return g.add('Slice', [top, g.integers([winners - 1]), g.integers([winners]), g.integers([1])], `${n}.kth`);
}

/** The largest threshold found that at least k values reach. */
function byBisection(g: Emitter, flat: string, winners: number, n: string): string {
  const row = { axes: { ints: [1] }, keepdims: { int: 1 } };
  let high = g.add('ReduceMax', [flat], `${n}.high`, row);
  const negative = g.add('Neg', [flat], `${n}.negative`);
  let low = g.add('Neg', [g.add('ReduceMax', [negative], `${n}.lowest`, row)], `${n}.low`);
  for (let i = 0; i < bisections; i++) {
    const middle = g.add('Mul', [g.add('Add', [low, high], `${n}.ends`), g.scalar(0.5)], `${n}.middle`);
    const reach = g.toFloat(g.add('GreaterOrEqual', [flat, middle], `${n}.above`), `${n}.reach`);
    const count = g.sum(reach, [1], `${n}.count`, true);
    const enough = g.add('GreaterOrEqual', [count, g.scalar(winners)], `${n}.enough`);
    low = g.add('Where', [enough, middle, low], `${n}.low`);
    high = g.add('Where', [enough, high, middle], `${n}.high`);
  }
  return low;
}
