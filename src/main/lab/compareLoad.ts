import { LabError } from '../../shared/errors';
import { headlineEnergy, newestOfEachPlace, type RunRecord, type WindowRecord } from '../../shared/run';
import { quantileOfSorted } from '../../shared/stats/quantiles';
import { median } from '../../shared/stats/robust';
import type { LabReader } from '../store/reader';
import type { ComparedRun, ComparedTurn, ComparedWindow } from './compareSides';
import { type ControlPair, controlEntries } from './controls';
import { durationsInside } from './samples';
import type { Steps } from './turns';

/**
 * The runs with all turns of their conditions, and the controls of their experiments. A run that was measured again
 * counts in its newest form, one in the bin not at all unless it was chosen. A yield between windows.
 * @throws LabError bad_input where a run is named twice, not_found
 */
export function* loadCompared(
  reader: LabReader,
  texts: readonly string[],
): Steps<{ runs: ComparedRun[]; controls: ControlPair[] }> {
  const chosen = texts.map((text) => reader.findRun(text));
  if (new Set(chosen.map((r) => r.id)).size < chosen.length)
    throw new LabError('bad_input', 'A run is named twice.', 'Choose two or more different runs.');
  const marks = reader.marks('run');
  const labs = reader.origins('run');
  const ofExperiment = new Map<string, RunRecord[]>();
  for (const { experimentId, turn } of chosen) {
    if (!turn || ofExperiment.has(experimentId)) continue;
    // Without blocks only the controls are wanted, and a ladder may have ten thousand runs beside them.
    const filter = turn.blocks > 1 ? { experimentId } : { experimentId, role: 'control' as const };
    const kept = reader.listRuns(filter).filter((r) => (marks.get(r.id)?.binnedUnixMs ?? null) === null);
    ofExperiment.set(experimentId, newestOfEachPlace(kept));
    yield;
  }
  const runs: ComparedRun[] = [];
  for (const run of chosen) {
    const turns: ComparedTurn[] = [];
    for (const turn of turnsOf(run, ofExperiment.get(run.experimentId) ?? []))
      turns.push(yield* loadTurn(reader, turn, (run.turn?.blocks ?? 1) < 2));
    runs.push({
      ...(turns.find((t) => t.run.id === run.id) ?? turns[0]),
      run,
      model: reader.getModel(run.condition.modelId),
      sample: marks.get(run.id)?.sample === true,
      lab: labs.get(run.id) ?? null,
      turns,
    });
  }
  const controls: ControlPair[] = [];
  for (const { experimentId, provider, entries } of [...ofExperiment.values()].flatMap(controlEntries)) {
    const load = function* (own: readonly RunRecord[]): Steps<ComparedTurn[]> {
      const turns: ComparedTurn[] = [];
      for (const run of own) turns.push(yield* loadTurn(reader, run, own.length < 2));
      return turns;
    };
    controls.push({ experimentId, provider, entries: [yield* load(entries[0]), yield* load(entries[1])] });
  }
  return { runs, controls };
}

/** The runs of a run's condition, by block; itself alone where its plan has no blocks. */
export function turnsOf(run: RunRecord, all: readonly RunRecord[]): RunRecord[] {
  const { turn } = run;
  if (!turn || turn.blocks < 2) return [run];
  const own = all.filter((r) => r.role === run.role && r.turn?.entry === turn.entry);
  return own.length === 0 ? [run] : own.sort((a, b) => a.turn!.block - b.turn!.block);
}

function* loadTurn(reader: LabReader, run: RunRecord, alone: boolean): Steps<ComparedTurn> {
  const records = reader.getWindows(run.id).filter((w) => w.verdict !== 'void');
  const windows: ComparedWindow[] = [];
  // Samples are read only where windows are the repeats: a turn of a comparison enters with its results.
  for (const record of alone ? records : []) {
    const durations = durationsInside(reader.getSamples(run.id, record.index), record.openNs, record.closeNs)
      .slice()
      .sort();
    yield;
    if (durations.length > 0) windows.push(windowOf(run, record, durations));
  }
  const limits = records.flatMap((w) => w.state?.powerLimitW ?? []);
  const modes = new Set(records.flatMap((w) => w.state?.power.flatMap((p) => p.mode ?? []) ?? []));
  return {
    run,
    machine: reader.getMachine(run.machineId),
    windows,
    powerLimitW: limits.length === 0 ? null : median(limits),
    powerMode: modes.size === 0 ? null : [...modes].sort().join(', then '),
  };
}

/** @param sortedNs durations inside the window, ascending */
function windowOf(run: RunRecord, record: WindowRecord, sortedNs: Float64Array): ComparedWindow {
  const headline = headlineEnergy(run);
  const read = record.energy.find((e) => e.sensorId === headline?.sensor?.id);
  const known =
    read?.energyJ != null && read.inferences !== null && read.inferences > 0 && read.code === null;
  const seconds = read?.fromNs != null && read.toNs !== null ? Number(read.toNs - read.fromNs) / 1e9 : null;
  const readyW = headline?.powerReadyW ?? null;
  return {
    medianS: quantileOfSorted(sortedNs, 0.5) / 1e9,
    p95S: quantileOfSorted(sortedNs, 0.95) / 1e9,
    itemsPerS: (record.inferences * run.condition.batch) / (Number(record.closeNs - record.openNs) / 1e9),
    grossJ: known ? read!.energyJ! / read!.inferences! : null,
    netJ:
      known && seconds !== null && readyW !== null
        ? (read!.energyJ! - readyW * seconds) / read!.inferences!
        : null,
  };
}
