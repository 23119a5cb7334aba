import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atFirst,
  type Supervised,
  type SupervisorAction,
  type SupervisorEvent,
  secondDeathMs,
  supervise,
} from '../../src/main/electron/supervisor';

/** Every action of a history, and the state after it. */
function history(events: SupervisorEvent[]): { state: Supervised; did: string[] } {
  let state = atFirst;
  const did: string[] = [];
  const word = (action: SupervisorAction) => (action.do === 'tell' ? action.state : action.do);
  for (const event of events) {
    const { next, actions } = supervise(state, event);
    state = next;
    did.push(...actions.map(word));
  }
  return { state, did };
}
const died = (atMs: number): SupervisorEvent => ({ type: 'ended', how: 'signal SIGKILL', atMs });
const start: SupervisorEvent = { type: 'start' };
const ready: SupervisorEvent = { type: 'ready' };
const failure = { kind: 'lab_newer' as const, message: 'The lab is newer.', remedy: 'Update.' };

describe('the supervisor', () => {
  it('starts a service that died once again and says both', () => {
    const { state, did } = history([start, ready, died(1000), ready]);
    expect(did).toEqual(['launch', 'lost', 'launch', 'restarted']);
    expect(state.phase).toBe('up');
  });

  it('gives up at the second death within a minute, even while it starts', () => {
    for (const events of [
      [start, ready, died(1000), ready, died(1000 + secondDeathMs - 1)],
      [start, died(1000), died(1001)],
    ]) {
      const { state, did } = history(events);
      expect(did.at(-1)).toBe('down');
      expect(state).toMatchObject({ phase: 'down', failure: { kind: 'connection_lost' } });
    }
  });

  it('forgives a death long ago', () => {
    expect(history([start, ready, died(0), ready, died(secondDeathMs), ready]).state.phase).toBe('up');
  });

  it('comes back from down when it is started, and says so', () => {
    const { state, did } = history([start, ready, died(0), died(1), start, ready]);
    expect(did).toEqual(['launch', 'lost', 'launch', 'down', 'launch', 'restarted']);
    expect(state.phase).toBe('up');
  });

  it('does not start a service again that cannot open the lab', () => {
    const { state, did } = history([start, { type: 'cannotOpen', failure }, died(5)]);
    expect(did).toEqual(['launch', 'down']);
    expect(state).toMatchObject({ phase: 'down', failure });
  });

  it('takes the end it asked for as no death', () => {
    const { state, did } = history([start, ready, { type: 'stop' }, died(5)]);
    expect(did).toEqual(['launch', 'askToEnd']);
    expect(state).toEqual(atFirst);
  });

  it('never runs two, and launches at most twice within a minute unless it is told to start', () => {
    const event: fc.Arbitrary<SupervisorEvent> = fc.oneof(
      fc.constant(start),
      fc.constant(ready),
      fc.constant<SupervisorEvent>({ type: 'stop' }),
      fc.constant<SupervisorEvent>({ type: 'cannotOpen', failure }),
      fc.nat(50_000).map(died),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = atFirst;
        let alive = 0;
        let launchedSinceStart = 0;
        let nowMs = 0;
        for (const raw of events) {
          // Only what runs can end; time does not go back and stays within the minute.
          if (raw.type === 'ended' && alive === 0) continue;
          const event = raw.type === 'ended' ? { ...raw, atMs: nowMs++ } : raw;
          if (event.type === 'ended') alive -= 1;
          if (event.type === 'cannotOpen' && state.phase === 'starting') alive -= 1; // it ends right after
          if (event.type === 'start') launchedSinceStart = 0;
          const { next, actions } = supervise(state, event);
          alive += actions.filter((a) => a.do === 'launch').length;
          launchedSinceStart += actions.filter((a) => a.do === 'launch').length;
          state = next;
          expect(alive).toBeLessThanOrEqual(1);
          expect(launchedSinceStart).toBeLessThanOrEqual(2);
          expect(state.phase === 'down').toBe(state.failure !== null);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
