import type { Model } from '../../../../src/shared/model';
import { noMarks, type RunRow, runRowOf } from '../../../../src/shared/runRow';
import { fakeMachine, fakeRun } from '../../../support/fakeRecords';

let ordinal = 0;

/** A row of one more run of this model. */
export function fakeRow(model: Model, over: Partial<RunRow> = {}): RunRow {
  ordinal += 1;
  const run = fakeRun({ experiment: 'fake', ordinal, model });
  return { ...runRowOf({ run, model, machine: fakeMachine(), experimentName: 'fake' }, noMarks), ...over };
}
