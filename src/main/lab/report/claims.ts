import type { ClaimVersion } from '../../../shared/claim';
import type { StoredClaimRun } from '../../store/claims';
import type { PublicReader } from '../export/publicReader';

/** A claim that the experiment was measured for. */
export interface ReportClaim {
  version: ClaimVersion;
  run: StoredClaimRun;
  /** Experiments that the same run of the claim measured. */
  experiments: number;
}

/** Claims, this lab's own and those of other labs, that measured an experiment; completed runs of them first. */
export function reportClaims(reader: PublicReader, experimentId: string): ReportClaim[] {
  const versions = new Map(reader.claimVersions().map((v) => [v.id, v]));
  const own = reader.claimRuns().flatMap((run) => {
    const experiments = reader.claimExperiments(run.id);
    return found(experiments, experimentId, versions.get(run.versionId), run);
  });
  const known = reader.foreignClaims();
  const foreign = known.flatMap((record) => {
    if (record.kind !== 'claim_run') return [];
    const { lab, value: run } = record;
    const same = known.filter((r) => r.lab === lab);
    const experiments = same.flatMap((r) =>
      r.kind === 'claim_experiment' && r.value.claimRunId === run.id ? [r.value] : [],
    );
    const version = same.flatMap((r) =>
      r.kind === 'claim_version' && r.value.id === run.versionId ? [r.value] : [],
    )[0];
    return found(experiments, experimentId, version, run);
  });
  const done = ({ run }: ReportClaim) => Number(run.outcome !== null);
  return [...own, ...foreign].sort((a, b) => done(b) - done(a));
}

function found(
  experiments: readonly { experimentId: string }[],
  experimentId: string,
  version: ClaimVersion | undefined,
  run: StoredClaimRun,
): ReportClaim[] {
  if (version === undefined || !experiments.some((e) => e.experimentId === experimentId)) return [];
  return [{ version, run, experiments: new Set(experiments.map((e) => e.experimentId)).size }];
}
