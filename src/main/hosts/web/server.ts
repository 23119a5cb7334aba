import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { LabError } from '../../../shared/errors';
import { type Served, serveLab } from '../../../shared/rpc';
import { readPageFile } from '../pageFiles';
import { answer, answerJson, readSmallBody, refuse, refuseSocket } from './answers';
import { type Credentials, createCredentials } from './credentials';
import { type GuardContext, type GuardedRequest, guard, socketProtocol, type Verdict } from './guard';
import { socketChannel } from './socketChannel';
import { createUploads, type UploadEffects, UploadRefused, type Uploads } from './uploads';

export interface WebLimits {
  headerBytes: number;
  headersTimeoutMs: number;
  /** For the few bytes of a session or ticket request. */
  bodyBytes: number;
  bodyTimeoutMs: number;
  /** An upload may stand still for so long. */
  uploadIdleMs: number;
  connections: number;
  /** Of one message from a page. */
  messageBytes: number;
  /** Waiting for a slow page before it gets no more live readings. */
  bufferBytes: number;
  /** How often connections are looked at for these limits. */
  checkMs: number;
}

const webLimits: WebLimits = {
  headerBytes: 16_384,
  headersTimeoutMs: 10_000,
  bodyBytes: 4096,
  bodyTimeoutMs: 10_000,
  uploadIdleMs: 60_000,
  connections: 64,
  messageBytes: 64 * 2 ** 20,
  bufferBytes: 32 * 2 ** 20,
  checkMs: 2000,
};

export interface WebHostOptions {
  served: Served;
  /** The built page: index.html and what it loads. */
  pageFolder: string;
  /** 0: any free one. */
  port?: number;
  /** Called when a page connects; what it returns, when that page has left. */
  onPage?: () => () => void;
  /** Where uploaded models are kept until they are imported; null: uploads are refused (a lab open for reading). */
  uploads?: UploadEffects | null;
  limits?: Partial<WebLimits>;
  /** Steady clock for the life of tickets, ms. */
  nowMs?: () => number;
  /** The guard; another one only in tests that show what each of its rules keeps out. */
  judge?: (request: GuardedRequest, context: GuardContext) => Verdict;
}

export interface WebHost {
  /** With the key that opens it: for the person only. */
  address: string;
  port: number;
  /** The same for handing to a browser by command line: good for one use within a minute. */
  oneTimeAddress(): string;
  close(): Promise<void>;
}

/**
 * Serves the page and the lab to browsers of this machine: on 127.0.0.1 only, every request and upgrade judged by the
 * guard first. Writes no log. @throws LabError bad_input when the port cannot be had
 */
export async function startWebHost({
  served,
  pageFolder,
  port: wantedPort = 0,
  onPage = () => () => {},
  uploads: uploadEffects = {},
  limits: someLimits = {},
  nowMs,
  judge = guard,
}: WebHostOptions): Promise<WebHost> {
  const limits = { ...webLimits, ...someLimits };
  const credentials = createCredentials(nowMs);
  const uploads = uploadEffects && createUploads(uploadEffects);
  const lab = uploads ? releasing(served, uploads) : served;
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0, // an upload takes as long as it takes; small bodies have a limit of their own
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: 5000,
    insecureHTTPParser: false,
  });
  server.maxConnections = limits.connections;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols: () => socketProtocol,
  });
  let port = 0;
  const verdictOf = ({ method = '', url = '', rawHeaders }: IncomingMessage, upgrade: boolean): Verdict => {
    try {
      return judge({ method, url, rawHeaders, upgrade }, { port, accepted: credentials.accepted() });
    } catch {
      return { allow: false, status: 500, reason: 'This request could not be judged.' };
    }
  };
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    respond(req, res, verdictOf(req, false), { pageFolder, credentials, uploads, limits }).catch(() =>
      refuse(req, res, 500, 'This did not work. Try again.'),
    );
  };
  server.on('request', handle);
  // Without these, Node would answer by itself and past the guard.
  server.on('checkContinue', handle);
  server.on('checkExpectation', handle);
  server.on('connect', (_req, socket) => refuseSocket(socket, 405, 'This method is not used here.'));
  server.on('upgrade', (req, socket, head) => {
    const verdict = verdictOf(req, true);
    if (!verdict.allow) return refuseSocket(socket, verdict.status, verdict.reason);
    if (verdict.route.to !== 'socket') return refuseSocket(socket, 400, 'There is no WebSocket here.');
    credentials.spendTicket(verdict.route.ticket);
    return sockets.handleUpgrade(req, socket, head, (page) => welcome(page, lab, onPage, limits));
  });
  port = await listen(server, wantedPort);
  const addressWith = (key: string) => `http://127.0.0.1:${port}/#key=${key}`;
  return {
    address: addressWith(credentials.key),
    port,
    oneTimeAddress: () => addressWith(credentials.issueOneTimeKey()),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const page of sockets.clients) page.close(1001, 'The lab was closed.');
      const late = setTimeout(() => {
        for (const page of sockets.clients) page.terminate();
      }, 500);
      server.closeAllConnections();
      await closed;
      clearTimeout(late);
      await uploads?.close();
    },
  };
}

function welcome(
  page: WebSocket,
  lab: Served,
  onPage: () => () => void,
  { bufferBytes }: Pick<WebLimits, 'bufferBytes'>,
): void {
  page.on('error', () => {}); // ws closes it with the fitting code by itself
  page.once('close', onPage());
  serveLab(socketChannel(page, bufferBytes), lab);
}

interface Doors {
  pageFolder: string;
  credentials: Credentials;
  uploads: Uploads | null;
  limits: WebLimits;
}

async function respond(
  req: IncomingMessage,
  res: ServerResponse,
  verdict: Verdict,
  { pageFolder, credentials, uploads, limits }: Doors,
): Promise<void> {
  req.on('error', () => {});
  res.on('error', () => {});
  if (!verdict.allow) return refuse(req, res, verdict.status, verdict.reason);
  const { route } = verdict;
  if (req.headers.expect !== undefined) return refuse(req, res, 417, 'Send the body at once.');
  if (route.to === 'page') {
    const file = await readPageFile(pageFolder, req.url ?? '');
    if (!file) return refuse(req, res, 404, 'There is nothing here.');
    return answer(res, 200, file.contentType, file.bytes);
  }
  if (route.to === 'upload') return takeUpload(req, res, uploads, limits);
  if (!(await readSmallBody(req, res, { maxBytes: limits.bodyBytes, timeoutMs: limits.bodyTimeoutMs })))
    return;
  if (route.to === 'session') answerJson(res, { session: credentials.openSession(route.key) });
  else answerJson(res, { ticket: credentials.issueTicket() });
}

async function takeUpload(
  req: IncomingMessage,
  res: ServerResponse,
  uploads: Uploads | null,
  { uploadIdleMs }: Pick<WebLimits, 'uploadIdleMs'>,
): Promise<void> {
  if (!uploads) return refuse(req, res, 409, 'This lab is open for reading only.');
  req.setTimeout(uploadIdleMs, () => {
    refuse(req, res, 408, 'The file came too slowly.');
  });
  const length = req.headers['content-length'];
  const batch = req.headers['x-upload-batch'];
  try {
    const path = await uploads.take({
      target: req.url ?? '',
      batch: typeof batch === 'string' ? batch : undefined,
      contentLength: length === undefined ? null : Number(length),
      body: req,
    });
    answerJson(res, { path });
  } catch (thrown) {
    if (!(thrown instanceof UploadRefused)) throw thrown;
    refuse(req, res, thrown.status, thrown.message);
  }
}

/** The lab with uploads that are removed as soon as they were imported or refused. */
function releasing({ handlers, subscribe }: Served, uploads: Uploads): Served {
  return {
    subscribe,
    handlers: {
      ...handlers,
      importModels: (input) => handlers.importModels(input).finally(() => uploads.release(input.paths)),
      importBundle: (input) => handlers.importBundle(input).finally(() => uploads.release([input.path])),
      // What was refused may be mended and asked for again; what is left goes when the host ends.
      async addDataset(input) {
        const answer = await handlers.addDataset(input);
        const { folder, examples, labels, testExamples, testLabels } = input;
        const given = [folder, examples, labels, testExamples, testLabels];
        await uploads.release(given.filter((path) => path !== null));
        return answer;
      },
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why =
        code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code ?? message})`;
      reject(
        new LabError(
          'bad_input',
          `Port ${port} ${why}.`,
          'Name another with --port, or leave it out for a free one.',
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
