import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Outcome, Phase } from '../../shared/run';
import { removeLeftovers } from '../runner/leftovers';
import type { FromRunner, ProbeJob, RunnerJob, ToRunner } from '../runner/protocol';
import { spawnProgram } from './environment';

/** What a test replaces. */
export interface RunnerEffects {
  spawn(): ChildProcess;
  /** Resident set of a process in bytes; null where this platform does not tell. */
  residentBytes(pid: number): Promise<number | null>;
}

export const runnerEffects: RunnerEffects = {
  spawn: () => spawnProgram('runner', ['ignore', 'ignore', 'pipe', 'ipc']),
  async residentBytes(pid) {
    if (process.platform !== 'linux') return null;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(status);
    return kib === null ? null : Number(kib[1]) * 1024;
  },
};

export interface Limits {
  /** Seconds of silence beyond what the announced step should take. */
  deadlineS: number;
  memoryBytes: number | null;
}

export type RunnerEnd =
  | { kind: 'done'; peakRssBytes: number | null }
  | Exclude<Outcome, { kind: 'completed' }>;

export interface Runner {
  send(message: ToRunner): void;
  /** Asks politely, then kills after a second: a run blocks its thread and may not hear. */
  cancel(): void;
  readonly ended: Promise<RunnerEnd>;
}

const STDERR_TAIL = 4000;
const MEMORY_POLL_MS = 100;
const LATE_MESSAGES_MS = 100;
const CANCEL_GRACE_MS = 1000;
/** A runner that was told to go on announces its next step at once. */
const NEXT_STEP_S = 10;

/**
 * Starts a runner with one job and watches it: deadline per step, memory bound, the end of its standard error.
 * However it ends, `ended` resolves once with a value; it never rejects. Messages arrive in order at `onMessage`.
 */
export function startRunner(
  job: RunnerJob | ProbeJob,
  limits: Limits,
  onMessage: (message: FromRunner) => void,
  effects: RunnerEffects = runnerEffects,
): Runner {
  const child = effects.spawn();
  let phase: Phase = 'launch';
  let phaseS = 0;
  let stderr = '';
  let killedFor: 'hang' | 'memory' | null = null;
  let cancelled = false;
  let last: FromRunner | null = null;

  const kill = (why: 'hang' | 'memory') => {
    killedFor = why;
    child.kill('SIGKILL');
  };
  let deadline: NodeJS.Timeout | undefined;
  const expect = (seconds: number) => {
    clearTimeout(deadline);
    // When this thread was kept (an import of gigabytes), timers come before the messages that lie ready: those first.
    const late = () => {
      deadline = setTimeout(() => kill('hang'), LATE_MESSAGES_MS);
    };
    deadline = setTimeout(late, 1000 * (1.5 * seconds + limits.deadlineS));
  };
  const bound = limits.memoryBytes;
  const watch =
    bound === null
      ? undefined
      : setInterval(async () => {
          const bytes = child.pid === undefined ? null : await effects.residentBytes(child.pid);
          if (bytes !== null && bytes > bound) kill('memory');
        }, MEMORY_POLL_MS);

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  child.on('message', (message: FromRunner) => {
    last = message.type === 'done' || message.type === 'failed' ? message : last;
    if (message.type === 'phase') {
      phase = message.phase;
      phaseS = message.expectedS;
      expect(phaseS);
    }
    // From here the runner waits for the lab, not the lab for the runner.
    if (message.type === 'window' || message.type === 'steady') clearTimeout(deadline);
    onMessage(message);
  });

  const ended = new Promise<RunnerEnd>((resolve) => {
    const end = async (exitCode: number | null, signal: string | null, spawnError?: Error) => {
      clearTimeout(deadline);
      clearInterval(watch);
      if (exitCode !== 0 && child.pid !== undefined) await removeLeftovers(child.pid);
      resolve(endOf({ last, cancelled, killedFor, phase, exitCode, signal, stderr, limits, spawnError }));
    };
    child.on('error', (error) => void end(null, null, error));
    // 'close', not 'exit': standard error is complete only then.
    child.on('close', (code, signal) => void end(code, signal));
  });
  const send = (message: ToRunner) => {
    // A runner that just died cannot be written to; its end tells the story.
    if (child.connected) child.send(message, () => {});
    // In the warm-up the answer is to go on with it, else with the next step.
    if (message.type === 'more') expect(phase === 'warmup' ? phaseS : NEXT_STEP_S);
  };
  expect(0);
  send(job);
  return {
    send,
    cancel() {
      cancelled = true;
      send({ type: 'cancel' });
      setTimeout(() => child.kill('SIGKILL'), CANCEL_GRACE_MS).unref();
    },
    ended,
  };
}

interface Ending {
  last: FromRunner | null;
  cancelled: boolean;
  killedFor: 'hang' | 'memory' | null;
  phase: Phase;
  exitCode: number | null;
  signal: string | null;
  stderr: string;
  limits: Limits;
  spawnError?: Error;
}

/** The outcome of a runner from everything that was seen of it. Pure. */
export function endOf({
  last,
  cancelled,
  killedFor,
  phase,
  exitCode,
  signal,
  stderr,
  limits,
  spawnError,
}: Ending): RunnerEnd {
  // A crash or a cancel after the last word does not void the run: some providers fall over while they are unloaded.
  if (last?.type === 'done' && !last.cancelled) return { kind: 'done', peakRssBytes: last.peakRssBytes };
  if (cancelled || last?.type === 'done') return { kind: 'cancelled', phase };
  const base = { kind: 'failed' as const, phase, exitCode, signal, stderrTail: stderr };
  if (spawnError) {
    return {
      ...base,
      cause: 'crash',
      message: `The runner could not be started: ${spawnError.message}`,
      remedy: 'Install the packages again with npm ci.',
    };
  }
  if (last?.type === 'failed')
    return { ...base, cause: 'error', phase: last.phase, message: last.message, remedy: last.remedy };
  const doing = doingIn[phase];
  if (killedFor === 'hang') {
    return {
      ...base,
      cause: 'hang',
      message: `The model gave no answer for ${limits.deadlineS} s longer than expected while ${doing}; the runner was ended.`,
      remedy: 'Raise deadlineS in the plan if this model is that slow.',
    };
  }
  if (killedFor === 'memory') {
    const mb = Math.round((limits.memoryBytes ?? 0) / 2 ** 20);
    return {
      ...base,
      cause: 'memory',
      message: `The runner needed more than ${mb} MiB of memory while ${doing} and was ended.`,
      remedy: 'Raise memoryLimitMB in the plan, or measure a smaller model or batch.',
    };
  }
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
  return {
    ...base,
    cause: 'crash',
    message: `The runner ${how} while ${doing}.`,
    remedy: 'The model or its execution provider crashed; the end of its messages is kept with the run.',
  };
}

const doingIn: Readonly<Record<Phase, string>> = {
  preflight: 'looking at the machine',
  cool_down: 'cooling down',
  bare_idle: 'idle without a model',
  launch: 'starting',
  load: 'loading the model',
  check: 'checking the outputs',
  idle_before: 'idle before the windows',
  warmup: 'warming up',
  meter_check: 'checking the meters',
  window: 'measuring',
  idle_after: 'idle after the windows',
  close: 'ending',
};
