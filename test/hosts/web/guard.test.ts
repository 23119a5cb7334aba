import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GuardContext, type GuardedRequest, guard } from '../../../src/main/hosts/web/guard';
import type { WebHostOptions } from '../../../src/main/hosts/web/server';
import { post, raw, secret, type TestHost, testHost } from './support';

type Want = number | 'refused';

interface Row {
  name: string;
  send: (t: Target) => Promise<string> | string;
  want: Want;
  /** The second answer, where two requests are sent on one connection. */
  second?: Want;
}

interface Target extends TestHost {
  advance(ms: number): void;
}

const request = (line: string, ...headers: string[]) => [line, ...headers, '', ''].join('\r\n');
const at = (t: Target) => `Host: 127.0.0.1:${t.port}`;
const originOf = (t: Target) => `Origin: http://127.0.0.1:${t.port}`;
const bearer = (secretText: string) => `Authorization: Bearer ${secretText}`;
const get = (...headers: string[]) => request('GET / HTTP/1.1', ...headers);
const send = (path: string, type: string, ...headers: string[]) =>
  `${request(`POST ${path} HTTP/1.1`, ...headers, `Content-Type: ${type}`, 'Content-Length: 2')}{}`;
const put = (path: string, ...headers: string[]) =>
  `${request(`PUT ${path} HTTP/1.1`, ...headers, 'X-Upload-Batch: batch-0001', 'Content-Length: 2')}{}`;
const octets = 'Content-Type: application/octet-stream';
const upgrade = (protocols: string, ...headers: string[]) =>
  request(
    'GET /lab HTTP/1.1',
    ...headers,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${protocols}`,
  );
const withTicket = async (t: Target) => `thirty-watts, ticket.${await t.ticket()}`;
const json = 'application/json';
const evil = 'evil.test';

const good: Row[] = [
  { name: 'page', send: (t) => get(at(t)), want: 200 },
  { name: 'page by the name localhost', send: (t) => get(`Host: localhost:${t.port}`), want: 200 },
  { name: 'host in capitals', send: (t) => get(`Host: LOCALHOST:${t.port}`), want: 200 },
  { name: 'asset', send: (t) => request('GET /assets/index-a1B2.js HTTP/1.1', at(t)), want: 200 },
  { name: 'asset, same-origin', send: (t) => get(at(t), 'Sec-Fetch-Site: same-origin'), want: 200 },
  { name: 'typed address', send: (t) => get(at(t), 'Sec-Fetch-Site: none'), want: 200 },
  {
    name: 'key for a session',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(t.key)),
    want: 200,
  },
  {
    name: 'session for a ticket, with charset',
    send: (t) => send('/ticket', `${json}; charset=utf-8`, at(t), originOf(t), bearer(t.session)),
    want: 200,
  },
  {
    name: 'upload',
    send: (t) => put('/upload/m.onnx', at(t), originOf(t), bearer(t.session), octets),
    want: 200,
  },
  {
    name: 'upload of external data',
    send: (t) => put('/upload/dir%2Fweights%20a.bin', at(t), originOf(t), bearer(t.session), octets),
    want: 200,
  },
  { name: 'WebSocket', send: async (t) => upgrade(await withTicket(t), at(t), originOf(t)), want: 101 },
];

const hostRow = (name: string, host: (t: Target) => string[]): Row => ({
  name: `host: ${name}`,
  send: (t) => get(...host(t)),
  want: 421,
});

const bad: Row[] = [
  // C1: rebinding
  hostRow('foreign', (t) => [`Host: ${evil}:${t.port}`]),
  hostRow('foreign, matching origin', (t) => [`Host: ${evil}:${t.port}`, `Origin: http://${evil}:${t.port}`]),
  hostRow('foreign, same-origin to the browser', (t) => [
    `Host: ${evil}:${t.port}`,
    'Sec-Fetch-Site: same-origin',
  ]),
  { name: 'host: none', send: () => request('GET / HTTP/1.0'), want: 421 },
  { name: 'host: none, HTTP/1.1', send: () => request('GET / HTTP/1.1'), want: 'refused' },
  hostRow('empty', () => ['Host:']),
  { name: 'host: two', send: (t) => get(at(t), `Host: ${evil}`), want: 'refused' },
  { name: 'host: two, foreign first', send: (t) => get(`Host: ${evil}`, at(t)), want: 'refused' },
  { name: 'host: the same twice', send: (t) => get(at(t), at(t)), want: 'refused' },
  hostRow('suffix', (t) => [`Host: 127.0.0.1.${evil}:${t.port}`]),
  hostRow('prefix', (t) => [`Host: ${evil}.127.0.0.1:${t.port}`]),
  hostRow('user information', (t) => [`Host: 127.0.0.1:${t.port}@${evil}`]),
  hostRow('0.0.0.0', (t) => [`Host: 0.0.0.0:${t.port}`]),
  hostRow('decimal address', (t) => [`Host: 2130706433:${t.port}`]),
  hostRow('short address', (t) => [`Host: 127.1:${t.port}`]),
  hostRow('hexadecimal address', (t) => [`Host: 0x7f.0.0.1:${t.port}`]),
  hostRow('other loopback address', (t) => [`Host: 127.0.0.2:${t.port}`]),
  hostRow('IPv6', (t) => [`Host: [::1]:${t.port}`]),
  hostRow('IPv4 in IPv6', (t) => [`Host: [::ffff:127.0.0.1]:${t.port}`]),
  hostRow('trailing dot', (t) => [`Host: localhost.:${t.port}`]),
  hostRow('sub-name of localhost', (t) => [`Host: a.localhost:${t.port}`]),
  hostRow('wrong port', () => ['Host: 127.0.0.1:1']),
  hostRow('no port', () => ['Host: 127.0.0.1']),
  hostRow('port with a zero before it', (t) => [`Host: 127.0.0.1:0${t.port}`]),
  hostRow('two names in one', (t) => [`Host: 127.0.0.1:${t.port}, ${evil}`]),
  hostRow('forwarded', (t) => [`Host: ${evil}:${t.port}`, `X-Forwarded-Host: 127.0.0.1:${t.port}`]),
  {
    name: 'host: foreign, with the key',
    send: (t) => send('/session', json, `Host: ${evil}:${t.port}`, originOf(t), bearer(t.key)),
    want: 421,
  },
  {
    name: 'second request on one connection, foreign host',
    send: (t) => get(at(t)) + get(`Host: ${evil}:${t.port}`),
    want: 200,
    second: 421,
  },
  {
    name: 'request behind a refused one',
    send: (t) => get(`Host: ${evil}:${t.port}`) + get(at(t)),
    want: 421,
  },
  // Targets and methods
  {
    name: 'absolute-form target',
    send: (t) => request(`GET http://127.0.0.1:${t.port}/ HTTP/1.1`, at(t)),
    want: 400,
  },
  {
    name: 'absolute-form target, foreign',
    send: (t) => request(`GET http://${evil}/ HTTP/1.1`, at(t)),
    want: 400,
  },
  {
    name: 'absolute-form target, POST',
    send: (t) => send(`http://127.0.0.1:${t.port}/session`, json, at(t), originOf(t), bearer(t.key)),
    want: 400,
  },
  { name: 'asterisk target', send: (t) => request('OPTIONS * HTTP/1.1', at(t)), want: 'refused' },
  { name: 'CONNECT', send: (t) => request(`CONNECT ${evil}:443 HTTP/1.1`, at(t)), want: 405 },
  { name: 'TRACE', send: (t) => request('TRACE / HTTP/1.1', at(t)), want: 405 },
  { name: 'DELETE', send: (t) => request('DELETE / HTTP/1.1', at(t), originOf(t)), want: 405 },
  { name: 'made-up method', send: (t) => request('BREW / HTTP/1.1', at(t)), want: 'refused' },
  {
    name: 'GET for a ticket',
    send: (t) => request('GET /ticket HTTP/1.1', at(t), bearer(t.session)),
    want: 404,
  },
  {
    name: 'PUT for a session',
    send: (t) => put('/session', at(t), originOf(t), bearer(t.key), `Content-Type: ${json}`),
    want: 405,
  },
  {
    name: 'POST of an upload',
    send: (t) => send('/upload/m.onnx', 'application/octet-stream', at(t), originOf(t), bearer(t.session)),
    want: 405,
  },
  {
    name: 'POST to the page',
    send: (t) => send('/', json, at(t), originOf(t), bearer(t.session)),
    want: 404,
  },
  {
    name: 'body on a GET',
    send: (t) => `${get(at(t), 'Content-Length: 4')}GET `,
    want: 400,
  },
  {
    name: 'length and chunked together',
    send: (t) =>
      `${request('POST /session HTTP/1.1', at(t), originOf(t), bearer(t.key), `Content-Type: ${json}`, 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    want: 'refused',
  },
  { name: 'header over the limit', send: (t) => get(at(t), `X-Pad: ${'a'.repeat(70_000)}`), want: 431 },
  {
    name: 'path over the limit',
    send: (t) => request(`GET /${'a'.repeat(5000)} HTTP/1.1`, at(t)),
    want: 414,
  },
  { name: 'Expect', send: (t) => get(at(t), 'Expect: 100-continue'), want: 417 },
  {
    name: 'Expect, foreign host',
    send: (t) => get(`Host: ${evil}:${t.port}`, 'Expect: 100-continue'),
    want: 421,
  },
  {
    name: 'Expect, unknown, foreign host',
    send: (t) => get(`Host: ${evil}:${t.port}`, 'Expect: tea'),
    want: 421,
  },
  // C2: other sites
  { name: 'foreign origin, GET', send: (t) => get(at(t), `Origin: https://${evil}`), want: 403 },
  { name: 'null origin', send: (t) => get(at(t), 'Origin: null'), want: 403 },
  { name: 'empty origin', send: (t) => get(at(t), 'Origin:'), want: 403 },
  { name: 'two origins', send: (t) => get(at(t), originOf(t), `Origin: https://${evil}`), want: 400 },
  { name: 'other local port', send: (t) => get(at(t), 'Origin: http://127.0.0.1:9'), want: 403 },
  { name: 'https twin', send: (t) => get(at(t), `Origin: https://127.0.0.1:${t.port}`), want: 403 },
  {
    name: 'origin of the other own name',
    send: (t) => get(at(t), `Origin: http://localhost:${t.port}`),
    want: 403,
  },
  { name: 'cross-site', send: (t) => get(at(t), 'Sec-Fetch-Site: cross-site'), want: 403 },
  { name: 'same-site', send: (t) => get(at(t), 'Sec-Fetch-Site: same-site'), want: 403 },
  {
    name: 'two fetch sites',
    send: (t) => get(at(t), 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'),
    want: 400,
  },
  {
    name: 'POST that says none',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(t.key), 'Sec-Fetch-Site: none'),
    want: 403,
  },
  { name: 'POST without origin', send: (t) => send('/session', json, at(t), bearer(t.key)), want: 403 },
  {
    name: 'foreign origin, POST',
    send: (t) => send('/session', json, at(t), `Origin: https://${evil}`, bearer(t.key)),
    want: 403,
  },
  {
    name: 'form POST',
    send: (t) => send('/session', 'application/x-www-form-urlencoded', at(t), originOf(t), bearer(t.key)),
    want: 415,
  },
  {
    name: 'JSON in text/plain',
    send: (t) => send('/session', 'text/plain; application/json', at(t), originOf(t), bearer(t.key)),
    want: 415,
  },
  {
    name: 'two content types',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(t.key), 'Content-Type: text/plain'),
    want: 400,
  },
  {
    name: 'compressed body',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(t.key), 'Content-Encoding: gzip'),
    want: 415,
  },
  {
    name: 'upload as a form',
    send: (t) =>
      put('/upload/m.onnx', at(t), originOf(t), bearer(t.session), 'Content-Type: multipart/form-data'),
    want: 415,
  },
  {
    name: 'preflight',
    send: (t) =>
      request(
        'OPTIONS /session HTTP/1.1',
        at(t),
        `Origin: https://${evil}`,
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Private-Network: true',
      ),
    want: 405,
  },
  // C4: secrets
  { name: 'no key', send: (t) => send('/session', json, at(t), originOf(t)), want: 401 },
  { name: 'wrong key', send: (t) => send('/session', json, at(t), originOf(t), bearer('x')), want: 401 },
  {
    name: 'beginning of the key',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(t.key.slice(0, -1))),
    want: 401,
  },
  {
    name: 'key and something behind it',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(`${t.key}a`)),
    want: 401,
  },
  {
    name: 'two authorizations',
    send: (t) => send('/session', json, at(t), originOf(t), bearer('x'), bearer(t.key)),
    want: 400,
  },
  {
    name: 'basic authorization',
    send: (t) => send('/session', json, at(t), originOf(t), `Authorization: Basic ${btoa(`:${t.key}`)}`),
    want: 401,
  },
  {
    name: 'key in a cookie',
    send: (t) => send('/session', json, at(t), originOf(t), `Cookie: key=${t.key}`),
    want: 401,
  },
  {
    name: 'key in the query',
    send: (t) => send(`/session?token=${t.key}`, json, at(t), originOf(t)),
    want: 400,
  },
  {
    name: 'session used as the key',
    send: (t) => send('/session', json, at(t), originOf(t), bearer(t.session)),
    want: 401,
  },
  {
    name: 'key used as a session',
    send: (t) => send('/ticket', json, at(t), originOf(t), bearer(t.key)),
    want: 401,
  },
  { name: 'ticket without a session', send: (t) => send('/ticket', json, at(t), originOf(t)), want: 401 },
  {
    name: 'upload without a session',
    send: (t) => put('/upload/m.onnx', at(t), originOf(t), octets),
    want: 401,
  },
  {
    name: 'ticket used as a session',
    send: async (t) => send('/ticket', json, at(t), originOf(t), bearer(await t.ticket())),
    want: 401,
  },
  // C3: WebSocket
  { name: 'WebSocket, no origin', send: async (t) => upgrade(await withTicket(t), at(t)), want: 403 },
  {
    name: 'WebSocket, foreign origin',
    send: async (t) => upgrade(await withTicket(t), at(t), `Origin: https://${evil}`),
    want: 403,
  },
  {
    name: 'WebSocket, null origin',
    send: async (t) => upgrade(await withTicket(t), at(t), 'Origin: null'),
    want: 403,
  },
  {
    name: 'WebSocket, rebinding',
    send: async (t) =>
      upgrade(await withTicket(t), `Host: ${evil}:${t.port}`, `Origin: http://${evil}:${t.port}`),
    want: 421,
  },
  {
    name: 'WebSocket, cross-site',
    send: async (t) => upgrade(await withTicket(t), at(t), originOf(t), 'Sec-Fetch-Site: cross-site'),
    want: 403,
  },
  { name: 'WebSocket, no ticket', send: (t) => upgrade('thirty-watts', at(t), originOf(t)), want: 401 },
  {
    name: 'WebSocket, session as ticket',
    send: (t) => upgrade(`thirty-watts, ticket.${t.session}`, at(t), originOf(t)),
    want: 401,
  },
  {
    name: 'WebSocket, session as bearer',
    send: (t) => upgrade('thirty-watts', at(t), originOf(t), bearer(t.session)),
    want: 401,
  },
  {
    name: 'WebSocket, ticket in the query',
    send: async (t) =>
      upgrade('thirty-watts', at(t), originOf(t)).replace('/lab', `/lab?token=${await t.ticket()}`),
    want: 400,
  },
  {
    name: 'WebSocket, ticket used before',
    send: async (t) => {
      const text = upgrade(await withTicket(t), at(t), originOf(t));
      expect((await raw(t.port, text)).codes).toEqual([101]);
      return text;
    },
    want: 401,
  },
  {
    name: 'WebSocket, ticket too old',
    send: async (t) => {
      const text = upgrade(await withTicket(t), at(t), originOf(t));
      t.advance(30_001);
      return text;
    },
    want: 401,
  },
  {
    name: 'WebSocket, two protocol headers',
    send: async (t) =>
      upgrade('thirty-watts', at(t), originOf(t), `Sec-WebSocket-Protocol: ${await withTicket(t)}`),
    want: 400,
  },
  {
    name: 'WebSocket, other path',
    send: async (t) => upgrade(await withTicket(t), at(t), originOf(t)).replace('/lab', '/'),
    want: 400,
  },
  {
    name: 'WebSocket by POST',
    send: async (t) => upgrade(await withTicket(t), at(t), originOf(t)).replace('GET', 'POST'),
    want: 400,
  },
  {
    name: 'upgrade to something else',
    send: async (t) =>
      upgrade(await withTicket(t), at(t), originOf(t)).replace('Upgrade: websocket', 'Upgrade: h2c'),
    want: 400,
  },
  // Files
  ...[
    '/../outside.html',
    '/assets/../../outside.html',
    '/%2e%2e/outside.html',
    '/..%2foutside.html',
    '/..\\outside.html',
    '/..%5coutside.html',
    '//127.0.0.1/outside.html',
    '/./index.html',
    '/index.html%00.js',
    '/index.html.',
    '/assets',
    '/assets/',
    '/nothing.html',
  ].map(
    (path): Row => ({ name: `file ${path}`, send: (t) => request(`GET ${path} HTTP/1.1`, at(t)), want: 404 }),
  ),
  ...[
    '..%2Fevil.onnx',
    'a/../../evil.onnx',
    '%2Fetc%2Fevil.onnx',
    'a//b.onnx',
    'a%00b.onnx',
    'a%5Cb.onnx',
    '%ff',
    '',
    'dot.',
    'C%3Aevil.onnx',
  ].map(
    (name): Row => ({
      name: `upload to ${name || 'no name'}`,
      send: (t) => put(`/upload/${name}`, at(t), originOf(t), bearer(t.session), octets),
      want: 400,
    }),
  ),
  {
    name: 'upload without a batch',
    send: (t) =>
      put('/upload/m.onnx', at(t), originOf(t), bearer(t.session), octets).replace(
        /X-Upload-Batch: .*\r\n/,
        '',
      ),
    want: 400,
  },
  {
    name: 'upload into a batch above',
    send: (t) =>
      put('/upload/m.onnx', at(t), originOf(t), bearer(t.session), octets).replace(
        'batch-0001',
        '../../../../x',
      ),
    want: 400,
  },
];

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
