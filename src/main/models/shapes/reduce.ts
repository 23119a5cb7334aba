import { axisOf, type Call, type Rule, type RuleTable } from './call';
import { at, dataCap, forEachIndex, known, representableAll, sizeOf, stridesFor, type Value } from './value';

/** Shape after reducing some axes. */
function reduced(x: readonly number[], axes: readonly number[], keep: boolean): number[] {
  return keep ? x.map((d, i) => (axes.includes(i) ? 1 : d)) : x.filter((_, i) => !axes.includes(i));
}

type Fold = (values: readonly number[]) => number;

function fold(value: Value, axes: readonly number[], shape: readonly number[], f: Fold): number[] | null {
  if (value.data === null || value.shape === null) return null;
  const kept = reduced(value.shape, axes, true);
  if (sizeOf(kept) > dataCap || sizeOf(kept) !== sizeOf(shape)) return null;
  const strides = stridesFor(kept, value.shape);
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  let i = 0;
  forEachIndex(value.shape, (index) => {
    groups[at(index, strides)]!.push(value.data![i++]!);
  });
  return representableAll(groups.map(f), value.type);
}

/** `inputSince`: the opset from which the axes are an input. */
function reduce(inputSince: number, f: Fold | null = null): Rule {
  return (c) => {
    const x = c.shape(0);
    const given = c.intsFrom('axes', 1, inputSince);
    const none = given === null || given.length === 0;
    const all = none && c.int('noop_with_empty_axes', 0) === 0;
    const axes = all ? x.map((_, i) => i) : (given ?? []).map((a) => axisOf(a, x.length));
    const shape = reduced(x, axes, c.int('keepdims', 1) === 1);
    return [known(shape, c.type(0), f && fold(c.value(0), axes, shape, f))];
  };
}

function arg(c: Call): Value[] {
  const x = c.shape(0);
  const axes = [axisOf(c.int('axis', 0), x.length)];
  return [known(reduced(x, axes, c.int('keepdims', 1) === 1), 'int64')];
}

export const reduceRules: RuleTable = {
  ReduceSum: reduce(13, (xs) => xs.reduce((a, b) => a + b, 0)),
  ReduceProd: reduce(18, (xs) => xs.reduce((a, b) => a * b, 1)),
  ReduceMax: reduce(18, (xs) => xs.reduce((a, b) => Math.max(a, b), -Infinity)),
  ReduceMin: reduce(18, (xs) => xs.reduce((a, b) => Math.min(a, b), Infinity)),
  ReduceMean: reduce(18),
  ReduceL1: reduce(18),
  ReduceL2: reduce(18),
  ReduceLogSum: reduce(18),
  ReduceLogSumExp: reduce(18),
  ReduceSumSquare: reduce(18),
  ArgMax: arg,
  ArgMin: arg,
};
