import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { WebSocket as NodeSocket } from 'ws';
import { startWebHost, type WebHost, type WebHostOptions } from '../../../src/main/hosts/web/server';
import type { BrowserParts } from '../../../src/renderer/channels/web';
import type { Handlers, LabEvent } from '../../../src/shared/contract';
import type { Served } from '../../../src/shared/rpc';
import { temporaryFolder } from '../../support/lab';

/** Only a good answer contains it. */
export const secret = 'the-page-of-the-lab';

const hosts: WebHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

export function pageFolder(html = `<!doctype html><title>${secret}</title>`): string {
  const folder = join(temporaryFolder(), 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), html);
  writeFileSync(join(folder, 'assets', 'index-a1B2.js'), `// ${secret}`);
  writeFileSync(join(folder, '..', 'outside.html'), secret);
  return folder;
}

/** Handlers that a test fills in, and a way to say something on the event stream. */
export function fakeLab(handlers: Partial<Handlers> = {}) {
  const listeners = new Set<(event: LabEvent) => void>();
  const served: Served = {
    handlers: handlers as Handlers,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    served,
    listeners,
    push: (event: LabEvent) => {
      for (const listener of listeners) listener(event);
    },
  };
}

export interface TestHost extends WebHost {
  key: string;
  session: string;
  ticket(): Promise<string>;
}

export async function testHost(options: Partial<WebHostOptions> = {}): Promise<TestHost> {
  const host = await startWebHost({
    served: fakeLab().served,
    pageFolder: options.pageFolder ?? pageFolder(),
    uploads: { parent: temporaryFolder() },
    ...options,
  });
  hosts.push(host);
  const key = host.address.split('#key=')[1];
  const { session } = JSON.parse((await post(host.port, '/session', key)).text) as { session: string };
  const ticket = async () =>
    (JSON.parse((await post(host.port, '/ticket', session)).text) as { ticket: string }).ticket;
  return { ...host, key, session, ticket };
}

const present = (headers: Record<string, string | number | undefined>) =>
  Object.fromEntries(
    Object.entries(headers).filter((e): e is [string, string | number] => e[1] !== undefined),
  );

/** As the page asks; a header that is undefined is left out. */
export function post(
  port: number,
  path: string,
  bearer: string,
  {
    method = 'POST',
    headers = {},
    body = '{}',
    type = 'application/json',
  }: {
    method?: string;
    headers?: Record<string, string | undefined>;
    body?: string | Uint8Array;
    type?: string;
  } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: present({
          origin: `http://127.0.0.1:${port}`,
          authorization: `Bearer ${bearer}`,
          'content-type': type,
          'content-length': Buffer.byteLength(body),
          ...headers,
        }),
      },
      async (res) => {
        let text = '';
        for await (const chunk of res) text += chunk;
        resolve({ status: res.statusCode ?? 0, text });
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** The page's own connection code in Node: XMLHttpRequest and WebSocket replaced, with what a browser adds. */
export function nodeParts(port: number, kept = new Map<string, string>()): BrowserParts {
  return {
    async send({ method, path, headers, body }) {
      const bytes = typeof body === 'string' ? body : new Uint8Array(await body.arrayBuffer());
      return post(port, path, '', { method, headers, body: bytes });
    },
    openSocket: (url, protocols) =>
      new NodeSocket(url, protocols, { origin: `http://127.0.0.1:${port}` }) as unknown as WebSocket,
    storage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    },
    replaceAddress: () => {},
  };
}

export interface RawAnswer {
  codes: number[];
  text: string;
  /** `closed`: by the host; `open`: all wanted answers came and it is still open; `hung`: neither within the limit. */
  end: 'closed' | 'open' | 'hung';
}

/** Writes bytes to a bare socket, so that headers that a browser or a library would refuse can be sent. */
export function raw(
  port: number,
  bytes: string | Uint8Array,
  { answers = 1, more = null as Uint8Array | null, limitMs = 8000 } = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let sentMore = false;
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const finish = (end: RawAnswer['end']) => {
      clearTimeout(late);
      socket.destroy();
      resolve({ codes: [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((m) => Number(m[1])), text, end });
    };
    const late = setTimeout(() => finish('hung'), limitMs);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const complete = completeAnswers(text);
      if (more && !sentMore && complete > 0) {
        sentMore = true;
        socket.write(more);
      } else if (!more && complete >= answers && !/\r\nconnection: close\r\n/i.test(text)) finish('open');
    });
    socket.on('error', () => {});
    socket.on('close', () => finish('closed'));
  });
}

function completeAnswers(text: string): number {
  let count = 0;
  for (let at = 0; ; count++) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) return count;
    const head = text.slice(at, end);
    at = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (text.length < at) return count;
  }
}
