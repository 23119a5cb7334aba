import type { BuiltinClaim, ClaimVersion } from '../../../shared/claim';
import { LabError } from '../../../shared/errors';
import { claimExperiments } from '../../science/claims';
import { ownExperiment } from '../../science/claims/own';
import type { ClaimExperiment } from '../../science/protocol';

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
