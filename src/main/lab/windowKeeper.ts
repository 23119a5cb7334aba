import { type Condition, protocolOf } from '../../shared/plan';
import { type ReasonCode, reasons } from '../../shared/reasons';
import type { RunFacts, RunRecord, WindowEnergy, WindowRecord } from '../../shared/run';
import { mean, robustLimit, robustZ } from '../../shared/stats/robust';
import { studentQuantile } from '../../shared/stats/student';
import type { FromRunner } from '../runner/protocol';
import type { LabContext } from './context';
import type { MeterSession, ProviderMeters } from './meterSession';
import { energyWindows, halfWidthRel, type MeasuredWindow, windowMedians } from './results';
import { inferencesBetween, longestStandstillS, samplesOf } from './samples';
import { type SensorWindow, withInferences } from './sensorWindow';
import type { SystemLook, SystemWatch } from './systemWatch';
import { disagree } from './twoSources';
import { stateCodes, windowStateOf } from './windowState';
import { windowTries } from './windowTries';

type WindowMessage = Extract<FromRunner, { type: 'window' }>;

export interface KeeperParts {
  run: Pick<RunRecord, 'id' | 'condition'>;
  meters: MeterSession;
  metered: ProviderMeters | null;
  system: SystemWatch;
}

/** Judges and stores the windows of one run, and says after each whether another is needed. */
export interface WindowKeeper {
  readonly windows: readonly MeasuredWindow[];
  /** Just before a window opens: how the machine is then. */
  opens(): void;
  keep(message: WindowMessage): Promise<MeasuredWindow>;
  /** After `keep`: is another window to be measured? */
  goOn(): boolean;
  readonly stopReason: RunFacts['stopReason'];
  /** Windows that are still to come, by what the last ones scatter; null before there are three. */
  windowsLeft(): number | null;
  /** The sensor that decides: another one after a meter check that failed. */
  headline: ProviderMeters['headline'];
}

/** Of fewer windows none can be told from the others. */
const fewestForOutlier = 5;
/** A window during which wall clock and steady clock drift further apart than this saw a suspend or a clock step. */
const MOST_DRIFT_MS = 1000;
/** One inference that takes so much longer than the median, in s and in periods, is no tail: the runner was stopped. */
const MOST_STANDSTILL = { seconds: 0.5, periods: 20 };

export function keepWindows(
  { store }: Pick<LabContext, 'store'>,
  { run, meters, metered, system }: KeeperParts,
): WindowKeeper {
  const numbers = protocolOf(run.condition);
  const tries = windowTries(numbers.repeats);
  const windows: MeasuredWindow[] = [];
  let before: SystemLook | null = null;
  let repeat = false;
  let slots = 0;
  let extra = 0;
  let stopReason: RunFacts['stopReason'] = null;

  const keeper: WindowKeeper = {
    windows,
    headline: metered?.headline ?? null,
    get stopReason() {
      return stopReason;
    },
    opens() {
      before = system.look();
    },
    async keep(message) {
      const { index, openNs, closeNs, starts, ends, stride, inferences, usage, gapS } = message;
      const after = system.look();
      const samples = samplesOf(starts, ends, stride, inferences);
      const { headline } = keeper;
      const view = await meters.windowView(run.id, `window:${index}`, headline);
      const energy = oneTruth(view.sensors, headline, metered?.second ?? null).map((own) =>
        withInferences(own.energy, samples),
      );
      const looks = [before ?? after, after] as const;
      const around = { ...view, looks, usage, seconds: Number(closeNs - openNs) / 1e9 };
      const state = windowStateOf(around);
      const clocksMHz = windows.flatMap(({ record }) => record.state?.clockMHz ?? []);
      const codes = new Set<ReasonCode>(energy.flatMap((e) => codesOf(e, headline)));
      for (const code of stateCodes({ state, around, standstillS: view.standstillS, clocksMHz }))
        codes.add(code);
      const between = inferencesBetween(samples, openNs, closeNs);
      const { standstillS, periodS } = longestStandstillS(samples, openNs, closeNs);
      // Also a runner that was stopped: its samples do not reach over the window, or have a hole.
      const stopped = standstillS > Math.max(MOST_STANDSTILL.seconds, MOST_STANDSTILL.periods * periodS);
      const drifted = Math.abs(looks[1].clocksMs - looks[0].clocksMs) > MOST_DRIFT_MS;
      if (between === null || stopped || drifted) codes.add('TIME_JUMP');
      const own = energy.find((e) => e.sensorId === headline?.id);
      const { slot, attempt, verdict, again } = tries.take([...codes], !meters.lost() && mayPass(own));
      repeat = again;
      if (!again) slots += 1;
      const record: WindowRecord = {
        index,
        openNs,
        closeNs,
        inferences: between ?? 0,
        codes: [...codes],
        verdict,
        energy,
        slot,
        attempt,
        ...(gapS > 0 ? { gapS } : {}),
        state,
      };
      store.writer.appendWindow(run.id, record, samples);
      const edgeS = Object.fromEntries(view.sensors.map((s) => [s.energy.sensorId, s.edgeS]));
      const measured = { record, samples, edgeS };
      windows.push(measured);
      return measured;
    },
    goOn() {
      // A device that is gone gives no further window; the run is invalid already.
      if (windows.at(-1)?.record.codes.includes('DEVICE_LOST')) return false;
      if (repeat) return true;
      const { windowsMin, windowsMax, targetRel } = numbers;
      const usable = usableOf(windows, meters.lost() ? null : keeper.headline);
      const reached =
        targetRel !== null &&
        usable >= windowsMin &&
        (halfWidthRel(windows, keeper.headline) ?? Number.POSITIVE_INFINITY) <= targetRel;
      // Windows that are void after all tries cannot be made up for without end.
      const good = usableOf(windows, null);
      const hopeless = good + windowsMax - slots < windowsMin;
      if (!reached && !hopeless && slots < windowsMax + extra) return true;
      // One window that differs strongly: one more, and both stay (docs/method.md, 4.2).
      if (extra === 0 && !hopeless && targetRel !== null && hasOutlier(windows, keeper.headline)) {
        extra = 1;
        if (slots < windowsMax + extra) return true;
      }
      stopReason = reached ? 'target' : targetRel === null ? 'fixed' : 'windows_max';
      return false;
    },
    windowsLeft: () => leftOf(windows, keeper.headline, run.condition, slots),
  };
  return keeper;
}

/** Of two sensors of one device that contradict each other neither is believed. */
function oneTruth(
  seen: readonly SensorWindow[],
  headline: ProviderMeters['headline'],
  second: ProviderMeters['headline'],
): SensorWindow[] {
  const of = (sensor: ProviderMeters['headline']) => {
    const energy = seen.find((s) => s.energy.sensorId === sensor?.id)?.energy;
    if (!sensor || !energy || energy.energyJ === null || energy.fromNs === null || energy.toNs === null)
      return null;
    return { sensor, energyJ: energy.energyJ, seconds: Number(energy.toNs - energy.fromNs) / 1e9 };
  };
  const [a, b] = [of(headline), of(second)];
  if (a === null || b === null || headline?.id === second?.id || !disagree(a, b)) return [...seen];
  return seen.map((s) =>
    s.energy.sensorId === headline?.id || s.energy.sensorId === second?.id
      ? { ...s, energy: { ...s.energy, energyJ: null, code: 'SOURCES_DISAGREE' } }
      : s,
  );
}

/** Of a sensor beside the headline only what concerns its own energy: that it is gone leaves the latency alone. */
function codesOf({ sensorId, code }: WindowEnergy, headline: KeeperHeadline): ReasonCode[] {
  return code === null || (sensorId !== headline?.id && reasons[code].hits !== 'E') ? [] : [code];
}

/** Was the energy lost for a reason that the next window may not have? */
function mayPass(energy: WindowEnergy | undefined): boolean {
  return !!energy?.code && reasons[energy.code].level === 'V';
}

function usableOf(windows: readonly MeasuredWindow[], headline: KeeperHeadline): number {
  return headline
    ? energyWindows(windows, headline.id).length
    : windows.filter((w) => w.record.verdict !== 'void').length;
}

type KeeperHeadline = ProviderMeters['headline'];

function hasOutlier(windows: readonly MeasuredWindow[], headline: KeeperHeadline): boolean {
  if (oneIsFar(windowMedians(windows), 0)) return true;
  if (headline === null) return false;
  const seen = energyWindows(windows, headline.id);
  const values = seen.map((w) => w.energyJ / w.inferences);
  // The floor is what two lags of the sensor scatter: τ/T/√6 of the energy.
  const floor =
    seen.length === 0 ? 0 : headline.update.seconds / mean(seen.map((w) => w.seconds)) / Math.sqrt(6);
  return oneIsFar(values, floor * mean(values));
}

const oneIsFar = (values: readonly number[], floor: number) =>
  values.length >= fewestForOutlier && robustZ(values, floor).some((z) => z > robustLimit);

/** K ≈ (t·s/(ε·ē))² of the half-width so far, within what the preset allows. Source: docs/method.md, 1.4. */
function leftOf(
  windows: readonly MeasuredWindow[],
  headline: KeeperHeadline,
  condition: Condition,
  slots: number,
): number | null {
  const { windowsMin, windowsMax, targetRel } = protocolOf(condition);
  const usable = usableOf(windows, headline);
  if (targetRel === null) return windowsMax - slots;
  const half = usable < 3 ? null : halfWidthRel(windows, headline);
  if (half === null) return null;
  // half = t·s/√K now; the t of many windows stands for the one at the end.
  const sRel = (half * Math.sqrt(usable)) / studentQuantile(0.975, usable - 1);
  const wanted = Math.ceil(((2.1 * sRel) / targetRel) ** 2);
  return Math.max(0, Math.min(windowsMax, Math.max(windowsMin, wanted)) - slots);
}
