import { useMemo } from 'react';
import type { ClaimDetail, ClaimRun } from '../../../shared/claim';
import { shortHash } from '../../../shared/claimWords';
import { formatDuration } from '../../../shared/units';
import { useRows } from '../../lab/rows';
import { CopyButton } from '../../parts/CopyButton';
import { PageLink } from '../../parts/PageLink';
import { ScrollBox } from './ScrollBox';

/** Steps and runs that the shown result rests on, by hash; those of the run that goes on while it goes on. */
export function Evidence({ claim: { latest, unfinished, progress } }: { claim: ClaimDetail }) {
  const going = progress !== null ? unfinished : null;
  const shown = [going, latest].filter((r): r is ClaimRun => r !== null);
  if (shown.length === 0) return null;
  return (
    <section className="tw-card" aria-label="Evidence">
      <h2>Evidence, by hash</h2>
      <p className="tw-muted tw-flush">
        Every step is stored with the SHA-256 of what it gave; every measured run with the hash of its record.
        “Verify” in Settings computes them again.
      </p>
      {shown.map((run) => (
        <OfRun key={run.id} run={run} going={run === going} />
      ))}
    </section>
  );
}

function OfRun({ run, going }: { run: ClaimRun; going: boolean }) {
  const byId = useRows((s) => s.byId);
  const rows = useMemo(() => run.runs.map((r) => ({ ...r, row: byId.get(r.id) })), [run.runs, byId]);
  return (
    <div className="tw-claim-evidence">
      {going && <h3>So far, of the run that goes on</h3>}
      <div>
        <h4>
          {run.steps.length} {run.steps.length === 1 ? 'step' : 'steps'}
        </h4>
        {run.steps.length > 0 && (
          <ScrollBox label="Steps" tall>
            <table className="tw-claim-table">
              <thead>
                <tr>
                  <th scope="col">Step</th>
                  <th scope="col" className="tw-right">
                    Took
                  </th>
                  <th scope="col">SHA-256</th>
                </tr>
              </thead>
              <tbody>
                {run.steps.map((step) => (
                  <tr key={step.key}>
                    <td>{step.key}</td>
                    <td className="tw-right tw-num">{formatDuration(step.seconds)}</td>
                    <td>
                      <Hash hash={step.sha256} of={step.key} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
      </div>
      <div>
        <h4>
          {run.runs.length} measured {run.runs.length === 1 ? 'run' : 'runs'}
        </h4>
        {rows.length > 0 && (
          <ScrollBox label="Measured runs" tall>
            <table className="tw-claim-table">
              <thead>
                <tr>
                  <th scope="col">Run</th>
                  <th scope="col">Condition</th>
                  <th scope="col">SHA-256 of its record</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ id, sha256, row }) => (
                  <tr key={id}>
                    <td>
                      <PageLink to={{ page: 'run', run: id }}>{id.slice(-8)}</PageLink>
                    </td>
                    <td>{row ? `${row.modelName}, batch ${row.batch}, ${row.provider}` : '–'}</td>
                    <td>
                      {sha256 === null ? (
                        <span className="tw-muted">not hashed yet</span>
                      ) : (
                        <Hash hash={sha256} of={`run ${id.slice(-8)}`} />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
      </div>
    </div>
  );
}

export function Hash({ hash, of }: { hash: string; of: string }) {
  return (
    <span className="tw-claim-hash">
      <span className="tw-mono" title={hash}>
        {shortHash(hash)}
      </span>
      <CopyButton text={hash} label={`Copy the hash of ${of}`} />
    </span>
  );
}
