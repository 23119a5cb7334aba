import type { Channel } from '../../../shared/rpc';

/** Several clients over one channel. Messages that carry no `client` are none of the mux's. */
export type MuxMessage =
  | { client: number; message: unknown }
  /** `page`: a window that shows the lab stands behind it. */
  | { client: number; state: 'opened'; page: boolean }
  | { client: number; state: 'closed' };

export interface ClosableChannel extends Channel {
  onClose(listener: (why: string) => void): void;
  /** Ends it from this side; the other side is told. Later posts go nowhere. */
  close(): void;
}

interface End {
  channel: ClosableChannel;
  take(message: unknown): void;
  end(why: string): void;
}

/** One client's end. What arrives before somebody listens is kept. */
function createEnd(client: number, wire: Channel, forget: () => void): End {
  let listener: ((message: unknown) => void) | null = null;
  let early: unknown[] = [];
  let ended: string | null = null;
  const closeListeners: ((why: string) => void)[] = [];
  const end = (why: string) => {
    if (ended !== null) return;
    ended = why;
    forget();
    for (const told of closeListeners) told(why);
  };
  return {
    end,
    take(message) {
      if (listener) listener(message);
      else early.push(message);
    },
    channel: {
      post(message) {
        if (ended === null) wire.post({ client, message } satisfies MuxMessage);
      },
      onMessage(next) {
        listener = next;
        for (const message of early) next(message);
        early = [];
      },
      onClose(told) {
        if (ended === null) closeListeners.push(told);
        else told(ended);
      },
      close() {
        if (ended !== null) return;
        wire.post({ client, state: 'closed' } satisfies MuxMessage);
        end('It was closed from this side.');
      },
    },
  };
}

/** The side that opens clients. When the channel closes, every client closes with its reason. */
export function muxClient(wire: Channel): { open(page: boolean): ClosableChannel } {
  const ends = new Map<number, End>();
  let next = 0;
  listen(wire, ends, () => {});
  return {
    open(page) {
      next += 1;
      const client = next;
      const end = createEnd(client, wire, () => ends.delete(client));
      ends.set(client, end);
      wire.post({ client, state: 'opened', page } satisfies MuxMessage);
      return end.channel;
    },
  };
}

/** The side that is connected to: `accept` is called with each client's channel when it opens. */
export function muxServer(wire: Channel, accept: (channel: ClosableChannel, page: boolean) => void): void {
  const ends = new Map<number, End>();
  listen(wire, ends, (client, page) => {
    const end = createEnd(client, wire, () => ends.delete(client));
    ends.set(client, end);
    accept(end.channel, page);
  });
}

function listen(
  wire: Channel,
  ends: Map<number, End>,
  opened: (client: number, page: boolean) => void,
): void {
  wire.onMessage((raw) => {
    const message = raw as Partial<MuxMessage> | null;
    if (typeof message?.client !== 'number') return;
    const end = ends.get(message.client);
    if ('state' in message) {
      if (message.state === 'opened' && !end) opened(message.client, message.page === true);
      if (message.state === 'closed') end?.end('The other side closed it.');
    } else if ('message' in message) end?.take(message.message);
  });
  wire.onClose?.((why) => {
    for (const end of [...ends.values()]) end.end(why);
  });
}
