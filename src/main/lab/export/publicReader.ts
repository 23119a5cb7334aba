import type { AccuracyRecord } from '../../../shared/accuracy';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import type { RunRecord } from '../../../shared/run';
import { sha256OfValue } from '../../store/canonical';
import { claimVersionId } from '../../store/claims';
import type { LabReader } from '../../store/reader';
import { readingsRecord } from '../../store/readings';
import { conditionSha256, type Experiment, type StoredWindow } from '../../store/records';
import type { Redact } from './redact';

declare const isPublic: unique symbol;
/**
 * A lab's reader whose every record is free of signs of persons and places: what leaves the lab comes from here, and its
 * hashes are those of what leaves. A record that holds none is the stored one, hash and all.
 */
export type PublicReader = LabReader & { readonly [isPublic]: true };

/**
 * @param redact makes text public. What came from another lab was made public there and is taken as it is.
 * A machine is called by the hash of its public description.
 */
export function publicReader(reader: LabReader, redact: Redact): PublicReader {
  const foreign = {
    run: reader.origins('run'),
    model: reader.origins('model'),
    machine: reader.origins('machine'),
    experiment: reader.origins('experiment'),
    accuracy: reader.origins('accuracy'),
  };
  const machines = new Map(
    reader.listMachines().map((machine) => {
      if (foreign.machine.has(machine.id)) return [machine.id, machine];
      const described = redacted(machine, redact);
      if (described === machine) return [machine.id, machine];
      const { id: _, ...facts } = described;
      return [machine.id, { ...facts, id: sha256OfValue(facts) } as Machine];
    }),
  );
  const byPublicId = new Map([...machines.values()].map((m) => [m.id, m]));
  const texts: Redact = (text) => machines.get(text)?.id ?? redact(text);
  // A version of a claim is called by the hash of what it says: one that says something else now has another id.
  const versions = new Map(
    reader.claimVersions().map((version) => {
      const said = redacted(version, texts);
      return [version.id, said === version ? version.id : claimVersionId(said)];
    }),
  );
  const words = remembering((text) => versions.get(text) ?? texts(text));
  const own = <T>(value: T): T => redacted(value, words);
  const ofRun =
    <T>(get: (runId: string) => T) =>
    (runId: string): T =>
      foreign.run.has(runId) ? get(runId) : own(get(runId));
  const of =
    <T extends { id: string }>(what: keyof typeof foreign) =>
    (value: T): T =>
      foreign[what].has(value.id) ? value : own(value);
  const [model, accuracy] = [of<Model>('model'), of<AccuracyRecord>('accuracy')];
  // What carries the hash of a part of itself carries that of the public one.
  const run = (stored: RunRecord): RunRecord => {
    const shown = of<RunRecord>('run')(stored);
    return shown.condition === stored.condition
      ? shown
      : { ...shown, conditionSha256: conditionSha256(shown.condition) };
  };
  const experiment = (stored: Experiment): Experiment => {
    const shown = of<Experiment>('experiment')(stored);
    return shown.plan === stored.plan ? shown : { ...shown, planSha256: sha256OfValue(shown.plan) };
  };
  const storedWindows = (runId: string): StoredWindow[] => {
    const stored = reader.storedWindows(runId);
    return foreign.run.has(runId) ? stored : stored.map((w) => ({ ...w, window: own(w.window) }));
  };
  const readings = (runId: string, role?: Parameters<LabReader['getReadings']>[1]) => {
    const batches = reader.getReadings(runId, role);
    if (foreign.run.has(runId)) return batches;
    // The columns are numbers: only what is said beside them is text.
    return batches.map(({ t0Ns, t1Ns, raw, sourceNs, ...rest }) => ({
      ...own(rest),
      t0Ns,
      t1Ns,
      raw,
      sourceNs,
    }));
  };
  const recordHashOf = (runId: string) => sha256OfValue(run(reader.getRun(runId)));
  return {
    ...reader,
    listModels: () => reader.listModels().map(model),
    getModel: (id) => model(reader.getModel(id)),
    findModel: (text) => model(reader.findModel(text)),
    listMachines: () => [...machines.values()],
    getMachine: (id) => byPublicId.get(id) ?? machines.get(id) ?? reader.getMachine(id),
    listExperiments: () => reader.listExperiments().map(experiment),
    getExperiment: (id) => experiment(reader.getExperiment(id)),
    findExperiment: (text) => experiment(reader.findExperiment(text)),
    listRuns: (filter) => reader.listRuns(filter).map(run),
    getRun: (id) => run(reader.getRun(id)),
    getRuns: (ids) => reader.getRuns(ids).map(run),
    findRun: (text) => run(reader.findRun(text)),
    getWindows: ofRun(reader.getWindows),
    storedWindows,
    sensorsOf: ofRun(reader.sensorsOf),
    getReadings: readings,
    getStates: ofRun(reader.getStates),
    getEvents: ofRun(reader.getEvents),
    recordHashOf,
    hashesOf: (runId) => {
      return {
        record: recordHashOf(runId),
        windows: storedWindows(runId).map((record) => ({
          index: record.window.index,
          record: sha256OfValue(record),
          samples: record.samples.sha256,
        })),
        readings: readings(runId).map((batch) => {
          const record = readingsRecord(batch);
          return {
            sensorId: batch.sensorId,
            role: batch.role,
            seq: batch.seq,
            record: sha256OfValue(record),
            columns: record.columnsSha256,
          };
        }),
      };
    },
    claimVersions: (claim) => reader.claimVersions(claim).map(own),
    claimRuns: (claim) => reader.claimRuns(claim).map(own),
    claimRun: (id) => own(reader.claimRun(id)),
    claimSteps: (id) => reader.claimSteps(id).map(own),
    claimExperiments: (id) => reader.claimExperiments(id).map(own),
    accuracies: (modelId) => reader.accuracies(modelId).map(accuracy),
  } as PublicReader;
}

/** The same, looked up where it was asked before: a lab says few short texts, and says them in record after record. */
function remembering(redact: Redact): Redact {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > 200) return redact(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const said = redact(text);
    if (known.size >= 10_000) known.clear();
    known.set(text, said);
    return said;
  };
}

/** A copy with every text made public; the very same value where nothing changes. */
function redacted<T>(value: T, redact: Redact): T {
  return mapText(value, redact) as T;
}

function mapText(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) {
    const copy = value.map((each) => mapText(each, redact));
    return copy.every((each, i) => each === value[i]) ? value : copy;
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const copy = entries.map(([key, each]) => [redact(key), mapText(each, redact)] as const);
  return copy.every(([key, each], i) => key === entries[i]![0] && each === entries[i]![1])
    ? value
    : Object.fromEntries(copy);
}
