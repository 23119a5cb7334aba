import { create } from 'zustand';
import type { ClaimProgress, ClaimRunStatus, ClaimVerdict } from '../../shared/claim';
import type { Lab } from '../../shared/contract';
import { whenLoud } from './quiet';

/** How a claim run of this session ended. */
export interface ClaimEnd {
  claimRunId: string;
  claim: string;
  status: ClaimRunStatus;
  verdict: ClaimVerdict | null;
  /** When the page learned of it, ms of Date.now(): a list that was asked for earlier knows nothing of it. */
  atUnixMs: number;
}

/** A report, and when it came (ms of performance.now()): elapsed and left count on from there. */
export interface Reported {
  progress: ClaimProgress;
  atMs: number;
}

/** What claims do now, by id. Reports that come while a window is open wait until it has closed. */
export interface ClaimLive {
  progress: Readonly<Record<string, Reported>>;
  ended: Readonly<Record<string, ClaimEnd>>;
}

const empty: ClaimLive = { progress: {}, ended: {} };
export const useClaimLive = create<ClaimLive>(() => empty);

/** Keeps `useClaimLive` in step with the lab's events. @returns stops it */
export function followClaims(lab: Lab): () => void {
  useClaimLive.setState(empty);
  return lab.onEvent((event) => {
    if (event.type === 'claimProgress') {
      const { progress } = event;
      const atMs = performance.now();
      whenLoud(`claim ${progress.claim}`, () =>
        useClaimLive.setState((s) => ({
          progress: { ...s.progress, [progress.claim]: { progress, atMs } },
          ended: without(s.ended, progress.claim),
        })),
      );
    } else if (event.type === 'claimEnded') {
      const { claimRunId, claim, status, verdict } = event;
      const end: ClaimEnd = { claimRunId, claim, status, verdict, atUnixMs: Date.now() };
      whenLoud(`claim ${end.claim}`, () =>
        useClaimLive.setState((s) => ({
          progress: without(s.progress, end.claim),
          ended: { ...s.ended, [end.claim]: end },
        })),
      );
    }
  });
}

/** A run that the list tells of and no event has yet, as when the page was opened in the middle of it. */
export function joinRun(progress: ClaimProgress): void {
  useClaimLive.setState((s) =>
    progress.claim in s.progress || s.ended[progress.claim]?.claimRunId === progress.claimRunId
      ? {}
      : { progress: { ...s.progress, [progress.claim]: { progress, atMs: performance.now() } } },
  );
}

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _, ...rest } = record;
  return rest;
};
