import { type ClaimVersion, claimForms, claimLabel, claimVerdicts } from '../../../../shared/claim';
import { criterionText } from '../../../../shared/claimWords';
import { providers } from '../../../../shared/plan';
import { sha256, sha256OfValue } from '../../../store/canonical';
import type { StoredClaimRun } from '../../../store/claims';
import type { BundleSource } from '../types';
import {
  columnsOf,
  count,
  dateTime,
  explained,
  oneOf,
  optional,
  ordinal,
  quantity,
  smallTable,
  text,
} from './columns';

/** One go at a claim's protocol that has ended, with the wording that it is evidence for. */
export interface ClaimRow {
  run: StoredClaimRun;
  version: ClaimVersion;
  labId: string;
  /** null where no machine of the dataset is it. */
  machineId: string | null;
  /** Its runs in the dataset, and its steps. */
  runs: number;
  steps: number;
  /** SHA-256 over the record hashes of both, see evidenceSha256. */
  evidence(): string;
}

export function claimRowsOf({ reader, selection }: BundleSource): ClaimRow[] {
  const records = selection.claims;
  const machines = new Set(selection.machines.map((m) => m.id));
  const experimentRuns = Map.groupBy(selection.runs, (run) => run.experimentId);
  const steps = Map.groupBy(
    records.filter((r) => r.kind === 'claim_step'),
    (r) => r.value.claimRunId,
  );
  const measured = Map.groupBy(
    records.filter((r) => r.kind === 'claim_experiment'),
    (r) => r.value.claimRunId,
  );
  const versions = records.filter((r) => r.kind === 'claim_version');
  return records
    .filter((r) => r.kind === 'claim_run')
    .flatMap(({ lab, value: run }) => {
      const wordings = versions.filter((v) => v.value.id === run.versionId);
      const version = (wordings.find((v) => v.lab === lab) ?? wordings[0])?.value;
      if (version === undefined) return [];
      const experiments = new Set((measured.get(run.id) ?? []).map((e) => e.value.experimentId));
      const runs = [...experiments].flatMap((id) => experimentRuns.get(id) ?? []);
      const done = steps.get(run.id) ?? [];
      return {
        run,
        version,
        labId: lab,
        machineId: machines.has(run.machineId) ? run.machineId : null,
        runs: runs.length,
        steps: done.length,
        evidence: () =>
          evidenceSha256([
            ...runs.map(({ id }) => reader.recordHashOf(id)),
            ...done.map((s) => sha256OfValue(s.value)),
          ]),
      };
    });
}

/** SHA-256 (hex) over the record hashes of a claim run's runs and steps: sorted, joined by line feeds. */
export const evidenceSha256 = (hashes: readonly string[]): string => sha256(hashes.toSorted().join('\n'));

function whyNoVerdict({ run }: ClaimRow): string {
  if (run.status === 'failed') return run.failure?.message ?? 'it failed';
  return run.status === 'cancelled' ? 'it was cancelled' : 'it has no outcome';
}

/** One row per go at a claim's protocol. */
export const claims = smallTable<ClaimRow>(
  {
    name: 'claims',
    title: 'Claims',
    description:
      'One row per go at the protocol of a claim: what was predicted before, the rule, and what came out.',
    primaryKey: ['claim_id'],
    foreignKeys: [{ fields: ['machine_id'], table: 'machines', to: ['machine_id'] }],
    columns: columnsOf<ClaimRow>(
      text('claim_id', 'UUID of the go.', ({ run }) => run.id),
      text('claim', 'Label of the claim.', ({ run }) => claimLabel(run.claim)),
      text('claim_key', 'Its key in the program.', ({ run }) => run.claim),
      ordinal('version', 'Number of its wording.', ({ version }) => version.version),
      text('version_id', 'SHA-256 of that wording with its prediction.', ({ run }) => run.versionId),
      text('lab_id', 'Random number of the lab that measured.', (r) => r.labId),
      optional(text('machine_id', 'Machine that measured.', (r) => r.machineId)),
      text('title', 'Title of the claim.', ({ version }) => version.title),
      text('statement', 'The claim.', ({ version }) => version.statement),
      optional(text('source', 'Where it comes from.', ({ version }) => version.source)),
      optional(text('reading', 'The reading that is tested and can fail.', ({ version }) => version.reading)),
      optional(
        text('protocol', 'The protocol, a step a line.', ({ version }) => version.protocol.join('\n')),
      ),
      optional(
        text('sceptic', 'What a sceptic would say, a point a line.', ({ version }) =>
          version.sceptic.join('\n'),
        ),
      ),
      text('prediction', 'What was expected, written down before.', ({ version }) => version.prediction.text),
      oneOf(
        'prediction_by',
        ['lab', 'user'],
        'Who wrote the prediction.',
        ({ version }) => version.prediction.by,
      ),
      oneOf(
        'predicted_verdict',
        claimVerdicts,
        'Verdict that was expected.',
        ({ version }) => version.prediction.expected,
      ),
      dateTime(
        'registered_at',
        'When the wording was written down, UTC.',
        ({ version }) => version.createdUnixMs,
      ),
      ordinal('registered_unix_ms', 'The same in ms since 1970.', ({ version }) => version.createdUnixMs),
      dateTime('started_at', 'When the go was started, UTC.', ({ run }) => run.startedUnixMs),
      ordinal('started_unix_ms', 'The same in ms since 1970.', ({ run }) => run.startedUnixMs),
      explained('duration_missing_reason', () => 'its end was not recorded', [
        quantity('duration_s', 'From its start to its end, pauses included.', ({ run }) =>
          run.endedUnixMs === null ? null : (run.endedUnixMs - run.startedUnixMs) / 1000,
        ),
      ]),
      oneOf('status', ['completed', 'cancelled', 'failed'], 'How it ended.', ({ run }) => run.status),
      oneOf(
        'form',
        claimForms,
        'glance: a first look; full: the whole protocol.',
        ({ run }) => run.options.form,
      ),
      oneOf(
        'provider',
        providers,
        'Execution provider that it was measured on.',
        ({ run }) => run.options.provider,
      ),
      ordinal('seed', 'First seed.', ({ run }) => run.options.seed),
      text('rule', 'Criteria that give the verdict.', ({ version }) =>
        version.prediction.criteria.map(criterionText).join('; '),
      ),
      explained('verdict_missing_reason', whyNoVerdict, [
        oneOf('verdict', claimVerdicts, 'Verdict.', ({ run }) => run.outcome?.verdict),
      ]),
      optional(
        text('sentence', 'The verdict in a sentence with figures.', ({ run }) => run.outcome?.sentence),
      ),
      optional(
        text(
          'boundary',
          'Where it holds and where not, if within limits.',
          ({ run }) => run.outcome?.boundary,
        ),
      ),
      optional(text('notes', 'Limits of this go, a line each.', ({ run }) => run.outcome?.notes.join('\n'))),
      count('evidence_runs_count', 'Its runs in this dataset.', (r) => r.runs),
      count('evidence_steps_count', 'Its steps.', (r) => r.steps),
      text(
        'evidence_sha256',
        'SHA-256 over the record hashes of those runs and steps, sorted and joined by line feeds.',
        (r) => r.evidence(),
      ),
    ),
  },
  claimRowsOf,
);
