import type { RunColumns } from '../../shared/live';
import type { Phase, RunRecord, WindowRecord, WindowSamples } from '../../shared/run';
import { minMax } from '../../shared/stats/decimate';
import { type Distribution, distributionOf } from '../../shared/stats/distribution';
import { quantileOfSorted } from '../../shared/stats/quantiles';
import type { LabReader } from '../store/reader';
import { readingsOf } from '../store/readings';
import type { RunEvent } from '../store/records';
import { latencyTrace } from './live';
import { PowerSeries, powerTrace } from './powerSeries';
import { insideOf } from './samples';
import { inSteps, type Steps } from './turns';

/** Points that a screen can show: of latency in all, of power for each sensor. */
const most = { latency: 4000, power: 2000 };

/**
 * Everything that the page of one run draws, from its stored rows: their size is bounded, whatever was measured.
 * Lets others have the thread before and after each window.
 */
export const runColumns = (reader: LabReader, text: string): Promise<RunColumns> =>
  inSteps(runColumnSteps(reader, text));

/** The same in pieces. */
export function* runColumnSteps(reader: LabReader, text: string): Steps<RunColumns> {
  const run = reader.findRun(text);
  const records = reader.getWindows(run.id);
  const events = reader.getEvents(run.id);
  const originNs = events[0]?.atNs ?? records[0]?.openNs ?? 0n;
  const sinceStart = (ns: bigint) => Number(ns - originNs) / 1e9;

  const windows: RunColumns['windows'] = [];
  const traces: RunColumns['latency'][] = [];
  const parts: Distribution[] = [];
  let samples = 0;
  for (const { index, openNs, closeNs, verdict } of records) {
    const stored = reader.getSamples(run.id, index);
    samples += stored.durationsNs.length;
    const share = Math.max(2, Math.floor(most.latency / records.length));
    traces.push(latencyTrace(stored, openNs, closeNs, originNs, share));
    yield;
    const sorted = sortedSeconds(stored, openNs, closeNs);
    windows.push({
      index,
      openS: sinceStart(openNs),
      closeS: sinceStart(closeNs),
      verdict,
      p50S: sorted.length > 0 ? quantileOfSorted(sorted, 0.5) : null,
    });
    if (verdict !== 'void' && sorted.length > 0) parts.push({ sorted, weight: stored.stride });
    yield;
  }
  const { value, share } = distributionOf(parts);
  return {
    phases: phasesOf(run, events, records, sinceStart),
    windows,
    latency: {
      tS: joined(traces.map((t) => t.tS)),
      durationS: joined(traces.map((t) => t.durationS)),
    },
    distribution: { latencyS: value, share },
    power: powerOf(reader, run.id, originNs),
    samples,
  };
}

function sortedSeconds(samples: WindowSamples, openNs: bigint, closeNs: bigint): Float64Array {
  return insideOf(samples, openNs, closeNs)
    .durationsNs.map((ns) => ns / 1e9)
    .sort();
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Each phase from its event to the next one's. The windows are no event: nothing is written while one is announced. */
function phasesOf(
  run: RunRecord,
  events: readonly RunEvent[],
  windows: readonly WindowRecord[],
  sinceStart: (ns: bigint) => number,
): RunColumns['phases'] {
  const [first, last] = [windows[0], windows.at(-1)];
  const begins: { phase: Phase; fromS: number }[] = events.map((e) => ({
    phase: e.phase,
    fromS: sinceStart(e.atNs),
  }));
  if (first) begins.push({ phase: 'window', fromS: sinceStart(first.openNs) });
  begins.sort((a, b) => a.fromS - b.fromS);
  const knownS = Math.max(0, begins.at(-1)?.fromS ?? 0, last ? sinceStart(last.closeNs) : 0);
  const endS = Math.max(knownS, endOf(run) ?? 0);
  return begins.map(({ phase, fromS }, i) => ({ phase, fromS, toS: begins[i + 1]?.fromS ?? endS }));
}

/** Seconds from start to end by the wall clock; null for a run whose end nobody saw. */
function endOf({ startedUnixMs, endedUnixMs, outcome }: RunRecord): number | null {
  if (startedUnixMs === null || endedUnixMs === null) return null;
  const unseen = outcome?.kind === 'failed' && outcome.exitCode === null && outcome.signal === null;
  return unseen && outcome.cause === 'crash' ? null : (endedUnixMs - startedUnixMs) / 1000;
}

function powerOf(reader: LabReader, runId: string, originNs: bigint): RunColumns['power'] {
  const readings = reader
    .getReadings(runId)
    .flatMap(readingsOf)
    .sort((a, b) => (a.t0 < b.t0 ? -1 : 1));
  return reader.sensorsOf(runId).flatMap((sensor) => {
    const series = new PowerSeries(sensor);
    series.add(readings);
    const { tS, powerW } = powerTrace(sensor, series.take(), originNs);
    if (tS.length === 0) return [];
    const { t, value } = minMax(tS, powerW, most.power);
    return [{ ...powerTrace(sensor, [], originNs), tS: t, powerW: value }];
  });
}
