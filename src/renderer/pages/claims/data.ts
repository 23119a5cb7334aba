import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ClaimCard, ClaimInput, ClaimOptions, ClaimProgress } from '../../../shared/claim';
import { inOrder } from '../../../shared/claimWords';
import { useReady } from '../../lab/session';
import { type ClaimEnd, type Reported, useClaimLive } from '../../state/claims';
import { whenLoud } from '../../state/quiet';

const none: ClaimCard[] = [];

/** The nine and the user's own, in their order. */
export function useClaims(): {
  cards: readonly ClaimCard[];
  loaded: boolean;
  failure: unknown;
  /** When the list came, ms of Date.now(). */
  atUnixMs: number;
} {
  const { lab } = useReady();
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['claims', 'list'],
    queryFn: () => lab.listClaims({}),
  });
  const all = data?.claims ?? none;
  return useMemo(
    () => ({ cards: inOrder(all), loaded: data !== undefined, failure: error, atUnixMs: dataUpdatedAt }),
    [all, data, error, dataUpdatedAt],
  );
}

/** One claim with its versions and runs. */
export function useClaim(claim: string) {
  const { lab } = useReady();
  return useQuery({ queryKey: ['claims', 'show', claim], queryFn: () => lab.showClaim({ claim }) });
}

/** A run that has been asked for and has not ended. */
export interface Active {
  claimRunId: string;
  progress: ClaimProgress;
  /** Its turn has not come: another one runs before it. */
  waits: boolean;
  /** When the report came, ms of performance.now(); null: it came with the list. */
  atMs: number | null;
}

/** What runs or waits of a claim: the newest event, else what the list said. Pure. */
export function activeOf(
  card: Pick<ClaimCard, 'progress' | 'current'>,
  live: Reported | undefined,
  ended: Pick<ClaimEnd, 'claimRunId' | 'atUnixMs'> | undefined,
  listedUnixMs: number,
): Active | null {
  const listed = card.progress;
  if (live && (listed === null || listed.claimRunId === live.progress.claimRunId))
    return { claimRunId: live.progress.claimRunId, waits: false, ...live };
  // The list may be older than the event that ended it.
  const over = listed?.claimRunId === ended?.claimRunId && listedUnixMs < (ended?.atUnixMs ?? 0);
  if (listed === null || over) return null;
  return { claimRunId: listed.claimRunId, progress: listed, waits: listed.total === 0, atMs: null };
}

export function useActive(
  card: Pick<ClaimCard, 'progress' | 'current'>,
  listedUnixMs: number,
): Active | null {
  const live = useClaimLive((s) => s.progress[card.current.claim]);
  const ended = useClaimLive((s) => s.ended[card.current.claim]);
  return useMemo(() => activeOf(card, live, ended, listedUnixMs), [card, live, ended, listedUnixMs]);
}

const pauseMs = 250;

/**
 * What a run with these options would do, asked a moment after the last change and never inside a window. `inputs` stay
 * as they were last named while an answer is on its way: a field that is typed in must not go.
 */
export function usePreview(claim: string, options: ClaimOptions | null) {
  const { lab } = useReady();
  const key = options === null ? null : JSON.stringify(options);
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    const timer = window.setTimeout(
      () => whenLoud('claim preview', () => gone || setAsked(key)),
      asked === null ? 0 : pauseMs,
    );
    return () => {
      gone = true;
      window.clearTimeout(timer);
    };
  }, [key, asked]);
  const { data, error } = useQuery({
    queryKey: ['claims', 'preview', claim, asked],
    queryFn: () => lab.previewClaim({ claim, options: JSON.parse(asked!) as ClaimOptions }),
    enabled: asked !== null,
    gcTime: 0,
  });
  const mine = asked === key && key !== null;
  const inputs = useRef<readonly ClaimInput[] | undefined>(undefined);
  if (data?.inputs) inputs.current = data.inputs;
  return { preview: mine ? (data ?? null) : null, failure: mine ? error : null, inputs: inputs.current };
}
