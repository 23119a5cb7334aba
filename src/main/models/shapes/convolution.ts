import { type Call, type Rule, type RuleTable, stuck } from './call';
import { known, type Value } from './value';
import { channelAxis, transposed, windowed, windowOf } from './windows';

/** Convolution with the weight [M, C/group, …] at input `weight`. */
function conv(weight: number, outType: Value['type'] = null): Rule {
  return (c) => {
    const [x, w] = [c.shape(0), c.shape(weight)];
    if (x.length < 3 || w.length !== x.length) stuck();
    if (c.int('channels_last', 0) === 1) stuck();
    if (x[1] !== w[1]! * c.int('group', 1)) stuck();
    const out = windowed(x.slice(2), windowOf(c, x.length - 2, w.slice(2)));
    return [known([x[0]!, w[0]!, ...out], outType ?? c.type(0))];
  };
}

function convTranspose(c: Call): Value[] {
  const [x, w] = [c.shape(0), c.shape(1)];
  if (x.length < 3 || w.length !== x.length || x[1] !== w[0]) stuck();
  const out = transposed(c, x.slice(2), windowOf(c, x.length - 2, w.slice(2)));
  return [known([x[0]!, w[1]! * c.int('group', 1), ...out], c.type(0))];
}

function deformConv(c: Call): Value[] {
  const [x, w, offset] = [c.shape(0), c.shape(1), c.shape(2)];
  return [known([x[0]!, w[0]!, ...offset.slice(2)], c.type(0))];
}

function pool(c: Call): Value[] {
  const x = c.shape(0);
  const channels = channelAxis(c, x.length);
  const spatial = channels === 1 ? x.slice(2) : x.slice(1, -1);
  const out = windowed(spatial, windowOf(c, spatial.length, null));
  const shape = channels === 1 ? [x[0]!, x[1]!, ...out] : [x[0]!, ...out, x.at(-1)!];
  return [known(shape, c.type(0)), known(shape, 'int64')];
}

function globalPool(c: Call): Value[] {
  const x = c.shape(0);
  const channels = channelAxis(c, x.length);
  return [
    known(
      x.map((d, i) => (i === 0 || i === channels ? d : 1)),
      c.type(0),
    ),
  ];
}

function maxUnpool(c: Call): Value[] {
  const x = c.shape(0);
  if (c.has(2)) return [known(c.data(2), c.type(0))];
  const w = windowOf(c, x.length - 2, null);
  const rank = x.length - 2;
  const out = x
    .slice(2)
    .map((d, i) => (d - 1) * w.strides[i]! - w.pads[i]! - w.pads[i + rank]! + w.kernel[i]!);
  return [known([x[0]!, x[1]!, ...out], c.type(0))];
}

function col2im(c: Call): Value[] {
  const [x, image, block] = [c.shape(0), c.data(1), c.data(2)];
  const channels = x[1]! / block.reduce((a, b) => a * b, 1);
  return [known([x[0]!, channels, ...image], c.type(0))];
}

/** Regions of interest: as many boxes as the second input has rows. */
function regions(height: string, width: string): Rule {
  return (c) => {
    const pooled = c.ints('pooled_shape') ?? [c.int(height, 1), c.int(width, 1)];
    return [known([c.shape(1)[0]!, c.shape(0)[1]!, ...pooled], c.type(0))];
  };
}

/** x: [B, C, L], weight: [C, 1, k]; the state keeps the last k − 1 columns. */
function causalConv(c: Call): Value[] {
  const [x, w] = [c.shape(0), c.shape(1)];
  if (x.length !== 3 || w.length !== 3) stuck();
  return [known(x, c.type(0)), known([x[0]!, x[1]!, w[2]! - 1], c.type(0))];
}

export const convolutionRules: RuleTable = {
  Conv: conv(1),
  ConvInteger: conv(1, 'int32'),
  QLinearConv: conv(3),
  'com.microsoft:FusedConv': conv(1),
  ConvTranspose: convTranspose,
  DeformConv: deformConv,
  CausalConvWithState: causalConv,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  'com.microsoft:QLinearAveragePool': pool,
  'com.microsoft:NhwcMaxPool': (c) => {
    const x = c.shape(0);
    const out = windowed(x.slice(1, -1), windowOf(c, x.length - 2, null));
    return [known([x[0]!, ...out, x.at(-1)!], c.type(0))];
  },
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  'com.microsoft:QLinearGlobalAveragePool': globalPool,
  MaxUnpool: maxUnpool,
  Col2Im: col2im,
  RoiAlign: regions('output_height', 'output_width'),
  MaxRoiPool: regions('', ''),
};
