import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { pageHeaders } from '../webHeaders';

const plain = 'text/plain; charset=utf-8';

export function answer(
  res: ServerResponse,
  status: number,
  contentType: string,
  body: string | Uint8Array,
): void {
  if (res.headersSent || res.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  res.writeHead(status, { ...pageHeaders, 'content-type': contentType, 'content-length': bytes.byteLength });
  res.end(bytes);
}

export function answerJson(res: ServerResponse, value: unknown): void {
  answer(res, 200, 'application/json; charset=utf-8', JSON.stringify(value));
}

/**
 * Refuses and ends the connection, so that nothing that was sent behind the request is answered. A body that is still
 * on its way is read and forgotten for a moment: closed at once, the sender would see a reset instead of the sentence.
 */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  reason: string,
  lingerMs = status === 408 ? 0 : 2000,
): void {
  if (res.headersSent || res.destroyed) return;
  const { text, headers } = refusal(reason);
  res.writeHead(status, headers);
  if (req.method !== 'HEAD') res.write(text);
  if (req.complete || req.destroyed) {
    res.end();
    return;
  }
  let left = 64 * 2 ** 20;
  const done = () => {
    clearTimeout(timer);
    res.end();
    req.destroy();
  };
  const timer = setTimeout(done, lingerMs);
  res.flushHeaders();
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) done();
  });
  req.once('end', done);
  req.once('close', () => clearTimeout(timer));
  req.resume();
}

function refusal(reason: string): { text: string; headers: Record<string, string> } {
  const text = `${reason}\n`;
  const length = String(Buffer.byteLength(text));
  return {
    text,
    headers: { ...pageHeaders, 'content-type': plain, 'content-length': length, connection: 'close' },
  };
}

/** The same on the bare socket of an upgrade or a CONNECT. */
export function refuseSocket(socket: Duplex, status: number, reason: string): void {
  const { text, headers } = refusal(reason);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.on('error', () => {});
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', text].join('\r\n'));
}

/** Reads a small body to its end. False where it was refused for its size or came too slowly. */
export async function readSmallBody(
  req: IncomingMessage,
  res: ServerResponse,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<boolean> {
  const late = setTimeout(() => refuse(req, res, 408, 'The request came too slowly.'), timeoutMs);
  let bytes = Number(req.headers['content-length'] ?? 0);
  try {
    if (bytes <= maxBytes) {
      bytes = 0;
      for await (const chunk of req.iterator({ destroyOnReturn: false })) {
        bytes += (chunk as Buffer).length;
        if (bytes > maxBytes) break;
      }
    }
    if (bytes > maxBytes) refuse(req, res, 413, 'The body is too large.');
  } catch {
    return false; // The other end has left.
  } finally {
    clearTimeout(late);
  }
  return !res.headersSent;
}
