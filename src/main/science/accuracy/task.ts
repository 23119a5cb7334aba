import type { AccuracyRecord, Normalise } from '../../../shared/accuracy';
import { LabError } from '../../../shared/errors';
import type { Port } from '../../../shared/model';
import type { Provider } from '../../../shared/plan';
import { wilson } from '../../../shared/stats/wilson';
import { generatedNames } from '../data/manifest';
import type { Task } from '../tasks';
import { fedInput, feed, normaliser } from './input';
import { addToTally, askedOutputs, type ChosenOutput, chooseOutput, emptyTally, scoresOf } from './output';

export interface AccuracyInput {
  /** File of the model in the lab, with its external data beside it. */
  path: string;
  inputs: Port[];
  outputs: Port[];
  dataset: string;
  /** Makes generated examples, and chooses where there are more than `most`. */
  seed: number;
  /** Test examples at most. */
  most: number;
  /** Null: found by its shape. */
  output: string | null;
  normalise: Normalise | null;
  provider: Provider;
  threads: number;
  /** Examples per call where the model leaves it open. */
  batch: number;
}

export type AccuracyOutput = Omit<AccuracyRecord, 'id' | 'modelId' | 'createdUnixMs' | 'ortVersion'>;

/** Training examples whose mean and deviation standardise generated data: as many as the experiments use. */
const trainForScale = 4000;

/** How often a classifier is right on the test part of a data set, counted example by example. */
export const accuracy: Task<AccuracyInput, AccuracyOutput> = {
  async run(input, { ort, dataset, progress }) {
    const { seed, most: test, normalise, provider, threads } = input;
    const generated = generatedNames.includes(input.dataset);
    const data = await dataset(input.dataset, {
      seed,
      train: generated ? trainForScale : 0,
      test,
      raw: true,
    });
    const n = data.test.n;
    if (n === 0) {
      throw new LabError(
        'bad_input',
        `The data set “${data.name}” has no test part.`,
        'Add it again with one.',
      );
    }
    const target = fedInput(input.inputs, data);
    const asked = askedOutputs(input.outputs, input.output);
    const change = normaliser(normalise, data);
    const batch = target.fixedBatch ?? Math.min(input.batch, n);
    const tally = emptyTally(data.classes);
    let chosen: ChosenOutput | null = null;
    const session = await ort.open({ path: input.path }, { provider, threads });
    try {
      for (let from = 0; from < n; from += batch) {
        const count = Math.min(batch, n - from);
        const rows = target.fixedBatch ?? count;
        const feeds = { [target.port.name]: feed(target, data, change, from, rows) };
        const answer = await session.run(feeds, chosen === null ? asked : [chosen.name]);
        chosen ??= chooseOutput(answer, { batch: rows, classes: data.classes });
        const y = data.test.y.subarray(from, from + count);
        addToTally(tally, answer[chosen.name], { kind: chosen.kind, y, from });
        progress((from + count) / n);
      }
    } finally {
      await session.close();
    }
    const correct = tally.perClass.reduce((sum, c) => sum + c.correct, 0);
    return {
      output: {
        dataset: data.name,
        datasetSha256: data.sha256,
        seed,
        n,
        correct,
        accuracy: wilson(correct, n),
        classes: data.classes,
        perClass: tally.perClass,
        ...scoresOf(tally, chosen!.kind, n),
        input: target.port.name,
        layout: target.layout,
        output: chosen!.name,
        normalise,
        provider,
        batch,
      },
    };
  },
};
