import type { ClaimDetail } from '../../../shared/claim';
import { claimRunWords, criterionText, optionsText } from '../../../shared/claimWords';
import { claimVerdictWords } from '../../../shared/verdicts';
import { Moment } from '../../parts/dates';
import { ClaimBadge } from './ClaimBadge';
import { Hash } from './Evidence';

/** Every wording that there was, newest first, each with its runs. */
export function History({ claim: { history, runs, current } }: { claim: ClaimDetail }) {
  return (
    <section className="tw-card" aria-label="History">
      <h2>History</h2>
      <p className="tw-muted tw-flush">
        Nothing is edited: whoever changes a prediction writes a new version, which starts without evidence.
      </p>
      {[...history].reverse().map((version) => {
        const own = runs.filter((r) => r.versionId === version.id);
        const { by, expected, criteria } = version.prediction;
        return (
          <section key={version.id} className="tw-claim-part" aria-label={`Version ${version.version}`}>
            <h3>
              Version {version.version}
              {version.id === current.id && ' (current)'}
            </h3>
            <p className="tw-flush">
              <Moment unixMs={version.createdUnixMs} />, {by === 'lab' ? 'by the lab' : 'by you'}: expected “
              {claimVerdictWords[expected]}”; {criteria.map(criterionText).join('; ')}.{' '}
              <Hash hash={version.id} of={`version ${version.version}`} />
            </p>
            {own.length === 0 ? (
              <p className="tw-muted tw-flush">No run.</p>
            ) : (
              <ul className="tw-claim-runs">
                {own.map((run) => (
                  <li key={run.id}>
                    <Moment unixMs={run.startedUnixMs} /> ·{' '}
                    {run.outcome ? <ClaimBadge verdict={run.outcome.verdict} /> : claimRunWords[run.status]} ·{' '}
                    <span className="tw-muted">{optionsText(run.options)}</span>
                    {run.failure && (
                      <div className="tw-warn">
                        {run.failure.message} {run.failure.remedy}
                      </div>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </section>
        );
      })}
    </section>
  );
}
