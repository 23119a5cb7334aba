import type { ChildProcess } from 'node:child_process';
import { type Failure, LabError } from '../../shared/errors';
import type { MeterReport, Reading } from '../../shared/meter';
import type { EnvOptions } from '../meters/environment';
import { owedS } from './openSensors';
import type { EdgeResult, FromSampler, ToSampler, TraceBatch } from './protocol';
import type { SteadyClock } from './steadyClock';

/** The sampler ended, or stopped answering, while the lab needed it. Energy of the run is lost, latency is not. */
export class SamplerLost extends Error {
  readonly kind = 'sampler_lost';
  readonly remedy = 'Run it again; if it happens again, the driver of a meter may be at fault.';
  constructor(how: string) {
    super(`The process that reads the meters ${how}.`);
    this.name = 'SamplerLost';
  }
}

/** The sampler process as the client sees it. */
export interface SamplerPort {
  send(message: ToSampler): void;
  onMessage(listener: (message: FromSampler) => void): void;
  /** Called once when the process is gone, with how it ended in words. */
  onExit(listener: (how: string) => void): void;
  kill(): void;
}

export interface ClientEffects extends SteadyClock {
  /** Starts the process. */
  launch(): SamplerPort;
}

/** A question to the sampler that may take so long, ms, before the process counts as hanging. */
const answerMs = 30_000;
const closeMs = 2_000;
/** The same for edges, beyond the last one's time. */
const edgeGraceMs = 10_000;
/** After a time is up: when this thread was kept, timers come before the answers that lie ready. */
const lateAnswersMs = 100;

interface Pending {
  resolve(value: FromSampler | EdgeResult[]): void;
  reject(error: Error): void;
  stopClock(): void;
}

/** The lab's side of the sampler. Every promise rejects with SamplerLost once the process is gone. */
export class SamplerClient {
  private readonly port: SamplerPort;
  private readonly questions = new Map<number, Pending>();
  private readonly edgeRequests = new Map<string, Pending & { want: number; edges: EdgeResult[] }>();
  private readonly traceListeners = new Set<(batch: TraceBatch) => void>();
  private readonly lostListeners = new Set<(error: SamplerLost) => void>();
  private lost: SamplerLost | null = null;
  private closing = false;
  private lastRequest = 0;
  private reports: MeterReport[] = [];
  /** What push sensors may owe after the end of a window, ms. */
  private owedMs = 0;

  constructor(private readonly effects: ClientEffects) {
    this.port = effects.launch();
    this.port.onMessage((message) => this.take(message));
    this.port.onExit((how) => this.lose(how));
  }

  /** Looks for meters. */
  async probe(options: EnvOptions): Promise<MeterReport[]> {
    const answer = await this.ask((request) => ({ type: 'probe', request, options }));
    this.reports = answer.type === 'reports' ? answer.reports : [];
    return this.reports;
  }

  /** Opens these sensors, instead of those opened before; rejects with LabError if one cannot be opened. */
  async open(sensorIds: readonly string[], options: EnvOptions): Promise<void> {
    await this.ask((request) => ({ type: 'open', request, sensorIds: [...sensorIds], options }));
    const sensors = this.reports.flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []));
    const owed = sensors.filter((s) => sensorIds.includes(s.id)).map((s) => owedS(s, Infinity));
    this.owedMs = 1000 * Math.max(0, ...owed);
  }

  /**
   * Reads every open sensor at each time (hrtime ns; pairs open and close a window) and resolves when
   * the last is read, in order of time; with fewer results if the request is cancelled.
   */
  edges(id: string, atNs: readonly bigint[]): Promise<EdgeResult[]> {
    if (atNs.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      if (this.lost !== null) {
        reject(this.lost);
        return;
      }
      const lastNs = atNs.reduce((a, b) => (a > b ? a : b));
      const waitMs = Math.max(0, Number(lastNs - this.effects.nowNs()) / 1e6) + edgeGraceMs + this.owedMs;
      this.edgeRequests.set(id, {
        resolve: (edges) => resolve(edges as EdgeResult[]),
        reject,
        stopClock: this.hangAfter(waitMs),
        want: atNs.length,
        edges: [],
      });
      this.port.send({ type: 'edges', id, atNs: [...atNs] });
    });
  }

  /** Reads one open sensor at `hz` for so many seconds, in one go: outside of any window. */
  async burst(sensorId: string, seconds: number, hz: number): Promise<Reading[]> {
    const answer = await this.ask((request) => ({ type: 'burst', request, sensorId, seconds, hz }));
    return answer.type === 'burst' ? answer.readings : [];
  }

  /** Gives up the edges of a request that are still due; its promise resolves with those that were read. */
  cancel(id: string): void {
    if (this.lost === null && this.edgeRequests.has(id)) this.port.send({ type: 'cancel', id });
  }

  /** Starts the slow trace (Hz), or stops it (null). */
  trace(hz: number | null): void {
    if (this.lost === null) this.port.send({ type: 'trace', hz });
  }

  /** Listens to the trace; the result stops listening. */
  onTrace(listener: (batch: TraceBatch) => void): () => void {
    this.traceListeners.add(listener);
    return () => this.traceListeners.delete(listener);
  }

  /** Told once if the process ends without being closed. */
  onLost(listener: (error: SamplerLost) => void): () => void {
    this.lostListeners.add(listener);
    if (this.lost !== null && !this.closing) listener(this.lost);
    return () => this.lostListeners.delete(listener);
  }

  /** Closes the meters and ends the process. Never rejects. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    try {
      await this.ask((request) => ({ type: 'close', request }), closeMs);
    } catch {
      // It is gone already, which is what was wanted.
    }
    this.port.kill();
  }

  private ask(message: (request: number) => ToSampler, waitMs = answerMs): Promise<FromSampler> {
    return new Promise((resolve, reject) => {
      if (this.lost !== null) {
        reject(this.lost);
        return;
      }
      const request = ++this.lastRequest;
      this.questions.set(request, {
        resolve: (answer) => resolve(answer as FromSampler),
        reject,
        stopClock: this.hangAfter(waitMs),
      });
      this.port.send(message(request));
    });
  }

  private take(message: FromSampler): void {
    switch (message.type) {
      case 'reports':
      case 'opened':
      case 'burst':
      case 'closed':
        this.settle(message.request, (p) => p.resolve(message));
        return;
      case 'failed':
        this.settle(message.request, (p) => p.reject(asError(message.failure)));
        return;
      case 'edge': {
        const request = this.edgeRequests.get(message.id);
        request?.edges.push(message.edge);
        if (request !== undefined && request.edges.length >= request.want) this.finishEdges(message.id);
        return;
      }
      case 'cancelled':
        this.finishEdges(message.id);
        return;
      case 'trace':
        for (const listener of this.traceListeners) listener(message.batch);
    }
  }

  private settle(request: number, how: (pending: Pending) => void): void {
    const pending = this.questions.get(request);
    if (pending === undefined) return;
    this.questions.delete(request);
    pending.stopClock();
    how(pending);
  }

  private finishEdges(id: string): void {
    const request = this.edgeRequests.get(id);
    if (request === undefined) return;
    this.edgeRequests.delete(id);
    request.stopClock();
    request.resolve(request.edges);
  }

  /** @returns stops the clock */
  private hangAfter(waitMs: number): () => void {
    let stop = this.effects.after(waitMs, () => {
      stop = this.effects.after(lateAnswersMs, () => this.hang());
    });
    return () => stop();
  }

  /** A native call that never returns costs the sampler, not the lab. */
  private hang(): void {
    this.lose('stopped answering');
    this.port.kill();
  }

  private lose(how: string): void {
    if (this.lost !== null) return;
    const error = new SamplerLost(how);
    this.lost = error;
    const waiting = [...this.questions.values(), ...this.edgeRequests.values()];
    this.questions.clear();
    this.edgeRequests.clear();
    for (const pending of waiting) {
      pending.stopClock();
      pending.reject(error);
    }
    if (!this.closing) for (const listener of this.lostListeners) listener(error);
  }
}

const asError = (failure: Failure) => new LabError(failure.kind, failure.message, failure.remedy);

/** A child process, started with an ipc channel and `serialization: 'advanced'`, as a port. */
export function childPort(child: ChildProcess): SamplerPort {
  return {
    send: (message) => {
      // A channel that closed under the message is reported by the exit, not here.
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (listener) => {
      child.on('message', (message) => listener(message as FromSampler));
    },
    onExit: (listener) => {
      child.once('error', (error) => listener(`could not be started (${error.message})`));
      child.once('exit', (code, signal) =>
        listener(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
      );
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
