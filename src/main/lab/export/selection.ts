import type { AccuracyRecord } from '../../../shared/accuracy';
import type { BundleOptions } from '../../../shared/bundle';
import { claimLabel } from '../../../shared/claim';
import { LabError } from '../../../shared/errors';
import type { Machine } from '../../../shared/machine';
import type { Model } from '../../../shared/model';
import type { RunRecord } from '../../../shared/run';
import type { ForeignClaim } from '../../store/bundles';
import type { Experiment } from '../../store/records';
import { shownRuns } from '../queries';
import type { PublicReader } from './publicReader';

/** What a bundle is made of; every list in order of its id. */
export interface Selection {
  experiments: Experiment[];
  /** Runs that have ended: completed, cancelled and failed ones. */
  runs: RunRecord[];
  models: Model[];
  machines: Machine[];
  accuracies: AccuracyRecord[];
  /** Records of the chosen claims, this lab's own and those of other labs, by kind, lab and key. */
  claims: ForeignClaim[];
  /** Lab that measured a run. */
  labOf(runId: string): string;
  /** Runs of the sample dataset. */
  sample: ReadonlySet<string>;
}

/**
 * Resolves what a person asked for. Of the bin nothing; of the sample dataset only what is asked for by name, or if the
 * lab holds nothing else.
 * @throws LabError not_found, bad_input for names that are not there or not clear
 */
export function selectBundle(reader: PublicReader, options: BundleOptions): Selection {
  const marks = reader.marks('run');
  const everything = options.experiments === null && options.runs === null && options.claims === null;
  const known = claimRecords(reader);
  const claimOf = claimsOf(known);
  const measuredBy = new Map<string, string[]>();
  for (const record of known) {
    if (record.kind !== 'claim_experiment') continue;
    const claim = claimOf(record);
    measuredBy.set(claim, [...(measuredBy.get(claim) ?? []), record.value.experimentId]);
  }
  const claimIds = options.claims === null ? null : new Set(options.claims.map((c) => claimId(known, c)));
  const ofClaims = new Set([...(claimIds ?? [])].flatMap((claim) => measuredBy.get(claim) ?? []));
  const named =
    options.experiments === null
      ? !claimIds?.size || options.runs !== null
        ? null // a list without claims leaves claims out, and no experiment
        : ofClaims
      : new Set([...options.experiments.map((text) => reader.findExperiment(text).id), ...ofClaims]);
  const runIds = options.runs === null ? null : new Set(options.runs.map((text) => reader.findRun(text).id));
  const ended = reader
    .listRuns()
    .filter(
      (run) =>
        run.status !== 'queued' &&
        run.status !== 'running' &&
        (named === null || named.has(run.experimentId)) &&
        (runIds === null || runIds.has(run.id)),
    );
  // What is asked for by name is meant, sample or not.
  const one = named !== null || runIds !== null ? 'named' : null;
  const runs = byId(shownRuns(ended, marks, one));
  const experiments = byId(
    [...new Set(runs.map((r) => r.experimentId))].map((id) => reader.getExperiment(id)),
  );
  const inside = new Set(experiments.map((e) => e.id));
  const claims = known.filter((record) => {
    const of = claimOf(record);
    if (claimIds !== null) return claimIds.has(of);
    if (everything) return true;
    const measured = measuredBy.get(of) ?? [];
    return measured.length > 0 && measured.every((id) => inside.has(id));
  });
  const models = new Set(runs.map((r) => r.condition.modelId));
  const accuracies = byId(reader.accuracies().filter((a) => models.has(a.modelId)));
  const origins = reader.origins('run');
  const own = reader.labId();
  return {
    experiments,
    runs,
    models: byId([...models].map((id) => reader.getModel(id))),
    machines: byId(machinesOf(reader, runs, claims)),
    accuracies,
    claims,
    labOf: (id) => origins.get(id) ?? own,
    sample: new Set(runs.filter((r) => marks.get(r.id)?.sample).map((r) => r.id)),
  };
}

function machinesOf(
  reader: PublicReader,
  runs: readonly RunRecord[],
  claims: readonly ForeignClaim[],
): Machine[] {
  const ofClaims = claims.flatMap((r) => (r.kind === 'claim_run' ? [r.value.machineId] : []));
  const there = new Map(reader.listMachines().map((m) => [m.id, m]));
  return [...new Set([...runs.map((r) => r.machineId), ...ofClaims])].flatMap((id) => there.get(id) ?? []);
}

/** Own and foreign claim records in one list. Of claim runs only those that have ended, with what belongs to them. */
function claimRecords(reader: PublicReader): ForeignClaim[] {
  const lab = reader.labId();
  const runs = reader.claimRuns().filter((run) => run.status !== 'running');
  const used = new Set(runs.map((run) => run.versionId));
  const own: ForeignClaim[] = [
    ...reader
      .claimVersions()
      .filter((v) => used.has(v.id))
      .map((value) => ({ kind: 'claim_version' as const, lab, key: value.id, value })),
    ...runs.map((value) => ({ kind: 'claim_run' as const, lab, key: value.id, value })),
    ...runs.flatMap((run) =>
      reader.claimSteps(run.id).map(({ sha256: _, ...value }) => {
        return { kind: 'claim_step' as const, lab, key: `${run.id}/${value.key}`, value };
      }),
    ),
    ...runs.flatMap((run) =>
      reader.claimExperiments(run.id).map((value) => {
        return { kind: 'claim_experiment' as const, lab, key: `${run.id}/${value.key}`, value };
      }),
    ),
  ];
  const order = ({ kind, lab: of, key }: ForeignClaim) => `${kind} ${of} ${key}`;
  // A version of this lab's own can have come home too, with a claim run that only a copy of the lab had.
  const each = new Map([...reader.foreignClaims(), ...own].map((record) => [order(record), record]));
  return [...each.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Which claim each record belongs to; '' for what belongs to no run that is there. */
function claimsOf(all: readonly ForeignClaim[]): (record: ForeignClaim) => string {
  const ofRun = new Map(all.flatMap((r) => (r.kind === 'claim_run' ? [[r.value.id, r.value.claim]] : [])));
  return (record) =>
    record.kind === 'claim_version' || record.kind === 'claim_run'
      ? record.value.claim
      : (ofRun.get(record.value.claimRunId) ?? '');
}

function claimId(all: readonly ForeignClaim[], text: string): string {
  const wanted = text.toLowerCase();
  const found = all.find(
    (r) =>
      r.kind === 'claim_version' &&
      [r.value.claim, claimLabel(r.value.claim), r.value.title].some((name) => name.toLowerCase() === wanted),
  );
  if (found?.kind === 'claim_version') return found.value.claim;
  throw new LabError(
    'not_found',
    `No run of a claim “${text}” has ended in this lab.`,
    'Run the claim first, or name one of those that “thirty-watts claims list” shows.',
  );
}

const byId = <T extends { id: string }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
