import type { ClaimDetail, ElsewhereRun } from '../../../shared/claim';
import { claimRunWords, optionsText } from '../../../shared/claimWords';
import { LabBadge } from '../../parts/badges';
import { Moment } from '../../parts/dates';
import { ClaimBadge } from './ClaimBadge';
import { Hash } from './Evidence';

/** What other labs found of the claim; their verdicts came with bundles and never count here. */
export function Elsewhere({ claim: { elsewhere, current } }: { claim: ClaimDetail }) {
  if (elsewhere === undefined || elsewhere.length === 0) return null;
  return (
    <section className="tw-card" aria-label="Other labs">
      <h2>In other labs</h2>
      <p className="tw-muted tw-flush">
        These verdicts came in with bundles. They stand on the measurements of those labs; the verdict above
        stands on this lab’s alone.
      </p>
      <ul className="tw-claim-runs">
        {elsewhere.map((each) => (
          <Line key={`${each.lab} ${each.run.id}`} each={each} current={current.id} />
        ))}
      </ul>
    </section>
  );
}

function Line({ each: { lab, run, machine }, current }: { each: ElsewhereRun; current: string }) {
  return (
    <li>
      <LabBadge lab={lab} /> <Moment unixMs={run.startedUnixMs} /> ·{' '}
      {run.outcome ? <ClaimBadge verdict={run.outcome.verdict} /> : claimRunWords[run.status]} ·{' '}
      <span className="tw-muted">
        {machine ?? 'machine not named'} · {optionsText(run.options)}
        {run.versionId === current ? '' : ' · another wording of the claim'}
      </span>
      {run.outcome && <div>{run.outcome.sentence}</div>}
      {run.failure && <div className="tw-warn">{run.failure.message}</div>}
      <div className="tw-muted">
        {run.steps.length} {run.steps.length === 1 ? 'step' : 'steps'}, {run.runs.length} measured{' '}
        {run.runs.length === 1 ? 'run' : 'runs'} in this lab, wording{' '}
        <Hash hash={run.versionId} of="the wording that was tested" />
      </div>
    </li>
  );
}
