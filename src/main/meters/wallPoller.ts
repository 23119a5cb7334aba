import type { Reading } from '../../shared/meter';
import { type HttpGet, type WallMeter, wallKindFacts } from '../../shared/wallMeter';
import { failedReading, okReading, secondsBetween } from './reading';
import { type WallSample, wallRequest, wallSample } from './wallAdapters';
import { WallRefusal } from './wallAddress';

/** What a poller does to the world. */
export interface WallEffects {
  httpGet: HttpGet;
  now(): bigint;
  /** Calls back once after so many ms; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** An answer that took longer has no time stamp worth the name, s. Source: docs/method.md, 4.2, LATE_READ. */
export const latestPushS = 0.25;
const latestNs = BigInt(latestPushS * 1e9);
/** Codes of reads that came too late; they void the window that they lie in. */
export const lateCodes: ReadonlySet<string> = new Set(['LATE_READ', 'TIMEOUT']);
/** J of one count: the energy of a meter as whole millijoules. */
export const wallJoulePerCount = 0.001;
/** Readings that wait to be fetched at most; a lab that fetches none has forgotten the meter. */
const mostWaiting = 10_000;

export const powerId = (meter: Pick<WallMeter, 'id'>) => `wall:${meter.id}:power`;
export const energyId = (meter: Pick<WallMeter, 'id'>) => `wall:${meter.id}:energy`;

/** The answer to one question with its times. @throws WallRefusal */
export async function askWall(
  meter: WallMeter,
  { httpGet, now }: Pick<WallEffects, 'httpGet' | 'now'>,
): Promise<{ sample: WallSample; t0: bigint; t1: bigint }> {
  const { url, headers } = wallRequest(meter);
  const t0 = now();
  const answer = await httpGet(url, headers);
  const t1 = now();
  return { sample: wallSample(meter, answer), t0, t1 };
}

/** Time between two questions, s: the user's, the meter's own, or the usual of its kind. */
export function wallIntervalS(meter: WallMeter, sample: Pick<WallSample, 'intervalS'> | null): number {
  return meter.intervalS ?? sample?.intervalS ?? wallKindFacts[meter.kind].intervalS;
}

/**
 * Asks a meter at its own interval, never twice at a time, until it is stopped; `wanted` are the ids of the sensors that
 * are read. Readings are stamped with the middle of the question, moved back by the meter's lag.
 */
export class WallPoller {
  private waiting: Reading[] = [];
  private last: { sample: WallSample; atNs: bigint } | null = null;
  private stopped = false;
  private cancel: () => void = () => {};
  private readonly lagNs: bigint;

  constructor(
    private readonly meter: WallMeter,
    private readonly wanted: ReadonlySet<string>,
    private readonly effects: WallEffects,
  ) {
    this.lagNs = BigInt(Math.round((meter.lagS ?? 0) * 1e9));
    void this.ask();
  }

  drain(): Reading[] {
    return this.waiting.splice(0);
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async ask(): Promise<void> {
    const begunNs = this.effects.now();
    try {
      const { sample, t0, t1 } = await askWall(this.meter, this.effects);
      if (!this.stopped) this.take(sample, t0, t1);
    } catch (thrown) {
      const code = thrown instanceof WallRefusal ? thrown.code : 'NO_ANSWER';
      if (!this.stopped) this.fail(begunNs, this.effects.now(), code);
    }
    if (this.stopped) return;
    const intervalS = wallIntervalS(this.meter, this.last?.sample ?? null);
    const spentS = secondsBetween(begunNs, this.effects.now());
    // A question that took longer than its turn skips the turns it missed.
    const restS = intervalS - (spentS % intervalS);
    this.cancel = this.effects.after(restS * 1000, () => void this.ask());
  }

  private take(sample: WallSample, t0: bigint, t1: bigint): void {
    if (t1 - t0 > latestNs) {
      this.fail(t0, t1, 'LATE_READ');
      return;
    }
    const atNs = t0 + (t1 - t0) / 2n;
    const { last, lagNs } = this;
    const intervalS = wallIntervalS(this.meter, sample);
    if (last !== null && isRepeat(sample, last.sample, secondsBetween(last.atNs, atNs), intervalS)) return;
    this.last = { sample, atNs };
    const sourceNs = sample.sourceUnixMs === null ? null : BigInt(Math.round(sample.sourceUnixMs * 1e6));
    const push = (id: string, raw: bigint | number) =>
      this.add(id, okReading(id, t0 - lagNs, t1 - lagNs, raw, sourceNs));
    push(powerId(this.meter), sample.watts);
    const { energyJ } = sample;
    const id = energyId(this.meter);
    if (energyJ !== null && energyJ < 1e12) push(id, BigInt(Math.round(energyJ / wallJoulePerCount)));
    else this.add(id, failedReading(id, t0 - lagNs, t1 - lagNs, 'NO_ENERGY', false));
  }

  private fail(t0: bigint, t1: bigint, code: string): void {
    for (const id of [powerId(this.meter), energyId(this.meter)]) {
      this.add(id, failedReading(id, t0 - this.lagNs, t1 - this.lagNs, code, false));
    }
  }

  private add(id: string, reading: Reading): void {
    if (!this.wanted.has(id)) return;
    if (this.waiting.length >= mostWaiting) this.waiting.shift();
    this.waiting.push(reading);
  }
}

/**
 * Is this the value that was had before, and no new one? By the meter's number or time of the value where it gives one;
 * else the same value sooner than a new one can be there. Pure.
 */
export function isRepeat(next: WallSample, last: WallSample, afterS: number, intervalS: number): boolean {
  if (next.seq !== null && last.seq !== null) return next.seq === last.seq;
  if (next.sourceUnixMs !== null && last.sourceUnixMs !== null)
    return next.sourceUnixMs === last.sourceUnixMs;
  return next.watts === last.watts && next.energyJ === last.energyJ && afterS < 0.9 * intervalS;
}
