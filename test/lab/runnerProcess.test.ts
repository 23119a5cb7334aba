import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RunnerEffects, type RunnerEnd, startRunner } from '../../src/main/lab/runnerProcess';
import { leftoverPrefix } from '../../src/main/runner/leftovers';
import type { FromRunner, ProbeJob } from '../../src/main/runner/protocol';

const job: ProbeJob = { type: 'probe', provider: 'cpu', modelPath: '', inputs: [], parentPid: process.pid };

/** A runner that is only a script: what it does to itself is what the lab must understand. */
function fake(script: string, residentBytes: number | null = null): RunnerEffects {
  return {
    spawn: () =>
      spawn(
        process.execPath,
        ['-e', `process.on('message', () => { ${script} }); process.on('disconnect', () => process.exit());`],
        { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced' },
      ),
    residentBytes: async () => residentBytes,
  };
}

async function endOf(
  effects: RunnerEffects,
  limits = { deadlineS: 20, memoryBytes: null as number | null },
): Promise<{ end: RunnerEnd; messages: FromRunner[] }> {
  const messages: FromRunner[] = [];
  const end = await startRunner(job, limits, (m) => messages.push(m), effects).ended;
  return { end, messages };
}

const phase = (name: string) => `process.send({ type: 'phase', phase: '${name}', expectedS: 0 });`;

describe('a runner that ends badly is a value', () => {
  it.each(['SIGSEGV', 'SIGFPE', 'SIGABRT', 'SIGKILL', 'SIGBUS'])(
    'crash by %s, with the phase it was in',
    async (signal) => {
      const { end } = await endOf(
        fake(`${phase('warmup')} setTimeout(() => process.kill(process.pid, '${signal}'), 30)`),
      );
      expect(end).toMatchObject({ kind: 'failed', cause: 'crash', phase: 'warmup', signal });
      expect(end.kind === 'failed' && end.message).toContain(`ended by ${signal} while warming up`);
    },
  );

  it('exit code 1, with the end of its standard error', async () => {
    const { end } = await endOf(
      fake("console.error('x'.repeat(9000) + ' the last words'); process.exitCode = 1; process.disconnect()"),
    );
    expect(end).toMatchObject({ kind: 'failed', cause: 'crash', exitCode: 1 });
    expect(end.kind === 'failed' && end.stderrTail).toMatch(/the last words\n$/);
    expect(end.kind === 'failed' && end.stderrTail.length).toBeLessThanOrEqual(4000);
  });

  it('exit code 0 without a result is a crash too', async () => {
    const { end } = await endOf(fake('process.exit(0)'));
    expect(end).toMatchObject({ kind: 'failed', cause: 'crash', exitCode: 0 });
  });

  it('a typed error keeps its own words', async () => {
    const { end } = await endOf(
      fake(
        "process.send({ type: 'failed', phase: 'load', message: 'No such operator.', remedy: 'Update.' }, () => process.exit(0))",
      ),
    );
    expect(end).toMatchObject({
      kind: 'failed',
      cause: 'error',
      phase: 'load',
      message: 'No such operator.',
      remedy: 'Update.',
    });
  });

  it('silence past the deadline is a hang, even when the thread is busy', async () => {
    const { end } = await endOf(fake(`${phase('load')} setTimeout(() => { for (;;); }, 20)`), {
      deadlineS: 0.5,
      memoryBytes: null,
    });
    expect(end).toMatchObject({ kind: 'failed', cause: 'hang', phase: 'load', signal: 'SIGKILL' });
  });

  it('but what came while the lab itself was kept is no silence', async () => {
    const limits = { deadlineS: 0.3, memoryBytes: null };
    const script = `${phase('load')}
      setTimeout(() => process.send({ type: 'phase', phase: 'warmup', expectedS: 60 }), 50);
      setTimeout(() => process.send({ type: 'done', peakRssBytes: 5, cancelled: false }, () => process.exit(0)), 1500);`;
    let kept = false;
    const onMessage = () => {
      if (kept) return;
      kept = true;
      const until = performance.now() + 1000;
      while (performance.now() < until);
    };
    expect(await startRunner(job, limits, onMessage, fake(script)).ended).toMatchObject({ kind: 'done' });
  });

  it('what it left in the system’s temporary folder is removed, and nothing of others', async () => {
    const other = join(tmpdir(), `${leftoverPrefix(process.pid)}other`);
    mkdirSync(other);
    try {
      const runner = fake(`
        const folder = require('node:path').join(${JSON.stringify(tmpdir())}, 'thirty-watts-profile-' + process.pid + '-x');
        require('node:fs').mkdirSync(folder);
        require('node:fs').writeFileSync(folder + '/p.json', '[');
        process.send({ type: 'phase', phase: require('node:fs').existsSync(folder) ? 'close' : 'launch', expectedS: 60 });
        setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 20);`);
      let pid = 0;
      const effects = {
        ...runner,
        spawn: () => {
          const child = runner.spawn();
          pid = child.pid!;
          return child;
        },
      };
      expect((await endOf(effects)).end).toMatchObject({ cause: 'crash', phase: 'close' });
      expect(existsSync(join(tmpdir(), `${leftoverPrefix(pid)}x`))).toBe(false);
      expect(existsSync(other)).toBe(true);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('more memory than allowed ends it', async () => {
    const { end } = await endOf(fake('setInterval(() => {}, 1000)', 2 ** 31), {
      deadlineS: 20,
      memoryBytes: 2 ** 30,
    });
    expect(end).toMatchObject({ kind: 'failed', cause: 'memory' });
    expect(end.kind === 'failed' && end.message).toContain('1024 MiB');
  });

  it('a missing program is a crash at launch, not an exception', async () => {
    const { end } = await endOf({
      spawn: () => spawn('/no/such/node', { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
      residentBytes: async () => null,
    });
    expect(end).toMatchObject({ kind: 'failed', cause: 'crash', phase: 'launch' });
  });
});

describe('a runner that ends well', () => {
  it('is done, even if it crashes while it unloads its libraries', async () => {
    const { end } = await endOf(
      fake(
        "process.send({ type: 'done', peakRssBytes: 5, cancelled: false }, () => process.kill(process.pid, 'SIGSEGV'))",
      ),
    );
    expect(end).toEqual({ kind: 'done', peakRssBytes: 5 });
  });

  it('is cancelled within a second or so even when it does not listen', async () => {
    const runner = startRunner(job, { deadlineS: 20, memoryBytes: null }, () => {}, fake('for (;;);'));
    setTimeout(() => runner.cancel(), 100);
    expect(await runner.ended).toMatchObject({ kind: 'cancelled' });
  });
});
