import type { ClaimPart, ClaimVersion, Criterion, Finding } from '../../../shared/claim';
import { estimateText, findingWords, groupFindings, thresholdText } from '../../../shared/claimWords';
import { ClaimBadge } from './ClaimBadge';
import { ScrollBox } from './ScrollBox';

/** Every judged question with its findings. */
export function FindingsCard({ parts, version }: { parts: readonly ClaimPart[]; version: ClaimVersion }) {
  if (parts.length === 0) return null;
  return (
    <section className="tw-card" aria-label="Findings">
      <h2>How the verdict was reached</h2>
      <p className="tw-muted tw-flush">
        Each value with its 95 % interval. It holds or fails only when the whole interval is on one side of
        the threshold.
      </p>
      {parts.map((part) => (
        <Part key={part.key} part={part} version={version} />
      ))}
    </section>
  );
}

function Part({ part, version }: { part: ClaimPart; version: ClaimVersion }) {
  return (
    <section className="tw-claim-part" aria-label={part.title}>
      <h3>
        <ClaimBadge verdict={part.verdict} /> {part.title}
      </h3>
      <p className="tw-flush">{part.sentence}</p>
      {part.boundary && (
        <p className="tw-flush">
          <b>The limit:</b> {part.boundary}
        </p>
      )}
      {part.findings.length > 0 && <Findings part={part} version={version} />}
    </section>
  );
}

/** More rows than this scroll in a frame of their own. */
const manyRows = 16;

function Findings({ part, version }: { part: ClaimPart; version: ClaimVersion }) {
  return groupFindings(part.findings).map(({ criterion: key, deciding, shown }) => {
    const criterion = version.prediction.criteria.find((c) => c.key === key) ?? null;
    const compared = criterion?.quantity ?? key;
    const table = (findings: readonly Finding[], label: string) => (
      <FindingTable
        findings={findings}
        criterion={criterion}
        label={`${label}: ${part.title}, ${compared}`}
      />
    );
    return (
      <div key={key} className="tw-claim-group">
        <p className="tw-flush tw-muted">
          Compared: {compared}.{' '}
          {deciding.length > 0 && criterion && `Holds where ${thresholdText(criterion)}.`}
        </p>
        {deciding.length > 0 && table(deciding, 'Findings')}
        {shown.length > 0 && (
          <details>
            <summary>
              {shown.length}{' '}
              {deciding.length > 0 ? 'more, which are' : shown.length === 1 ? 'value,' : 'values,'} shown and{' '}
              {shown.length === 1 && deciding.length === 0 ? 'does' : 'do'} not decide
            </summary>
            {table(shown, 'Shown')}
          </details>
        )}
      </div>
    );
  });
}

function FindingTable({
  findings,
  criterion,
  label,
}: {
  findings: readonly Finding[];
  criterion: Criterion | null;
  label: string;
}) {
  return (
    <ScrollBox label={label} tall={findings.length > manyRows}>
      <table className="tw-claim-table">
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col" className="tw-right">
              Value [95 % interval]
            </th>
            <th scope="col" className="tw-right" title="Seeds, windows or queries behind the value">
              n
            </th>
            <th scope="col" className="tw-right">
              Threshold
            </th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two conditions may read alike; their order is fixed
            <FindingRow key={i} finding={finding} criterion={criterion} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

const stateClass = { holds: 'tw-good', fails: 'tw-bad', undecided: 'tw-warn', missing: 'tw-muted' } as const;
const stateMark = { holds: '✓', fails: '✗', undecided: '?', missing: '–' } as const;

function FindingRow({ finding, criterion }: { finding: Finding; criterion: Criterion | null }) {
  return (
    <tr>
      <td>{finding.condition}</td>
      <td className="tw-right tw-num">
        {finding.value ? estimateText(finding.value, criterion?.unit ?? '1') : '–'}
      </td>
      <td className="tw-right tw-num">{finding.n ?? '–'}</td>
      <td className="tw-right tw-num">{criterion ? thresholdText(criterion) : '–'}</td>
      <td>
        <span className={stateClass[finding.state]}>
          <span aria-hidden="true">{stateMark[finding.state]}</span> {findingWords[finding.state]}
        </span>
        {finding.missing && <div className="tw-muted">{finding.missing}</div>}
      </td>
    </tr>
  );
}
