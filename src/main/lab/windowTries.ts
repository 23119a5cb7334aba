import { lastingReasons, type ReasonCode, reasons } from '../../shared/reasons';
import type { WindowRecord } from '../../shared/run';

export interface Try {
  slot: number;
  attempt: number;
  verdict: WindowRecord['verdict'];
  /** The window is to be measured again. */
  again: boolean;
}

/** Counts the planned windows of a run and the tries at each. */
export interface WindowTries {
  /** Takes one try with its codes. `lostEnergy`: the headline's energy was voided for a reason that may pass. */
  take(codes: readonly ReasonCode[], lostEnergy: boolean): Try;
}

/** @param repeats how often a void window is measured again */
export function windowTries(repeats: number): WindowTries {
  let slot = 0;
  let attempt = 0;
  /** A meter that gave nothing in all tries at one window is not waited for in the next: latency does not need it. */
  let meterGivenUp = false;
  /** What one window could not shake off in all its tries limits the run already: it voids no other. */
  const accepted = new Set<ReasonCode>();
  return {
    take(codes, lostEnergy) {
      const spoiling = codes.filter((c) => reasons[c].level === 'V' && reasons[c].hits === 'LE');
      const final = attempt >= repeats;
      const spoilt = spoiling.some((c) => !accepted.has(c) && (!final || !lastingReasons.includes(c)));
      if (final && !spoilt) for (const c of spoiling) accepted.add(c);
      const here = { slot, attempt };
      const again = !final && (spoilt || (lostEnergy && !meterGivenUp));
      if (final && repeats > 0 && lostEnergy && !spoilt) meterGivenUp = true;
      if (again) attempt += 1;
      else {
        slot += 1;
        attempt = 0;
      }
      const marked = codes.some((c) => reasons[c].level !== 'I');
      return { ...here, verdict: spoilt ? 'void' : marked ? 'flagged' : 'ok', again };
    },
  };
}

/** Codes of windows that count although they carry them: they limit the result. */
export function lastingCodes(windows: readonly Pick<WindowRecord, 'verdict' | 'codes'>[]): ReasonCode[] {
  const used = windows.filter((w) => w.verdict !== 'void').flatMap((w) => w.codes);
  return lastingReasons.filter((c) => used.includes(c));
}
