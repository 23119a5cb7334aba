import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goodAnswer, json, wallServer } from '../meters/wallServer';
import { temporaryFolder } from '../support/lab';

const cli = resolve(__dirname, process.env.TW_CLI ?? '../../out/main/cli.cjs');

/** Runs the built command line as a user would, while this process plays the meter. */
function thirtyWatts(
  lab: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [cli, '--lab', lab, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  return new Promise((done) => child.once('close', (code) => done({ code, ...said })));
}

describe('thirty-watts meters', () => {
  it('adds a wall meter that answers, lists it without its token, asks it and removes it', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const tokenFile = join(temporaryFolder(), 'token');
    writeFileSync(tokenFile, 'S3CRET\n');
    const tokens: (string | undefined)[] = [];
    const address = await wallServer((request, response) => {
      tokens.push(request.headers.authorization);
      json({ state: '61.5', attributes: { unit_of_measurement: 'W' } })(request, response);
    });
    const home = ['--kind', 'homeassistant', '--entity', 'sensor.x', '--token-file', tokenFile];
    const added = await thirtyWatts(lab, 'meters', 'add-wall', address, ...home, '--label', 'Desk');
    expect(added).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^Added Desk as w.*\nShows 61\.5 W/),
    });
    expect(tokens).toEqual(['Bearer S3CRET']);
    const listed = await thirtyWatts(lab, '--json', 'meters');
    expect(listed.out).not.toContain('S3CRET');
    const { id } = JSON.parse(listed.out).wallMeters[0] as { id: string };
    const table = await thirtyWatts(lab, 'meters', 'list');
    expect(table.out.split('\n')[1].split('\t').slice(0, 2)).toEqual([id, 'Desk']);
    expect(await thirtyWatts(lab, 'meters', 'test-wall', id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('61.5 W'),
    });
    expect((await thirtyWatts(lab, 'meters', 'remove-wall', id)).code).toBe(0);
    expect((await thirtyWatts(lab, 'meters')).out).toContain('No wall meters.');
  }, 60_000);

  it('refuses in words what it cannot use, and stores nothing', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const address = await wallServer(json(goodAnswer));
    expect(await thirtyWatts(lab, 'meters', 'add-wall', '8.8.8.8')).toMatchObject({
      code: 1,
      err: expect.stringContaining('not in your own network'),
    });
    expect(await thirtyWatts(lab, 'meters', 'add-wall', address, '--kind', 'shelly2')).toMatchObject({
      code: 1,
      err: expect.stringContaining('apower'),
    });
    expect((await thirtyWatts(lab, '--json', 'meters')).out).toContain('"wallMeters": []');
  }, 60_000);

  it('calibrates from loads or a gain, and revokes', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const calibrate = ['meters', 'calibrate', 'nvml:GPU-0:energy', '--against', 'Analyser'];
    const pairs = ['--pair', 'shown=24,true=20', '--pair', 'shown=134,true=120'];
    expect((await thirtyWatts(lab, ...calibrate, ...pairs)).out).toContain(
      'shows 1.1000 × true power + 2.00 W',
    );
    const typed = await thirtyWatts(lab, '--json', ...calibrate, '--gain', '1.02', '--offset', '-1.5');
    const { id } = JSON.parse(typed.out).calibration as { id: string };
    expect((await thirtyWatts(lab, 'meters', 'revoke', id)).code).toBe(0);
    const { calibrations } = JSON.parse((await thirtyWatts(lab, '--json', 'meters')).out) as {
      calibrations: { state: string }[];
    };
    expect(calibrations.map((c) => c.state)).toEqual(['in force', 'revoked']);
    for (const wrong of [[], ['--gain', '1', ...pairs], ['--pair', 'shown=1,true=1']]) {
      expect(await thirtyWatts(lab, ...calibrate, ...wrong)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/\n/),
      });
    }
  }, 60_000);
});
