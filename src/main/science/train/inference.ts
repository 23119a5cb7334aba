import type { Graph } from '../../models/writer';
import { Emitter } from './emitter';
import { emitForward } from './layers';
import { featuresOf, parameterShapes, stagesOf } from './shapes';
import type { NetSpec, Params } from './spec';
import { boostDims } from './winners';

/**
 * A trained network as a model of its own: `x` [batch, features] to logits `y` [batch, classes], parameters as
 * initializers. Boosts of k-WTA are constants here: exp(−β d) at the end of the training.
 */
export function inferenceGraph(
  spec: NetSpec,
  params: Params,
  options: { name?: string; winnersFactor?: number; substitutes?: boolean } = {},
): Graph {
  const g = new Emitter('float32', options.substitutes);
  const stages = stagesOf(spec);
  for (const [name, dims] of Object.entries(parameterShapes(spec))) g.constant(name, dims, params[name]!);
  const strength = params.boost?.[0] ?? 0;
  const kept = emitForward(g, stages, 'x', {
    winnersFactor: options.winnersFactor,
    boost: (stage) => {
      const duty = params[`duty${stage.at}`]!;
      return g.constant(
        `boost${stage.at}`,
        boostDims(stage),
        duty.map((d) => Math.exp(-strength * d)),
      );
    },
  });
  const last = g.nodes.findLast((n) => n.outputs[0] === kept.at(-1)!.output)!;
  return {
    name: options.name ?? spec.kind,
    nodes: g.nodes.map((n) => (n === last ? { ...n, outputs: ['y'] } : n)),
    initializers: g.initializers,
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', featuresOf(spec)] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', spec.classes] }],
  };
}
