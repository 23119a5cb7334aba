import type { Graph, GraphNode, GraphPort, Tensor } from '../writer';
import { alignment, elementsOf, floats, integers, node, solveWidth, uniformBound, weight } from './parts';

/**
 * Transformer decoder with a key/value cache: pre-LayerNorm blocks of attention and GELU, as GPT-2, with linear
 * position biases (ALiBi: Press, Smith, Lewis 2022) in place of position embeddings, so that any length runs.
 *
 *   in   input_ids [batch, sequence] int64; past_key_values.N.key and .value [batch, heads, past, headDim]
 *   out  logits [batch, sequence, vocabulary]; present.N.key and .value [batch, heads, past + sequence, headDim]
 *
 * Prefill is sequence n with past 0, decoding one token is sequence 1 with past n: the same graph. Everything comes
 * from the data itself without a Shape operator, because those run on the CPU whatever the provider, and a plan asks
 * what one provider costs.
 *
 * Sizes: width D picks the layers (one per 64 of width, as GPT-3's sizes do, at least 2 from D = 20 on) and the
 * vocabulary, 2 D. The embedding and the output matrix (not tied: one of them would be held twice) are 2 D² each:
 * a third of the parameters at one layer, 14 % at two, 4 % at eight. The inner width of the blocks, about 4 D, takes
 * up the rest of the target.
 */
export function decoderGraph(targetParameters: number, seed: number, name: string): Graph {
  const fits = modelWidths().map((width) => geometryAt(targetParameters, width));
  const best = fits.reduce((a, b) => (b.strain < a.strain ? b : a));
  return graphOf(best.geometry, seed, name);
}

interface Geometry {
  width: number;
  layers: number;
  heads: number;
  headDim: number;
  vocabulary: number;
  /** Inner width of the feed-forward part. */
  inner: number;
}

/** Candidate widths: every head size divides them, and neighbours are within a third of each other. */
function modelWidths(): number[] {
  const steps: [from: number, to: number, step: number][] = [
    [8, 32, 4],
    [32, 64, 8],
    [64, 128, 16],
    [128, 512, 32],
    [512, 1024, 64],
    [1024, 4096, 128],
  ];
  return steps.flatMap(([from, to, step]) =>
    Array.from({ length: (to - from) / step }, (_, i) => from + i * step),
  );
}

/** The geometry of this width nearest to the target; `strain` is how far its inner width is from 4 D. */
function geometryAt(target: number, width: number): { geometry: Geometry; strain: number } {
  const headDim = [64, 32, 16, 8, 4].find((size) => width % size === 0 && width / size >= 2) ?? 4;
  const geometry: Geometry = {
    width,
    layers: width < 20 ? 1 : Math.max(2, Math.round(width / 64)),
    heads: width / headDim,
    headDim,
    vocabulary: 2 * width,
    inner: 1,
  };
  const inner = solveWidth(target, alignment(width / 16, 64), (n) => parametersOf({ ...geometry, inner: n }));
  return { geometry: { ...geometry, inner }, strain: Math.abs(Math.log(inner / (4 * width))) };
}

function parametersOf(g: Geometry): number {
  const { width, layers, vocabulary, inner } = g;
  const norms = (2 * layers + 1) * 2 * width;
  const blocks = layers * (4 * width + 2 * inner) * width;
  return 2 * vocabulary * width + norms + blocks + elementsOf(sharedConstants(g));
}

/** Constants that all blocks use. */
function sharedConstants({ width, heads, headDim }: Geometry): Tensor[] {
  return [
    integers('shape.split', [0, 0, heads, headDim]),
    integers('shape.join', [0, 0, width]),
    floats('scale', [], [1 / Math.sqrt(headDim)]),
    ...positionConstants(heads),
    ...geluConstants(),
  ];
}

function graphOf(g: Geometry, seed: number, name: string): Graph {
  const { width, layers, heads, headDim, vocabulary } = g;
  const nodes: GraphNode[] = [];
  const initializers: Tensor[] = [
    weight(seed, 'embedding', [vocabulary, width], Math.sqrt(3)),
    ...sharedConstants(g),
  ];
  const cache = (kind: 'past_key_values' | 'present', layer: number, part: string): GraphPort => ({
    name: `${kind}.${layer}.${part}`,
    elemType: 'float32',
    dims: ['batch', heads, kind === 'present' ? 'past + sequence' : 'past', headDim],
  });
  const cachePorts = (kind: 'past_key_values' | 'present') =>
    Array.from({ length: layers }, (_, i) => [cache(kind, i, 'key'), cache(kind, i, 'value')]).flat();

  nodes.push(node('Gather', ['embedding', 'input_ids'], 'embedded'));
  let at = 'embedded';
  for (let i = 0; i < layers; i++) {
    const layer = blockOf(g, i, seed, at);
    nodes.push(...layer.nodes);
    initializers.push(...layer.initializers);
    at = layer.output;
  }
  const norm = layerNorm('norm', at, 'normed', seed, width);
  initializers.push(...norm.initializers, weight(seed, 'head', [width, vocabulary], uniformBound(width, 1)));
  nodes.push(...norm.nodes, node('MatMul', ['normed', 'head'], 'logits'));
  return {
    name,
    nodes,
    initializers,
    inputs: [
      { name: 'input_ids', elemType: 'int64', dims: ['batch', 'sequence'] },
      ...cachePorts('past_key_values'),
    ],
    outputs: [
      { name: 'logits', elemType: 'float32', dims: ['batch', 'sequence', vocabulary] },
      ...cachePorts('present'),
    ],
  };
}

interface Part {
  nodes: GraphNode[];
  initializers: Tensor[];
}

function blockOf(g: Geometry, i: number, seed: number, input: string): Part & { output: string } {
  const { width, inner } = g;
  const p = (name: string) => `layers.${i}.${name}`;
  // Two branches per block are added to the stream: damped, so that its variance does not grow with depth (GPT-2).
  const damp = 1 / Math.sqrt(2 * g.layers);
  const matrix = (name: string, from: number, to: number, gain = 1) =>
    weight(seed, p(name), [from, to], uniformBound(from, gain));
  const heads = (from: string, name: string) => [
    node('MatMul', [p('norm1.out'), p(`${name}.weight`)], p(`${name}.flat`)),
    node('Reshape', [p(`${name}.flat`), 'shape.split'], p(`${name}.split`)),
    node('Transpose', [p(`${name}.split`)], from, { perm: { ints: [0, 2, 1, 3] } }),
  ];
  const norm1 = layerNorm(p('norm1'), input, p('norm1.out'), seed, width);
  const norm2 = layerNorm(p('norm2'), p('attended'), p('norm2.out'), seed, width);
  return {
    initializers: [
      ...norm1.initializers,
      matrix('query.weight', width, width),
      matrix('key.weight', width, width),
      matrix('value.weight', width, width),
      matrix('merge.weight', width, width, damp),
      ...norm2.initializers,
      matrix('up.weight', width, inner, Math.SQRT2),
      matrix('down.weight', inner, width, damp),
    ],
    nodes: [
      ...norm1.nodes,
      ...heads(p('query.unscaled'), 'query'),
      node('Mul', [p('query.unscaled'), 'scale'], p('query')),
      ...heads(p('key'), 'key'),
      ...heads(p('value'), 'value'),
      node('Concat', [`past_key_values.${i}.key`, p('key')], `present.${i}.key`, { axis: { int: 2 } }),
      node('Concat', [`past_key_values.${i}.value`, p('value')], `present.${i}.value`, { axis: { int: 2 } }),
      ...(i === 0 ? positionBias(p('query'), 'present.0.key') : []),
      node('Transpose', [`present.${i}.key`], p('keysT'), { perm: { ints: [0, 1, 3, 2] } }),
      node('MatMul', [p('query'), p('keysT')], p('scores')),
      node('Add', [p('scores'), 'bias'], p('biased')),
      node('Softmax', [p('biased')], p('attention'), { axis: { int: -1 } }),
      node('MatMul', [p('attention'), `present.${i}.value`], p('mixed')),
      node('Transpose', [p('mixed')], p('mixed.split'), { perm: { ints: [0, 2, 1, 3] } }),
      node('Reshape', [p('mixed.split'), 'shape.join'], p('mixed.flat')),
      node('MatMul', [p('mixed.flat'), p('merge.weight')], p('merged')),
      node('Add', [input, p('merged')], p('attended')),
      ...norm2.nodes,
      node('MatMul', [p('norm2.out'), p('up.weight')], p('up')),
      ...gelu(p('up'), p('gelu')),
      node('MatMul', [p('gelu'), p('down.weight')], p('down')),
      node('Add', [p('attended'), p('down')], p('out')),
    ],
    output: p('out'),
  };
}

function layerNorm(name: string, input: string, output: string, seed: number, width: number): Part {
  return {
    nodes: [
      node('LayerNormalization', [input, `${name}.scale`, `${name}.shift`], output, {
        axis: { int: -1 },
        epsilon: { float: 1e-5 },
      }),
    ],
    initializers: [
      floats(`${name}.scale`, [width], Array<number>(width).fill(1)),
      weight(seed, `${name}.shift`, [width], 0.02),
    ],
  };
}

const geluConstants = (): Tensor[] => [
  floats('gelu.sqrt2', [], [Math.SQRT2]),
  floats('gelu.one', [], [1]),
  floats('gelu.half', [], [0.5]),
];

/** x · (1 + erf(x / √2)) · ½ in the order that runtimes recognise and fuse. */
function gelu(input: string, output: string): GraphNode[] {
  return [
    node('Div', [input, 'gelu.sqrt2'], `${output}.div`),
    node('Erf', [`${output}.div`], `${output}.erf`),
    node('Add', [`${output}.erf`, 'gelu.one'], `${output}.add`),
    node('Mul', [input, `${output}.add`], `${output}.mul`),
    node('Mul', [`${output}.mul`, 'gelu.half'], output),
  ];
}

function positionConstants(heads: number): Tensor[] {
  // ALiBi's slopes: 2^(-8/H), 2^(-16/H) … 2^-8.
  const slopes = Array.from({ length: heads }, (_, h) => -(2 ** ((-8 * (h + 1)) / heads)));
  return [
    integers('position.starts', [0, 0, 0]),
    integers('position.ends', [1, 1, 1]),
    integers('position.axes', [0, 1, 3]),
    integers('position.axis', [2], []),
    floats('position.zero', [], [0]),
    floats('position.one', [], [1]),
    floats('position.slopes', [1, heads, 1, 1], slopes),
    floats('position.masked', [], [-1e9]),
  ];
}

/**
 * `bias` [1, heads, sequence, past + sequence], from the query [batch, heads, sequence, headDim] and the whole key.
 * Counting from the end, a query and its own key have the same place whatever the length of the past; a key with a
 * smaller place lies in the future and is masked.
 */
function positionBias(query: string, key: string): GraphNode[] {
  const places = (from: string, to: string) => [
    node('Slice', [from, 'position.starts', 'position.ends', 'position.axes'], `${to}.slice`),
    node('Mul', [`${to}.slice`, 'position.zero'], `${to}.zeros`),
    node('Add', [`${to}.zeros`, 'position.one'], `${to}.ones`),
    node('CumSum', [`${to}.ones`, 'position.axis'], to, { reverse: { int: 1 } }),
  ];
  return [
    ...places(query, 'place.query'),
    ...places(key, 'place.key'),
    node('Transpose', ['place.key'], 'place.keyT', { perm: { ints: [0, 1, 3, 2] } }),
    node('Sub', ['place.keyT', 'place.query'], 'lag'),
    node('Less', ['lag', 'position.zero'], 'future'),
    node('Mul', ['lag', 'position.slopes'], 'slope.bias'),
    node('Where', ['future', 'position.masked', 'slope.bias'], 'bias'),
  ];
}
