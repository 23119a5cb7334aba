import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { connectWeb } from '../../../src/renderer/channels/web';
import type { LabEvent } from '../../../src/shared/contract';
import { LabError } from '../../../src/shared/errors';
import { labClient } from '../../../src/shared/rpc';
import { encodeMessage } from '../../../src/shared/wire';
import { temporaryFolder } from '../../support/lab';
import { fakeLab, nodeParts, post, raw, type TestHost, testHost } from './support';

const place = (host: { port: number }, hash = '') => ({
  hash,
  host: `127.0.0.1:${host.port}`,
  pathname: '/',
});

/** The page's own code, connected. */
async function connected(host: TestHost) {
  const { channel, door } = await connectWeb(place(host, `#key=${host.key}`), nodeParts(host.port));
  return { lab: labClient(channel), channel, door };
}

async function bareSocket(host: TestHost): Promise<WebSocket> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${host.port}/lab`,
    ['thirty-watts', `ticket.${await host.ticket()}`],
    { origin: `http://127.0.0.1:${host.port}` },
  );
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

const closeCode = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));

describe('the lab over a WebSocket', () => {
  it('answers calls, and columns and bigints survive', async () => {
    const columns = {
      values: new Float64Array([1.5, 2.5]),
      times: new BigInt64Array([2n ** 62n]),
      at: 2n ** 60n,
    };
    const host = await testHost({ served: fakeLab({ runColumns: async () => columns as never }).served });
    const { lab } = await connected(host);
    expect(await lab.runColumns({ run: 'abcd' })).toEqual(columns);
  });

  it('carries a refusal with its words, and refuses what does not fit the schema', async () => {
    const host = await testHost({
      served: fakeLab({
        verify: () => Promise.reject(new LabError('lab_damaged', 'It is broken.', 'Mend it.')),
      }).served,
    });
    const { lab } = await connected(host);
    await expect(lab.verify({})).rejects.toMatchObject({
      failure: { kind: 'lab_damaged', message: 'It is broken.', remedy: 'Mend it.' },
    });
    await expect(lab.showRun({ run: 7 } as never)).rejects.toMatchObject({ failure: { kind: 'bad_input' } });
  });

  it('pushes events to every page, and stops when a page leaves', async () => {
    const { served, listeners, push } = fakeLab();
    const pages: string[] = [];
    const host = await testHost({
      served,
      onPage: () => {
        pages.push('came');
        return () => pages.push('left');
      },
    });
    const seen: LabEvent[] = [];
    const { lab } = await connected(host);
    const stop = lab.onEvent((event) => seen.push(event));
    const other = await bareSocket(host);
    push({ type: 'changed', what: 'models' });
    await vi.waitFor(() => expect(seen).toEqual([{ type: 'changed', what: 'models' }]));
    expect(listeners.size).toBe(2);
    stop();
    other.close();
    await vi.waitFor(() => expect(listeners.size).toBe(1));
    await vi.waitFor(() => expect(pages).toEqual(['came', 'came', 'left']));
  });

  it('closing the host rejects every call that waits and every later one', async () => {
    const host = await testHost({ served: fakeLab({ verify: () => new Promise(() => {}) }).served });
    const { lab } = await connected(host);
    const waiting = lab.verify({});
    waiting.catch(() => {});
    await host.close();
    await expect(waiting).rejects.toMatchObject({
      failure: { kind: 'connection_lost', message: 'The lab was closed.' },
    });
    await expect(lab.verify({})).rejects.toMatchObject({ failure: { kind: 'connection_lost' } });
  });

  it.each([
    ['no live readings beyond the limit', 4 * 2 ** 20, 20],
    ['all of them without a limit (control)', Number.POSITIVE_INFINITY, 101],
  ])('a page that reads nothing gets every reply and %s', async (_, bufferBytes, fewerThan) => {
    const { served, push } = fakeLab({ labInfo: async () => ({ folder: 'x'.repeat(100) }) as never });
    const host = await testHost({ served, limits: { bufferBytes } });
    const socket = await bareSocket(host);
    socket.pause();
    const samples = {
      type: 'samples',
      experimentId: 'e',
      runId: 'r',
      power: [{ values: new Float64Array(2 ** 17) }],
      latency: null,
    } as unknown as LabEvent;
    for (let i = 0; i < 100; i++) push(samples);
    for (let i = 0; i < 20; i++) push({ type: 'changed', what: 'runs' });
    const kinds: string[] = [];
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1', 0, 200);
      kinds.push(['samples', 'changed', 'reply'].find((k) => text.includes(k)) ?? '?');
    });
    socket.send(encodeMessage({ kind: 'request', seq: 1, name: 'labInfo', input: {} }));
    socket.resume();
    await vi.waitFor(() => expect(kinds).toContain('reply'));
    expect(kinds.filter((k) => k === 'changed')).toHaveLength(20);
    const arrived = kinds.filter((k) => k === 'samples').length;
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(fewerThan);
    if (bufferBytes > 1e9) expect(arrived).toBe(100);
    socket.terminate();
  });

  it.each([
    ['text', (s: WebSocket) => s.send('{}'), 1003],
    ['bytes that are no message', (s: WebSocket) => s.send(new Uint8Array([0xc1])), 1007],
    ['a message that is no object', (s: WebSocket) => s.send(encodeMessage(null)), 1007],
    ['more than it may', (s: WebSocket) => s.send(new Uint8Array(2 ** 20 + 1)), 1009],
  ])('closes on %s, and others go on', async (_, act, code) => {
    const host = await testHost({
      served: fakeLab({ listModels: async () => ({ models: [] }) }).served,
      limits: { messageBytes: 2 ** 20 },
    });
    const socket = await bareSocket(host);
    const closed = closeCode(socket);
    act(socket);
    expect(await closed).toBe(code);
    const { lab } = await connected(host);
    expect(await lab.listModels({})).toEqual({ models: [] });
  });

  it('a frame that says it has 1 GiB closes the connection before its bytes come', async () => {
    const host = await testHost();
    const upgrade = [
      'GET /lab HTTP/1.1',
      `Host: 127.0.0.1:${host.port}`,
      `Origin: http://127.0.0.1:${host.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: thirty-watts, ticket.${await host.ticket()}`,
      '',
      '',
    ].join('\r\n');
    const frame = new Uint8Array(1014);
    frame.set([0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]);
    const answer = await raw(host.port, upgrade, { more: frame });
    expect(answer.codes).toEqual([101]);
    expect(answer.end).toBe('closed');
  });
});

describe('the page’s connection', () => {
  it('takes the key out of the address, keeps the session for a reload, and connects again', async () => {
    const host = await testHost({ served: fakeLab({ listModels: async () => ({ models: [] }) }).served });
    const kept = new Map<string, string>();
    const parts = { ...nodeParts(host.port, kept), replaceAddress: vi.fn() };
    await connectWeb(place(host, `#key=${host.key}&page=runs`), parts);
    expect(parts.replaceAddress).toHaveBeenCalledWith('/#page=runs');
    expect([...kept.values()]).not.toContain(host.key);
    const { channel } = await connectWeb(place(host, '#page=runs'), parts);
    expect(await labClient(channel).listModels({})).toEqual({ models: [] });
  });

  it('a tab of an earlier start is told so in words; so are an address without its key and a host that is gone', async () => {
    const kept = new Map<string, string>();
    const first = await testHost();
    await connectWeb(place(first, `#key=${first.key}`), nodeParts(first.port, kept));
    const { port } = first;
    await first.close();
    await expect(connectWeb(place(first), nodeParts(port, kept))).rejects.toMatchObject({
      kind: 'unreachable',
    });
    const second = await testHost({ port });
    await expect(connectWeb(place(second), nodeParts(port, kept))).rejects.toMatchObject({
      kind: 'stale',
      message: expect.stringContaining('earlier start of the lab'),
    });
    await expect(connectWeb(place(second, `#key=${first.key}`), nodeParts(port))).rejects.toMatchObject({
      kind: 'stale',
    });
    await expect(connectWeb(place(second), nodeParts(port))).rejects.toThrow(/lacks its key/);
  });
});

describe('uploads', () => {
  const upload = (
    host: TestHost,
    name: string,
    body: string | Uint8Array,
    headers: Record<string, string | undefined> = {},
  ) =>
    post(host.port, `/upload/${name}`, host.session, {
      method: 'PUT',
      type: 'application/octet-stream',
      body,
      headers: { 'x-upload-batch': 'batch-0001', ...headers },
    });

  it('keeps a model and its external data together, hands the model on, and removes both after the import', async () => {
    const parent = temporaryFolder();
    const seen: { path: string; files: string[]; text: string }[] = [];
    const { served } = fakeLab({
      importModels: async ({ paths }) => {
        const [path] = paths;
        seen.push({ path, files: readdirSync(dirname(path)).sort(), text: readFileSync(path, 'utf8') });
        return { imported: [], refused: [] };
      },
    });
    const host = await testHost({ served, uploads: { parent } });
    const { lab, door } = await connected(host);
    const file = (name: string, text: string) => ({ name, file: new File([text], name) });
    const shares: number[] = [];
    const paths = await door.acceptDrop(
      [file('dir/m é.onnx', 'model'), file('dir/data/w.bin', 'weights'), file('photos/p.jpg', 'photo')],
      (share) => shares.push(share),
    );
    expect(paths).toHaveLength(1);
    await lab.importModels({ paths: paths! });
    expect(seen[0]).toMatchObject({ files: ['data', 'm é.onnx'], text: 'model' });
    expect(existsSync(seen[0].path)).toBe(false);
    expect(readdirSync(join(parent, readdirSync(parent)[0]))).toEqual([]);
    await host.close();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('hands the zip of a bundle on, and removes it after the import, also where that is refused', async () => {
    const parent = temporaryFolder();
    const seen: string[] = [];
    const { served } = fakeLab({
      importBundle: async ({ path }) => {
        seen.push(path);
        expect(readFileSync(path, 'utf8')).toBe('bundle');
        throw new LabError('bad_input', 'data/runs.csv is not what its sum says.');
      },
    });
    const host = await testHost({ served, uploads: { parent } });
    const { lab, door } = await connected(host);
    const zip = { name: 'ladder.zip', file: new File(['bundle'], 'ladder.zip') };
    const [path] = (await door.acceptDrop([zip], () => {}))!;
    expect(existsSync(path!)).toBe(true);
    await expect(lab.importBundle({ path: path! })).rejects.toMatchObject({
      failure: { message: 'data/runs.csv is not what its sum says.' },
    });
    expect(seen).toEqual([path]);
    expect(existsSync(path!)).toBe(false);
    await host.close();
  });

  it('a dropped folder without a model is refused before anything is sent; single files are each judged by the lab', async () => {
    const host = await testHost();
    const { door } = await connected(host);
    const photo = { name: 'holiday/p.jpg', file: new File(['x'], 'p.jpg') };
    await expect(door.acceptDrop([photo, photo], () => {})).rejects.toMatchObject({
      failure: { kind: 'not_a_model', message: expect.stringContaining('None of these 2 files') },
    });
    expect(await door.acceptDrop([{ ...photo, name: 'p.jpg' }], () => {})).toHaveLength(1);
  });

  it.each([
    ['too large by what it says', 413, { maxBytes: 10 }, {}],
    [
      'too large by what comes',
      413,
      { maxBytes: 10 },
      { 'content-length': undefined, 'transfer-encoding': 'chunked' },
    ],
    ['too large for the disk', 507, { freeBytes: async () => 2 ** 30 + 10 }, {}],
  ])('refuses a file that is %s, and leaves nothing', async (_, status, effects, headers) => {
    const parent = temporaryFolder();
    const host = await testHost({ uploads: { parent, ...effects } });
    const answer = await upload(host, 'm.onnx', new Uint8Array(100_000), headers);
    expect(answer.status).toBe(status);
    const left = readdirSync(parent, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    expect(left).toEqual([]);
  });

  it('refuses a second file of the same name, and every file for a lab that is only read', async () => {
    const host = await testHost();
    expect((await upload(host, 'm.onnx', 'a')).status).toBe(200);
    expect((await upload(host, 'm.onnx', 'b')).status).toBe(409);
    const reader = await testHost({ uploads: null });
    expect(await upload(reader, 'm.onnx', 'a')).toEqual({
      status: 409,
      text: 'This lab is open for reading only.\n',
    });
  });

  it('a page that leaves in the middle leaves no file', async () => {
    const parent = temporaryFolder();
    const host = await testHost({ uploads: { parent } });
    const files = () =>
      readdirSync(parent, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length;
    const socket = connect(host.port, '127.0.0.1');
    socket.write(
      `PUT /upload/m.onnx HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nOrigin: http://127.0.0.1:${host.port}\r\nAuthorization: Bearer ${host.session}\r\nX-Upload-Batch: batch-0001\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nhalf`,
    );
    await vi.waitFor(() => expect(files()).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(files()).toBe(0));
  });
});

describe('limits', () => {
  it('is bound to 127.0.0.1 only', async () => {
    const host = await testHost();
    const reached = (address: string, port = host.port) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ port, host: address });
        const answer = (is: boolean) => {
          socket.destroy();
          resolve(is);
        };
        socket.setTimeout(2000, () => answer(false));
        socket.on('connect', () => answer(true)).on('error', () => answer(false));
      });
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .map((i) => i.address)
      .filter((a) => a !== '127.0.0.1' && !a.startsWith('fe80'));
    expect(await reached('127.0.0.1')).toBe(true);
    // Control: what is bound to every address is reached by the same means.
    const wide = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => wide.once('listening', resolve));
    expect(await reached('127.0.0.2', (wide.address() as AddressInfo).port)).toBe(true);
    wide.close();
    for (const address of [...others, '127.0.0.2', '::1'])
      expect([address, await reached(address)]).toEqual([address, false]);
  });

  const head = (host: TestHost, line: string, ...headers: string[]) =>
    [line, `Host: 127.0.0.1:${host.port}`, ...headers, '', ''].join('\r\n');

  it('headers of 70 kB: 431; a body of 1 GB that nobody wants: 413 before it comes', async () => {
    const host = await testHost();
    expect((await raw(host.port, head(host, 'GET / HTTP/1.1', `X: ${'a'.repeat(70_000)}`))).codes).toEqual([
      431,
    ]);
    const origin = `Origin: http://127.0.0.1:${host.port}`;
    const rest = ['Content-Type: application/json', `Authorization: Bearer ${host.key}`, origin];
    const answer = await raw(
      host.port,
      head(host, 'POST /session HTTP/1.1', ...rest, 'Content-Length: 1000000000'),
    );
    expect(answer).toMatchObject({ codes: [413], end: 'closed' });
    const chunked = head(host, 'POST /session HTTP/1.1', ...rest, 'Transfer-Encoding: chunked');
    const body = `2000\r\n${'x'.repeat(0x2000)}\r\n0\r\n\r\n`;
    expect(await raw(host.port, chunked + body)).toMatchObject({ codes: [413], end: 'closed' });
  });

  it('half a header, half a body, half a file: 408', async () => {
    const host = await testHost({
      limits: { headersTimeoutMs: 200, bodyTimeoutMs: 200, uploadIdleMs: 200, checkMs: 50 },
    });
    expect(await raw(host.port, 'GET / HTTP/1.1\r\nHost: ')).toMatchObject({ codes: [408], end: 'closed' });
    const origin = `Origin: http://127.0.0.1:${host.port}`;
    const session = [`Authorization: Bearer ${host.key}`, origin, 'Content-Type: application/json'];
    expect(
      await raw(host.port, `${head(host, 'POST /session HTTP/1.1', ...session, 'Content-Length: 10')}{`),
    ).toMatchObject({ codes: [408], end: 'closed' });
    const file = [`Authorization: Bearer ${host.session}`, origin, 'Content-Type: application/octet-stream'];
    expect(
      await raw(
        host.port,
        `${head(host, 'PUT /upload/m.onnx HTTP/1.1', ...file, 'X-Upload-Batch: batch-0001', 'Content-Length: 10')}{`,
      ),
    ).toMatchObject({ codes: [408], end: 'closed' });
  });

  it('200 connections that say nothing are held at the limit and let go; a page that was there goes on', async () => {
    const host = await testHost({
      served: fakeLab({ listModels: async () => ({ models: [] }) }).served,
      limits: { connections: 32, headersTimeoutMs: 300, checkMs: 50 },
    });
    const { lab } = await connected(host);
    let open = 0;
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(host.port, '127.0.0.1', () => {
        open += 1;
        socket.write('GET / HTTP/1.1\r\nHo');
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        open -= 1;
      });
      return socket.resume();
    });
    expect(await lab.listModels({})).toEqual({ models: [] });
    await vi.waitFor(() => expect(sockets.every((s) => s.closed)).toBe(true), 10_000);
    expect(open).toBeLessThanOrEqual(0);
    expect((await raw(host.port, head(host, 'GET / HTTP/1.1'))).codes).toEqual([200]);
  });

  it('a port that is taken is refused in words', async () => {
    const { port } = await testHost();
    await expect(testHost({ port })).rejects.toMatchObject({
      failure: { kind: 'bad_input', message: `Port ${port} is taken by another program.` },
    });
  });
});
