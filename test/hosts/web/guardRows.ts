import { expect } from 'vitest';
import { raw, type TestHost } from './support';

// What is asked of the browser host over the wire, and what it must answer: the matrix that guard.test.ts goes through.

export type Want = number | 'refused';

export interface Row {
  name: string;
  send: (t: Target) => Promise<string> | string;
  want: Want;
  /** The second answer, where two requests are sent on one connection. */
  second?: Want;
}

export interface Target extends TestHost {
  advance(ms: number): void;
}

export const request = (line: string, ...headers: string[]) => [line, ...headers, '', ''].join('\r\n');
export const at = (t: Target) => `Host: 127.0.0.1:${t.port}`;
const originOf = (t: Target) => `Origin: http://127.0.0.1:${t.port}`;
const bearer = (secretText: string) => `Authorization: Bearer ${secretText}`;
export const get = (...headers: string[]) => request('GET / HTTP/1.1', ...headers);
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
export const json = 'application/json';
const evil = 'evil.test';

export const good: Row[] = [
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

export const bad: Row[] = [
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
