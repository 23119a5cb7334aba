import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testMeterVariable } from '../../src/main/meters/index';
import { childPort, SamplerClient } from '../../src/main/sampler/client';
import { compileStub, hasCompiler, removeStubs } from '../meters/stub/nvmlStub';
import { bundledChild } from '../support/bundle';

const sampler = bundledChild(join(import.meta.dirname, '../../src/main/sampler/index.ts'), ['koffi']);
const folder = dirname(sampler);
const meterFile = join(folder, 'meter.json');
const oneMeter = { meter: 'simulated', sensors: [{ curve: [[0, 40]], tauS: 0.01 }] };
beforeAll(() => writeFileSync(meterFile, JSON.stringify(oneMeter)));
afterAll(removeStubs);

const options = { userTdpW: null };

function start(environment: Record<string, string> = {}) {
  const env = { ...process.env, ...environment };
  const child = fork(sampler, [], {
    serialization: 'advanced',
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const client = new SamplerClient({
    launch: () => childPort(child),
    nowNs: () => process.hrtime.bigint(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  });
  return { child, client };
}

const gone = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A dead process that nobody has waited for yet is still listed, as a zombie.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Not within 5 s: ${what}`);
}

describe('the sampler as a process', () => {
  it('looks for meters, reads edges near their times on the lab’s own clock, and ends', async () => {
    const { client, child } = start({ [testMeterVariable]: meterFile });
    const reports = await client.probe(options);
    expect(reports).toMatchObject([{ provider: 'simulated', result: { status: 'ok' } }]);
    await client.open(['simulated:power'], options);
    const now = process.hrtime.bigint();
    const [open, close] = await client.edges('w', [now + 50_000_000n, now + 250_000_000n]);
    const after = process.hrtime.bigint();
    const stamps = [open!.readings[0]!.t0, close!.readings[0]!.t1];
    // Only the order is certain on a busy machine.
    expect(stamps[0]).toBeGreaterThan(now);
    expect(stamps[1]).toBeGreaterThan(stamps[0]!);
    expect(stamps[1]).toBeLessThan(after);
    expect(typeof open!.readings[0]!.raw).toBe('bigint');
    await client.close();
    await gone(child);
  });

  it('reports this machine’s meters without a test meter, none of them made up', async () => {
    const { client, child } = start({ [testMeterVariable]: '' });
    const reports = await client.probe(options);
    expect(reports.map((r) => r.provider)).not.toContain('simulated');
    for (const { result } of reports) {
      if (result.status !== 'ok') expect(result.reason).toMatch(/\.|\)$/);
    }
    await client.close();
    await gone(child);
  });

  it.skipIf(!hasCompiler())('reads a native library', async () => {
    const { client, child } = start();
    const withStub = { userTdpW: null, libraries: { nvml: [compileStub()] } };
    const reports = await client.probe(withStub);
    expect(reports[0]).toMatchObject({ provider: 'nvml', result: { status: 'ok' } });
    await client.open(['nvml:GPU-stub-0:energy'], withStub);
    const [edge] = await client.edges('one', [process.hrtime.bigint()]);
    expect(edge!.readings).toMatchObject([{ raw: 5_000_000n, error: null }]);
    expect(edge!.health).toMatchObject({ nvml: { tempC: 61, powerLimitW: 320 } });
    await client.close();
    await gone(child);
  });

  it('that is killed costs the lab only an error', async () => {
    const { client, child } = start({ [testMeterVariable]: meterFile });
    await client.probe(options);
    const lost = new Promise((resolve) => client.onLost(resolve));
    const edges = client.edges('w', [process.hrtime.bigint() + 60_000_000_000n]);
    child.kill('SIGKILL');
    await expect(edges).rejects.toMatchObject({
      kind: 'sampler_lost',
      message: expect.stringContaining('SIGKILL'),
    });
    expect(await lost).toMatchObject({ kind: 'sampler_lost' });
  });

  it('that cannot be started is lost, not waited for', async () => {
    const child = spawn('/nowhere/node', [], { stdio: 'ignore' });
    const client = new SamplerClient({
      launch: () => childPort(child),
      nowNs: () => process.hrtime.bigint(),
      after: () => () => {},
    });
    await expect(client.probe(options)).rejects.toMatchObject({
      message: expect.stringContaining('could not be started'),
    });
  });

  it.each(['stopped', 'running'])('dies with the lab, even %s', async (state) => {
    // A lab that starts a sampler, tells its pid and is then killed; a stopped sampler cannot see its channel close.
    const lab = join(folder, 'lab.cjs');
    writeFileSync(
      lab,
      `const child = require('node:child_process').fork(${JSON.stringify(sampler)}, [], { serialization: 'advanced' });
       child.on('message', () => process.send(child.pid));
       child.send({ type: 'probe', request: 1, options: { userTdpW: null } });
       setInterval(() => {}, 1000);`,
    );
    const child = fork(lab, [], { env: { ...process.env, [testMeterVariable]: meterFile } });
    const pid = await new Promise<number>((resolve) => child.once('message', (m) => resolve(m as number)));
    expect(alive(pid)).toBe(true);
    if (state === 'stopped' && process.platform === 'linux') process.kill(pid, 'SIGSTOP');
    child.kill('SIGKILL');
    await gone(child);
    try {
      await until(() => !alive(pid), 'the sampler ends');
    } finally {
      if (alive(pid)) process.kill(pid, 'SIGKILL');
    }
  });
});
