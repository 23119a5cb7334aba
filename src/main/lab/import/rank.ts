import type { RunStatus } from '../../../shared/run';

/** How far an experiment or a claim run is: of two records of one the further counts. */
export const rankOf = (status: RunStatus): number =>
  status === 'completed' ? 2 : status === 'queued' || status === 'running' ? 0 : 1;
