import { LabError } from '../../../shared/errors';
import type { Dataset } from '../data/dataset';
import {
  connectionMask,
  type MlpSpec,
  type NetSpec,
  parameterShapes,
  parametersOf,
  twoConvolutions,
} from '../train';

export const networks = ['dense', 'sparse', 'logistic', 'cnn'] as const;
export type NetworkKey = (typeof networks)[number];
export const methods = [...networks, 'nearest', 'ridge'] as const;
/**
 * `dense` is the baseline. `sparse`: k-WTA and few weights. `nearest`: one nearest neighbour. `ridge`: kernel ridge
 * regression with a Gaussian kernel. The last two keep every example.
 */
export type Method = (typeof methods)[number];

export const isNetwork = (method: Method): method is NetworkKey =>
  (networks as readonly string[]).includes(method);

/** Hidden units of the baseline. */
const denseUnits = 128;
/** Share of weights that the sparse network's hidden layer has, and of its units that win. Guide of the experiments, 7. */
const density = 0.3;
const winnersShare = 0.1;

export interface NetworkPlan {
  spec: NetSpec;
  /** Share of weights of `w0` that are present; null: all. */
  density: number | null;
  parameters: number;
  nonzero: number;
}

type DataShape = Pick<Dataset, 'features' | 'classes' | 'shape'>;

/**
 * The networks for data of this shape. Sparse and convolutional ones have as many non-zero parameters as the dense one,
 * within 5 %; logistic regression has what it has.
 * @throws LabError unsupported where no width comes near enough
 */
export function networkOf(key: NetworkKey, data: DataShape): NetworkPlan {
  const { features, classes } = data;
  const mlp = (hidden: number[]): MlpSpec => ({ kind: 'mlp', features, hidden, classes, activation: 'relu' });
  const plain = (spec: NetSpec): NetworkPlan => {
    const parameters = parametersOf(spec);
    return { spec, density: null, parameters, nonzero: parameters };
  };
  const dense = plain(mlp([denseUnits]));
  if (key === 'dense') return dense;
  if (key === 'logistic') return plain(mlp([]));
  if (key === 'cnn') return matched(dense.nonzero, plainCnn(data, plain, dense.nonzero));
  const present = Math.max(1, Math.round(density * features));
  const hidden = Math.round((dense.nonzero - classes) / (present + 1 + classes));
  const spec: MlpSpec = {
    ...mlp([hidden]),
    activation: 'kwta',
    winners: [Math.max(1, Math.round(winnersShare * hidden))],
  };
  const absent = (features - present) * hidden;
  const parameters = parametersOf(spec);
  return matched(dense.nonzero, { spec, density, parameters, nonzero: parameters - absent });
}

function matched(target: number, plan: NetworkPlan): NetworkPlan {
  if (Math.abs(plan.nonzero / target - 1) > 0.05) {
    throw new LabError(
      'unsupported',
      `No network of this kind has about ${target} non-zero parameters for such data; the nearest has ${plan.nonzero}.`,
    );
  }
  return plan;
}

/** The channels whose parameters come nearest to the target. */
function plainCnn(data: DataShape, plain: (spec: NetSpec) => NetworkPlan, target: number): NetworkPlan {
  let best: NetworkPlan | null = null;
  for (let channels = 1; channels <= 256; channels++) {
    const plan = plain(twoConvolutions(channels, data));
    if (best && Math.abs(plan.nonzero - target) > Math.abs(best.nonzero - target)) break;
    best = plan;
  }
  return best!;
}

/** Masks of a plan's absent weights by name; none for dense ones. */
export function masksOf(
  { spec, density: share }: NetworkPlan,
  seed: number,
): Record<string, Float32Array> | undefined {
  if (share === null) return undefined;
  const [name] = Object.keys(parameterShapes(spec)) as [string];
  return { [name]: connectionMask(spec, name, share, seed) };
}
