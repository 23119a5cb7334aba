import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { LabEffects } from '../../src/main/lab/context';
import type { RunnerEffects } from '../../src/main/lab/runnerProcess';
import { defaultEnv } from '../../src/main/meters';
import type { FromRunner, RunnerJob, ToRunner } from '../../src/main/runner/protocol';
import { SamplerClient, type SamplerPort } from '../../src/main/sampler/client';
import type { Channel, FromSampler, ToSampler } from '../../src/main/sampler/protocol';
import { Sampler } from '../../src/main/sampler/serve';
import { steadyClock } from '../../src/main/sampler/steadyClock';
import type { MeterProvider } from '../../src/shared/meter';

/** What a made-up run does between the announcement of a window and its samples. */
export type InWindow = (job: RunnerJob, index: number) => Promise<void> | void;

export interface FakeRunner {
  inWindow?: InWindow;
  /** Duration of the i-th inference of a window, ns. */
  durationNs?: (i: number, window: number) => number;
  /** Inferences of a window. */
  n?: number;
  /** Length of a window, s; the job's where absent. */
  windowS?: number;
}

const ns = (s: number) => BigInt(Math.round(s * 1e9));

/** Runners that live in this process and say what a real one says, with no pause but that of their windows. */
export function fakeRunners(fake: FakeRunner = {}): RunnerEffects {
  return { spawn: () => new FakeChild(fake) as unknown as ChildProcess, residentBytes: async () => null };
}

class FakeChild extends EventEmitter {
  connected = true;
  stderr = null;
  private answer: (go: boolean) => void = () => {};

  constructor(private readonly fake: FakeRunner) {
    super();
  }

  send(message: ToRunner, sent: () => void): void {
    setImmediate(() => {
      sent();
      if (!this.connected) return;
      if (message.type === 'measure') void this.measure(message);
      else if (message.type === 'probe') {
        this.say({ type: 'probed', ortVersion: '1.0.0', available: null, assignment: null });
        this.end(0, null);
      } else if (message.type === 'more') this.answer(message.go);
      else if (message.type === 'cancel') this.kill('SIGKILL');
    });
  }

  kill(signal: string): void {
    this.end(null, signal);
  }

  private say(message: FromRunner): void {
    if (this.connected) this.emit('message', structuredClone(message));
  }

  private end(code: number | null, signal: string | null): void {
    if (!this.connected) return;
    this.connected = false;
    this.emit('close', code, signal);
  }

  private async measure(job: RunnerJob): Promise<void> {
    this.say({ type: 'phase', phase: 'load', expectedS: 1 });
    this.say({ type: 'phase', phase: 'check', expectedS: 1 });
    const facts = { ortVersion: '1.0.0', nodeVersion: '24.0.0', sessionCreateNs: 1, firstInferenceNs: 1 };
    const rest = { outputs: [], outputSha256: null, inputs: [], baseRssBytes: 1 };
    this.say({ type: 'loaded', facts: { ...facts, ...rest } });
    this.say({ type: 'phase', phase: 'warmup', expectedS: 1 });
    this.say({
      type: 'warmed',
      result: { inferences: 20, ns: 1e6, settled: true, medianNs: 1e6, periodNs: 1e6 },
    });
    const { n = 100, durationNs = (i) => 1_000_000 + (i % 7) * 1000 } = this.fake;
    const seconds = this.fake.windowS ?? job.windows.seconds;
    for (let index = 0; index < job.windows.count; index++) {
      this.say({ type: 'phase', phase: 'window', expectedS: 1 });
      const openNs = process.hrtime.bigint() + ns(0.03);
      const closeNs = openNs + ns(seconds);
      const more = new Promise<boolean>((resolve) => {
        this.answer = resolve;
      });
      this.say({ type: 'windowPlan', index, openNs, closeNs });
      await this.fake.inWindow?.(job, index);
      while (process.hrtime.bigint() < closeNs + 20_000_000n) await new Promise((r) => setTimeout(r, 2));
      // A loop from a little before the window to a little after it.
      const step = (Number(closeNs - openNs) + 2e7) / n;
      const starts = BigUint64Array.from(
        { length: n },
        (_, i) => openNs - 10_000_000n + BigInt(Math.round(i * step)),
      );
      const ends = starts.map((s, i) => s + BigInt(Math.round(Math.min(durationNs(i, index), step * 2))));
      ends[n - 1] = closeNs + 20_000_000n;
      this.say({ type: 'window', index, openNs, closeNs, starts, ends, stride: 1, inferences: n });
      if (index + 1 < job.windows.count && !(await more)) break;
    }
    this.say({ type: 'phase', phase: 'close', expectedS: 1 });
    this.say({ type: 'done', peakRssBytes: 1e6, cancelled: false });
    this.end(0, null);
  }
}

/** A sampler in this process that reads these meters in real time. */
export function samplerHere(providers: readonly MeterProvider[] = []): LabEffects['startSampler'] {
  return () => {
    let toLab: (message: FromSampler) => void = () => {};
    let toSampler: (message: ToSampler) => void = () => {};
    let alive = true;
    const stops = new Set<() => void>();
    const channel: Channel<FromSampler, ToSampler> = {
      send: (message) => alive && toLab(structuredClone(message)),
      onMessage: (listener) => {
        toSampler = listener;
      },
    };
    const launch = (): SamplerPort => {
      new Sampler(channel, {
        nowNs: steadyClock.nowNs,
        after: (ms, callback) => {
          const stop = steadyClock.after(ms, () => {
            stops.delete(stop);
            if (alive) callback();
          });
          stops.add(stop);
          return stop;
        },
        environment: defaultEnv,
        ownS: () => 0,
        providers: () => providers,
      });
      return {
        send: (message) => alive && toSampler(structuredClone(message)),
        onMessage: (listener) => {
          toLab = listener;
        },
        onExit: () => {},
        kill: () => {
          alive = false;
          for (const stop of stops) stop();
        },
      };
    };
    return new SamplerClient({ launch, ...steadyClock });
  };
}

/** Effects of a lab whose runners and meters are made up: no process is started. */
export function fakeEffects(
  fake: FakeRunner = {},
  meters: readonly MeterProvider[] = [],
): Partial<LabEffects> {
  return { runner: fakeRunners(fake), startSampler: samplerHere(meters) };
}

/** A door that a test opens. */
export function gate(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Resolves when the condition holds; looks after everything else that is due. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
