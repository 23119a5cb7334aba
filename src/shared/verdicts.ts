import type { ClaimPart, ClaimVerdict, Criterion, Estimate, Finding } from './claim';

/**
 * What an interval says of a threshold: it holds or fails only when the whole interval is on its side.
 * Source: guide of the experiments, 1.3 ("a threshold counts as met when the whole interval is on its side").
 */
export function stateOf(criterion: Criterion, value: Estimate | null): Finding['state'] {
  if (value === null || ![value.value, value.low, value.high].every(Number.isFinite)) return 'missing';
  const { relation, threshold, upper, refuteAt } = criterion;
  if (relation === '>=') {
    if (value.low >= threshold) return 'holds';
    return value.high < (refuteAt ?? threshold) ? 'fails' : 'undecided';
  }
  if (relation === '<=') {
    if (value.high <= threshold) return 'holds';
    return value.low > (refuteAt ?? threshold) ? 'fails' : 'undecided';
  }
  const end = upper ?? threshold;
  if (value.low >= threshold && value.high <= end) return 'holds';
  return value.high < threshold || value.low > end ? 'fails' : 'undecided';
}

/** A finding from a criterion and what was measured in one condition. */
export function finding(
  criterion: Criterion,
  condition: string,
  measured: { value: Estimate | null; missing?: string | null; n?: number | null; shownOnly?: boolean },
): Finding {
  const state = stateOf(criterion, measured.value);
  return {
    condition,
    criterion: criterion.key,
    value: state === 'missing' ? null : measured.value,
    missing: state === 'missing' ? (measured.missing ?? 'It was not measured.') : null,
    n: measured.n ?? null,
    state,
    shownOnly: measured.shownOnly ?? false,
  };
}

/**
 * The verdict of findings that decide: `supported` where all hold, `refuted` where all fail, `within_limits` where some
 * hold and some fail, else `inconclusive`; `not_measured` where nothing was measured. Something missing or undecided
 * beside what holds never makes it `supported`, and beside what fails never `refuted`.
 */
export function verdictOfFindings(findings: readonly Finding[]): ClaimVerdict {
  const states = findings.filter((f) => !f.shownOnly).map((f) => f.state);
  const has = (state: Finding['state']) => states.includes(state);
  if (!states.some((s) => s !== 'missing')) return 'not_measured';
  if (has('holds') && has('fails')) return 'within_limits';
  if (has('undecided') || has('missing')) return 'inconclusive';
  return has('holds') ? 'supported' : 'refuted';
}

/** The same over judged parts. */
export function verdictOfParts(parts: readonly Pick<ClaimPart, 'verdict'>[]): ClaimVerdict {
  const all = parts.map((p) => p.verdict);
  const has = (v: ClaimVerdict) => all.includes(v);
  if (!all.some((v) => v !== 'not_measured')) return 'not_measured';
  if (has('within_limits') || (has('supported') && has('refuted'))) return 'within_limits';
  if (has('inconclusive') || has('not_measured')) return 'inconclusive';
  return has('supported') ? 'supported' : 'refuted';
}

/** Words for a person; `not_measured` reads as the board says it. */
export const claimVerdictWords: Readonly<Record<ClaimVerdict, string>> = {
  supported: 'supported',
  refuted: 'refuted',
  within_limits: 'supported within limits',
  inconclusive: 'inconclusive',
  not_measured: 'not yet measured',
};
