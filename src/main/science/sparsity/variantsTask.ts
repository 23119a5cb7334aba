import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../data/dataset';
import { nonzero } from '../linear/matrix';
import { saveModel } from '../save';
import { decisionsOf, softmaxOf } from '../scores';
import type { Task } from '../tasks';
import type { MadeModel, Tools } from '../tools';
import { accuracyOf, classify, type MlpSpec, type Recipe, train } from '../train';
import { earlyExitGraph, exits } from './earlyExit';
import {
  blockGraph,
  blockMasks,
  cutToRank,
  int4Graph,
  int8Graph,
  keepUnits,
  type Layers,
  layersOf,
  lowRankGraph,
  magnitudeMasks,
  mlpGraphOf,
  parameterCount,
  paramsOf,
  storedFloats,
  unitsFor,
  type VariantGraph,
} from './mlpVariants';

export const variantKinds = [
  'fp32',
  'int8',
  'int4',
  'low-rank',
  'pruned',
  'units',
  'blocks',
  'student',
  'distilled',
  'early-exit',
] as const;
/** The teacher and what is made of it. Source: guide of the experiments, section 12. */
export type VariantKind = (typeof variantKinds)[number];

export interface SparsityVariantsInput {
  dataset: string;
  trainExamples: number;
  testExamples: number;
  seed: number;
  teacherSteps: number;
  fineTuneSteps: number;
  kinds: VariantKind[];
  /** False: only the accuracies, of a further seed. */
  makeModels: boolean;
}

export interface VariantResult {
  kind: VariantKind;
  /** Keys of its models: one; of early exit the two that always and never take the exit. */
  models: string[];
  name: string;
  /** On the test part, 0 to 1. */
  accuracy: number;
  /** Test examples that only the teacher, and only the variant gets right. */
  lost: number;
  won: number;
  parameters: number;
  parametersNonzero: number;
  /** Size of the model file; null where no model was made. */
  fileBytes: number | null;
  /** early exit: share of the test examples that the student answers; null for the others. */
  exitShare: number | null;
}

export interface SparsityVariantsOutput {
  teacher: string;
  trainExamples: number;
  testExamples: number;
  sha256: string;
  results: VariantResult[];
}

const kept = 0.1;
const rankShare = 1 / 8;
/** A student answers alone from this probability on. */
const sure = 0.9;
/** Rounds of "train on, cut to the rank again" for low rank. */
const rankRounds = 3;

function teacherSpec(features: number, classes: number): MlpSpec {
  // Few inputs make a first layer that is nothing to save from: a second one of full size then.
  return { kind: 'mlp', features, classes, hidden: features < 256 ? [512, 512] : [512], activation: 'relu' };
}

/**
 * Trains one network and makes the variants of it: quantised, cut to a rank, pruned and trained on with the same mask,
 * with units removed, smaller ones trained on labels and on its answers, and early exit. The smaller ones have as many
 * parameters as the pruned one has weights left. Source: guide of the experiments, section 12.
 */
export const sparsityVariants: Task<SparsityVariantsInput, SparsityVariantsOutput> = {
  async run(input, tools) {
    const data = await tools.dataset(input.dataset, {
      seed: input.seed,
      train: input.trainExamples,
      test: input.testExamples,
    });
    const maker = await createMaker(input, data, tools);
    const results: VariantResult[] = [];
    for (const [at, kind] of input.kinds.entries()) {
      tools.progress(0.3 + (0.7 * at) / input.kinds.length, variantNames[kind](maker));
      results.push(await maker.make(kind));
    }
    return {
      output: {
        teacher: netName(maker.teacher),
        trainExamples: data.train.n,
        testExamples: data.test.n,
        sha256: data.sha256,
        results,
      },
      models: maker.models,
    };
  },
};

const netName = ({ weights }: Layers) => [weights[0]!.rows, ...weights.map((w) => w.cols)].join('-');

const variantNames: Readonly<Record<VariantKind, (of: { teacher: Layers; units: number }) => string>> = {
  fp32: ({ teacher }) => `float32 ${netName(teacher)}`,
  int8: () => 'int8 weights, inputs quantised at run time',
  int4: () => 'int4 weights in blocks of 32',
  'low-rank': () => `rank cut to an eighth, trained on in ${rankRounds} rounds`,
  pruned: () => '90 % of the weights pruned, trained on',
  units: ({ units }) => `${units} units a layer kept, trained on`,
  blocks: () => '90 % of the blocks of 32 × 128 pruned, trained on',
  student: ({ units }) => `small network of ${units} units a layer, trained on labels`,
  distilled: ({ units }) => `small network of ${units} units a layer, trained on the teacher’s answers`,
  'early-exit': () => `early exit: the small network where it is ${100 * sure} % sure, else the teacher`,
};

interface Maker {
  teacher: Layers;
  units: number;
  models: MadeModel[];
  make(kind: VariantKind): Promise<VariantResult>;
}

async function createMaker(
  input: SparsityVariantsInput,
  data: Dataset,
  { ort, folder, progress }: Tools,
): Promise<Maker> {
  const { seed, teacherSteps, fineTuneSteps } = input;
  const spec = teacherSpec(data.features, data.classes);
  const recipe = (steps: number, learningRate: number): Recipe => ({
    steps,
    batch: 64,
    learningRate,
    drop: { at: 0.7, factor: 0.2 },
    seed,
  });
  const trained = await train(ort, spec, data.train, recipe(teacherSteps, 0.2), (share) =>
    progress(0.3 * share, 'teacher'),
  );
  const teacher = layersOf(spec, trained.params);
  const teacherLogits = await logitsOf(mlpGraphOf(teacher));
  // As many parameters as pruning leaves: "matched non-zeros".
  const left = Object.values(magnitudeMasks(teacher, kept)).reduce((n, m) => n - m.length + nonzero(m), 0);
  const units = unitsFor(parameterCount(teacher) + left, spec);
  const smallSpec: MlpSpec = { ...spec, hidden: spec.hidden.map(() => units) };
  const models: MadeModel[] = [];

  function logitsOf({ graph, domains }: VariantGraph, x = data.test.x, n = data.test.n) {
    return classify(ort, graph, x, data.features, n, { domains });
  }

  async function trainOn(from: Layers, as: MlpSpec, more: Partial<Recipe> & { steps?: number }) {
    const steps = more.steps ?? fineTuneSteps;
    const { params } = await train(ort, as, data.train, {
      ...recipe(steps, 0.1),
      from: paramsOf(from),
      ...more,
    });
    return layersOf(as, params);
  }

  async function small(targets?: Float32Array): Promise<Layers> {
    const { params } = await train(ort, smallSpec, data.train, {
      ...recipe(teacherSteps, 0.2),
      targets,
    });
    return layersOf(smallSpec, params);
  }

  /** 0.7 of the teacher's probabilities at temperature 2 and 0.3 of the labels. Hinton et al., arXiv 1503.02531. */
  async function softTargets(): Promise<Float32Array> {
    const { n, x, y } = data.train;
    const logits = await logitsOf(mlpGraphOf(teacher), x, n);
    return mixedTargets(logits, y, data.classes);
  }

  let distilledOnce: Promise<Layers> | null = null;
  const distilled = () => {
    distilledOnce ??= softTargets().then(small);
    return distilledOnce;
  };

  async function build(kind: Exclude<VariantKind, 'early-exit'>): Promise<VariantGraph> {
    switch (kind) {
      case 'fp32':
        return mlpGraphOf(teacher);
      case 'int8':
        return int8Graph(teacher);
      case 'int4':
        return int4Graph(teacher);
      case 'low-rank': {
        let layers = teacher;
        for (let i = 0; i < rankRounds; i++) {
          const steps = Math.ceil(fineTuneSteps / rankRounds);
          layers = await trainOn(cutToRank(layers, rankShare, seed), spec, { steps });
        }
        return lowRankGraph(layers, rankShare, seed);
      }
      case 'pruned':
        return mlpGraphOf(await trainOn(teacher, spec, { masks: magnitudeMasks(teacher, kept) }));
      case 'blocks': {
        const layers = await trainOn(teacher, spec, { masks: blockMasks(teacher, kept) });
        return blockGraph(layers, kept);
      }
      case 'units':
        return mlpGraphOf(await trainOn(keepUnits(teacher, units), smallSpec, {}));
      case 'student':
        return mlpGraphOf(await small());
      case 'distilled':
        return mlpGraphOf(await distilled());
    }
  }

  function save(key: string, { graph, domains }: VariantGraph, name: string): number {
    const made = saveModel(folder, graph, {
      key,
      name: `${data.name} ${name}`,
      family: 'mlp',
      recipe: `sparsity-variant/1 ${key} data=${data.sha256.slice(0, 12)} seed=${seed} teacher=${teacherSteps} on=${fineTuneSteps}`,
      domains,
    });
    models.push(made);
    return statSync(join(folder, made.file)).size;
  }

  function result(
    kind: VariantKind,
    logits: Float32Array,
    counts: Pick<VariantResult, 'parameters' | 'parametersNonzero'>,
    more: Pick<VariantResult, 'models' | 'fileBytes' | 'exitShare'>,
  ): VariantResult {
    return {
      kind,
      name: variantNames[kind]({ teacher, units }),
      accuracy: accuracyOf(logits, data.test.y),
      ...lostAndWon(teacherLogits, logits, data.test.y),
      ...counts,
      ...more,
    };
  }

  async function earlyExit(): Promise<VariantResult> {
    const student = await distilled();
    const logits = await logitsOf(mlpGraphOf(student));
    const out = exits(logits, data.classes, sure);
    const { classes } = data;
    const mixed = logits.map((z, i) => (out[Math.floor(i / classes)] ? z : teacherLogits[i]!));
    const bounds = [
      ['variant-early-exit-taken', 0],
      ['variant-early-exit-passed', 2],
    ] as const;
    const sizes = input.makeModels
      ? bounds.map(([key, threshold]) =>
          save(key, earlyExitGraph(student, teacher, threshold), `early exit, threshold ${threshold}`),
        )
      : [];
    const counts = [student, teacher].map((layers) => storedFloats(mlpGraphOf(layers)));
    const both = {
      parameters: counts.reduce((n, c) => n + c.parameters, 0),
      parametersNonzero: counts.reduce((n, c) => n + c.parametersNonzero, 0),
    };
    return result('early-exit', mixed, both, {
      models: sizes.length > 0 ? bounds.map(([key]) => key) : [],
      fileBytes: sizes[0] ?? null,
      exitShare: out.filter(Boolean).length / out.length,
    });
  }

  return {
    teacher,
    units,
    models,
    async make(kind) {
      if (kind === 'early-exit') return earlyExit();
      const as = await build(kind);
      const key = `variant-${kind}`;
      const logits = await logitsOf(as);
      // Codes of int8 and int4 stand for the teacher's weights one to one; the other forms store floats.
      const quantised = kind === 'int8' || kind === 'int4';
      return result(kind, logits, storedFloats(quantised ? mlpGraphOf(teacher) : as), {
        models: input.makeModels ? [key] : [],
        fileBytes: input.makeModels ? save(key, as, variantNames[kind]({ teacher, units })) : null,
        exitShare: null,
      });
    },
  };
}

/** Targets [n, classes]: 0.7 · softmax(logits / 2) + 0.3 · one-hot label. */
export function mixedTargets(logits: Float32Array, y: ArrayLike<number>, classes: number): Float32Array {
  const targets = new Float32Array(logits.length);
  for (let i = 0; i < y.length; i++) {
    const soft = softmaxOf(logits, i * classes, classes, 2);
    for (let c = 0; c < classes; c++) targets[i * classes + c] = 0.7 * soft[c]! + (c === y[i] ? 0.3 : 0);
  }
  return targets;
}

/** Examples that only the first, and only the second set of logits gets right. */
export function lostAndWon(
  first: Float32Array,
  second: Float32Array,
  y: ArrayLike<number>,
): { lost: number; won: number } {
  const classes = first.length / y.length;
  const [before, after] = [decisionsOf(first, classes), decisionsOf(second, classes)];
  let [lost, won] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    if (before[i] === after[i]) continue;
    if (before[i] === y[i]) lost += 1;
    if (after[i] === y[i]) won += 1;
  }
  return { lost, won };
}
