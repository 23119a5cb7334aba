import type { DoorEvent } from '../../shared/door';
import { type Failure, LabError } from '../../shared/errors';
import { type ClosableChannel, muxClient } from '../hosts/channels/mux';
import type { FromService, ToService } from '../hosts/service/protocol';
import type { ServiceProcess } from './serviceProcess';
import { atFirst, type Phase, type SupervisorAction, type SupervisorEvent, supervise } from './supervisor';

export interface ServiceEffects {
  launch(): ServiceProcess;
  /** A clock that is not set back, ms. */
  nowMs(): number;
  /** Calls back after so many ms unless the returned function is called. */
  after(ms: number, then: () => void): () => void;
}

/** One who uses the service: told when it is there, gone for now, gone until somebody starts it, or started by somebody. */
export interface ServiceUser {
  starting?(): void;
  up(open: (page: boolean) => ClosableChannel): void;
  lost(why: string): void;
  down(failure: Failure): void;
}

type ServiceNews = Extract<DoorEvent, { type: 'service' }>;

/** Longest wait for a clean end, ms: what is measured is cancelled and stored in it. */
export const shutdownLimitMs = 8_000;

/** The lab service as the shell keeps it: started, started again once, or down; see supervisor.ts for the rules. */
export function createService(effects: ServiceEffects, news: (event: ServiceNews) => void) {
  let state = atFirst;
  let running: { process: ServiceProcess; mux: ReturnType<typeof muxClient> } | null = null;
  const users = new Set<ServiceUser>();
  const waitingForEnd: (() => void)[] = [];

  const happened = (event: SupervisorEvent) => {
    const { next, actions } = supervise(state, event);
    const before = state.phase;
    state = next;
    // Users first: when the page hears that the service is back, it can already be asked.
    if (next.phase === 'up' && before !== 'up') for (const user of users) introduce(user);
    if (event.type === 'start' && next.phase === 'starting') for (const user of users) user.starting?.();
    if (event.type === 'ended')
      for (const user of users) user.lost(`The lab service has ended (${event.how}).`);
    if (next.phase === 'down' && before !== 'down') for (const user of users) introduce(user);
    for (const action of actions) act(action);
    if (next.phase === 'off' || next.phase === 'down') for (const done of waitingForEnd.splice(0)) done();
  };

  const introduce = (user: ServiceUser) => {
    const mux = running?.mux;
    if (state.phase === 'up' && mux) user.up((page) => mux.open(page));
    if (state.phase === 'down' && state.failure) user.down(state.failure);
  };

  const act = (action: SupervisorAction) => {
    if (action.do === 'launch') launch();
    else if (action.do === 'askToEnd')
      running?.process.channel.post({ kind: 'shutdown' } satisfies ToService);
    else news({ type: 'service', state: action.state, text: action.text });
  };

  const launch = () => {
    const process = effects.launch();
    const mine = { process, mux: muxClient(process.channel) };
    running = mine;
    process.channel.onMessage((raw) => {
      const message = raw as Partial<FromService> | null;
      if (running !== mine) return;
      if (message?.kind === 'ready') happened({ type: 'ready' });
      if (message?.kind === 'cannotOpen')
        happened({ type: 'cannotOpen', failure: message.failure as Failure });
    });
    process.onExit((how) => {
      if (running !== mine) return;
      running = null;
      happened({ type: 'ended', how, atMs: effects.nowMs() });
    });
  };

  return {
    phase: (): Phase => state.phase,
    /** Starts it where it is off or down. */
    start: () => happened({ type: 'start' }),
    /** Asks it to cancel, store and end; after `shutdownLimitMs` it is ended the hard way. */
    async stop(): Promise<void> {
      happened({ type: 'stop' });
      if (state.phase !== 'stopping') return;
      const stopClock = effects.after(shutdownLimitMs, () => running?.process.kill());
      await new Promise<void>((resolve) => waitingForEnd.push(resolve));
      stopClock();
    },
    /** Calls back now where it is up or down already, and at every change, until the returned function is called. */
    use(user: ServiceUser): () => void {
      users.add(user);
      introduce(user);
      return () => users.delete(user);
    },
  };
}
export type Service = ReturnType<typeof createService>;

/** The error of a call that a lost service will not answer. */
export const lostError = (why: string) =>
  new LabError('connection_lost', why, 'What was measured is kept. Try again in a moment.');
