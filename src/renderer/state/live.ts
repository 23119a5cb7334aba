import { create } from 'zustand';
import type { Lab, LabEvent } from '../../shared/contract';
import type { TraceSensor } from '../../shared/live';
import { type Pace, stepPace } from './pace';
import { Ring } from './ring';

export type Progress = Extract<LabEvent, { type: 'progress' }>;

/** What is being measured now, as text; traces are beside in rings and never pass through React state. */
export interface Live {
  progress: Progress | null;
  /** When `progress` came, ms of performance.now(): the line counts on from there. */
  atMs: number;
  /** How fast its runs finish. */
  pace: Pace | null;
  /** The last thing the lab warned of; cleared when the next run succeeds. */
  warning: string | null;
  /** How the last experiment ended; null while one runs. */
  ended: { experimentId: string; status: string } | null;
}

export const useLive = create<Live>(() => ({
  progress: null,
  atMs: 0,
  pace: null,
  warning: null,
  ended: null,
}));

/** Points kept per trace: one hour at 10 Hz. */
const capacity = 36_000;

export interface LiveTraces {
  /** The run that they are of: the last one's stay until the next one's first samples. */
  runId: string | null;
  power: Map<string, { sensor: TraceSensor; ring: Ring }>;
  latency: Ring;
  /** Counts every change, so that a drawer knows whether there is something new. */
  version: number;
}
export const traces: LiveTraces = { runId: null, power: new Map(), latency: new Ring(capacity), version: 0 };

/** Keeps `useLive` and `traces` in step with the lab's events. @returns stops it */
export function followLive(lab: Lab): () => void {
  // Of a service that has ended: what it measured last is not measured now.
  useLive.setState({ progress: null, pace: null, warning: null, ended: null });
  return lab.onEvent((event) => {
    switch (event.type) {
      case 'progress':
        useLive.setState(({ pace }) => ({
          progress: event,
          atMs: performance.now(),
          pace: stepPace(pace, event),
          ended: null,
        }));
        return;
      case 'warning':
        useLive.setState({ warning: event.text });
        return;
      case 'runChanged':
        if (event.status === 'completed') useLive.setState({ warning: null });
        return;
      case 'experimentEnded':
        // One that waited and was taken out of the queue also ends, while another is measured.
        useLive.setState(({ progress }) =>
          progress !== null && progress.experimentId !== event.experimentId
            ? {}
            : {
                progress: null,
                pace: null,
                ended: { experimentId: event.experimentId, status: event.status },
              },
        );
        return;
      case 'samples':
        takeSamples(event);
        return;
    }
  });
}

function clearTraces(runId: string): void {
  traces.runId = runId;
  traces.power.clear();
  traces.latency.clear();
  traces.version += 1;
}

function takeSamples({ runId, power, latency }: Extract<LabEvent, { type: 'samples' }>): void {
  if (runId !== traces.runId) clearTraces(runId);
  for (const { sensor, tS, powerW } of power) {
    const own = traces.power.get(sensor.id) ?? { sensor, ring: new Ring(capacity) };
    own.ring.push(tS, powerW);
    traces.power.set(sensor.id, own);
  }
  if (latency && latency.tS.length > 0) {
    // Each batch is one window: between two there is a gap, which no line may cross.
    if (traces.latency.length > 0) traces.latency.push([latency.tS[0]], [Number.NaN]);
    traces.latency.push(latency.tS, latency.durationS);
  }
  traces.version += 1;
}
