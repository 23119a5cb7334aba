import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeAll, expect } from 'vitest';
import type { Lab, RunDetail } from '../../src/shared/contract';
import type { PlanInput } from '../../src/shared/plan';
import { experimentEnd } from './lab';

/** A plan for tests: as short as a real run can be, no overhead runs and no control. */
export const quick: Omit<PlanInput, 'models'> = {
  schema: 'thirtywatts.plan/1',
  preset: 'glance',
  windowS: 0.2,
  callOverhead: false,
  control: false,
};
export const simulatedMeter = resolve(__dirname, '../fixtures/simulated-cpu-meter.json');

/** Runs a plan to its end and returns what is stored of each run, in the order of the plan. */
export async function measure(lab: Lab, plan: PlanInput): Promise<RunDetail[]> {
  const ended = experimentEnd(lab);
  const { experimentId } = await lab.startExperiment({ plan });
  await ended;
  return detailsOf(lab, experimentId);
}

export async function detailsOf(lab: Lab, experimentId: string): Promise<RunDetail[]> {
  const { runs } = await lab.listRuns({ experimentId });
  return Promise.all(runs.map(({ run }) => lab.showRun({ run: run.id })));
}

export async function importOne(lab: Lab, path: string): Promise<string> {
  const { imported, refused } = await lab.importModels({ paths: [path] });
  expect(refused).toEqual([]);
  return imported[0].model.id;
}

/** The built runner is there before a suite starts, and no test meter is left behind after a test. */
export function usesRealRunners(): void {
  beforeAll(() => expect(existsSync(resolve(__dirname, '../../out/main/runner.cjs'))).toBe(true));
  afterEach(() => {
    delete process.env.THIRTY_WATTS_TEST_METER;
  });
}
