import { createContext, useContext } from 'react';
import { create } from 'zustand';
import type { Lab, LabInfo } from '../../shared/contract';
import { failureOf } from '../../shared/errors';
import { labClient } from '../../shared/rpc';
import { connectDesktop } from '../channels/desktop';
import { type Connection, NoConnection, type PageDoor } from '../channels/door';
import { connectWeb } from '../channels/web';
import { bindSettings } from '../state/settings';

/** The way to the lab. `ready` carries what the pages work with; a lost connection keeps the page and says so. */
export type Session =
  | { phase: 'connecting' }
  | { phase: 'refused'; message: string; mayRetry: boolean }
  | { phase: 'ready'; lab: Lab; door: PageDoor; info: LabInfo; problem: string | null; generation: number };

export const useSession = create<{ session: Session }>(() => ({ session: { phase: 'connecting' } }));
const set = (session: Session) => useSession.setState({ session });

const pauseMs = [250, 500, 1000, 2000, 4000];
let generation = 0;

/**
 * An address with a key, put into this tab while it is open, changes only the fragment, which loads nothing: without
 * this, what the stale tab asks for would do nothing. @returns stops it
 */
export function followKey(
  target: Pick<Window, 'addEventListener' | 'removeEventListener' | 'location'> = window,
): () => void {
  const follow = () => {
    if (new URLSearchParams(target.location.hash.slice(1)).has('key')) target.location.reload();
  };
  target.addEventListener('hashchange', follow);
  return () => target.removeEventListener('hashchange', follow);
}

/** Connects, and connects again whenever the connection is lost. The desktop's shell mends its own. */
export async function startSession(): Promise<void> {
  for (let failures = 0; ; ) {
    let connection: Connection | null = null;
    try {
      const opened = await (window.location.protocol === 'thirty-watts:'
        ? connectDesktop()
        : connectWeb(window.location));
      connection = opened;
      const closed = new Promise<string>((resolve) => opened.channel.onClose?.(resolve));
      await enter(opened);
      failures = 0;
      const why = await closed;
      problem(`${why} Connecting again …`);
    } catch (thrown) {
      // It may be open all the same, with a lab behind it that could not answer.
      connection?.channel.close?.();
      const stale = thrown instanceof NoConnection && thrown.kind === 'stale';
      const ready = useSession.getState().session.phase === 'ready';
      if (stale || !ready) set({ phase: 'refused', message: messageOf(thrown), mayRetry: !stale });
      else problem(`${messageOf(thrown)} Connecting again …`);
      if (stale) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs[Math.min(failures, pauseMs.length - 1)]));
      failures += 1;
    }
  }
}

async function enter({ channel, door }: Connection): Promise<void> {
  const lab = labClient(channel);
  const info = await lab.labInfo({});
  await bindSettings(lab, info.readOnly === null);
  generation += 1;
  set({ phase: 'ready', lab, door, info, problem: null, generation });
  door.onEvent((event) => {
    if (event.type !== 'service') return;
    problem(event.state === 'restarted' ? null : event.text);
    if (event.state === 'restarted') again(lab);
  });
}

/** The service began anew: everything that was asked of the old one is asked again. */
function again(lab: Lab): void {
  void lab
    .labInfo({})
    .then((info) => {
      const { session } = useSession.getState();
      if (session.phase === 'ready') set({ ...session, info, generation: ++generation });
    })
    .catch((thrown) => problem(messageOf(thrown)));
}

function problem(text: string | null): void {
  const { session } = useSession.getState();
  if (session.phase === 'ready') set({ ...session, problem: text });
}

/** Asks labInfo again, for example after the sample was loaded. */
export async function refreshInfo(): Promise<void> {
  const { session } = useSession.getState();
  if (session.phase !== 'ready') return;
  const info = await session.lab.labInfo({});
  const now = useSession.getState().session;
  if (now.phase === 'ready') set({ ...now, info });
}

/** What was thrown, in one or two sentences for a person: what happened, and what to do. */
export function messageOf(thrown: unknown): string {
  const { message, remedy } = failureOf(thrown);
  return remedy ? `${message} ${remedy}` : message;
}

export interface Ready {
  lab: Lab;
  door: PageDoor;
  info: LabInfo;
}

export const ReadyContext = createContext<Ready | null>(null);

/** Lab, door and lab info; only inside the pages, which are drawn once there is a connection. */
export function useReady(): Ready {
  const ready = useContext(ReadyContext);
  if (ready === null) throw new Error('useReady outside of a connected page');
  return ready;
}
