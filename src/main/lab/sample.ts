import { readFileSync } from 'node:fs';
import type { Outputs } from '../../shared/contract';
import { LabError } from '../../shared/errors';
import { parseRecipe } from '../models/builders';
import { readingsOf } from '../store/readings';
import { queuedRun } from '../store/records';
import type { LabWriter } from '../store/writer';
import type { LabContext } from './context';
import type { LibraryState } from './library';
import { buildInto } from './models';
import { resource } from './paths';
import { type Recorded, type RecordedRun, readRecorded } from './sampleFile';
import { turnOfOthers } from './turns';

/** The dataset that comes with Thirty Watts; resources/sample/README.md says how it was recorded. */
export const readSample = (): Recorded => readRecorded(readFileSync(resource('sample', 'sample.br')));

/**
 * Adds the sample dataset: builds its models here (each must be, byte for byte, the one that was measured), then stores
 * experiment and runs with the ids and times of the recording in one transaction, every run marked as sample. Loaded
 * already, it only comes out of the bin.
 * @throws LabError bad_input while the lab measures (building would disturb it); internal if a built model differs
 */
export async function loadSample(
  context: LabContext,
  state: Pick<LibraryState, 'atWork'>,
  recorded: Recorded = readSample(),
): Promise<Outputs['loadSample']> {
  const { reader, writer } = context.store;
  const refuseNow = () => {
    if (state.atWork().length === 0) return;
    throw new LabError(
      'bad_input',
      'The lab is measuring, and building the models of the sample would disturb it.',
      'Load the sample when the experiment has ended.',
    );
  };
  const answer = { runs: recorded.runs.length };
  const ids = recorded.runs.map(({ run }) => run.id);
  const modelIds = recorded.models.map((model) => model.id);
  // A bundle may have brought some of them, records of models without their files.
  const isThere = () => reader.getRuns(ids).length === ids.length;
  if (isThere()) {
    if (writer.setBinned('run', ids, null) > 0) context.emit({ type: 'changed', what: 'runs' });
    if (writer.setBinned('model', modelIds, null) > 0) context.emit({ type: 'changed', what: 'models' });
    return { ...answer, alreadyThere: true };
  }
  for (const { id, recipe, name } of recorded.models) {
    refuseNow();
    const built = recipe === null ? null : buildInto(context, parseRecipe(recipe)).model;
    if (built?.id !== id) {
      throw new LabError(
        'internal',
        `The model ${name} of the sample dataset is built differently by this version.`,
        'Please report this; none of its runs was added.',
      );
    }
    await turnOfOthers(); // other messages are answered between two models
  }
  // A second call may have come first while the models were built.
  if (isThere()) return { ...answer, alreadyThere: true };
  const there = new Set(reader.getRuns(ids).map(({ id }) => id));
  const missing = recorded.runs.filter(({ run }) => !there.has(run.id));
  writer.together(() => storeAll(writer, { ...recorded, runs: missing }, there.size === 0));
  writer.setBinned('run', [...there], null);
  context.store.checkpoint();
  context.emit({ type: 'changed', what: 'experiments' });
  context.emit({ type: 'changed', what: 'runs' });
  return { ...answer, alreadyThere: false };
}

/** @param isNew its experiment is not in the lab */
function storeAll(writer: LabWriter, { experiment, machines, runs }: Recorded, isNew: boolean): void {
  for (const machine of machines) writer.putMachine(machine);
  if (isNew) writer.createExperiment(experiment, []);
  writer.addRuns(runs.map(({ run }) => queuedRun(run)));
  for (const run of runs) storeRun(writer, run);
  writer.markSample(
    'run',
    runs.map(({ run }) => run.id),
  );
}

/** The same rows as were stored when the run was measured, in the same order per table. */
function storeRun(writer: LabWriter, { run, sensors, windows, readings, states, events }: RecordedRun): void {
  writer.startRun(run.id, run.startedUnixMs ?? run.queuedUnixMs, run.machineId);
  writer.putSensors(run.id, sensors);
  for (const { record, samples } of windows) writer.appendWindow(run.id, record, samples);
  for (const batch of readings.toSorted((a, b) => a.seq - b.seq))
    writer.appendReadings(run.id, batch.role, readingsOf(batch), batch.mark);
  for (const { mark, atNs, health } of states) writer.appendState(run.id, mark, atNs, health);
  for (const { atNs, phase, text } of events) writer.appendEvent(run.id, atNs, phase, text);
  writer.finishRun(run);
}
