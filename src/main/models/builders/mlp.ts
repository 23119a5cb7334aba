import type { Graph, GraphNode, Tensor } from '../writer';
import { alignment, node, solveWidth, toMultiple, uniformBound, weight } from './parts';

/**
 * Multilayer perceptron `x` [batch, H] -> H -> H -> O `y` [batch, O], ReLU between: three weight matrices, each
 * weight used once per item. H = √(target / 2.25) makes O about H / 4; O then takes up the rest of the target.
 * He-uniform weights; biases uniform within 1/√fan-in.
 */
export function mlpGraph(targetParameters: number, seed: number, name: string): Graph {
  const ideal = Math.sqrt(targetParameters / 2.25);
  const hidden = toMultiple(ideal, alignment(ideal / 32, 64));
  const parametersAt = (width: number) => 2 * (hidden + 1) * hidden + (hidden + 1) * width;
  const outputs = solveWidth(targetParameters, alignment(hidden / 64, 64), parametersAt);
  const widths = [hidden, hidden, hidden, outputs];

  const nodes: GraphNode[] = [];
  const initializers: Tensor[] = [];
  let at = 'x';
  for (let i = 0; i + 1 < widths.length; i++) {
    const [fanIn, fanOut] = [widths[i]!, widths[i + 1]!];
    const last = i + 2 === widths.length;
    const names = { weight: `layers.${i}.weight`, bias: `layers.${i}.bias` };
    initializers.push(
      weight(seed, names.weight, [fanIn, fanOut], uniformBound(fanIn, last ? 1 : Math.SQRT2)),
      weight(seed, names.bias, [fanOut], 1 / Math.sqrt(fanIn)),
    );
    const sum = last ? 'y' : `layers.${i}.sum`;
    nodes.push(node('Gemm', [at, names.weight, names.bias], sum));
    at = sum;
    if (!last) {
      nodes.push(node('Relu', [sum], `layers.${i}.out`));
      at = `layers.${i}.out`;
    }
  }
  return {
    name,
    nodes,
    initializers,
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', hidden] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', outputs] }],
  };
}
