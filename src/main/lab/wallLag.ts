import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WallMeter } from '../../shared/wallMeter';
import { midNs } from '../meters/reading';
import { type LagFound, type LagSample, lagOf, type Pulse } from '../meters/wallLag';
import { powerId, type WallEffects, WallPoller } from '../meters/wallPoller';

export interface LoadEffects {
  /** Loads the processor until the result is called. */
  load(): () => void;
}

/** Rest before each pulse of five seconds, s, and rest after the last one: unequal, so that only one lag fits. */
const restsS = [4, 4, 7];
const pulseS = 5;
const tailS = 7;
/** The least that a meter is asked meanwhile, s: a lag is finer than its usual interval. */
const fastestS = 0.5;

/** Three pulses of load while the meter is asked; about 40 s. Ends early, without a lag, where `stop` says so. */
export async function measureLag(
  meter: WallMeter,
  effects: WallEffects & LoadEffects,
  stop: () => boolean = () => false,
): Promise<LagFound> {
  const pause = (s: number) => new Promise<void>((done) => effects.after(s * 1000, done));
  const intervalS = Math.min(meter.intervalS ?? 1, fastestS);
  const poller = new WallPoller({ ...meter, intervalS }, new Set([powerId(meter)]), effects);
  const pulses: Pulse[] = [];
  try {
    for (const restS of restsS) {
      await pause(restS);
      if (stop()) return stopped;
      const fromNs = effects.now();
      const end = effects.load();
      await pause(pulseS);
      end();
      pulses.push({ fromNs, toNs: effects.now() });
    }
    await pause(tailS);
  } finally {
    poller.stop();
  }
  if (stop()) return stopped;
  const samples = poller
    .drain()
    .flatMap((r): LagSample[] => (typeof r.raw === 'number' ? [{ atNs: midNs(r), watts: r.raw }] : []));
  return lagOf(pulses, samples);
}

const stopped: LagFound = {
  ok: false,
  reason: 'A measurement began meanwhile.',
  remedy: 'Measure the lag again when it has ended.',
};

/** Every processor core busy, in threads of their own so that the meter is still asked on time. */
export function loadProcessor(): () => void {
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker('let x = 1; for (;;) x = Math.sqrt(x + 1);', { eval: true }),
  );
  return () => {
    for (const worker of workers) void worker.terminate();
  };
}
