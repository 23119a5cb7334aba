import type { Failure } from '../../shared/errors';

/** Two ends within this time, ms, are no accident: the service stays down until the user says otherwise. */
export const secondDeathMs = 60_000;

export type Phase =
  | 'off'
  | 'starting'
  | 'up'
  /** Asked to end; its end is no death. */
  | 'stopping'
  /** Ended twice, or could not open the lab. */
  | 'down';

export interface Supervised {
  phase: Phase;
  /** It ended by itself and is not back yet: its return is told. */
  recovering: boolean;
  lastDeathMs: number | null;
  /** Why it is down. */
  failure: Failure | null;
}

export type SupervisorEvent =
  | { type: 'start' }
  | { type: 'ready' }
  | { type: 'cannotOpen'; failure: Failure }
  | { type: 'ended'; how: string; atMs: number }
  | { type: 'stop' };

export type SupervisorAction =
  | { do: 'launch' }
  | { do: 'askToEnd' }
  | { do: 'tell'; state: 'lost' | 'restarted' | 'down'; text: string };

export const atFirst: Supervised = { phase: 'off', recovering: false, lastDeathMs: null, failure: null };

/** Next state and what to do, for whatever happens to the service. Pure; an event that does not fit changes nothing. */
export function supervise(
  s: Supervised,
  event: SupervisorEvent,
): { next: Supervised; actions: SupervisorAction[] } {
  const stay = { next: s, actions: [] };
  switch (event.type) {
    case 'start':
      if (s.phase !== 'off' && s.phase !== 'down') return stay;
      return {
        next: { phase: 'starting', recovering: s.phase === 'down', lastDeathMs: null, failure: null },
        actions: [{ do: 'launch' }],
      };
    case 'ready':
      if (s.phase !== 'starting') return stay;
      return {
        next: { ...s, phase: 'up', recovering: false },
        actions: s.recovering
          ? [{ do: 'tell', state: 'restarted', text: 'The lab service runs again.' }]
          : [],
      };
    case 'cannotOpen':
      if (s.phase !== 'starting') return stay;
      return down(s, event.failure);
    case 'ended':
      if (s.phase === 'stopping') return { next: { ...atFirst }, actions: [] };
      if (s.phase !== 'starting' && s.phase !== 'up') return stay;
      return s.lastDeathMs !== null && event.atMs - s.lastDeathMs < secondDeathMs
        ? down(s, {
            kind: 'connection_lost',
            message: `The lab service has ended twice (${event.how}).`,
            remedy: 'Start it again; what was measured so far is kept.',
          })
        : {
            next: { phase: 'starting', recovering: true, lastDeathMs: event.atMs, failure: null },
            actions: [
              {
                do: 'tell',
                state: 'lost',
                text: `The lab service has ended (${event.how}). It is being started again; what was measured is kept.`,
              },
              { do: 'launch' },
            ],
          };
    case 'stop':
      if (s.phase === 'down') return { next: { ...atFirst }, actions: [] };
      if (s.phase !== 'starting' && s.phase !== 'up') return stay;
      return { next: { ...s, phase: 'stopping', recovering: false }, actions: [{ do: 'askToEnd' }] };
  }
}

function down(s: Supervised, failure: Failure): { next: Supervised; actions: SupervisorAction[] } {
  const text = failure.remedy ? `${failure.message} ${failure.remedy}` : failure.message;
  return {
    next: { ...s, phase: 'down', recovering: false, failure },
    actions: [{ do: 'tell', state: 'down', text }],
  };
}
