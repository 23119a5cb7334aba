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
}

/** Closed list of reason codes (docs/method.md, 4.2). Codes that later protocol steps detect join with their detection. */
export const reasons = {
  NO_SENSOR: {
    hits: 'E',
    level: 'X',
    sentence: 'No power or energy meter was found for this device, so energy is not known.',
  },
  SENSOR_DENIED: { hits: 'E', level: 'X', sentence: 'A meter exists but this user may not read it.' },
  SENSOR_BROKEN: {
    hits: 'E',
    level: 'X',
    sentence: 'A meter exists but its library or driver does not work.',
  },
  ESTIMATE_ONLY: {
    hits: 'E',
    level: 'F',
    sentence: 'The energy is an estimate from processor load and rated power, not a measurement.',
  },
  READ_FAILED: { hits: 'E', level: 'V', sentence: 'The meter could not be read at the edge of the window.' },
  ZERO_READ: { hits: 'E', level: 'V', sentence: 'The meter showed no energy at all over a loaded window.' },
  STALE_SENSOR: { hits: 'E', level: 'V', sentence: 'The meter stopped updating under load.' },
  COUNTER_RESET: {
    hits: 'E',
    level: 'V',
    sentence: 'The energy counter went backwards or jumped by an impossible amount.',
  },
  IMPLAUSIBLE: { hits: 'E', level: 'V', sentence: 'The power lies outside what this device can draw.' },
  GAP: {
    hits: 'E',
    level: 'V',
    sentence: 'The power samples have a gap, so the energy between them is unknown.',
  },
  FEW_SAMPLES: { hits: 'E', level: 'V', sentence: 'Too few different power samples fell into the window.' },
  LATE_READ: { hits: 'E', level: 'V', sentence: 'Reading the meter at the window edge took too long.' },
  SCOPE_SUBSTITUTED: {
    hits: 'E',
    level: 'I',
    sentence: 'The meter covers the whole module, not the GPU alone.',
  },
  WINDOW_TOO_SHORT: { hits: 'E', level: 'X', sentence: 'The window is too short for this meter.' },
  DOMAIN_OVERLAP: { hits: 'E', level: 'X', sentence: 'The requested sum would count some energy twice.' },
  SHARED_DEVICE: {
    hits: 'E',
    level: 'X',
    sentence: 'The device is shared (MIG or vGPU), so its board power cannot be split.',
  },
  BELOW_RESOLUTION: {
    hits: 'N',
    level: 'F',
    sentence: 'The energy above idle is too small for this meter to tell from zero.',
  },
  BASELINE_DRIFT: { hits: 'N', level: 'F', sentence: 'The idle power changed between before and after.' },
  THROTTLED: { hits: 'LE', level: 'V', sentence: 'The device slowed itself down during the window.' },
  POWER_CAP: { hits: 'LE', level: 'I', sentence: 'The device ran at its power limit.' },
  LIMIT_LOWERED: { hits: 'LE', level: 'I', sentence: 'The power limit is set below the default.' },
  TEMP_DRIFT: {
    hits: 'LE',
    level: 'F',
    sentence: 'The temperature changed by more than 10 °C over the windows.',
  },
  WARMUP_NOT_SETTLED: {
    hits: 'LE',
    level: 'F',
    sentence: 'The latency had not settled when the warm-up time was up.',
  },
  SWAPPING: { hits: 'LE', level: 'V', sentence: 'The machine was swapping memory to disk.' },
  BACKGROUND_LOAD: { hits: 'LE', level: 'V', sentence: 'Other programs used more than 5 % of the machine.' },
  ON_BATTERY: { hits: 'LE', level: 'F', sentence: 'The machine ran on battery.' },
  TIME_JUMP: {
    hits: 'LE',
    level: 'V',
    sentence: 'The clock jumped, the machine slept, or the measuring process stood still during the window.',
  },
  DEVICE_LOST: { hits: 'LE', level: 'R', sentence: 'The device disappeared during the run.' },
  RUNNER_CRASH: { hits: 'LE', level: 'R', sentence: 'The run ended before its last window.' },
  CANCELLED: { hits: 'LE', level: 'R', sentence: 'The run was cancelled before its last window.' },
  SAMPLER_LOST: {
    hits: 'E',
    level: 'R',
    sentence: 'The process that reads the meters ended during the run.',
  },
  GLANCE: {
    hits: 'LE',
    level: 'F',
    sentence: 'A glance: one short window and no idle baseline. A first look, never evidence.',
  },
  EP_FALLBACK: {
    hits: 'LE',
    level: 'R',
    sentence: 'Part of the model ran on another execution provider than asked.',
  },
  EP_UNCHECKED: {
    hits: 'LE',
    level: 'F',
    sentence: 'It could not be checked whether part of the model ran on another execution provider.',
  },
  OUTPUT_MISMATCH: { hits: 'LE', level: 'R', sentence: 'The outputs hold NaN or infinite values.' },
  TOO_FEW_SAMPLES: {
    hits: 'L',
    level: 'X',
    sentence:
      'Too few independent inferences for this percentile: few were run, or the machine changed its speed meanwhile. Measure again, or longer.',
  },
  FEW_INFERENCES: { hits: 'LE', level: 'F', sentence: 'Fewer than 30 inferences fitted into a window.' },
  TOO_FEW_WINDOWS: { hits: 'LE', level: 'R', sentence: 'Too few undamaged windows are left.' },
  CI_TARGET_MISSED: { hits: 'LE', level: 'I', sentence: 'The interval is wider than the preset aims for.' },
  OUTLIER_WINDOW: { hits: 'LE', level: 'I', sentence: 'One window differs strongly from the others.' },
  UNSTABLE_LATENCY: { hits: 'L', level: 'F', sentence: 'The window medians vary by more than 2.5 %.' },
  NOT_INTERLEAVED: {
    hits: 'C',
    level: 'F',
    sentence: 'The two sides were measured in separate stretches of time.',
  },
  CONTROL_FAILED: {
    hits: 'C',
    level: 'R',
    sentence: 'The control, one model entered twice, already differed.',
  },
  CONTEXT_MISMATCH: {
    hits: 'C',
    level: 'R',
    sentence: 'The two sides were measured under different conditions.',
  },
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof reasons;
export const reasonCodes = Object.keys(reasons) as ReasonCode[];

/** Does the code concern this result? */
export function concerns(code: ReasonCode, result: 'latency' | 'gross' | 'net'): boolean {
  const { hits } = reasons[code];
  if (result === 'latency') return hits === 'L' || hits === 'LE';
  if (result === 'gross') return hits === 'E' || hits === 'LE';
  return hits === 'E' || hits === 'LE' || hits === 'N';
}

/**
 * Verdict of one result from the codes that concern it: the worst level decides.
 * V codes void windows, not results; they reach a result only as TOO_FEW_WINDOWS.
 */
export function verdictOf(
  codes: readonly ReasonCode[],
  result: 'latency' | 'gross' | 'net',
  fallback: 'none' | 'cpu' = 'none',
): Verdict {
  // A fallback that the plan names is known to its reader: limited, not invalid.
  const level = (c: ReasonCode): Level =>
    c === 'EP_FALLBACK' && fallback === 'cpu' ? 'F' : reasons[c].level;
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
