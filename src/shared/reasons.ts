import type { Verdict } from './run';

/** What a code spoils: latency, energy (gross and net), net energy only, a comparison. */
export type Hit = 'L' | 'E' | 'LE' | 'N' | 'C';
/** I: label only. F: result limited. V: window void. R: result invalid. X: not measured. */
export type Level = 'I' | 'F' | 'V' | 'R' | 'X';

interface Reason {
  hits: Hit;
  level: Level;
  /** For a person who does not know the code: what it means for the number. */
  sentence: string;
  /** What to do about it; absent for labels (level I). */
  remedy?: string;
}

/** Closed list of reason codes (docs/method.md, 4.2). */
export const reasons = {
  NO_SENSOR: {
    hits: 'E',
    level: 'X',
    sentence: 'No power or energy meter was found for this device, so energy is not known.',
    remedy:
      "See the Machine & meters page for what was looked for; give the processor's rated power in Settings for a labelled estimate.",
  },
  SENSOR_DENIED: {
    hits: 'E',
    level: 'X',
    sentence: 'A meter exists but this user may not read it.',
    remedy: 'The Machine & meters page shows the command that allows reading it. Run it, then measure again.',
  },
  SENSOR_BROKEN: {
    hits: 'E',
    level: 'X',
    sentence: 'A meter exists but its library or driver does not work.',
    remedy: 'Install or update the driver that the Machine & meters page names, then measure again.',
  },
  ESTIMATE_ONLY: {
    hits: 'E',
    level: 'F',
    sentence: 'The energy is an estimate from processor load and rated power, not a measurement.',
    remedy:
      'Use it for orders of magnitude only. For a measurement, measure on a machine whose meter can be read.',
  },
  READ_FAILED: {
    hits: 'E',
    level: 'V',
    sentence: 'The meter could not be read at the edge of the window.',
    remedy: 'Measure again. If it stays, check the meter on the Machine & meters page.',
  },
  ZERO_READ: {
    hits: 'E',
    level: 'V',
    sentence: 'The meter showed no energy at all over a loaded window.',
    remedy:
      'Check the live reading on the Machine & meters page; virtual machines often show a counter that never moves.',
  },
  STALE_SENSOR: {
    hits: 'E',
    level: 'V',
    sentence: 'The meter stopped updating under load.',
    remedy: 'Check the live reading on the Machine & meters page, then measure again with longer windows.',
  },
  COUNTER_RESET: {
    hits: 'E',
    level: 'V',
    sentence: 'The energy counter went backwards or jumped by an impossible amount.',
    remedy: 'Measure again; if it stays, the driver or the machine resets its counter.',
  },
  IMPLAUSIBLE: {
    hits: 'E',
    level: 'V',
    sentence: 'The power lies outside what this device can draw.',
    remedy: 'Measure again; if it stays, the meter reports wrong numbers on this machine.',
  },
  SOURCES_DISAGREE: {
    hits: 'E',
    level: 'V',
    sentence: 'Two sensors of the same device disagree by more than 5 %: at least one of them is wrong.',
    remedy:
      'Measure again. If it stays, compare the device with a wall meter, and update its driver: one of its two sensors is wrong.',
  },
  GAP: {
    hits: 'E',
    level: 'V',
    sentence: 'The power samples have a gap, so the energy between them is unknown.',
    remedy: 'Close programs that keep the machine busy and measure again.',
  },
  FEW_SAMPLES: {
    hits: 'E',
    level: 'V',
    sentence: 'Too few different power samples fell into the window.',
    remedy: 'Measure with longer windows, for example with the preset standard or rigorous.',
  },
  LATE_READ: {
    hits: 'E',
    level: 'V',
    sentence:
      'Reading the meter at the edge of the window took too long, or a wall meter answered too late in it.',
    remedy: 'Close programs that keep the machine busy and measure again.',
  },
  SCOPE_SUBSTITUTED: {
    hits: 'E',
    level: 'I',
    sentence: 'The meter covers the whole module, not the GPU alone.',
  },
  WINDOW_TOO_SHORT: {
    hits: 'E',
    level: 'X',
    sentence: 'The window is too short for this meter.',
    remedy: 'Choose a longer window, or leave its length to the preset.',
  },
  DOMAIN_OVERLAP: {
    hits: 'E',
    level: 'X',
    sentence: 'The requested sum would count some energy twice.',
    remedy: 'Compare each domain by itself; the one of the device that computes is the headline.',
  },
  SHARED_DEVICE: {
    hits: 'E',
    level: 'X',
    sentence: 'The device is shared (MIG or vGPU), so its board power cannot be split.',
    remedy: 'Measure on a device that no other user shares.',
  },
  METER_NEEDS_DISCHARGE: {
    hits: 'E',
    level: 'X',
    sentence:
      'The battery tells the power of the machine only while it discharges between 90 % and 20 % of its charge.',
    remedy: 'Unplug the machine, wait until the charge is below 90 %, and measure again.',
  },
  BELOW_RESOLUTION: {
    hits: 'N',
    level: 'F',
    sentence: 'The energy above idle is too small for this meter to tell from zero.',
    remedy: 'Measure a larger batch or longer windows, so that the load stands out from idle.',
  },
  BASELINE_DRIFT: {
    hits: 'N',
    level: 'F',
    sentence: 'The idle power changed between before and after.',
    remedy: 'Let the machine come to rest, close other programs, and measure again.',
  },
  THROTTLED: {
    hits: 'LE',
    level: 'V',
    sentence: 'The device slowed itself down during the window.',
    remedy: 'Let the device cool, see that air reaches it, and measure again.',
  },
  POWER_CAP: { hits: 'LE', level: 'I', sentence: 'The device ran at its power limit.' },
  LIMIT_LOWERED: { hits: 'LE', level: 'I', sentence: 'The power limit is set below the default.' },
  TEMP_DRIFT: {
    hits: 'LE',
    level: 'F',
    sentence: 'The temperature changed by more than 10 °C over the windows.',
    remedy:
      'Let the device warm up under load first, or use a longer warm-up (preset rigorous), and measure again.',
  },
  WARMUP_NOT_SETTLED: {
    hits: 'LE',
    level: 'F',
    sentence: 'The latency had not settled when the warm-up time was up.',
    remedy:
      'Measure again with the preset rigorous, which warms up longer, on a machine that does nothing else.',
  },
  SWAPPING: {
    hits: 'LE',
    level: 'V',
    sentence: 'The machine was swapping memory to disk.',
    remedy: 'Close programs or take a smaller batch, so that everything fits into memory, and measure again.',
  },
  BACKGROUND_LOAD: {
    hits: 'LE',
    level: 'V',
    sentence: 'Other programs used more than 5 % of the machine.',
    remedy: 'Close other programs and measure again.',
  },
  ON_BATTERY: {
    hits: 'LE',
    level: 'F',
    sentence: 'The machine ran on battery.',
    remedy: 'Plug the machine in and measure again.',
  },
  POWER_SOURCE_CHANGED: {
    hits: 'LE',
    level: 'V',
    sentence: 'The machine was plugged in or out, or its power mode changed, during the window.',
    remedy: 'Leave plug and power mode alone while the lab measures, and measure again.',
  },
  CLOCK_DRIFT: {
    hits: 'LE',
    level: 'V',
    sentence: 'The clock of the device was more than 2 % off its median over the run.',
    remedy: 'Let the device cool and the machine rest, fix its clock if you can, and measure again.',
  },
  TIME_JUMP: {
    hits: 'LE',
    level: 'V',
    sentence: 'The clock jumped, the machine slept, or the measuring process stood still during the window.',
    remedy: 'Keep the machine awake (no sleep, no suspended virtual machine) and measure again.',
  },
  DEVICE_LOST: {
    hits: 'LE',
    level: 'R',
    sentence: 'The device disappeared during the run.',
    remedy: 'Check the driver and the power of the device, then measure again.',
  },
  RUNNER_CRASH: {
    hits: 'LE',
    level: 'R',
    sentence: 'The run ended before its last window.',
    remedy: 'Read the cause under "How it ended". A smaller batch or another execution provider may work.',
  },
  CANCELLED: {
    hits: 'LE',
    level: 'R',
    sentence: 'The run was cancelled before its last window.',
    remedy: 'Resume the experiment: the run is measured anew.',
  },
  SAMPLER_LOST: {
    hits: 'E',
    level: 'R',
    sentence: 'The process that reads the meters ended during the run.',
    remedy: 'Measure again. If it stays, check the meters on the Machine & meters page.',
  },
  GLANCE: {
    hits: 'LE',
    level: 'F',
    sentence: 'A glance: one short window and no idle baseline. A first look, never evidence.',
    remedy: 'Measure with the preset quick, standard or rigorous.',
  },
  EP_FALLBACK: {
    hits: 'LE',
    level: 'R',
    sentence: 'Part of the model ran on another execution provider than asked.',
    remedy:
      'Choose another execution provider, or allow the processor as fallback in the plan: then the result is limited, not invalid.',
  },
  EP_UNCHECKED: {
    hits: 'LE',
    level: 'F',
    sentence: 'It could not be checked whether part of the model ran on another execution provider.',
    remedy: 'Look at the operators of the model; compare with a run on the processor.',
  },
  OUTPUT_MISMATCH: {
    hits: 'LE',
    level: 'R',
    sentence: 'The outputs hold NaN or infinite values.',
    remedy: 'Check the model and the fill values of its inputs; other values may keep its outputs finite.',
  },
  TOO_FEW_SAMPLES: {
    hits: 'L',
    level: 'X',
    sentence:
      'Too few independent inferences for this percentile: few were run, or the machine changed its speed meanwhile. Measure again, or longer.',
    remedy: 'Measure longer, or on a machine that does nothing else.',
  },
  FEW_INFERENCES: {
    hits: 'LE',
    level: 'F',
    sentence: 'Fewer than 30 inferences fitted into a window.',
    remedy: 'Choose longer windows or a smaller batch, so that more inferences fit.',
  },
  TOO_FEW_WINDOWS: {
    hits: 'LE',
    level: 'R',
    sentence: 'Too few undamaged windows are left.',
    remedy: 'See the windows below for what damaged them, mend that, and measure again.',
  },
  CI_TARGET_MISSED: { hits: 'LE', level: 'I', sentence: 'The interval is wider than the preset aims for.' },
  OUTLIER_WINDOW: { hits: 'LE', level: 'I', sentence: 'One window differs strongly from the others.' },
  UNSTABLE_LATENCY: {
    hits: 'L',
    level: 'F',
    sentence: 'The window medians vary by more than 2.5 %.',
    remedy: 'Close other programs, fix the clock of the processor if you can, and measure again.',
  },
  NOT_INTERLEAVED: {
    hits: 'C',
    level: 'F',
    sentence: 'The two sides were measured in separate stretches of time.',
    remedy: 'Measure both in one experiment, so that their windows alternate in time.',
  },
  CONTROL_FAILED: {
    hits: 'C',
    level: 'R',
    sentence: 'The control, one model entered twice, already differed.',
    remedy: 'The machine is not steady enough for this comparison: let it come to rest and measure again.',
  },
  CONTEXT_MISMATCH: {
    hits: 'C',
    level: 'R',
    sentence: 'The two sides were measured under different conditions.',
    remedy: 'Measure both under the same conditions on the same machine.',
  },
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof reasons;
export const reasonCodes = Object.keys(reasons) as ReasonCode[];

/** Codes that only limit a result where measuring again did not get rid of them: the machine is as it is (docs/method.md, 4.2). */
export const lastingReasons: readonly ReasonCode[] = ['SWAPPING', 'BACKGROUND_LOAD'];

/** What a code says beside a result: of one that strikes single windows also what became of them. */
export function resultSentence(code: ReasonCode): string {
  const { level, sentence } = reasons[code];
  if (level !== 'V') return sentence;
  return lastingReasons.includes(code)
    ? `${sentence} Windows with it count only where measuring again did not help; they limit the result.`
    : `${sentence} Windows that it struck do not count.`;
}

/** What a person can do about a code; null where there is nothing to do. */
export function remedyOf(code: ReasonCode): string | null {
  return (reasons[code] as Reason).remedy ?? null;
}

/** Does the code concern this result? */
export function concerns(code: ReasonCode, result: 'latency' | 'gross' | 'net'): boolean {
  const { hits } = reasons[code];
  if (result === 'latency') return hits === 'L' || hits === 'LE';
  if (result === 'gross') return hits === 'E' || hits === 'LE';
  return hits === 'E' || hits === 'LE' || hits === 'N';
}

/**
 * Verdict of one result from the codes that concern it: the worst level decides.
 * V codes void windows, not results; they reach a result only as TOO_FEW_WINDOWS, or where they are among `limiting`:
 * codes that count as F here, because windows that carry them were kept after all.
 */
export function verdictOf(
  codes: readonly ReasonCode[],
  result: 'latency' | 'gross' | 'net',
  fallback: 'none' | 'cpu' = 'none',
  limiting: readonly ReasonCode[] = [],
): Verdict {
  // A fallback that the plan names is known to its reader: limited, not invalid.
  const level = (c: ReasonCode): Level =>
    limiting.includes(c) || (c === 'EP_FALLBACK' && fallback === 'cpu') ? 'F' : reasons[c].level;
  const levels = new Set(codes.filter((c) => concerns(c, result)).map(level));
  if (levels.has('X')) return 'not_measured';
  if (levels.has('R')) return 'invalid';
  if (levels.has('F')) return 'limited';
  return 'valid';
}

/** Of the codes behind an absent value the one that is its reason: not measured, else invalid, else void. */
export function weightiest(codes: readonly ReasonCode[]): ReasonCode | null {
  for (const level of ['X', 'R', 'V'] as const) {
    const found = codes.find((c) => reasons[c].level === level);
    if (found) return found;
  }
  return codes[0] ?? null;
}
