import { floats, node } from '../../models/builders/parts';
import { softmaxOf } from '../scores';
import { type Layers, mlpGraphOf, type VariantGraph } from './mlpVariants';

/**
 * Early exit for one example: a student answers where its largest probability reaches `sure`, else `If` runs the teacher.
 * What a call costs depends on the example. `sure` 0 always lets the student answer and 2 never does: the two costs.
 * Source: Teerapittayanon et al., BranchyNet, arXiv 1709.01686 for the idea; guide of the experiments, section 12.
 */
export function earlyExitGraph(student: Layers, teacher: Layers, sure: number): VariantGraph {
  const small = mlpGraphOf(student, undefined, { output: 'small', prefix: 'student' }).graph;
  const large = mlpGraphOf(teacher, undefined, { output: 'large', prefix: 'teacher' }).graph;
  const classes = teacher.weights.at(-1)!.cols;
  const dims = [1, classes];
  return {
    graph: {
      name: 'early-exit',
      nodes: [
        ...small.nodes,
        node('Softmax', ['small'], 'probability', { axis: { int: -1 } }),
        node('ReduceMax', ['probability'], 'highest', { keepdims: { int: 0 } }),
        node('Less', ['highest', 'sure'], 'unsure'),
        node('If', ['unsure'], 'y', {
          then_branch: {
            graph: {
              ...large,
              name: 'teacher',
              inputs: [],
              outputs: [{ name: 'large', elemType: 'float32', dims }],
            },
          },
          else_branch: {
            graph: {
              name: 'student',
              nodes: [node('Identity', ['small'], 'kept')],
              initializers: [],
              inputs: [],
              outputs: [{ name: 'kept', elemType: 'float32', dims }],
            },
          },
        }),
      ],
      initializers: [...small.initializers, floats('sure', [], [sure])],
      inputs: [{ name: 'x', elemType: 'float32', dims: [1, student.weights[0]!.rows] }],
      outputs: [{ name: 'y', elemType: 'float32', dims }],
    },
  };
}

/** Which examples the student answers, from its logits [n, classes]: its largest probability reaches `sure`. */
export function exits(logits: Float32Array, classes: number, sure: number): boolean[] {
  return Array.from(
    { length: logits.length / classes },
    (_, i) => Math.max(...softmaxOf(logits, i * classes, classes)) >= sure,
  );
}
