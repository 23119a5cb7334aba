import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { LabEffects } from '../../src/main/lab/context';
import type { RunnerEffects } from '../../src/main/lab/runnerProcess';
import { defaultEnv } from '../../src/main/meters';
import type { FromRunner, RunnerJob, ToRunner } from '../../src/main/runner/protocol';
import type { Usage } from '../../src/main/runner/usage';
import { SamplerClient, type SamplerPort } from '../../src/main/sampler/client';
import type { Channel, FromSampler, ToSampler } from '../../src/main/sampler/protocol';
import { Sampler } from '../../src/main/sampler/serve';
import { steadyClock } from '../../src/main/sampler/steadyClock';
import type { MeterProvider } from '../../src/shared/meter';
import type { Phase } from '../../src/shared/run';

/** What a made-up run does between the announcement of a window and its samples. */
export type InWindow = (job: RunnerJob, index: number) => Promise<void> | void;

/** Differences over one window. */
export interface Used {
  seconds: number;
  ownS: number;
  busyS: number;
  totalS: number;
  majorFaults: number;
  swappedPages: number;
}

export interface FakeRunner {
  inWindow?: InWindow;
  /** Duration of the i-th inference of a window, ns. */
  durationNs?: (i: number, window: number, job: RunnerJob) => number;
  /** Inferences of a window. */
  n?: number;
  /** Length of a window, s; the job's where absent. */
  windowS?: number;
  /** What machine and runner used over window `index`, in place of a quiet machine of two cores. */
  used?: (index: number) => Partial<Used>;
  /** Also idles, asks for the temperature and lets the meters be checked, for as long as the job says. */
  whole?: boolean;
  /** Called as each step begins; a window by its number. `kill` ends the runner as the system would. */
  onStep?: (step: Phase, kill: (signal: string) => void, index: number | null) => void;
}

const ns = (s: number) => BigInt(Math.round(s * 1e9));

/** Until the steady clock shows this. */
async function waitUntil(atNs: bigint): Promise<void> {
  for (let leftNs = atNs - now(); leftNs > 0n; leftNs = atNs - now())
    await new Promise((r) => setTimeout(r, Math.ceil(Number(leftNs) / 1e6)));
}
const now = () => process.hrtime.bigint();

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

  private enter(phase: Phase, expectedS = 1, index: number | null = null): void {
    if (!this.connected) return;
    this.say({ type: 'phase', phase, expectedS });
    this.fake.onStep?.(phase, (signal) => this.kill(signal), index);
  }

  /** The lab's next answer: asked for before the question is posted. */
  private more(): Promise<boolean> {
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }

  private async idle(job: RunnerJob, which: 'before' | 'after'): Promise<void> {
    const seconds = which === 'before' ? job.idle.beforeS : job.idle.afterS;
    if (seconds <= 0 || !this.connected) return;
    this.enter(which === 'before' ? 'idle_before' : 'idle_after', job.idle.settleS + seconds);
    const openNs = now() + ns(job.idle.settleS);
    const closeNs = openNs + ns(seconds);
    this.say({ type: 'idle', which, openNs, closeNs });
    await waitUntil(closeNs + ns(0.02));
  }

  private async checkMeters(job: RunnerJob): Promise<void> {
    if (job.meterCheckS <= 0 || !this.connected) return;
    this.enter('meter_check', job.meterCheckS + 12);
    const openNs = now() + ns(0.03 + job.windows.prerollS);
    const closeNs = openNs + ns(job.meterCheckS);
    const more = this.more();
    this.say({ type: 'meterCheck', openNs, closeNs });
    await waitUntil(closeNs + ns(0.02));
    await more;
  }

  private async measure(job: RunnerJob): Promise<void> {
    const { whole = false } = this.fake;
    this.enter('load');
    if (whole) await waitUntil(now() + ns(1));
    this.enter('check');
    if (whole) await waitUntil(now() + ns(1));
    const facts = { ortVersion: '1.0.0', nodeVersion: '24.0.0', sessionCreateNs: 1, firstInferenceNs: 1 };
    const rest = { outputs: [], outputSha256: null, inputs: [], baseRssBytes: 1 };
    this.say({ type: 'loaded', facts: { ...facts, ...rest } });
    if (whole) await this.idle(job, 'before');
    this.enter('warmup');
    if (whole) {
      await waitUntil(now() + ns(3));
      for (let go = !job.askTemperature; !go && this.connected; await waitUntil(now() + ns(1))) {
        const more = this.more();
        this.say({ type: 'steady' });
        go = await more;
      }
    }
    this.say({
      type: 'warmed',
      result: { inferences: 20, ns: 1e6, settled: true, medianNs: 1e6, periodNs: 1e6 },
    });
    if (whole) await this.checkMeters(job);
    const { n = 100, durationNs = (i) => 1_000_000 + (i % 7) * 1000 } = this.fake;
    const seconds = this.fake.windowS ?? job.windows.seconds;
    for (let index = 0; index < job.windows.count && this.connected; index++) {
      this.enter('window', seconds, index);
      const openNs = now() + ns(0.03 + (whole ? job.windows.prerollS : 0));
      const closeNs = openNs + ns(seconds);
      const more = this.more();
      this.say({ type: 'windowPlan', index, openNs, closeNs });
      await this.fake.inWindow?.(job, index);
      await waitUntil(closeNs + ns(0.02));
      // A loop from a little before the window to a little after it.
      const step = (Number(closeNs - openNs) + 2e7) / n;
      const starts = BigUint64Array.from(
        { length: n },
        (_, i) => openNs - 10_000_000n + BigInt(Math.round(i * step)),
      );
      const ends = starts.map(
        (s, i) => s + BigInt(Math.round(Math.min(durationNs(i, index, job), step * 2))),
      );
      ends[n - 1] = closeNs + 20_000_000n;
      const usage = usageOver(closeNs, { seconds: 1.2, ...this.fake.used?.(index) });
      this.say({
        type: 'window',
        index,
        openNs,
        closeNs,
        starts,
        ends,
        stride: 1,
        inferences: n,
        usage,
        gapS: 0,
      });
      if (index + 1 < job.windows.count && !(await more)) break;
    }
    if (whole) await this.idle(job, 'after');
    this.enter('close');
    this.say({ type: 'done', peakRssBytes: 1e6, cancelled: false });
    this.end(0, null);
  }
}

function usageOver(closeNs: bigint, used: Partial<Used> & { seconds: number }): [Usage, Usage] {
  const {
    seconds,
    ownS = seconds,
    busyS = ownS,
    totalS = 2 * seconds,
    majorFaults = 0,
    swappedPages = 0,
  } = used;
  const none = { ownS: 0, machine: { busyS: 0, totalS: 0 }, majorFaults: 0, swappedPages: 0 };
  return [
    { ...none, atNs: closeNs - ns(seconds) },
    { atNs: closeNs, ownS, machine: { busyS, totalS }, majorFaults, swappedPages },
  ];
}

/** How a test ends the sampler that was started last, as the system would. */
export interface SamplerSwitch {
  kill(): void;
  /** It neither reads nor answers any more, and does not end. */
  hang(): void;
}

/** A sampler in this process that reads these meters in real time. */
export function samplerHere(
  providers: readonly MeterProvider[] = [],
  control: Partial<SamplerSwitch> = {},
): LabEffects['startSampler'] {
  return () => {
    let exit: (how: string) => void = () => {};
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
        onExit: (listener) => {
          exit = listener;
        },
        kill: end,
      };
    };
    const end = () => {
      alive = false;
      for (const stop of stops) stop();
    };
    control.hang = end;
    control.kill = () => {
      end();
      exit('was ended by SIGKILL');
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
