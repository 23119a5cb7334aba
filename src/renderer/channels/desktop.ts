import type { DoorCommand, DoorEvent, DoorMessage, DoorOutputs } from '../../shared/door';
import { portMessage, portRequest } from '../../shared/handover';
import type { Connection, PageDoor } from './door';

/** Asks the preload for the one port (shared/handover.ts), and speaks lab and door over it. */
export function connectDesktop(): Promise<Connection> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent) => {
      if (event.source !== window || event.data !== portMessage || !event.ports[0]) return;
      window.removeEventListener('message', take);
      resolve(overPort(event.ports[0]));
    };
    window.addEventListener('message', take);
    window.postMessage(portRequest, window.origin);
  });
}

function overPort(port: MessagePort): Connection {
  const listeners = new Set<(message: unknown) => void>();
  port.onmessage = (event) => {
    for (const listener of listeners) listener(event.data);
  };
  const post = (message: unknown) => port.postMessage(message);
  return {
    channel: { post, onMessage: (listener) => void listeners.add(listener) },
    door: desktopDoor(post, (listener) => void listeners.add(listener)),
  };
}

function desktopDoor(
  post: (message: DoorMessage) => void,
  onMessage: (listener: (message: unknown) => void) => void,
): PageDoor {
  const waiting = new Map<number, { resolve: (data: never) => void; reject: (error: Error) => void }>();
  const events = new Set<(event: DoorEvent) => void>();
  /** What came before anybody listened: files that the app was opened with. */
  let early: DoorEvent[] = [];
  let seq = 0;
  onMessage((raw) => {
    const message = raw as DoorMessage;
    if (message.kind === 'doorEvent' && events.size === 0) early.push(message.event);
    else if (message.kind === 'doorEvent') for (const listener of events) listener(message.event);
    if (message.kind !== 'doorReply') return;
    const call = waiting.get(message.seq);
    waiting.delete(message.seq);
    if (message.ok) call?.resolve(message.data as never);
    else call?.reject(new Error(message.message));
  });
  const ask = <N extends DoorCommand>(name: N, input: unknown): Promise<DoorOutputs[N]> =>
    new Promise((resolve, reject) => {
      seq += 1;
      waiting.set(seq, { resolve, reject });
      post({ kind: 'doorRequest', seq, name, input });
    });
  const nothing = async (answer: Promise<unknown>) => void (await answer);
  return {
    kind: 'desktop',
    pickModels: async (what) => (await ask('pickModels', { what }))?.paths ?? null,
    acceptDrop: async () => null,
    saveFile: (name, bytes) => ask('saveFile', { name, bytes }),
    pickFolder: async () => (await ask('pickFolder', {}))?.path ?? null,
    showLabFolder: () => nothing(ask('showLabFolder', {})),
    chooseLab: () => nothing(ask('chooseLab', {})),
    restartService: () => nothing(ask('restartService', {})),
    openExternal: (url) => nothing(ask('openExternal', { url })),
    onEvent(listener) {
      events.add(listener);
      for (const event of early) listener(event);
      early = [];
      return () => events.delete(listener);
    },
  };
}
