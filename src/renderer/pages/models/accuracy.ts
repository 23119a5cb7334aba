import { create } from 'zustand';
import { type Normalise, normaliseSchema } from '../../../shared/accuracy';
import type { Input, Lab } from '../../../shared/contract';
import { type Failure, failureOf } from '../../../shared/errors';

/** The fields as a person filled them in; empty texts mean nothing. */
export interface AccuracyFields {
  dataset: string;
  /** '': found by its shape. */
  output: string;
  scale: string;
  mean: string;
  std: string;
}

export const defaultAccuracyFields: AccuracyFields = {
  dataset: 'mnist1d',
  output: '',
  scale: '',
  mean: '',
  std: '',
};

/** What the fields ask for, or what is wrong with them in a sentence. Pure. */
export function accuracyOf(
  fields: AccuracyFields,
): { input: Omit<Input<'testAccuracy'>, 'model'> } | { problem: string } {
  const { dataset, output, scale, mean, std } = fields;
  let normalise: Normalise | null = null;
  if ([scale, mean, std].some((text) => text.trim() !== '')) {
    const parsed = normaliseSchema.safeParse({
      ...(scale.trim() === '' ? {} : { scale: Number(scale) }),
      ...(mean.trim() === '' ? {} : { mean: numbersOf(mean) }),
      ...(std.trim() === '' ? {} : { std: numbersOf(std) }),
    });
    if (!parsed.success) {
      return {
        problem:
          'Scale and deviation are numbers above 0, the mean a number; several with commas between them.',
      };
    }
    normalise = parsed.data;
  }
  return { input: { dataset, output: output === '' ? null : output, normalise } };
}

const numbersOf = (text: string) =>
  text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));

/** The test that runs, or how the last one failed. Outlives the page. */
export interface Testing {
  model: string | null;
  running: boolean;
  share: number;
  failure: Failure | null;
}

const nothing: Testing = { model: null, running: false, share: 0, failure: null };
export const useTesting = create<Testing>(() => nothing);

/** Asks the lab for an accuracy and follows it; one at a time. */
export async function testAccuracy(
  lab: Pick<Lab, 'testAccuracy' | 'onEvent'>,
  model: string,
  input: Omit<Input<'testAccuracy'>, 'model'>,
): Promise<void> {
  if (useTesting.getState().running) return;
  useTesting.setState({ ...nothing, model, running: true });
  const stop = lab.onEvent((event) => {
    if (event.type === 'accuracyProgress' && event.modelId === model)
      useTesting.setState({ share: event.share });
  });
  try {
    await lab.testAccuracy({ model, ...input });
  } catch (thrown) {
    useTesting.setState({ failure: failureOf(thrown) });
  } finally {
    stop();
    useTesting.setState({ running: false });
  }
}
