import type { BuiltinClaim, ClaimOptions, ClaimVersion } from '../../../shared/claim';
import { LabError } from '../../../shared/errors';
import { claimExperiments } from '../../science/claims';
import { ownExperiment } from '../../science/claims/own';
import type { ClaimExperiment } from '../../science/protocol';

/** The data set that a run of this version reads; null: none. */
export function datasetOf(version: ClaimVersion, { dataset }: Pick<ClaimOptions, 'dataset'>): string | null {
  if (version.test) return version.test.dataset;
  return claimExperiments[version.claim as BuiltinClaim]?.usesData === false ? null : dataset;
}

/** The experiment behind a version of a claim. @throws LabError bad_input for an own claim that cannot be tested */
export function experimentOf(version: ClaimVersion): Pick<ClaimExperiment, 'steps' | 'run' | 'inputs'> {
  if (version.test) return ownExperiment(version);
  const built = claimExperiments[version.claim as BuiltinClaim];
  if (built) return built;
  throw new LabError(
    'unsupported',
    `This program has no experiment for the claim ${version.claim}.`,
    'Update Thirty Watts.',
  );
}
