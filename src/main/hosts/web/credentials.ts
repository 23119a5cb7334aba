import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Hashes of what opens the host now; what has expired or was spent is not among them. */
export interface Accepted {
  /** Open a session: the printed key, and keys for one use. */
  keys: readonly Uint8Array[];
  /** Bearer tokens of tabs. */
  sessions: readonly Uint8Array[];
  /** Open one WebSocket each. */
  tickets: readonly Uint8Array[];
}

export interface Credentials {
  /** 256 random bits in base64url; valid until the host ends. */
  readonly key: string;
  accepted(): Accepted;
  /** A key for one session within a minute: it may be seen in the process list of the browser that opens it. */
  issueOneTimeKey(): string;
  /** Token of a new session. A key for one use is spent by this. The caller has judged the key. */
  openSession(key: string): string;
  /** A ticket for one WebSocket within 30 s. */
  issueTicket(): string;
  spendTicket(ticket: string): void;
}

const oneTimeKeyMs = 60_000;
const ticketMs = 30_000;
const maxSessions = 256;
const maxTickets = 64;

const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

/** Whether one of the hashes is that of the secret; takes equally long for every secret. */
export function isOneOf(hashes: readonly Uint8Array[], secret: string): boolean {
  const hash = hashOf(secret);
  let found = false;
  for (const known of hashes) found = timingSafeEqual(known, hash) || found;
  return found;
}

/** The secrets of one start of the host; kept in memory only, all but the key as hashes. `nowMs`: any steady clock. */
export function createCredentials(nowMs: () => number = () => performance.now()): Credentials {
  const fresh = () => randomBytes(32).toString('base64url');
  const key = fresh();
  const oneTimeKeys = shelf(maxTickets, nowMs);
  const sessions = shelf(maxSessions, nowMs);
  const tickets = shelf(maxTickets, nowMs);
  const issue = (on: Shelf, lifeMs: number) => {
    const secret = fresh();
    on.put(secret, lifeMs);
    return secret;
  };
  return {
    key,
    accepted: () => ({
      keys: [hashOf(key), ...oneTimeKeys.hashes()],
      sessions: sessions.hashes(),
      tickets: tickets.hashes(),
    }),
    issueOneTimeKey: () => issue(oneTimeKeys, oneTimeKeyMs),
    openSession(given) {
      oneTimeKeys.take(given);
      return issue(sessions, Number.POSITIVE_INFINITY);
    },
    issueTicket: () => issue(tickets, ticketMs),
    spendTicket: (ticket) => tickets.take(ticket),
  };
}

interface Shelf {
  put(secret: string, lifeMs: number): void;
  take(secret: string): void;
  hashes(): Uint8Array[];
}

/** Hashes of secrets with their ends; the oldest gives way when it is full. */
function shelf(size: number, nowMs: () => number): Shelf {
  const entries = new Map<string, { hash: Uint8Array; endMs: number }>();
  return {
    put(secret, lifeMs) {
      const hash = hashOf(secret);
      entries.set(hash.toString('hex'), { hash, endMs: nowMs() + lifeMs });
      const [oldest] = entries.keys();
      if (entries.size > size) entries.delete(oldest);
    },
    take: (secret) => void entries.delete(hashOf(secret).toString('hex')),
    hashes() {
      for (const [id, { endMs }] of entries) if (endMs <= nowMs()) entries.delete(id);
      return [...entries.values()].map((e) => e.hash);
    },
  };
}
