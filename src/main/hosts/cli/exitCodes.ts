import type { ErrorKind } from '../../../shared/errors';

/** What the shell learns. Documented in the README. */
export const exitCodes = {
  ok: 0,
  /** Refused or failed; one sentence on standard error says why. */
  failed: 1,
  /** The command line or the plan cannot be understood. */
  usage: 2,
  /** Measured, but some runs failed; the rest is stored. */
  someRunsFailed: 3,
  /** `verify` found records that do not fit their hash. */
  damaged: 4,
  /** Cancelled by Ctrl-C; what was measured is stored. */
  cancelled: 130,
} as const;

export function exitCodeOf(kind: ErrorKind): number {
  if (kind === 'bad_plan' || kind === 'bad_input') return exitCodes.usage;
  if (kind === 'cancelled') return exitCodes.cancelled;
  if (kind === 'lab_damaged') return exitCodes.damaged;
  return exitCodes.failed;
}
