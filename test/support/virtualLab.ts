import { setImmediate } from 'node:timers';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { SystemLook } from '../../src/main/lab/systemWatch';
import { simulatedSchema } from '../../src/main/meters/madeUp';
import { unknownHealth } from '../../src/main/meters/reading';
import { simulatedProvider } from '../../src/main/meters/simulated';
import type { Lab, LabEvent, Outputs, RunDetail } from '../../src/shared/contract';
import type { Health, MeterProvider, Reading, SensorInfo } from '../../src/shared/meter';
import type { PlanInput } from '../../src/shared/plan';
import type { Phase } from '../../src/shared/run';
import { detailsOf } from './experiment';
import { type FakeRunner, fakeRunners, type SamplerSwitch, samplerHere } from './fakes';
import { experimentEnd, openTestLab } from './lab';

/**
 * The whole service with fake runners and simulated meters on a clock that jumps from timer to timer: a run of the preset
 * quick, with its idle stretches and windows of 5 s, passes in well under a second and reads its meters exactly in time.
 * The test file must hand `virtualWait` to whoever imports node:timers/promises, see `test/lab/faultMatrix.test.ts`.
 */
export function usesVirtualTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'hrtime', 'Date'],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** setTimeout of node:timers/promises on whatever clock is in force. */
export function virtualWait<T>(ms: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(value as T), ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    });
  });
}

/** Lets time pass, timer by timer, until the promise is settled. */
export async function passing<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const end = () => {
    settled = true;
  };
  promise.then(end, end);
  for (;;) {
    // Whatever waits for no timer has its turn first.
    for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(() => resolve()));
    if (settled) return promise;
    vi.advanceTimersToNextTimer();
  }
}

/** Where the run in progress is. */
export interface Here {
  step: Phase | null;
  /** Window from 0; null outside one. */
  window: number | null;
  /** Steady clock at which the step began, s. */
  sinceS: number;
}

/** Seconds since the step began. */
export const intoS = (here: Here): number => nowS() - here.sinceS;
const nowS = () => Number(process.hrtime.bigint()) / 1e9;

/** What the meters and the machine do wrong, asked for at each read. */
export interface Faults {
  /** Changes a reading; the sensor is `counter` or `gauge`. */
  reading?: (reading: Reading, here: Here) => Reading;
  /** State of the meter's device; unknown where absent. */
  health?: (here: Here, index: number) => Partial<Health>;
  look?: (here: Here) => Partial<SystemLook>;
  runner?: Partial<FakeRunner>;
  /** Called as each step of a runner begins. */
  onStep?: (here: Here, kill: { runner(signal: string): void; sampler(): void; hangSampler(): void }) => void;
  onEvent?: (event: LabEvent, lab: Lab) => void;
}

const quietLook: SystemLook = {
  power: { source: 'ac', mode: 'balanced' },
  cpu: unknownHealth,
  clocksMs: 0,
  ownS: 0,
};

export const counterId = 'simulated:counter';
export const gaugeId = 'simulated:gauge';
export const dramId = 'simulated:dram';

/** What the processor really draws, W: idle without a model, idle with one, under load. */
export const trueW = (step: Phase | null): number => {
  if (step === null || step === 'cool_down' || step === 'bare_idle') return 10;
  return step === 'warmup' || step === 'meter_check' || step === 'window' ? 40 : 15;
};

export type Kind = 'counter' | 'gauge' | 'dram';
type Changed = Partial<Record<Kind, Record<string, unknown>>>;

/** A counter and a power gauge of one processor and a counter of the memory beside it, or only some of them. */
function meterOf(here: Here, faults: Faults, kinds: readonly Kind[], changed: Changed) {
  const { reading = (r) => r, health = () => ({}) } = faults;
  const specs = kinds.map((kind, i) =>
    simulatedSchema.parse({
      id: kind,
      kind: kind === 'gauge' ? 'gauge' : 'counter',
      domain: kind === 'dram' ? 'dram' : 'cpu.package',
      curve: [[0, 10]],
      noiseW: 0.2,
      seed: i + 1,
      ...changed[kind],
    }),
  );
  const base = simulatedProvider(specs);
  let openedS = 0;
  let states = 0;
  const provider: MeterProvider = {
    ...base,
    probe: async (env) => {
      const result = await base.probe(env);
      if (result.status !== 'ok') return result;
      const one = { key: 'cpu0', name: 'Example 9000', driver: null };
      const device = (s: SensorInfo) => (s.domain === 'dram' ? s.device : one);
      return { ...result, sensors: result.sensors.map((s) => ({ ...s, device: device(s) })) };
    },
    open: async (ids, env) => {
      openedS = nowS();
      for (const spec of specs) spec.curve = [[0, trueW(here.step)]];
      const meter = await base.open(ids, env);
      return {
        ...meter,
        read: (some) => meter.read(some).map((r) => reading(r, here)),
        health: () => ({ ...unknownHealth, ...health(here, states++) }),
      };
    },
  };
  /** From now on the processor draws what this step draws. */
  const entered = () => {
    // A new curve each time: sums over one are kept by its identity.
    for (const spec of specs) spec.curve = [...spec.curve, [Math.max(0, nowS() - openedS), trueW(here.step)]];
  };
  return { provider, entered };
}

/** A counter that counts only this share of what passes while `low` holds. */
export function slowCounter(share: number, low: (here: Here) => boolean): NonNullable<Faults['reading']> {
  let last: bigint | null = null;
  let shown = 0n;
  return (reading, here) => {
    if (reading.sensorId !== counterId || typeof reading.raw !== 'bigint') return reading;
    const step = reading.raw - (last ?? reading.raw);
    last = reading.raw;
    shown += low(here) ? BigInt(Math.round(Number(step) * share)) : step;
    return { ...reading, raw: shown };
  };
}

export interface VirtualRun {
  details: RunDetail[];
  events: LabEvent[];
  lab: Lab;
  verified: Outputs['verify'];
  status: string;
}

export const quickPlan: PlanInput = {
  schema: 'thirtywatts.plan/1',
  models: ['mlp:1e3'],
  preset: 'quick',
  callOverhead: false,
  control: false,
};

/** Measures a plan on virtual time with these faults, and verifies the lab after it. */
export async function measureVirtually(
  faults: Faults = {},
  {
    plan = {},
    kinds = ['counter', 'gauge'] as readonly Kind[],
    sensors = {} as Changed,
    others = [] as readonly MeterProvider[],
  } = {},
): Promise<VirtualRun> {
  const here: Here = { step: null, window: null, sinceS: 0 };
  const sampler: Partial<SamplerSwitch> = {};
  const meter = meterOf(here, faults, kinds, sensors);
  const enter = (step: Phase, window: number | null, killRunner: (signal: string) => void) => {
    Object.assign(here, { step, window, sinceS: nowS() });
    meter.entered();
    faults.onStep?.(here, {
      runner: killRunner,
      sampler: () => sampler.kill?.(),
      hangSampler: () => sampler.hang?.(),
    });
  };
  const { lab, events } = openTestLab({
    nowUnixMs: () => Date.now(),
    runner: fakeRunners({
      whole: true,
      ...faults.runner,
      onStep: (step, kill, index) => enter(step, index, kill),
    }),
    startSampler: samplerHere(kinds.length === 0 ? others : [meter.provider, ...others], sampler),
    watchSystem: () => ({ look: () => ({ ...quietLook, ...faults.look?.(here) }) }),
  });
  lab.onEvent((event) => {
    if (event.type === 'progress' && (event.stage === 'cool_down' || event.stage === 'bare_idle'))
      enter(event.stage, null, () => {});
    faults.onEvent?.(event, lab);
  });
  return passing(
    (async () => {
      const ended = experimentEnd(lab);
      const { experimentId } = await lab.startExperiment({ plan: { ...quickPlan, ...plan } });
      const status = await ended;
      const details = await detailsOf(lab, experimentId);
      return { details, events, lab, status, verified: await lab.verify({}) };
    })(),
  );
}

/** The first run of the plan and all of them; whatever went wrong, verify finds nothing. */
export async function measureOne(faults: Faults, options: Parameters<typeof measureVirtually>[1] = {}) {
  const { details, verified, ...rest } = await measureVirtually(faults, options);
  expect(verified.problems).toEqual([]);
  return { ...rest, detail: details[0]!, details };
}

export const failed = (r: Reading, code: string, fatal = false): Reading => ({
  ...r,
  raw: null,
  error: { code, fatal },
});
/** What one sensor gave a run. */
export const energyOf = ({ run }: RunDetail, id: string) => run.energy.find((e) => e.sensor?.id === id)!;
/** Energy that follows from the true 40 W, J per inference. */
export const truthJ = ({ run }: RunDetail) => 40 / run.latency!.throughputHz!;
