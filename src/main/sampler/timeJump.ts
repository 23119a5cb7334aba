import type { EdgeResult } from './protocol';

/** Longest silence (s) of the sampler's one-second heartbeat that is still only a busy machine. */
const longestSilenceS = 5;
/** Most that wall clock and steady clock may drift apart over a window, s. */
const mostDriftS = 1;

/** Did the machine sleep, or was a clock set, between two edges of one window? */
export function timeJumped(open: EdgeResult, close: EdgeResult): boolean {
  const wallS = (close.wallUnixMs - open.wallUnixMs) / 1000;
  const steadyS = Number(close.wallAtNs - open.wallAtNs) / 1e9;
  return close.silenceS > longestSilenceS || Math.abs(wallS - steadyS) > mostDriftS;
}
