import type { ClaimVerdict } from '../../../shared/claim';
import { claimVerdictMarks, claimVerdictMeanings } from '../../../shared/claimWords';
import { claimVerdictWords } from '../../../shared/verdicts';

/** A verdict by mark, word and colour; what it means on hover. */
export function ClaimBadge({ verdict, large = false }: { verdict: ClaimVerdict; large?: boolean }) {
  return (
    <span
      className="tw-claim-badge"
      data-verdict={verdict}
      data-large={large || undefined}
      title={claimVerdictMeanings[verdict]}
    >
      <span aria-hidden="true">{claimVerdictMarks[verdict]}</span> {claimVerdictWords[verdict]}
    </span>
  );
}
