import { axisOf, type Call, type RuleTable, stuck } from './call';
import { known, type Value } from './value';

/** floor(size·scale): both are float32 in the runtime, so the product is rounded as there. */
function scaled(size: number, scale: number): number {
  return Math.floor(Math.fround(size * Math.fround(scale)));
}

/** Sizes after a resize to given sizes under a policy that keeps the aspect ratio (ONNX operator Resize). */
function keepRatio(
  x: readonly number[],
  axes: readonly number[],
  sizes: readonly number[],
  policy: string,
): number[] {
  const ratios = axes.map((a, i) => sizes[i]! / x[a]!);
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return axes.map((a) => Math.round(x[a]! * ratio));
}

function resize(c: Call): Value[] {
  const x = c.shape(0);
  // Opset 10 has the scales at 1; from 11 on there are a region, scales and sizes.
  const [scalesAt, sizesAt] = c.opset < 11 ? [1, -1] : [2, 3];
  const axes = (c.ints('axes') ?? x.map((_, i) => i)).map((a) => axisOf(a, x.length));
  const shape = [...x];
  const given = (i: number) => i >= 0 && c.has(i) && (c.value(i).shape ?? stuck(i))[0] !== 0;
  if (given(sizesAt)) {
    const sizes = c.data(sizesAt);
    if (sizes.length !== axes.length) stuck();
    const policy = c.text('keep_aspect_ratio_policy', 'stretch');
    const wanted = policy === 'stretch' ? sizes : keepRatio(x, axes, sizes, policy);
    axes.forEach((a, i) => {
      shape[a] = wanted[i]!;
    });
    return [known(shape, c.type(0))];
  }
  if (!given(scalesAt)) stuck();
  const scales = c.data(scalesAt);
  if (scales.length !== axes.length) stuck();
  const crop = c.text('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize';
  const roi = crop ? c.data(1) : null;
  axes.forEach((a, i) => {
    const part = roi === null ? 1 : roi[i + axes.length]! - roi[i]!;
    shape[a] = scaled(x[a]! * part, scales[i]!);
  });
  return [known(shape, c.type(0))];
}

function upsample(c: Call): Value[] {
  const x = c.shape(0);
  if (c.opset < 7) {
    const [height, width] = [c.float('height_scale'), c.float('width_scale')];
    if (height === null || width === null || x.length !== 4) stuck();
    return [known([x[0]!, x[1]!, scaled(x[2]!, height), scaled(x[3]!, width)], c.type(0))];
  }
  const scales = c.opset < 9 ? (c.floats('scales') ?? stuck()) : c.data(1);
  return [
    known(
      x.map((d, i) => scaled(d, scales[i] ?? stuck())),
      c.type(0),
    ),
  ];
}

export const resizeRules: RuleTable = {
  Resize: resize,
  Upsample: upsample,
  /** x [N, C, …], grid [N, out…, rank]. */
  GridSample: (c) => {
    const [x, grid] = [c.shape(0), c.shape(1)];
    return [known([x[0]!, x[1]!, ...grid.slice(1, -1)], c.type(0))];
  },
  /** theta [N, 2, 3] or [N, 3, 4], size N, C, then the spatial sizes. */
  AffineGrid: (c) => {
    const size = c.data(1);
    return [known([size[0]!, ...size.slice(2), size.length - 2], c.type(0))];
  },
};
