import { simulatedSchema } from '../../src/main/meters/madeUp';
import { simulatedProvider } from '../../src/main/meters/simulated';
import { SamplerClient, type SamplerPort } from '../../src/main/sampler/client';
import type { Channel, FromSampler, ToSampler } from '../../src/main/sampler/protocol';
import { Sampler } from '../../src/main/sampler/serve';
import type { MeterProvider } from '../../src/shared/meter';
import { testEnv } from '../meters/support';

/** Time that passes only when a test lets it; timers run in their order. */
export class VirtualTime {
  private ns = 1_000_000_000_000n;
  private timers: { atNs: bigint; callback: () => void }[] = [];

  readonly nowNs = (): bigint => this.ns;
  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { atNs: this.ns + BigInt(Math.round(ms * 1e6)), callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((t) => t !== timer);
    };
  };

  /** Hrtime ns in so many seconds from now. */
  in(seconds: number): bigint {
    return this.ns + BigInt(Math.round(seconds * 1e9));
  }

  /** Lets seconds pass, and lets promises settle before and after. */
  async pass(seconds: number): Promise<void> {
    const end = this.in(seconds);
    await settle();
    for (;;) {
      const due = this.timers.filter((t) => t.atNs <= end).sort((a, b) => Number(a.atNs - b.atNs))[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((t) => t !== due);
      if (due.atNs > this.ns) this.ns = due.atNs;
      due.callback();
    }
    this.ns = end;
    await settle();
  }

  /** The machine sleeps: time passes, and every timer that was due fires late. */
  sleep(seconds: number): void {
    this.ns = this.in(seconds);
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export const power = (changed: Record<string, unknown> = {}): MeterProvider =>
  simulatedProvider([
    simulatedSchema.parse({ id: 'power', curve: [[0, 40]], noiseW: 0.1, maxReadHz: 10, ...changed }),
  ]);

/** A client and a sampler in one process, on virtual time; what is said is kept. */
export function together(providers: () => readonly MeterProvider[] = () => [power()]) {
  const time = new VirtualTime();
  const said: { atNs: bigint; message: FromSampler }[] = [];
  let toLab: (message: FromSampler) => void = () => {};
  let toSampler: (message: ToSampler) => void = () => {};
  let exit: (how: string) => void = () => {};
  const process = { alive: true, mute: false };
  /** What was said while mute. */
  const kept: FromSampler[] = [];

  const channel: Channel<FromSampler, ToSampler> = {
    send: (message) => {
      said.push({ atNs: time.nowNs(), message });
      if (process.mute) kept.push(message);
      else if (process.alive) toLab(structuredClone(message));
    },
    onMessage: (listener) => {
      toSampler = listener;
    },
  };
  const launch = (): SamplerPort => {
    new Sampler(channel, {
      ownS: () => 0,
      nowNs: time.nowNs,
      after: time.after,
      environment: ({ userTdpW }) => testEnv({ now: time.nowNs, userTdpW }),
      providers,
    });
    return {
      send: (message) => {
        if (process.alive) toSampler(structuredClone(message));
      },
      onMessage: (listener) => {
        toLab = listener;
      },
      onExit: (listener) => {
        exit = listener;
      },
      kill: () => {
        if (!process.alive) return;
        process.alive = false;
        exit('was ended by SIGKILL');
      },
    };
  };
  const client = new SamplerClient({ launch, nowNs: time.nowNs, after: time.after });
  const killProcess = () => {
    process.alive = false;
    exit('was ended by SIGKILL');
  };
  /** The lab reads what was said while mute. */
  const deliver = () => {
    process.mute = false;
    for (const message of kept.splice(0)) toLab(structuredClone(message));
  };
  return { time, said, client, process, killProcess, deliver };
}
