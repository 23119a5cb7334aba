import type { Bench, Measured } from '../../src/main/science/protocol';
import { type ClaimOptions, claimOptionsSchema, type Prediction } from '../../src/shared/claim';
import { type Interval, type RunRow, runRowOf } from '../../src/shared/runRow';
import { fakeMachine, fakeModel, fakeRun } from './fakeRecords';

/** The thresholds and options that a judge reads; nothing is measured. */
export function fakeJudge(
  prediction: Prediction,
  options: Partial<ClaimOptions> = {},
): Pick<Bench, 'criterion' | 'options'> {
  return {
    options: { ...claimOptionsSchema.parse({}), ...options },
    criterion: (key) => {
      const found = prediction.criteria.find((c) => c.key === key);
      if (!found) throw new Error(`no criterion ${key}`);
      return found;
    },
  };
}

/** `value` ± `rel` of it. */
export const around = (value: number, rel = 0.01): Interval => ({
  value,
  low: value * (1 - rel),
  high: value * (1 + rel),
});

/** A condition as it was measured: time always, energy only where `over` has it; a turn for each of `blocks`. */
export function fakeMeasured(key: string, over: Partial<RunRow> = {}, blocks = 1): Measured {
  const model = fakeModel(key, over.parameters ?? 1000);
  const plain = runRowOf({
    run: fakeRun({ experiment: key, ordinal: 0, model }),
    model,
    machine: fakeMachine(),
    experimentName: key,
  });
  const row: RunRow = { ...plain, batch: 1, blocks, ...over };
  return {
    key,
    row,
    turns: Array.from({ length: blocks }, (_, block) => ({ ...row, block })),
    batch: row.batch,
  };
}
