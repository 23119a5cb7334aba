import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GuardContext, type GuardedRequest, guard } from '../../../src/main/hosts/web/guard';
import type { WebHostOptions } from '../../../src/main/hosts/web/server';
import { at, bad, get, good, json, type Row, request, type Target, type Want } from './guardRows';
import { post, raw, secret, testHost } from './support';

const fits = (code: number | undefined, want: Want) =>
  want === 'refused' ? code === undefined || (code >= 400 && code < 500) : code === want;

/** What is wrong with the host's answer to a row, and whether it gave something away; empty: as it should be. */
async function judgeRow(row: Row, t: Target): Promise<{ faults: string[]; leak: boolean }> {
  const wantsGood = row.want === 200 || row.want === 101;
  const answer = await raw(t.port, await row.send(t), { answers: row.second === undefined ? 1 : 2 });
  const given = answer.codes.filter((c) => c < 400);
  const allowed = wantsGood ? 1 : 0;
  const faults: string[] = [];
  if (!fits(answer.codes[0], row.want))
    faults.push(`${answer.codes.join('+') || 'no answer'}, wanted ${row.want}`);
  if (row.second !== undefined && !fits(answer.codes[1], row.second)) faults.push(`then ${answer.codes[1]}`);
  if (given.length > allowed) faults.push('LEAK');
  if (!wantsGood && answer.text.includes(secret)) faults.push('LEAK of the page');
  if (/access-control-/i.test(answer.text)) faults.push('Access-Control header');
  if ((!wantsGood || row.second !== undefined) && answer.end !== 'closed')
    faults.push(`connection ${answer.end}`);
  return { faults, leak: given.length > allowed };
}

async function target(judge?: WebHostOptions['judge']): Promise<Target> {
  let nowMs = 1e6;
  const host = await testHost({ nowMs: () => nowMs, ...(judge ? { judge } : {}) });
  return {
    ...host,
    advance(ms) {
      nowMs += ms;
    },
  };
}

describe('the guard before a real server', () => {
  it.each(good)('lets through: $name', async (row) => {
    expect((await judgeRow(row, await target())).faults).toEqual([]);
  });

  it.each(bad)('keeps out: $name', async (row) => {
    expect((await judgeRow(row, await target())).faults).toEqual([]);
  });

  it('has a row for every case of the guide and more', () =>
    expect(good.length + bad.length).toBeGreaterThan(47));

  it('answers HEAD with headers only, and every answer carries the policy', async () => {
    const t = await target();
    const head = await raw(t.port, request('HEAD / HTTP/1.1', at(t), 'Connection: close'));
    expect(head.codes).toEqual([200]);
    expect(head.text).not.toContain(secret);
    for (const text of [
      head.text,
      (await raw(t.port, get('Host: x'))).text,
      (await raw(t.port, get(at(t)))).text,
    ]) {
      expect(text).toContain("content-security-policy: default-src 'none'");
      expect(text).toMatch(/x-content-type-options: nosniff/);
      expect(text).toMatch(/referrer-policy: no-referrer/);
      expect(text).toMatch(/cross-origin-resource-policy: same-origin/);
      expect(text).toMatch(/cache-control: no-store/);
    }
  });

  it('a ticket ends by the clock alone: with one that stands still the old ticket is let in', async () => {
    const row = bad.find((r) => r.name === 'WebSocket, ticket too old')!;
    const t = await target();
    expect((await judgeRow(row, { ...t, advance: () => {} })).leak).toBe(true);
    expect((await judgeRow(row, t)).leak).toBe(false);
  });

  it('a key for one use opens one session, within a minute', async () => {
    const t = await target();
    const keyOf = (address: string) => address.split('#key=')[1];
    const once = keyOf(t.oneTimeAddress());
    expect((await post(t.port, '/session', once)).status).toBe(200);
    expect((await post(t.port, '/session', once)).status).toBe(401);
    const late = keyOf(t.oneTimeAddress());
    t.advance(60_001);
    expect((await post(t.port, '/session', late)).status).toBe(401);
    expect((await post(t.port, '/session', t.key)).status).toBe(200);
  });

  it('secrets have 256 bits and are new at every start', async () => {
    const [a, b] = [await target(), await target()];
    for (const text of [a.key, a.session, await a.ticket()]) expect(text).toMatch(/^[\w-]{43}$/);
    expect(a.key).not.toBe(b.key);
    expect((await post(b.port, '/session', a.key)).status).toBe(401);
  });
});

type Mend = (
  request: GuardedRequest,
  context: GuardContext,
) => GuardedRequest | [GuardedRequest, GuardContext];
const values = (r: GuardedRequest, name: string) =>
  r.rawHeaders.filter((_, i) => i % 2 === 1 && r.rawHeaders[i - 1].toLowerCase() === name);
const without = (r: GuardedRequest, name: string): GuardedRequest => ({
  ...r,
  rawHeaders: r.rawHeaders.filter((_, i) => r.rawHeaders[i - (i % 2)].toLowerCase() !== name),
});
const withOne = (r: GuardedRequest, name: string, value: string): GuardedRequest => ({
  ...r,
  rawHeaders: [...without(r, name).rawHeaders, name, value],
});
const ownOrigin = (r: GuardedRequest) => `http://${values(r, 'host')[0]?.toLowerCase()}`;

/**
 * The guard with one rule out of force: before it judges, the request is changed into one that this rule has nothing
 * against. If no row notices, no row tests the rule.
 */
function weakened(t: () => Target): Record<string, Mend> {
  const tickets: Uint8Array[] = [];
  return {
    host: (r, { port }) => withOne(r, 'host', `127.0.0.1:${port}`),
    origin: (r) => (values(r, 'origin').length > 0 ? withOne(r, 'origin', ownOrigin(r)) : r),
    'origin on what changes something': (r) =>
      values(r, 'origin').length === 0 ? withOne(r, 'origin', ownOrigin(r)) : r,
    'fetch metadata': (r) => without(r, 'sec-fetch-site'),
    'content type': (r) =>
      withOne(r, 'content-type', r.url.startsWith('/upload/') ? 'application/octet-stream' : json),
    'content encoding': (r) => without(r, 'content-encoding'),
    secrets: (r) => {
      const known = r.url === '/session' ? t().key : t().session;
      return r.upgrade ? r : withOne(r, 'authorization', `Bearer ${known}`);
    },
    'secrets not in the query': (r) => {
      const [path, query] = r.url.split('?');
      const token = new URLSearchParams(query).get('token');
      if (token === null) return r;
      const moved = r.upgrade
        ? withOne(r, 'sec-websocket-protocol', `thirty-watts, ticket.${token}`)
        : withOne(r, 'authorization', `Bearer ${token}`);
      return { ...moved, url: path };
    },
    'whole secrets only': (r) => {
      const given = /^Bearer (\S+)/.exec(values(r, 'authorization')[0] ?? '')?.[1];
      return given && t().key.startsWith(given) ? withOne(r, 'authorization', `Bearer ${t().key}`) : r;
    },
    'tickets are spent and end': (r, context) => {
      tickets.push(...context.accepted.tickets);
      return [r, { ...context, accepted: { ...context.accepted, tickets } }];
    },
    'headers that decide come once': (r) =>
      ['origin', 'authorization', 'content-type', 'sec-fetch-site', 'sec-websocket-protocol'].reduce(
        (kept, name) => {
          const all = values(r, name);
          return all.length > 1 ? withOne(kept, name, all.at(name === 'authorization' ? -1 : 0) ?? '') : kept;
        },
        r,
      ),
    'target is a path': (r) => ({ ...r, url: r.url.replace(/^http:\/\/[^/]+/, '') }),
    methods: (r) => (['POST', 'PUT', 'HEAD'].includes(r.method) ? r : { ...r, method: 'GET' }),
    'no body on a GET': (r) => (r.method === 'GET' && !r.upgrade ? without(r, 'content-length') : r),
    'WebSocket to /lab only': (r) => (r.upgrade ? { ...r, url: '/lab' } : r),
  };
}

describe('each rule keeps something out', () => {
  it.each(Object.keys(weakened(() => undefined as never)))(
    'without the rule “%s” the matrix finds a leak',
    async (rule) => {
      let t: Target | null = null;
      const mend = weakened(() => t!)[rule];
      t = await target((request_, context) => {
        if (t === null) return guard(request_, context); // the test's own session is opened the right way
        const mended = mend(request_, context);
        return Array.isArray(mended) ? guard(...mended) : guard(mended, context);
      });
      const leaks: string[] = [];
      for (const row of bad) if ((await judgeRow(row, t)).leak) leaks.push(row.name);
      expect(leaks.length).toBeGreaterThan(0);
    },
  );
});

describe('the guard alone', () => {
  it('lets nothing through that does not name the host exactly, whatever else it says', () => {
    const accepted = { keys: [], sessions: [], tickets: [] };
    const header = fc.tuple(
      fc.constantFrom('host', 'Host', 'origin', 'sec-fetch-site', 'authorization', 'x'),
      fc.oneof(fc.string(), fc.constantFrom('localhost:81', '127.0.0.1:8', 'same-origin', 'evil.test')),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'TRACE'),
        fc.oneof(fc.constant('/'), fc.string()),
        fc.array(header),
        fc.boolean(),
        (method, url, headers, isUpgrade) => {
          const verdict = guard(
            { method, url, rawHeaders: headers.flat(), upgrade: isUpgrade },
            { port: 8080, accepted },
          );
          expect(verdict.allow).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with no secret known, only the page can be read', () => {
    const accepted = { keys: [], sessions: [], tickets: [] };
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
        fc.constantFrom('/', '/session', '/ticket', '/upload/a', '/lab'),
        fc.string(),
        fc.boolean(),
        (method, url, given, isUpgrade) => {
          const rawHeaders = [
            'host',
            'localhost:8080',
            'origin',
            'http://localhost:8080',
            'content-type',
            json,
          ];
          rawHeaders.push(
            'authorization',
            `Bearer ${given}`,
            'sec-websocket-protocol',
            `thirty-watts, ticket.${given}`,
          );
          if (isUpgrade) rawHeaders.push('upgrade', 'websocket');
          const verdict = guard({ method, url, rawHeaders, upgrade: isUpgrade }, { port: 8080, accepted });
          if (verdict.allow) expect(verdict.route).toEqual({ to: 'page' });
        },
      ),
    );
  });
});
