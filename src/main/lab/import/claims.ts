import type { ImportReport } from '../../../shared/bundle';
import { type ForeignClaim, foreignClaimKey } from '../../store/bundles';
import { sha256OfValue } from '../../store/canonical';
import type { StoredClaimRun } from '../../store/claims';
import type { LabStore } from '../../store/open';
import type { PublicReader } from '../export/publicReader';
import { misjudged } from '../verify';
import { rankOf } from './rank';
import type { Contents } from './read';
import type { Came } from './table';

/**
 * Keeps the claim runs of other labs beside those of this one, each with its version, steps and experiments in one
 * transaction. A run that had stopped may come again completed.
 * @param addMachine of a machine that the lab lacks
 */
export function mergeClaims(
  { reader, writer }: Pick<LabStore, 'reader' | 'writer'>,
  shared: PublicReader,
  contents: Contents,
  addMachine: (id: string) => () => void,
): Pick<ImportReport, 'conflicts'> & { claimRuns: number } {
  const own = reader.labId();
  const conflicts: string[] = [];
  let added = 0;
  const keyOf = ({ kind, lab, key }: Pick<ForeignClaim, 'kind' | 'lab' | 'key'>) => `${kind} ${lab} ${key}`;
  const there = new Map(reader.foreignClaims().map((claim) => [keyOf(claim), claim]));
  /** @returns false where the lab has it with other content */
  const put = (claim: ForeignClaim, sha256: string): boolean => {
    const here = there.get(keyOf(claim));
    if (here) return sha256OfValue(here.value) === sha256;
    writer.putForeignClaim(claim);
    there.set(keyOf(claim), claim);
    return true;
  };
  const foreign = (kind: ForeignClaim['kind'], { lab, value }: Came<ForeignClaim['value']>): ForeignClaim =>
    ({ kind, lab, key: foreignClaimKey(kind, value), value }) as ForeignClaim;
  const versions = new Map(contents.claimVersions.map((came) => [`${came.lab} ${came.value.id}`, came]));
  const partsOf = Map.groupBy(
    [
      ...contents.claimSteps.map((came) => ({ kind: 'claim_step' as const, came })),
      ...contents.claimExperiments.map((came) => ({ kind: 'claim_experiment' as const, came })),
    ],
    ({ came }) => `${came.lab} ${came.value.claimRunId}`,
  );

  for (const came of contents.claimRuns) {
    const { value: run, lab, sha256 } = came;
    const named = `Claim run ${run.id} of ${run.claim}`;
    const mine = lab === own ? reader.claimRun(run.id) : null;
    if (mine) {
      const same = [mine, shared.claimRun(run.id)].some((each) => sha256OfValue(each) === sha256);
      if (!same && rankOf(run.status) >= rankOf(mine.status))
        conflicts.push(`${named} has another record in this lab; that of the bundle was left out.`);
      continue;
    }
    const version = versions.get(`${lab} ${run.versionId}`)!;
    const [wrong] = [
      ...(version.value.claim === run.claim ? [] : ['tests the version of another claim']),
      ...(version.value.createdUnixMs > run.startedUnixMs
        ? ['began before the prediction that it tests was written down']
        : []),
      ...misjudged(run, version.value),
    ];
    if (wrong !== undefined) {
      conflicts.push(`${named} contradicts itself and was left out: it ${wrong}.`);
      continue;
    }
    const claim = foreign('claim_run', came);
    const here = there.get(keyOf(claim)) as (ForeignClaim & { value: StoredClaimRun }) | undefined;
    const [remember, differ] = writer.together(() => {
      const machine = addMachine(run.machineId);
      let differ = 0;
      if (!put(foreign('claim_version', version), version.sha256)) differ += 1;
      if (here && sha256OfValue(here.value) !== sha256) {
        if (rankOf(run.status) > rankOf(here.value.status)) {
          writer.advanceForeignClaim(claim);
          there.set(keyOf(claim), claim);
        } else if (rankOf(run.status) === rankOf(here.value.status)) differ += 1;
      } else put(claim, sha256);
      for (const { kind, came: part } of partsOf.get(`${lab} ${run.id}`) ?? []) {
        if (!put(foreign(kind, part as Came<ForeignClaim['value']>), part.sha256)) differ += 1;
      }
      return [machine, differ] as const;
    });
    remember();
    if (here === undefined) added += 1;
    if (differ > 0)
      conflicts.push(
        `${named} has ${differ === 1 ? 'a record' : `${differ} records`} with other content in this lab; what the bundle says was left out.`,
      );
  }
  return { claimRuns: added, conflicts };
}
