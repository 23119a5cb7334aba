import { axisOf, type Call, type RuleTable, stuck } from './call';
import { known, type Value } from './value';

/** Mean and deviation keep the axes before `axis` and have 1 along the others. */
function layerNorm(c: Call): Value[] {
  const x = c.shape(0);
  const axis = axisOf(c.int('axis', -1), x.length);
  const moments = x.map((d, i) => (i < axis ? d : 1));
  const stash = c.int('stash_type', 1) === 1 ? 'float32' : null;
  return [known(x, c.type(0)), known(moments, stash), known(moments, stash)];
}

/** Outputs: normalised, mean, deviation, and the sum of input, skip and bias. */
function skipNorm(c: Call): Value[] {
  const x = c.shape(0);
  const moments = [...x.slice(0, -1), 1];
  return [known(x, c.type(0)), known(moments, 'float32'), known(moments, 'float32'), known(x, c.type(0))];
}

function batchNorm(c: Call): Value[] {
  const x = c.shape(0);
  const statistics = [x[1] ?? stuck()];
  return [known(x, c.type(0)), ...Array.from({ length: 4 }, () => known(statistics, c.type(3)))];
}

/** ids [batch, sequence]; the word table gives the width; the mask index counts words per sentence. */
function embedNorm(c: Call): Value[] {
  const [ids, words] = [c.shape(0), c.shape(2)];
  const out = [...ids, words[1] ?? stuck()];
  return [known(out, c.type(2)), known([ids[0] ?? stuck()], 'int32'), known(out, c.type(2))];
}

/** Losses: one number, or one per target; the second output has the shape of the scores. */
function loss(c: Call): Value[] {
  const shape = c.text('reduction', 'mean') === 'none' ? c.shape(1) : [];
  return [known(shape, c.type(0)), known(c.shape(0), c.type(0))];
}

export const normaliseRules: RuleTable = {
  LayerNormalization: layerNorm,
  SimplifiedLayerNormalization: layerNorm,
  'com.microsoft:SimplifiedLayerNormalization': layerNorm,
  RMSNormalization: (c) => [known(c.shape(0), c.type(0))],
  BatchNormalization: batchNorm,
  'com.microsoft:SkipLayerNormalization': skipNorm,
  'com.microsoft:SkipSimplifiedLayerNormalization': skipNorm,
  'com.microsoft:EmbedLayerNormalization': embedNorm,
  NegativeLogLikelihoodLoss: loss,
  SoftmaxCrossEntropyLoss: loss,
};
