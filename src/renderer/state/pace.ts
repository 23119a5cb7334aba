/** As much of a progress event as the pace needs. */
export interface Step {
  experimentId: string;
  stage: string;
  finished: number;
  elapsedS: number;
}

/** How fast runs finish, from finished runs only: between the first border of two runs that was seen and the last. */
export interface Pace {
  experimentId: string;
  /** Finished runs and elapsed s at the first border and the last; null until one was seen. */
  first: { finished: number; elapsedS: number } | null;
  last: { finished: number; elapsedS: number } | null;
  finished: number;
}

/** The pace after one more event. A page that comes in the middle of a run begins to count at the next border. Pure. */
export function stepPace(pace: Pace | null, { experimentId, stage, finished, elapsedS }: Step): Pace {
  const same =
    pace?.experimentId === experimentId &&
    finished >= pace.finished &&
    elapsedS >= (pace.last?.elapsedS ?? 0);
  const before = same ? pace : null;
  const border = before ? finished > before.finished : stage === 'queued' || stage === 'launch';
  const here = { finished, elapsedS };
  return {
    experimentId,
    first: before?.first ?? (border ? here : null),
    last: border ? here : (before?.last ?? null),
    finished,
  };
}

/** Finished runs a minute; null until one has finished while the page looked. Pure. */
export function runsPerMinute(pace: Pace | null): number | null {
  if (!pace?.first || !pace.last) return null;
  const { first, last } = pace;
  const seconds = last.elapsedS - first.elapsedS;
  return last.finished > first.finished && seconds > 0
    ? ((last.finished - first.finished) / seconds) * 60
    : null;
}
