import type { ElemType } from '../../../shared/model';
import { elemTypeOf } from '../tensor';
import { type Call, type Rule, type RuleTable, stuck } from './call';
import type { Value } from './value';
import {
  at,
  broadcast,
  dataCap,
  forEachIndex,
  isIntegral,
  known,
  representable,
  sizeOf,
  stridesFor,
} from './value';

type Compute = (xs: readonly number[], type: ElemType | null, call: Call) => number | null;

/** Elements of a broadcast result, null where an input's elements or a result are not known. */
function computeAll(
  inputs: readonly Value[],
  shape: readonly number[],
  type: ElemType | null,
  compute: (xs: readonly number[]) => number | null,
): number[] | null {
  if (sizeOf(shape) > dataCap || inputs.some((v) => v.data === null || v.shape === null)) return null;
  const strides = inputs.map((v) => stridesFor(v.shape!, shape));
  const out: number[] = [];
  let ok = true;
  forEachIndex(shape, (index) => {
    if (!ok) return;
    const x = compute(inputs.map((v, k) => v.data![at(index, strides[k]!)]!));
    const fitted = x === null ? null : representable(x, type);
    if (fitted === null) ok = false;
    else out.push(fitted);
  });
  return ok ? out : null;
}

/** Same shape and type as the first input. */
function unary(compute: Compute | null = null, type: ElemType | null = null): Rule {
  return (c) => {
    const shape = c.shape(0);
    const out = type ?? c.type(0);
    const data = compute && computeAll([c.value(0)], shape, out, (xs) => compute(xs, c.type(0), c));
    return [known(shape, out, data)];
  };
}

/** All inputs broadcast together. Before opset 7 only the second one was, and the first gave the shape. */
function nary(compute: Compute | null = null, type: ElemType | null = null): Rule {
  return (c) => {
    const inputs = c.inputs.map((_, i) => c.value(i));
    const shapes = inputs.map((_, i) => c.shape(i));
    const legacy = c.opset < 7 && c.node.domain === '' && shapes.length === 2;
    const shape = legacy ? shapes[0]! : (broadcast(...shapes) ?? stuck());
    const out = type ?? c.type(0);
    const data =
      compute && !legacy ? computeAll(inputs, shape, out, (xs) => compute(xs, c.type(0), c)) : null;
    return [known(shape, out, data)];
  };
}

function divide([a, b]: readonly number[], type: ElemType | null): number | null {
  if (!isIntegral(type)) return a! / b!;
  return b === 0 ? null : Math.trunc(a! / b!);
}

function modulo([a, b]: readonly number[], type: ElemType | null, c: Call): number | null {
  if (b === 0) return null;
  const rest = a! % b!;
  // fmod keeps the sign of the dividend, the integer form that of the divisor.
  return c.int('fmod', 0) === 0 && isIntegral(type) && rest !== 0 && rest < 0 !== b! < 0 ? rest + b! : rest;
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

function castTo(to: ElemType | null): Rule {
  return (c) => {
    const from = c.type(0);
    const compute = ([x]: readonly number[]): number | null => {
      if (to === 'bool') return x === 0 ? 0 : 1;
      if (!isIntegral(to)) return x!;
      return isIntegral(from) || Number.isFinite(x) ? Math.trunc(x!) : null;
    };
    return [known(c.shape(0), to, computeAll([c.value(0)], c.shape(0), to, compute))];
  };
}

function where(c: Call): Value[] {
  const shape = broadcast(c.shape(0), c.shape(1), c.shape(2)) ?? stuck();
  const inputs = [c.value(0), c.value(1), c.value(2)];
  return [
    known(
      shape,
      c.type(1),
      computeAll(inputs, shape, c.type(1), ([k, a, b]) => (k ? a! : b!)),
    ),
  ];
}

/** Drops the mask where the node does not ask for it. */
function dropout(c: Call): Value[] {
  return [known(c.shape(0), c.type(0)), known(c.shape(0), 'bool')];
}

function clip(c: Call): Value[] {
  const [low, high] = c.opset < 11 ? [null, null] : [c.inputs[1] ?? null, c.inputs[2] ?? null];
  const plain = c.opset >= 11 && (low === null || low.data !== null) && (high === null || high.data !== null);
  const compute = ([x]: readonly number[]) =>
    Math.min(Math.max(x!, low?.data?.[0] ?? -Infinity), high?.data?.[0] ?? Infinity);
  const data = plain ? computeAll([c.value(0)], c.shape(0), c.type(0), compute) : null;
  return [known(c.shape(0), c.type(0), data)];
}

const same = unary();
const truth = (test: (a: number, b: number) => boolean) => nary(([a, b]) => (test(a!, b!) ? 1 : 0), 'bool');

/** Operators that work on each element alone, or keep the shape of their first input for another reason. */
export const elementwiseRules: RuleTable = {
  ...Object.fromEntries(
    [
      ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Sin', 'Sinh', 'Tan', 'Tanh'],
      ...['Celu', 'Elu', 'Erf', 'Exp', 'Gelu', 'HardSigmoid', 'HardSwish', 'Hardmax', 'LeakyRelu', 'Log'],
      ...['LogSoftmax', 'Mish', 'Selu', 'Shrink', 'Sigmoid', 'Softmax', 'Softplus', 'Softsign', 'Swish'],
      ...['ThresholdedRelu', 'PRelu', 'BitwiseNot', 'CumSum', 'CumProd', 'LpNormalization', 'LRN'],
      ...['InstanceNormalization', 'GroupNormalization', 'MeanVarianceNormalization', 'Trilu'],
      ...['ReverseSequence', 'Scatter', 'ScatterElements', 'ScatterND', 'TensorScatter'],
      ...[
        'com.microsoft:Gelu',
        'com.microsoft:FastGelu',
        'com.microsoft:QuickGelu',
        'com.microsoft:BiasGelu',
      ],
      ...[
        'com.microsoft:BiasSoftmax',
        'com.microsoft:BiasAdd',
        'com.microsoft:GroupNorm',
        'com.microsoft:Trilu',
      ],
      ...['ai.onnx.ml:Binarizer', 'ai.onnx.ml:Scaler', 'ai.onnx.ml:Imputer'],
    ].map((op) => [op, same]),
  ),
  Relu: unary(([x]) => Math.max(0, x!)),
  Abs: unary(([x]) => Math.abs(x!)),
  Ceil: unary(([x]) => Math.ceil(x!)),
  Floor: unary(([x]) => Math.floor(x!)),
  Neg: unary(([x]) => -x!),
  Reciprocal: unary(([x]) => 1 / x!),
  Round: unary(([x]) => roundEven(x!)),
  Sign: unary(([x]) => Math.sign(x!)),
  Sqrt: unary(([x]) => Math.sqrt(x!)),
  Not: unary(([x]) => (x ? 0 : 1), 'bool'),
  Identity: (c) => [c.value(0)],
  IsInf: unary(null, 'bool'),
  IsNaN: unary(null, 'bool'),
  RegexFullMatch: unary(null, 'bool'),
  'ai.onnx.ml:LabelEncoder': (c) => [known(c.shape(0), null)],
  'ai.onnx.ml:Normalizer': unary(null, 'float32'),
  Clip: clip,
  Dropout: dropout,
  Cast: (c) => castTo(elemTypeOf(c.int('to', 0)))(c),
  CastLike: (c) => castTo(c.type(1))(c),
  Add: nary(([a, b]) => a! + b!),
  Sub: nary(([a, b]) => a! - b!),
  Mul: nary(([a, b]) => a! * b!),
  Div: nary(divide),
  Mod: nary(modulo),
  Pow: nary(([a, b]) => a! ** b!),
  Max: nary((xs) => Math.max(...xs)),
  Min: nary((xs) => Math.min(...xs)),
  Sum: nary((xs) => xs.reduce((a, b) => a + b, 0)),
  Mean: nary(),
  And: nary(([a, b]) => (a && b ? 1 : 0), 'bool'),
  Or: nary(([a, b]) => (a || b ? 1 : 0), 'bool'),
  Xor: nary(([a, b]) => (!a === !b ? 0 : 1), 'bool'),
  Equal: truth((a, b) => a === b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  BitShift: nary(),
  BitwiseAnd: nary(),
  BitwiseOr: nary(),
  BitwiseXor: nary(),
  StringConcat: nary(),
  Where: where,
};
