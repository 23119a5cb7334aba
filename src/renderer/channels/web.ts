import { LabError } from '../../shared/errors';
import type { Channel } from '../../shared/rpc';
import { decodeMessage, encodeMessage } from '../../shared/wire';
import { browserDoor } from './browserDoor';
import { type Connection, type DroppedFile, NoConnection } from './door';

interface HttpRequest {
  method: 'POST' | 'PUT';
  path: string;
  headers: Record<string, string>;
  body: string | Blob;
  /** Bytes of the body that have left so far. */
  onSent?: (bytes: number) => void;
}

/** What is needed of the browser. */
export interface BrowserParts {
  /** Rejects where there is no answer at all. */
  send(request: HttpRequest): Promise<{ status: number; text: string }>;
  openSocket(url: string, protocols: string[]): WebSocket;
  /** sessionStorage: of this tab alone, and outlives a reload. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Replaces the address without a new entry in the history. */
  replaceAddress(path: string): void;
}

const sessionItem = 'thirty-watts-session';
const protocol = 'thirty-watts';
const words = {
  stale:
    'This tab belongs to an earlier start of the lab. Open the address that `thirty-watts serve` printed.',
  noKey: 'This address lacks its key. Open the whole address that `thirty-watts serve` printed.',
  unreachable: 'The lab does not answer. Is `thirty-watts serve` still running?',
  closed: 'The connection to the lab was closed.',
} as const;

const browser: BrowserParts = {
  send: sendByXhr,
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  get storage() {
    return sessionStorage;
  },
  replaceAddress: (path) => history.replaceState(history.state, '', path),
};

/**
 * Connects the page to the lab that served it. The key in the address is exchanged for a session of this tab and leaves
 * the address bar; the session survives a reload, and ends with the tab or with the host. Called again after the
 * connection was lost, it connects with the same session. @throws NoConnection
 */
export async function connectWeb(
  { hash, host, pathname }: Pick<Location, 'hash' | 'host' | 'pathname'>,
  parts: BrowserParts = browser,
): Promise<Connection> {
  const fragment = new URLSearchParams(hash.slice(1));
  const key = fragment.get('key');
  if (key !== null) {
    const { session } = await ask<{ session: string }>(parts, '/session', key);
    parts.storage.setItem(sessionItem, session);
    fragment.delete('key');
    const rest = fragment.toString();
    parts.replaceAddress(rest ? `${pathname}#${rest}` : pathname);
  }
  const session = parts.storage.getItem(sessionItem);
  if (session === null) throw new NoConnection('stale', words.noKey);
  const { ticket } = await ask<{ ticket: string }>(parts, '/ticket', session);
  const socket = parts.openSocket(`ws://${host}/lab`, [protocol, `ticket.${ticket}`]);
  socket.binaryType = 'arraybuffer';
  const channel = channelOf(socket);
  await opened(socket);
  return {
    channel,
    door: browserDoor((files, progress) => upload(parts, session, files, progress)),
  };
}

/** A WebSocket as a channel. What arrives before the listener is kept for it. */
function channelOf(socket: WebSocket): Channel {
  let early: unknown[] = [];
  let listener: ((message: unknown) => void) | null = null;
  let closed: string | null = null;
  const closeListeners = new Set<(why: string) => void>();
  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    const message = decodeMessage(new Uint8Array(data));
    if (listener) listener(message);
    else early.push(message);
  });
  socket.addEventListener('close', ({ reason }) => {
    closed = reason || words.closed;
    for (const tell of closeListeners) tell(closed);
  });
  return {
    post(message) {
      if (socket.readyState === socket.OPEN) socket.send(encodeMessage(message));
    },
    onMessage(next) {
      listener = next;
      for (const message of early) next(message);
      early = [];
    },
    close: () => socket.close(),
    onClose(tell) {
      if (closed === null) closeListeners.add(tell);
      else tell(closed);
    },
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('close', () => reject(new NoConnection('unreachable', words.unreachable)), {
      once: true,
    });
  });
}

async function ask<T>(parts: BrowserParts, path: string, secret: string): Promise<T> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const answer = await parts.send({ method: 'POST', path, headers, body: '{}' }).catch(() => null);
  if (!answer) throw new NoConnection('unreachable', words.unreachable);
  if (answer.status === 401) {
    parts.storage.removeItem(sessionItem);
    throw new NoConnection('stale', words.stale);
  }
  if (answer.status !== 200) throw new NoConnection('unreachable', answer.text.trim());
  return JSON.parse(answer.text) as T;
}

/**
 * Sends models and what may be their external data into one folder of the host, and answers with the paths of the
 * models. The host removes the folder when they were imported. Throws LabError.
 */
async function upload(
  parts: BrowserParts,
  session: string,
  files: readonly DroppedFile[],
  progress: (share: number) => void,
): Promise<string[]> {
  const { models, others } = sortFiles(files);
  const all = [...others, ...models];
  const totalBytes = all.reduce((sum, { file }) => sum + file.size, 0);
  const batch = crypto.randomUUID();
  const paths: string[] = [];
  let sentBytes = 0;
  for (const { name, file } of all) {
    const answer = await parts
      .send({
        method: 'PUT',
        path: `/upload/${pathOf(name).split('/').map(encodeURIComponent).join('/')}`,
        headers: {
          authorization: `Bearer ${session}`,
          'content-type': 'application/octet-stream',
          'x-upload-batch': batch,
        },
        body: file,
        onSent: (bytes) => progress(totalBytes > 0 ? Math.min((sentBytes + bytes) / totalBytes, 1) : 1),
      })
      .catch(() => null);
    if (!answer)
      throw new LabError('connection_lost', `${name} could not be sent to the lab.`, words.unreachable);
    if (answer.status !== 200) throw refusedUpload(name, answer.status, answer.text.trim());
    sentBytes += file.size;
    paths.push((JSON.parse(answer.text) as { path: string }).path);
  }
  return paths.slice(others.length);
}

/**
 * Which files are models, and which have to come along: external data lies in the folder of its model or below. Files
 * chosen one by one, without a model's ending among them, are all taken for models, so that each gets its own reason.
 */
export function sortFiles(files: readonly DroppedFile[]): { models: DroppedFile[]; others: DroppedFile[] } {
  const models = files.filter(({ name }) => /\.onnx$/i.test(name));
  if (models.length === 0) {
    if (files.every(({ name }) => !pathOf(name).includes('/'))) return { models: [...files], others: [] };
    throw new LabError(
      'not_a_model',
      `None of these ${files.length} files is an ONNX model.`,
      'Choose .onnx files, or a folder that holds some.',
    );
  }
  const folders = models.map(({ name }) => pathOf(name).replace(/[^/]*$/, ''));
  const others = files.filter(
    (f) => !models.includes(f) && folders.some((folder) => pathOf(f.name).startsWith(folder)),
  );
  return { models, others };
}

const pathOf = (name: string) => name.replace(/^\/+/, '');

function refusedUpload(name: string, status: number, sentence: string): LabError {
  if (status === 401) return new LabError('connection_lost', words.stale);
  if (status === 507) return new LabError('no_space', sentence, 'Free some space and try again.');
  if (status === 409) return new LabError('lab_locked', `${name}: ${sentence}`);
  return new LabError('bad_input', `${name}: ${sentence}`, 'Rename or choose another file and try again.');
}

/** fetch tells nothing about how much of a body has left; XMLHttpRequest does. */
function sendByXhr({
  method,
  path,
  headers,
  body,
  onSent,
}: HttpRequest): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, path);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    if (onSent) xhr.upload.onprogress = ({ loaded }) => onSent(loaded);
    xhr.onload = () => resolve({ status: xhr.status, text: xhr.responseText });
    xhr.onerror = () => reject(new Error('no answer'));
    xhr.send(body);
  });
}
