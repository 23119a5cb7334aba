import type { Failure } from '../../../shared/errors';

/** What the shell and the service say to each other beside the clients' messages (mux). */
export type FromService =
  | { kind: 'ready'; pid: number; readOnly: boolean }
  /** The lab cannot be opened; the service ends. Starting it again would end the same way. */
  | { kind: 'cannotOpen'; failure: Failure };
/** Cancel what is measured, store it, close the lab, exit 0. */
export type ToService = { kind: 'shutdown' };
