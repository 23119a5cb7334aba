/**
 * Training by ONNX Runtime itself: forward, hand-derived backward and update are ordinary operators.
 *
 *     const { params } = await train(ort, spec, data.train, { steps: 4000, batch: 64, learningRate: 0.2, seed: 1 });
 *     const graph = inferenceGraph(spec, params);                 // x [batch, features] -> y [batch, classes]
 *     const logits = await classify(ort, graph, data.test.x, data.features, data.test.n);
 *     accuracyOf(logits, data.test.y);                            // share right, 0 to 1
 */
export { accuracyOf } from '../scores';
export { classify, meanNegativeLogLikelihood } from './classify';
export { inferenceGraph } from './inference';
export { macsOf, parameterShapes, parametersOf } from './shapes';
export type { Activation, CnnSpec, Convolution, MlpSpec, NetSpec, Params, Recipe, Trained } from './spec';
export { connectionMask, startParams } from './start';
export { type StepOptions, scanGraph, stateShapes, stepGraph } from './step';
export { train } from './train';
export { trainingGraph } from './trainingGraph';
export { twoConvolutions } from './twoConvolutions';
