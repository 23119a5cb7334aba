import type { Graph } from '../writer';
import { node } from './parts';

/** `x` [1] float32 -> Identity -> `y`: what is left is the cost of a call. */
export function identityGraph(): Graph {
  return {
    name: 'identity',
    nodes: [node('Identity', ['x'], 'y')],
    initializers: [],
    inputs: [{ name: 'x', elemType: 'float32', dims: [1] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: [1] }],
  };
}
