import { elemTypeOf } from '../tensor';
import { concatShapes } from './arrange';
import { axisOf, type Call, type Rule, type RuleTable, stuck } from './call';
import { broadcast, known, type Value } from './value';

function quantize(c: Call): Value[] {
  const wanted = c.int('output_dtype', 0);
  return [known(c.shape(0), wanted ? elemTypeOf(wanted) : c.has(2) ? c.type(2) : 'uint8')];
}

function dequantize(c: Call): Value[] {
  const wanted = c.int('output_dtype', 0);
  return [known(c.shape(0), wanted ? elemTypeOf(wanted) : c.type(1))];
}

const same: Rule = (c) => [known(c.shape(0), c.type(0))];
const both: Rule = (c) => [known(broadcast(c.shape(0), c.shape(3)) ?? stuck(), c.type(0))];

/** Inputs: y scale, y zero point, then tensor, scale, zero point for each part. */
function concat(c: Call): Value[] {
  const parts = c.inputs.map((_, i) => i).filter((i) => i >= 2 && (i - 2) % 3 === 0);
  const shapes = parts.map((i) => c.shape(i));
  const axis = axisOf(c.int('axis') ?? stuck(), shapes[0]?.length ?? 0);
  return [known(concatShapes(shapes, axis), c.type(2))];
}

/** Operators whose work is to move between numbers and their quantised form, or to act on that form directly. */
export const quantiseRules: RuleTable = {
  QuantizeLinear: quantize,
  'com.microsoft:QuantizeLinear': quantize,
  DequantizeLinear: dequantize,
  'com.microsoft:DequantizeLinear': dequantize,
  DynamicQuantizeLinear: (c) => [known(c.shape(0), 'uint8'), known([], 'float32'), known([], 'uint8')],
  'com.microsoft:QLinearAdd': both,
  'com.microsoft:QLinearMul': both,
  'com.microsoft:QLinearConcat': concat,
  'com.microsoft:QLinearLeakyRelu': same,
  'com.microsoft:QLinearSigmoid': same,
  'com.microsoft:QLinearSoftmax': same,
};
