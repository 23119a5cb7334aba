import type { Channel } from '../../src/shared/rpc';

/** One end of a wire, driven by the test: what was posted, and `arrive` for what the other side says. Synchronous. */
export function fakeChannel() {
  const posted: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  const closers: ((why: string) => void)[] = [];
  const channel: Channel & { onClose: NonNullable<Channel['onClose']> } = {
    post: (message) => void posted.push(message),
    onMessage: (listener) => void listeners.push(listener),
    onClose: (listener) => void closers.push(listener),
  };
  return {
    channel,
    posted,
    arrive(message: unknown) {
      for (const listener of listeners) listener(message);
    },
    end(why: string) {
      for (const closer of closers) closer(why);
    },
  };
}

/** Two fake ends tied together, in step. */
export function wirePair() {
  const a = fakeChannel();
  const b = fakeChannel();
  a.channel.post = (message) => b.arrive(structuredClone(message));
  b.channel.post = (message) => a.arrive(structuredClone(message));
  return { a, b };
}
