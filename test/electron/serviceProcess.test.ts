import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchService } from '../../src/main/electron/serviceProcess';
import { temporaryFolder } from '../support/lab';

/** A file that NODE_OPTIONS of this process names, and a program that says what it was started with. */
function planted() {
  const folder = temporaryFolder();
  const [loaded, evil, program] = ['loaded', 'evil.cjs', 'program.cjs'].map((name) => join(folder, name));
  writeFileSync(evil!, `require('node:fs').writeFileSync(${JSON.stringify(loaded)}, '')`);
  writeFileSync(
    program!,
    'process.send({ argv: process.argv.slice(2), execArgv: process.execArgv, env: Object.keys(process.env) }, () => process.disconnect())',
  );
  const before = {
    NODE_OPTIONS: process.env.NODE_OPTIONS,
    ELECTRON_RUN_AS_NODE: process.env.ELECTRON_RUN_AS_NODE,
  };
  onTestFinished(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  process.env.NODE_OPTIONS = `--require ${evil}`;
  process.env.ELECTRON_RUN_AS_NODE = '1';
  return { loaded: loaded!, program: program! };
}

describe('the environment of the service', () => {
  it('comes from a list: what NODE_OPTIONS names is not loaded', async () => {
    const { loaded, program } = planted();
    const service = launchService(process.execPath, program, '/a lab');
    const said: unknown[] = [];
    service.channel.onMessage((message) => said.push(message));
    expect(await new Promise((resolve) => service.onExit(resolve))).toBe('exit code 0');
    expect(said).toEqual([
      {
        argv: ['--lab', '/a lab'],
        execArgv: ['--disable-sigusr1'],
        env: expect.not.arrayContaining(['NODE_OPTIONS']),
      },
    ]);
    expect(said).toEqual([
      expect.objectContaining({ env: expect.not.arrayContaining(['ELECTRON_RUN_AS_NODE']) }),
    ]);
    expect(existsSync(loaded)).toBe(false);
  });

  it('inherited, it would load the file: the control', async () => {
    const { loaded, program } = planted();
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(loaded)).toBe(true);
  });

  it('a program that is not there ends it with words, not with an exception', async () => {
    const service = launchService('/no/such/node', 'x', '/lab');
    expect(await new Promise((resolve) => service.onExit(resolve))).toMatch(/could not be started/);
  });
});
