import type { Health } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';
import type { WindowState } from '../../shared/run';
import { median } from '../../shared/stats/robust';
import type { Usage } from '../runner/usage';
import type { SystemLook } from './systemWatch';

/** Everything that was seen of machine and device around one window. */
export interface Around {
  looks: readonly [SystemLook, SystemLook];
  /** Of the runner, over the recorded stretch, which reaches a little beyond the window. */
  usage: readonly [Usage, Usage];
  /** Of the device: at both edges, and about two a second between. Empty where no meter tells. */
  edges: readonly Health[];
  health: readonly Health[];
  /** From edge to edge. */
  seconds: number;
  /** Processor time that the sampler used from edge to edge, s; null where there is none. */
  samplerS: number | null;
}

/** Shorter stretches hold too few ticks of 10 ms to tell whose they were. */
const shortestS = 1;
/** Of the device's own reasons for a lower clock those that are a fault of the window; a power limit is none. */
const slowdowns = [
  'hw_slowdown',
  'sw_thermal',
  'hw_thermal',
  'hw_power_brake',
  'thermal',
  'speed_limit',
  'current_limit',
];
const cap = 'sw_power_cap';
/** Share of the window from which each counts. Source: docs/method.md, 4.2. */
const most = { throttled: 0.01, background: 0.05, clock: 0.02, memoryBytes: 100e6 } as const;
/** Fewer clock readings make no median, fewer windows none of the run. */
const fewestClocks = { samples: 5, windows: 3 } as const;

/** Medians, shares and differences over a window. Pure. */
export function windowStateOf(around: Around): WindowState {
  const { looks, usage, edges, seconds } = around;
  const own = statesOf(around);
  const last = edges.some(tells) ? edges.at(-1)! : looks[1].cpu;
  const clocks = clocksOf(own);
  return {
    samples: own.length,
    tempC: last.tempC,
    clockMHz: clocks.length === 0 ? null : median(clocks),
    powerLimitW: last.powerLimitW,
    throttle: shares(own, looks[1].cpu),
    throttleTime: timeShares(edges, seconds),
    backgroundCpu: backgroundCpu(around),
    otherClients: largest(own.map((h) => h.otherClients)),
    otherSm: shareOf(largest(own.map((h) => h.otherSmPct ?? null))),
    swappedPages: difference(usage.map((u) => u.swappedPages)),
    majorFaults: usage[1].majorFaults - usage[0].majorFaults,
    power: [looks[0].power, looks[1].power],
  };
}

/** Of the headline's device; where its meter tells nothing (a plug), the processor's own at both ends must do. */
function statesOf({ looks, edges, health }: Around): readonly Health[] {
  const told = [...edges, ...health];
  return edges.length > 0 && told.some(tells) ? told : looks.map((l) => l.cpu);
}

const tells = (state: Health) => Object.values(state).some((value) => value !== null && value !== undefined);

const clocksOf = (states: readonly Health[]) =>
  states.flatMap((h) => (h.clockMHz === null ? [] : [h.clockMHz]));

export interface Judged {
  state: WindowState;
  around: Around;
  /** Longest pause between two beats of the sampler, s; null where there is none. */
  standstillS: number | null;
  /** Median clocks of the windows before. */
  clocksMHz: readonly number[];
}

/** The codes that the state of machine and device gives a window; labels (level I) included. Pure. */
export function stateCodes({ state, around, standstillS, clocksMHz }: Judged): ReasonCode[] {
  const codes: ReasonCode[] = [];
  const { throttle, throttleTime } = state;
  const slowed = (names: readonly string[]) =>
    names.some((n) => (throttle?.[n] ?? 0) > most.throttled || (throttleTime?.[n] ?? 0) > most.throttled);
  if (slowed(slowdowns)) codes.push('THROTTLED');
  if (slowed([cap])) codes.push('POWER_CAP');
  const defaultLimitW = around.edges.at(-1)?.defaultLimitW ?? null;
  if (state.powerLimitW !== null && defaultLimitW !== null && state.powerLimitW < defaultLimitW - 0.5)
    codes.push('LIMIT_LOWERED');
  if ((state.swappedPages ?? 0) > 0 || (state.majorFaults ?? 0) > 0) codes.push('SWAPPING');
  if ((state.backgroundCpu ?? 0) > most.background || (state.otherSm ?? 0) > 0 || memoryMoved(around))
    codes.push('BACKGROUND_LOAD');
  const [before, after] = state.power;
  const moved = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  if (moved(before.source, after.source) || moved(before.mode, after.mode))
    codes.push('POWER_SOURCE_CHANGED');
  if (
    state.clockMHz !== null &&
    clocksOf(statesOf(around)).length >= fewestClocks.samples &&
    clocksMHz.length >= fewestClocks.windows &&
    Math.abs(state.clockMHz / median(clocksMHz) - 1) > most.clock
  )
    codes.push('CLOCK_DRIFT');
  if ((standstillS ?? 0) > mostStandstillS) codes.push('TIME_JUMP');
  return codes;
}

/** The sampler beats once a second: a pause so long means that it, or the machine, stood still. */
const mostStandstillS = 5;

/** Processor time of everybody else over that of the whole machine; null where it cannot be told. */
function backgroundCpu({ usage, looks, samplerS }: Around): number | null {
  const [before, after] = usage;
  if (before.machine === null || after.machine === null) return null;
  const totalS = after.machine.totalS - before.machine.totalS;
  if (Number(after.atNs - before.atNs) / 1e9 < shortestS || !(totalS > 0)) return null;
  const ownS = after.ownS - before.ownS + (looks[1].ownS - looks[0].ownS) + (samplerS ?? 0);
  const busyS = after.machine.busyS - before.machine.busyS;
  return Math.min(1, Math.max(0, (busyS - ownS) / totalS));
}

/** Another program's share of the device's memory shows as a change: the model's own was there before the window. */
function memoryMoved({ edges, health }: Around): boolean {
  const bytes = [...edges, ...health].flatMap((h) => (h.memoryUsedBytes == null ? [] : [h.memoryUsedBytes]));
  return bytes.length > 1 && Math.max(...bytes) - Math.min(...bytes) > most.memoryBytes;
}

function shares(states: readonly Health[], cpu: Health): Record<string, number> | null {
  const told = states.flatMap((h) => (h.throttle === null ? [] : [h.throttle]));
  const share: Record<string, number> = {};
  for (const name of new Set(told.flat()))
    share[name] = told.filter((names) => names.includes(name)).length / told.length;
  // A count that grew says that it happened at some time since the look before.
  if (cpu.throttle?.includes('thermal')) share.thermal = 1;
  return told.length === 0 && cpu.throttle === null ? null : share;
}

function timeShares(edges: readonly Health[], seconds: number): Record<string, number> | null {
  const [before, after] = [edges[0]?.throttleNs, edges.at(-1)?.throttleNs];
  if (!before || !after || edges.length < 2 || !(seconds > 0)) return null;
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, ns]) =>
      // A counter that went back was set anew, and tells nothing of this window.
      before[name] === undefined || ns < before[name]
        ? []
        : [[name, Math.min(1, Number(ns - before[name]) / 1e9 / seconds)]],
    ),
  );
}

const known = (values: readonly (number | null)[]) => values.filter((v) => v !== null);

function largest(values: readonly (number | null)[]): number | null {
  return known(values).reduce<number | null>((a, b) => (a === null || b > a ? b : a), null);
}

function difference(values: readonly (number | null)[]): number | null {
  const [before, after] = known(values);
  return before === undefined || after === undefined ? null : after - before;
}

const shareOf = (percent: number | null) => (percent === null ? null : Math.min(1, percent / 100));
