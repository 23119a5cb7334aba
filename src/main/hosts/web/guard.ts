import { type Accepted, isOneOf } from './credentials';

/** What the guard sees of a request or an upgrade. `rawHeaders`: names and values in turn, as they came. */
export interface GuardedRequest {
  method: string;
  url: string;
  rawHeaders: readonly string[];
  upgrade: boolean;
}

export interface GuardContext {
  port: number;
  accepted: Accepted;
}

export type Route =
  | { to: 'page' }
  | { to: 'session'; key: string }
  | { to: 'ticket' }
  | { to: 'upload' }
  | { to: 'socket'; ticket: string };

export type Verdict = { allow: true; route: Route } | { allow: false; status: number; reason: string };

export const socketProtocol = 'thirty-watts';
const ticketPrefix = 'ticket.';

/** Headers that decide, and so may come only once: two would be read differently by two readers. */
const single = [
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'sec-fetch-site',
  'sec-websocket-protocol',
  'upgrade',
];

/**
 * Judges every request and every upgrade before anything else looks at it. Only the Host list stops a page whose name
 * was rebound to 127.0.0.1: its requests are same-origin to the browser. Origin and fetch metadata stop other sites,
 * the content types stop what a form can send, and the secrets stop everybody else on this machine. Pure.
 */
export function guard(
  { method, url, rawHeaders, upgrade }: GuardedRequest,
  { port, accepted }: GuardContext,
): Verdict {
  const headers = collect(rawHeaders);
  const [host, ...moreHosts] = headers.get('host') ?? [];
  if (host === undefined || moreHosts.length > 0 || !ownHosts(port).includes(host.toLowerCase())) {
    return refuse(
      421,
      `This lab answers at http://127.0.0.1:${port}/ only. Through a tunnel, use this port on both sides: ssh -L ${port}:127.0.0.1:${port} …`,
    );
  }
  if (!url.startsWith('/') || /[?#]/.test(url))
    return refuse(400, 'The target must be a path without a query.');
  if (url.length > 4096) return refuse(414, 'The path is too long.');
  if (!['GET', 'HEAD', 'POST', 'PUT'].includes(method)) return refuse(405, 'This method is not used here.');
  const twice = single.find((name) => (headers.get(name)?.length ?? 0) > 1);
  if (twice) return refuse(400, `The header ${twice} came twice.`);
  const header = (name: string) => headers.get(name)?.[0];

  const origin = header('origin');
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`)
    return refuse(403, 'Requests of other sites are refused.');
  const changes = upgrade || method === 'POST' || method === 'PUT';
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && (site !== 'none' || changes))
    return refuse(403, 'Requests of other sites are refused. Open the address in a tab of its own.');
  if (changes && origin === undefined) return refuse(403, 'Only the page of this lab may ask this.');

  if (upgrade) return judgeUpgrade(method, url, header, accepted);
  if (method === 'GET' || method === 'HEAD') {
    if ((header('content-length') ?? '0') !== '0' || header('transfer-encoding') !== undefined)
      return refuse(400, 'This request can have no body.');
    return { allow: true, route: { to: 'page' } };
  }

  const route = url.startsWith('/upload/') ? 'upload' : url === '/session' ? 'session' : 'ticket';
  if (route === 'ticket' && url !== '/ticket') return refuse(404, 'There is nothing here.');
  if (method !== (route === 'upload' ? 'PUT' : 'POST')) return refuse(405, 'This method is not used here.');
  const wanted = route === 'upload' ? 'application/octet-stream' : 'application/json';
  const type = (header('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (type !== wanted || header('content-encoding') !== undefined)
    return refuse(415, `The body must be ${wanted}, not encoded.`);
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(header('authorization') ?? '')?.[1];
  if (bearer === undefined) return refuse(401, 'The secret of this lab is missing.');
  if (!isOneOf(route === 'session' ? accepted.keys : accepted.sessions, bearer))
    return refuse(401, 'This secret is not, or no longer, valid here.');
  return { allow: true, route: route === 'session' ? { to: route, key: bearer } : { to: route } };
}

function judgeUpgrade(
  method: string,
  url: string,
  header: (name: string) => string | undefined,
  accepted: Accepted,
): Verdict {
  if (method !== 'GET' || url !== '/lab' || header('upgrade')?.toLowerCase() !== 'websocket')
    return refuse(400, 'Only a WebSocket to /lab can be opened.');
  const protocols = (header('sec-websocket-protocol') ?? '').split(',').map((p) => p.trim());
  const ticket = protocols.find((p) => p.startsWith(ticketPrefix))?.slice(ticketPrefix.length) ?? '';
  if (!protocols.includes(socketProtocol) || !isOneOf(accepted.tickets, ticket))
    return refuse(401, 'A WebSocket needs a ticket that is fresh and unused.');
  return { allow: true, route: { to: 'socket', ticket } };
}

/** `[::1]` is not among them: nothing listens there. Port 80 is left out of Host by browsers. */
function ownHosts(port: number): string[] {
  return ['127.0.0.1', 'localhost'].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
}

function collect(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[i + 1]]);
  }
  return headers;
}

function refuse(status: number, reason: string): Verdict {
  return { allow: false, status, reason };
}
