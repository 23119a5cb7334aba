import type { Graph, GraphNode, Tensor } from '../writer';
import { alignment, node, solveWidth, toMultiple, uniformBound, weight } from './parts';

const classes = 10;

/**
 * Convolutional network `image` [batch, 3, S, S] -> `logits` [batch, 10]: 3×3 convolutions 3 → C at full size, then
 * C → 2C → 4C → F, each halving the image, ReLU after each, mean over the image, one linear layer. S is the same
 * (32) at every size, so that work per parameter stays about constant along a ladder (some 50 MACs). C = √(target /
 * 234) makes F about 4C; F then takes up the rest of the target. Initialised as the MLP.
 */
export function cnnGraph(targetParameters: number, seed: number, name: string, imageSize = 32): Graph {
  const ideal = Math.sqrt(targetParameters / 234);
  const c = toMultiple(ideal, alignment(ideal / 8, 16));
  const channelsOf = (features: number) => [3, c, 2 * c, 4 * c, features];
  const parametersAt = (features: number) => {
    const ch = channelsOf(features);
    const convolutions = [0, 1, 2, 3].reduce((n, i) => n + (9 * ch[i]! + 1) * ch[i + 1]!, 0);
    return convolutions + (features + 1) * classes;
  };
  const features = solveWidth(targetParameters, alignment(c / 8, 16), parametersAt);
  const channels = channelsOf(features);

  const nodes: GraphNode[] = [];
  const initializers: Tensor[] = [];
  let at = 'image';
  for (let i = 0; i < 4; i++) {
    const [from, to] = [channels[i]!, channels[i + 1]!];
    const names = { weight: `blocks.${i}.weight`, bias: `blocks.${i}.bias` };
    initializers.push(
      weight(seed, names.weight, [to, from, 3, 3], uniformBound(9 * from, Math.SQRT2)),
      weight(seed, names.bias, [to], 1 / Math.sqrt(9 * from)),
    );
    const stride = i === 0 ? 1 : 2;
    nodes.push(
      node('Conv', [at, names.weight, names.bias], `blocks.${i}.sum`, {
        kernel_shape: { ints: [3, 3] },
        pads: { ints: [1, 1, 1, 1] },
        strides: { ints: [stride, stride] },
      }),
      node('Relu', [`blocks.${i}.sum`], `blocks.${i}.out`),
    );
    at = `blocks.${i}.out`;
  }
  initializers.push(
    weight(seed, 'head.weight', [features, classes], uniformBound(features, 1)),
    weight(seed, 'head.bias', [classes], 1 / Math.sqrt(features)),
  );
  nodes.push(
    node('GlobalAveragePool', [at], 'pooled'),
    node('Flatten', ['pooled'], 'features', { axis: { int: 1 } }),
    node('Gemm', ['features', 'head.weight', 'head.bias'], 'logits'),
  );
  return {
    name,
    nodes,
    initializers,
    inputs: [{ name: 'image', elemType: 'float32', dims: ['batch', 3, imageSize, imageSize] }],
    outputs: [{ name: 'logits', elemType: 'float32', dims: ['batch', classes] }],
  };
}
