import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectWeb } from '../../../src/renderer/channels/web';
import type { Lab } from '../../../src/shared/contract';
import { labClient } from '../../../src/shared/rpc';
import { temporaryFolder } from '../../support/lab';
import { nodeParts, raw } from './support';

const cli = resolve(__dirname, '../../../out/main/cli.cjs');

const background: ChildProcess[] = [];
afterEach(() => {
  for (const child of background.splice(0)) child.kill('SIGKILL');
});

interface Serving {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  address: string;
  port: number;
  ended: Promise<number | null>;
}

/** Starts the built command and waits for the line with the address. */
async function serve(lab: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Serving> {
  const child = spawn(process.execPath, [cli, '--lab', lab, 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  background.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text;
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const address = await vi.waitFor(
    () => {
      const line = out.split('\n').find((l) => /^http:\/\/127\.0\.0\.1:\d+\/#key=[\w-]{43}$/.test(l));
      if (!line) throw new Error(`no address: ${out}${err}`);
      return line;
    },
    { timeout: 10_000, interval: 20 },
  );
  return { child, out: () => out, err: () => err, address, port: Number(new URL(address).port), ended };
}

async function connected({ address, port }: Serving): Promise<Lab> {
  const { hash, host, pathname } = new URL(address);
  const { channel } = await connectWeb({ hash, host, pathname }, nodeParts(port));
  return labClient(channel);
}

describe('thirty-watts serve', () => {
  it('prints the address, serves page and lab, keeps its key to itself, and Ctrl-C ends it with nothing left', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const host = await serve(lab);
    await vi.waitFor(() => expect(host.out()).toContain('Ctrl-C stops it.'));
    const page = await raw(host.port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\n\r\n`);
    expect(page.codes).toEqual([200]);
    expect(page.text).toContain('<!doctype html>');
    const client = await connected(host);
    await client.buildModel({ family: 'mlp', parameters: 1000 });
    expect((await client.listModels({})).models).toHaveLength(1);

    const key = host.address.split('#key=')[1];
    if (process.platform === 'linux') expect(commandLines()).not.toContain(key);
    const files = readdirSync(lab, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    for (const file of files)
      expect(readFileSync(join(file.parentPath, file.name)).includes(key)).toBe(false);

    host.child.kill('SIGINT');
    expect(await host.ended).toBe(0);
    expect(host.err()).not.toMatch(/Error|Warning|\n\s+at /);
    expect(existsSync(join(lab, 'lock.pid'))).toBe(false);
    expect(readdirSync(lab).filter((n) => n.startsWith('thirty-watts-upload-'))).toEqual([]);
    expect((await raw(host.port, 'GET / HTTP/1.1\r\n\r\n')).codes).toEqual([]);
  }, 30_000);

  it('Ctrl-C while it measures cancels, keeps what was measured, and says so with 130', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const host = await serve(lab);
    const client = await connected(host);
    const started = new Promise<void>((done) => {
      client.onEvent((e) => e.type === 'runChanged' && e.status === 'running' && done());
    });
    await client.startExperiment({
      plan: {
        schema: 'thirtywatts.plan/1',
        name: 'served',
        models: ['mlp:1e3'],
        preset: 'glance',
        windowS: 20,
        callOverhead: false,
      },
    });
    await started;
    host.child.kill('SIGINT');
    expect(await host.ended).toBe(130);
    const { runs } = JSON.parse(
      spawnSync(process.execPath, [cli, '--lab', lab, '--json', 'runs', 'list'], { encoding: 'utf8' }).stdout,
    ) as { runs: { run: { status: string } }[] };
    expect(runs.map((r) => r.run.status)).not.toContain('running');
    expect(runs).toHaveLength(1);
  }, 60_000);

  it('beside another one it opens for reading, and names the other', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const first = await serve(lab);
    const second = await serve(lab);
    await vi.waitFor(() => expect(second.err()).toContain('open for reading only'));
    expect(second.err()).toContain(`process ${first.child.pid}`);
    const client = await connected(second);
    expect((await client.listModels({})).models).toEqual([]);
    await expect(client.buildModel({ family: 'mlp', parameters: 1000 })).rejects.toMatchObject({
      failure: { kind: 'lab_locked' },
    });
    first.child.kill('SIGINT');
    await first.ended;
    const third = await serve(lab, ['--read-only']);
    await vi.waitFor(() => expect(third.err()).toContain('open for reading only, as asked'));
  }, 30_000);

  it('removes what a killed one had been sent', async () => {
    const lab = join(temporaryFolder(), 'lab');
    mkdirSync(join(lab, 'thirty-watts-upload-abc', 'batch'), { recursive: true });
    writeFileSync(join(lab, 'thirty-watts-upload-abc', 'batch', 'm.onnx'), 'x');
    await serve(lab);
    expect(existsSync(join(lab, 'thirty-watts-upload-abc'))).toBe(false);
  });

  it('--open hands the browser an address for one use, and not the key', async () => {
    if (process.platform !== 'linux') return;
    const bin = temporaryFolder();
    const told = join(bin, 'told');
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\necho "$1" > "${told}.part"; mv "${told}.part" "${told}"\n`,
      {
        mode: 0o755,
      },
    );
    const host = await serve(join(temporaryFolder(), 'lab'), ['--open'], {
      PATH: `${bin}:${process.env.PATH}`,
    });
    const opened = await vi.waitFor(() => readFileSync(told, 'utf8').trim(), { timeout: 10_000 });
    expect(opened).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${host.port}/#key=[\\w-]{43}$`));
    expect(opened).not.toBe(host.address);
    const lab = await connected({ ...host, address: opened });
    expect((await lab.listModels({})).models).toEqual([]);
    await expect(connected({ ...host, address: opened })).rejects.toMatchObject({ kind: 'stale' });
  });

  it.each([
    [['--port', '70000'], /whole number from 0 to 65535/, 2],
    [['--port', 'http'], /whole number/, 2],
    [['--read-only'], /no lab|There is/i, 1],
  ])('refuses %j in words', (args, reason, code) => {
    const done = spawnSync(
      process.execPath,
      [cli, '--lab', join(temporaryFolder(), 'lab'), 'serve', ...args],
      {
        encoding: 'utf8',
        timeout: 10_000,
      },
    );
    expect(done.status).toBe(code);
    expect(done.stderr).toMatch(reason);
    expect(done.stderr).not.toMatch(/\n\s+at /);
  });

  it('a port that is taken: says so and leaves the lab', async () => {
    const host = await serve(join(temporaryFolder(), 'lab'));
    const lab = join(temporaryFolder(), 'lab');
    const done = spawnSync(process.execPath, [cli, '--lab', lab, 'serve', '--port', String(host.port)], {
      encoding: 'utf8',
    });
    expect(done.status).toBe(2);
    expect(done.stderr).toContain(`Port ${host.port} is taken by another program.`);
  });
});

/** Of every process that can be seen, with their environment where it can be read. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((n) => /^\d+$/.test(n))
    .flatMap((pid) =>
      ['cmdline', 'environ'].map((file) => {
        try {
          return readFileSync(join('/proc', pid, file), 'latin1');
        } catch {
          return '';
        }
      }),
    )
    .join('\n');
}
