import { arrangeRules } from './arrange';
import { attentionRules } from './attention';
import type { Rule } from './call';
import { constantRules } from './constant';
import { controlRules } from './control';
import { convolutionRules } from './convolution';
import { elementwiseRules } from './elementwise';
import { matrixRules } from './matrix';
import { normaliseRules } from './normalise';
import { quantiseRules } from './quantise';
import { recurrentRules } from './recurrent';
import { reduceRules } from './reduce';
import { resizeRules } from './resize';
import { selectRules } from './select';

/** Every operator whose output shapes are certain, by label. Names come from files, so this is a Map. */
export const rules: ReadonlyMap<string, Rule> = new Map(
  [
    arrangeRules,
    attentionRules,
    constantRules,
    controlRules,
    convolutionRules,
    elementwiseRules,
    matrixRules,
    normaliseRules,
    quantiseRules,
    recurrentRules,
    reduceRules,
    resizeRules,
    selectRules,
  ].flatMap((table) => Object.entries(table)),
);
