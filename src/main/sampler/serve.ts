import { isDeepStrictEqual } from 'node:util';
import { failureOf } from '../../shared/errors';
import type { MeterProvider, MeterReport, ProbeEnv, Reading } from '../../shared/meter';
import type { EnvOptions } from '../meters/environment';
import { probeAll } from '../meters/index';
import { EdgeQueue } from './edges';
import { OpenSensors, pushedCode } from './openSensors';
import type { Channel, FromSampler, ToSampler } from './protocol';
import type { SteadyClock } from './steadyClock';
import { TraceBuffer } from './trace';

/** Everything the sampler does to the world. */
export interface SamplerEffects extends SteadyClock {
  environment(options: EnvOptions): ProbeEnv;
  /** Processor time that this process has used so far, s. */
  ownS(): number;
  /** The meters to look for; throws LabError if what names them is wrong. */
  providers(): readonly MeterProvider[];
}

const heartbeatMs = 1000;
/** Wrapping counters want to be seen every 30 s at the latest. */
const keepAliveBeats = 10;
const batchNs = 1_000_000_000n;
/** States of the devices are read so often: shares of 1 % are told by their counters of time where they have them. */
const healthNs = 500_000_000n;

/** Serves one lab over one channel until it is told to close. */
export class Sampler {
  private sensors = OpenSensors.none;
  /** The last look for meters and what it was asked with. */
  private probed: { options: EnvOptions; reports: MeterReport[] } | null = null;
  private readonly edges = new EdgeQueue();
  private readonly trace = new TraceBuffer();
  private traceHz: number | null = null;
  /** The window that was closed last, and until when it may wait for what push sensors deliver after it. */
  private owed: { closedNs: bigint; windowS: number; untilNs: bigint } | null = null;
  private openedNs = 0n;
  private lastBatchNs: bigint;
  private lastHealthNs = 0n;
  /** Last beat, and the longest time between two since the last edge. */
  private lastBeatNs: bigint;
  private standstillNs = 0n;
  private beats = 0;
  private stopEdge: () => void = () => {};
  private stopTrace: () => void = () => {};
  /** Probing and opening take their turns. */
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly channel: Channel<FromSampler, ToSampler>,
    private readonly effects: SamplerEffects,
  ) {
    this.lastBatchNs = effects.nowNs();
    this.lastBeatNs = this.lastBatchNs;
    channel.onMessage((message) => this.take(message));
    this.heartbeat();
  }

  private take(message: ToSampler): void {
    switch (message.type) {
      case 'probe':
      case 'open':
      case 'burst':
      case 'close':
        this.turn = this.turn.then(() => this.answer(message));
        return;
      case 'edges':
        this.edges.add(message.id, message.atNs);
        this.scheduleEdge();
        return;
      case 'cancel':
        this.edges.cancel(message.id);
        this.scheduleEdge();
        this.owed = null;
        this.flush();
        this.channel.send({ type: 'cancelled', id: message.id });
        return;
      case 'trace':
        this.traceHz = message.hz;
        this.stopTrace();
        if (message.hz === null) this.flush();
        else this.traceTick();
    }
  }

  private async answer(message: Extract<ToSampler, { request: number }>): Promise<void> {
    const { request } = message;
    try {
      if (message.type === 'close') {
        this.shut();
        this.channel.send({ type: 'closed', request });
        return;
      }
      if (message.type === 'burst') {
        const readings = this.burst(message.sensorId, message.seconds, message.hz);
        this.channel.send({ type: 'burst', request, readings });
        return;
      }
      const env = this.effects.environment(message.options);
      const providers = this.effects.providers();
      if (message.type === 'probe' || !isDeepStrictEqual(this.probed?.options, message.options)) {
        this.probed = { options: message.options, reports: await probeAll(env, providers) };
      }
      const reports = this.probed?.reports ?? [];
      if (message.type === 'probe') {
        this.channel.send({ type: 'reports', request, reports });
        return;
      }
      this.shut();
      this.sensors = await OpenSensors.open(message.sensorIds, reports, providers, env);
      this.channel.send({ type: 'opened', request, sensorIds: this.sensors.ids });
    } catch (error) {
      this.channel.send({ type: 'failed', request, failure: failureOf(error) });
    }
  }

  /** Keeps the thread: nothing else is read meanwhile, so it is for the self test only. */
  private burst(sensorId: string, seconds: number, hz: number): Reading[] {
    const readings: Reading[] = [];
    const stepNs = BigInt(Math.round(1e9 / hz));
    let nextNs = this.effects.nowNs();
    const endNs = nextNs + BigInt(Math.round(seconds * 1e9));
    while (nextNs < endNs) {
      while (this.effects.nowNs() < nextNs);
      readings.push(this.sensors.readNow(sensorId));
      nextNs += stepNs;
    }
    return readings;
  }

  private shut(): void {
    this.stopEdge();
    this.stopTrace();
    this.traceHz = null;
    this.edges.clear();
    this.owed = null;
    this.flush();
    this.sensors.close();
    this.sensors = OpenSensors.none;
  }

  private scheduleEdge(): void {
    this.stopEdge();
    const next = this.edges.next();
    if (next === null) return;
    const waitMs = Math.ceil(Number(next.atNs - this.effects.nowNs()) / 1e6);
    // A timer may fire a little early: then the rest is waited for, so that no edge is.
    const due = () => (this.effects.nowNs() < next.atNs ? this.scheduleEdge() : this.readEdge());
    this.stopEdge = this.effects.after(Math.max(0, waitMs), due);
  }

  private readEdge(): void {
    this.beat();
    const next = this.edges.next();
    if (next === null) return;
    const nowNs = this.effects.nowNs();
    const readings = this.sensors.readAll(nowNs);
    const edge = {
      index: next.index,
      atNs: next.atNs,
      readings,
      health: this.sensors.health(),
      standstillS: Number(this.standstillNs) / 1e9,
      ownS: this.effects.ownS(),
    };
    this.standstillNs = 0n;
    this.edges.done(next.id, { type: 'edge', id: next.id, index: next.index, edge });
    if (this.traceHz !== null) {
      this.trace.add(readings.filter((r) => r.error?.code !== pushedCode));
      if (next.index % 2 === 0) this.openedNs = nowNs;
      else this.owe(nowNs);
    }
    this.scheduleEdge();
    this.flush();
  }

  private owe(closedNs: bigint): void {
    const windowS = Number(closedNs - this.openedNs) / 1e9;
    const waitS = this.sensors.owedS(windowS);
    this.owed = waitS > 0 ? { closedNs, windowS, untilNs: closedNs + BigInt(Math.round(waitS * 1e9)) } : null;
  }

  private traceTick(): void {
    if (this.traceHz === null) return;
    const now = this.effects.nowNs();
    this.trace.add(this.sensors.readDue(now, this.edges.quiet, this.edges.next()?.atNs ?? null));
    this.trace.add(this.sensors.drain());
    if (now - this.lastHealthNs >= healthNs && this.sensors.ids.length > 0) {
      this.lastHealthNs = now;
      this.trace.addHealth({ atNs: now, health: this.sensors.health() });
    }
    if (this.owed !== null || now - this.lastBatchNs >= batchNs) this.flush();
    this.stopTrace = this.effects.after(1000 / this.traceHz, () => this.traceTick());
  }

  /** Sends what waits, unless a window is open: then it waits for the closing edge. */
  private flush(): void {
    if (this.edges.quiet) return;
    // The trace first: whoever waits for the edges integrates a gauge from it.
    this.lastBatchNs = this.effects.nowNs();
    const batch = this.trace.take();
    if (batch !== null) this.channel.send({ type: 'trace', batch });
    // A push sensor's end of the window comes after it; without a trace nobody fetches it.
    const { owed } = this;
    const waits = owed !== null && this.traceHz !== null && this.lastBatchNs < owed.untilNs;
    if (waits && !this.sensors.delivered(owed.closedNs, owed.windowS)) return;
    this.owed = null;
    for (const message of this.edges.takeRead()) this.channel.send(message);
  }

  /** A process that was stopped, or a machine that slept, shows as a long time between two beats. */
  private beat(): void {
    const now = this.effects.nowNs();
    const pauseNs = now - this.lastBeatNs;
    if (pauseNs > this.standstillNs) this.standstillNs = pauseNs;
    this.lastBeatNs = now;
  }

  private heartbeat(): void {
    this.beat();
    if (++this.beats % keepAliveBeats === 0) this.sensors.keepAlive();
    this.effects.after(heartbeatMs, () => this.heartbeat());
  }
}
