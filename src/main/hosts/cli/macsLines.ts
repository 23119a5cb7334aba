import type { Macs } from '../../../shared/model';
import { formatCount, formatPercent } from '../../../shared/units';

/** Operators that multiply nothing, most elements first; more than these are for `--json`. */
const othersShown = 8;

/** The arithmetic of one inference as lines for a terminal. Pure. */
export function macsLines(macs: Macs): string[] {
  const { effective, computed, others } = macs;
  const share = macs.macs && effective !== null ? ` (${formatPercent(effective / macs.macs, 3)})` : '';
  const dense =
    computed.length > 0
      ? [
          `                       Products of computed values count in full: ${computed.join(', ')}; they have no stored weights.`,
        ]
      : [];
  const sorted = Object.entries(others).sort(([, a], [, b]) => (b.elements ?? 0) - (a.elements ?? 0));
  const more = sorted.length > othersShown ? `, and ${sorted.length - othersShown} more` : '';
  const listed = sorted
    .slice(0, othersShown)
    .map(([op, { calls, elements }]) => `${op} ${known(calls)} × → ${known(elements)} elements`);
  return [
    `MACs per inference     ${macs.macs === null ? `not known: ${macs.missingReason}` : `${formatCount(macs.macs)} dense, convention ${macs.convention}`}`,
    `Weight not zero        ${effective === null ? `not known: ${macs.effectiveMissingReason}` : `${formatCount(effective)} MACs${share}`}`,
    ...dense,
    `Weight, input not zero ${macs.inputEffective === null ? `not known: ${macs.inputEffectiveMissingReason}` : formatCount(macs.inputEffective)}`,
    ...(sorted.length > 0 ? [`Other operations       ${listed.join(', ')}${more}`] : []),
  ];
}

const known = (n: number | null) => (n === null ? '?' : formatCount(n));
