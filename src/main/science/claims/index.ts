import { type BuiltinClaim, builtinClaims } from '../../../shared/claim';
import type { ClaimExperiment } from '../protocol';
import { brainClaim } from './brain';
import { fewerChipsClaim } from './fewerChips';
import { idleClaim } from './idle';
import { kernelClaim } from './kernel';
import { lessDataClaim } from './lessData';
import { sameHardwareClaim } from './sameHardware';
import { sizeClaim } from './size';
import { sparsityClaim } from './sparsity';
import { superpositionClaim } from './superposition';

/** The experiments of the nine claims. */
export const claimExperiments: Readonly<Partial<Record<BuiltinClaim, ClaimExperiment>>> = {
  size: sizeClaim,
  kernel: kernelClaim,
  superposition: superpositionClaim,
  'same-hardware': sameHardwareClaim,
  sparsity: sparsityClaim,
  'less-data': lessDataClaim,
  idle: idleClaim,
  brain: brainClaim,
  'fewer-chips': fewerChipsClaim,
};

/** Those that are built, in the order of the essay. */
export const builtClaims = (): BuiltinClaim[] => builtinClaims.filter((id) => claimExperiments[id]);
