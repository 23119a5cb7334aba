import type { z } from 'zod';
import { type CommandName, commands, type Handlers, type Lab, type LabEvent } from './contract';
import { type Failure, failureOf, LabError } from './errors';

/** Two-way transport of plain data: in-process pair, MessagePort or WebSocket. Order is kept, nothing is lost. */
export interface Channel {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other end is gone, with the reason in one sentence. Absent where that cannot happen. */
  onClose?(listener: (why: string) => void): void;
  /** Ends it from this side. Absent where only the other side can. */
  close?(): void;
}

type Request = { kind: 'request'; seq: number; name: CommandName; input: unknown };
type Reply =
  | { kind: 'reply'; seq: number; ok: true; data: unknown }
  | { kind: 'reply'; seq: number; ok: false; failure: Failure };
type Push = { kind: 'event'; event: LabEvent };

/**
 * The lab behind a channel. Refusals arrive as LabError with the service's own words; when the channel closes, every
 * call that waits and every later one rejects with `connection_lost`.
 */
export function labClient(channel: Channel): Lab {
  const waiting = new Map<number, { resolve: (data: never) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(event: LabEvent) => void>();
  let seq = 0;
  let closed: LabError | null = null;
  channel.onMessage((raw) => {
    const message = raw as Reply | Push;
    if (message.kind === 'event') {
      for (const listener of listeners) listener(message.event);
      return;
    }
    if (message.kind !== 'reply') return; // of the door, on the same port
    const call = waiting.get(message.seq);
    waiting.delete(message.seq);
    if (message.ok) call?.resolve(message.data as never);
    else call?.reject(new LabError(message.failure.kind, message.failure.message, message.failure.remedy));
  });
  channel.onClose?.((why) => {
    closed = new LabError(
      'connection_lost',
      why,
      'What was measured is kept; the page connects again by itself.',
    );
    for (const { reject } of waiting.values()) reject(closed);
    waiting.clear();
  });
  const call = (name: CommandName) => (input: unknown) =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(closed);
        return;
      }
      seq += 1;
      waiting.set(seq, { resolve, reject });
      channel.post({ kind: 'request', seq, name, input } satisfies Request);
    });
  const methods = Object.fromEntries(
    (Object.keys(commands) as CommandName[]).map((name) => [name, call(name)]),
  );
  return {
    ...methods,
    onEvent(listener: (event: LabEvent) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Lab;
}

/** What is served: handlers with parsed inputs, and the service's events. */
export interface Served {
  handlers: Handlers;
  /** Calls back on every event until the returned function is called. */
  subscribe(push: (event: LabEvent) => void): () => void;
}

/** Serves a lab on a channel: every input is parsed by its schema, every failure becomes plain data. */
export function serveLab(channel: Channel, { handlers, subscribe }: Served): void {
  const unsubscribe = subscribe((event) => channel.post({ kind: 'event', event } satisfies Push));
  channel.onClose?.(unsubscribe);
  channel.onMessage(async (raw) => {
    const { kind, seq, name, input } = (raw ?? {}) as Request;
    if (kind !== 'request') return;
    try {
      if (!Object.hasOwn(commands, name))
        throw new LabError('bad_input', `The lab has no command ${String(name)}.`);
      const parsed = commands[name].safeParse(input);
      if (!parsed.success)
        throw new LabError(name === 'startExperiment' ? 'bad_plan' : 'bad_input', plainIssues(parsed.error));
      const handler = handlers[name] as (input: unknown) => Promise<unknown>;
      const data = await handler(parsed.data);
      channel.post({ kind: 'reply', seq, ok: true, data } satisfies Reply);
    } catch (thrown) {
      channel.post({ kind: 'reply', seq, ok: false, failure: failureOf(thrown) } satisfies Reply);
    }
  });
}

/** zod's issues in one sentence: where, and what was expected. */
export function plainIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
      if (issue.code === 'unrecognized_keys')
        return `${where}unknown ${issue.keys.length > 1 ? 'keys' : 'key'} ${issue.keys.join(', ')}`;
      return `${where}${issue.message}`;
    })
    .join('; ');
}

/** Two ends of one in-process channel. Messages are copied as any other transport would, and arrive in a later turn. */
export function channelPair(): [Channel, Channel] {
  const listeners: [((m: unknown) => void) | null, ((m: unknown) => void) | null] = [null, null];
  const end = (me: 0 | 1): Channel => ({
    post(message) {
      const copy = structuredClone(message);
      queueMicrotask(() => listeners[me === 0 ? 1 : 0]?.(copy));
    },
    onMessage(listener) {
      listeners[me] = listener;
    },
  });
  return [end(0), end(1)];
}
