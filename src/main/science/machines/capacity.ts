import { createRandom } from '../../models/random';
import { refuseFewer } from '../data/examples';
import type { Task } from '../tasks';
import type { Tools } from '../tools';
import { accuracyOf, classify, inferenceGraph, type MlpSpec, parametersOf, train } from '../train';
import { bestHeld, type CapacityLimit, capacityLimits } from './limit';

export interface CapacityInput {
  dataset: string;
  /** First of the seeds; labels and starts differ between them. */
  seed: number;
  seeds: number;
  /** Hidden units of the networks. */
  widths: number[];
  /** Numbers of examples, rising. */
  sizes: number[];
  steps: number;
  /** Then so many numbers of examples more, each halfway (geometric) between n* and the next that was lost. */
  refine: number;
  /** Share of the labels that counts as held. */
  threshold: number;
  /** A width ends after so many sizes at which less than 90 % was held; the rest would only show less. */
  stopAfter: number;
}

/** What one network held of n random labels. */
export interface CapacityRow {
  hidden: number;
  parameters: number;
  n: number;
  classes: number;
  /** Share of the labels that are right after training, of each seed. */
  held: number[];
}

export interface CapacityOutput {
  dataset: string;
  features: number;
  rows: CapacityRow[];
}

/**
 * How many random labels a network of fixed size holds: nothing can be generalised, so what it gives back it has stored.
 * Source: guide of the experiments, 4.2 and 4.3 (6).
 */
export const capacity: Task<CapacityInput, CapacityOutput> = {
  async run(input, tools) {
    const { sizes, widths, seeds, seed, steps } = input;
    const most = Math.max(...sizes);
    const data = await tools.dataset(input.dataset, { seed, train: most, test: 1 });
    refuseFewer(data, most);
    const { features, classes } = data;
    const rows: CapacityRow[] = [];
    const total = widths.length * (sizes.length + input.refine) * seeds;
    let done = 0;
    for (const [w, hidden] of widths.entries()) {
      const spec: MlpSpec = { kind: 'mlp', features, hidden: [hidden], classes, activation: 'relu' };
      const hold = async (n: number): Promise<CapacityRow> => {
        const held: number[] = [];
        for (let s = 0; s < seeds; s++) {
          held.push(await heldBy(tools, spec, data.train.x.subarray(0, n * features), n, seed + s, steps));
          done += 1;
          tools.progress(done / total);
        }
        return { hidden, parameters: parametersOf(spec), n, classes, held };
      };
      const own: CapacityRow[] = [];
      let lost = 0;
      for (const n of sizes) {
        if (lost >= input.stopAfter) break;
        const row = await hold(n);
        own.push(row);
        lost = bestHeld(row) < 0.9 ? lost + 1 : 0;
      }
      for (let r = 0; r < input.refine; r++) {
        const n = between(capacityLimits(own, input.threshold)[0]);
        if (n === null) break;
        own.push(await hold(n));
      }
      rows.push(...own.sort((a, b) => a.n - b.n));
      done = (w + 1) * (total / widths.length);
    }
    return { output: { dataset: data.name, features, rows } };
  },
};

/** Halfway between n* and the next number of examples that was lost; null where they are known or too near. */
function between({ examples, lost }: CapacityLimit): number | null {
  if (examples === null || lost === null) return null;
  const n = Math.round(Math.sqrt(examples * lost));
  return n > examples && n < lost ? n : null;
}

/** Share of n random labels that a network gives back after it was trained on them. */
async function heldBy(
  { ort }: Tools,
  spec: MlpSpec,
  x: Float32Array,
  n: number,
  seed: number,
  steps: number,
): Promise<number> {
  const random = createRandom(seed, `labels ${n}`);
  const y = Uint8Array.from({ length: n }, () => random.integer(0, spec.classes));
  const { params } = await train(
    ort,
    spec,
    { x, y, n },
    {
      steps,
      batch: Math.min(64, n),
      learningRate: 0.05,
      momentum: 0.9,
      drop: { at: 0.7, factor: 0.2 },
      seed,
    },
  );
  return accuracyOf(await classify(ort, inferenceGraph(spec, params), x, spec.features, n), y);
}
