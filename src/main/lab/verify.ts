import type { Outputs } from '../../shared/contract';
import { presets } from '../../shared/plan';
import type { RunRecord } from '../../shared/run';
import { verifyModelFiles } from '../models/import';
import { canonicalJson } from '../store/canonical';
import type { LabReader } from '../store/reader';
import { modelFolder } from './job';
import { latencyOf, type MeasuredWindow } from './results';
import { inferencesBetween } from './samples';

/**
 * Everything that the lab promises about its data: each record and column has its hash and its links (the store's
 * part), each model file is the one that was imported, and each latency is what its raw samples give when computed anew.
 */
export function verifyAll(reader: LabReader, labFolder: string): Outputs['verify'] {
  const { checked, problems } = reader.verify();
  const all = [...problems];
  const models = reader.listModels();
  for (const model of models) {
    const failure = verifyModelFiles(modelFolder(labFolder, model.id), model);
    if (failure) all.push({ table: 'models', id: model.id, what: failure.message });
  }
  const runs = reader.listRuns();
  for (const run of runs) {
    const what = recomputed(reader, run);
    if (what) all.push({ table: 'runs', id: run.id, what });
  }
  return { checked: checked + models.length + runs.length, problems: all };
}

/** What differs when the run's latency is computed from its stored samples; null where nothing does. */
function recomputed(reader: LabReader, run: RunRecord): string | null {
  if (run.latency === null) return null;
  let windows: MeasuredWindow[];
  try {
    windows = reader
      .getWindows(run.id)
      .map((record) => ({ record, samples: reader.getSamples(run.id, record.index), edgeS: {} }));
  } catch {
    return null; // told by the store's part already
  }
  for (const { record, samples } of windows) {
    const inferences = inferencesBetween(samples, record.openNs, record.closeNs) ?? 0;
    if (inferences !== record.inferences)
      return `window ${record.index} holds ${inferences} inferences, its record says ${record.inferences}`;
  }
  // Codes of the run as a whole come from facts outside the samples and are taken as stored.
  const again = latencyOf(windows, run.condition, run.latency.codes);
  const { codes: _codes, ...stored } = run.latency;
  const { codes: _again, ...computed } = again;
  return canonicalJson(stored) === canonicalJson(computed)
    ? null
    : `its latency is not what its ${presets[run.condition.preset].windowsMax > 1 ? 'windows' : 'window'} give when computed anew`;
}
