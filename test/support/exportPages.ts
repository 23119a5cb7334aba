import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { BundleOptions } from '../../src/shared/bundle';
import { fakeExperiment, fakeLab } from './fakeLab';
import { fakeLadder } from './fakeRecords';

export const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

/** A lab with 12 runs of one experiment and 6 of another, of the same models. */
export function twoExperiments() {
  const one = fakeLadder('one', { seeds: 2 });
  const two = fakeLadder('two', { seed: 3 });
  const lab = fakeLab({
    models: one.models,
    runs: [...one.runs, ...two.runs],
    experiments: [fakeExperiment('one'), fakeExperiment('two')],
  });
  return { lab, one, two };
}

export const dataset = (page: Page) => page.getByRole('region', { name: 'Dataset', exact: true });
export const what = (page: Page) => page.getByRole('region', { name: 'What goes out' });
export const button = (page: Page) => dataset(page).getByRole('button', { name: 'Export dataset' });
export const asked = (lab: ReturnType<typeof fakeLab>, name: 'previewBundle' | 'exportBundle') =>
  lab.calls
    .filter((call) => call.name === name)
    .map((call) => call.input as BundleOptions & { into: string });
