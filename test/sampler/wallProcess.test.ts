import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sensorWindow } from '../../src/main/lab/sensorWindow';
import type { EnvOptions } from '../../src/main/meters';
import { childPort, SamplerClient } from '../../src/main/sampler/client';
import { steadyClock } from '../../src/main/sampler/steadyClock';
import { readingsOf } from '../../src/main/sampler/trace';
import type { Reading } from '../../src/shared/meter';
import { sensorsOf } from '../meters/support';
import { goodAnswer, json, meterOf, wallServer } from '../meters/wallServer';
import { bundledChild } from '../support/bundle';

const program = bundledChild(join(import.meta.dirname, '../../src/main/sampler/index.ts'), ['koffi']);

/** A sampler in a process of its own; everything that it says as text. */
function start() {
  const child = fork(program, [], {
    serialization: 'advanced',
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  child.on('message', (message) => {
    said.push(JSON.stringify(message, (_, v) => (typeof v === 'bigint' ? String(v) : v)));
  });
  return { child, said, client: new SamplerClient({ launch: () => childPort(child), ...steadyClock }) };
}

const until = async (holds: () => boolean) => {
  const from = Date.now();
  while (!holds()) {
    if (Date.now() - from > 15_000) throw new Error('Not within 15 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a wall meter in the sampler process', () => {
  it('is asked at its interval, its readings arrive, and a window of it is judged', async () => {
    let watts = 60;
    let seq = 0;
    const address = await wallServer((request, response) => {
      watts += 0.1;
      json({ ...goodAnswer, watts, seq: ++seq, energy_j: undefined })(request, response);
    });
    const { client } = start();
    const options: EnvOptions = {
      userTdpW: null,
      wallMeters: [meterOf('generic', { address, intervalS: 0.2 })],
      calibrations: {
        'wall:w1:power': {
          id: 'cal-1',
          gain: 2,
          offsetW: 0,
          gainRel1s: 0.01,
          offsetW1s: 0,
          atUnixMs: 1,
          against: 'x',
        },
      },
    };
    const reports = await client.probe(options);
    const [info] = sensorsOf(reports.find((r) => r.provider === 'wall')!.result);
    expect(info).toMatchObject({ id: 'wall:w1:power', calibration: { id: 'cal-1' }, gainRel1s: 0.01 });
    await client.open([info.id], options);
    const trace: Reading[] = [];
    client.onTrace((batch) => trace.push(...readingsOf(batch)));
    client.trace(10);
    const good = () => trace.filter((r) => typeof r.raw === 'number').length;
    await until(() => good() >= 8);
    const values = trace.flatMap((r) => (typeof r.raw === 'number' ? [r.raw] : []));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
    const now = process.hrtime.bigint();
    const [open, close] = await client.edges('w', [now + 50_000_000n, now + 550_000_000n]);
    const reads = {
      open: open.readings[0],
      close: close.readings[0],
      trace,
      powerLimitW: null,
      loaded: true,
    };
    const { energy } = sensorWindow(info, reads, 'READ_FAILED');
    // Half a second is no window for a plug; that it was one is stored.
    expect(energy).toMatchObject({ energyJ: null, code: 'WINDOW_TOO_SHORT', fromNs: expect.any(BigInt) });
    expect(Number(energy.toNs! - energy.fromNs!) / 1e9).toBeCloseTo(0.5, 1);
    await client.close();
    const asked = seq;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(seq).toBe(asked);
  });

  it('that breaks becomes failed reads; its token is sent to it and said to nobody', async () => {
    let broken = false;
    const tokens = new Set<string | undefined>();
    const address = await wallServer((request, response) => {
      tokens.add(request.headers.authorization);
      if (broken) response.writeHead(302, { location: 'http://8.8.8.8/' }).end();
      else json({ state: '61.5', attributes: { unit_of_measurement: 'W' } })(request, response);
    });
    const { client, said } = start();
    const meter = meterOf('homeassistant', { address, intervalS: 0.2, token: 'S3CRET', entity: 'sensor.x' });
    const options: EnvOptions = { userTdpW: null, wallMeters: [meter] };
    const [info] = sensorsOf((await client.probe(options)).find((r) => r.provider === 'wall')!.result);
    await client.open([info.id], options);
    const trace: Reading[] = [];
    client.onTrace((batch) => trace.push(...readingsOf(batch)));
    client.trace(10);
    await until(() => trace.some((r) => r.raw === 61.5));
    broken = true;
    await until(() => trace.some((r) => r.error?.code === 'REDIRECTED'));
    expect(trace.every((r) => r.raw === null || r.raw === 61.5)).toBe(true);
    await client.close();
    expect([...tokens]).toEqual(['Bearer S3CRET']);
    expect(said.length).toBeGreaterThan(3);
    expect(said.join('')).not.toContain('S3CRET');
  });
});
