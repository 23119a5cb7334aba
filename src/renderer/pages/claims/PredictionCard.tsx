import { Button } from '@mantine/core';
import type { ClaimDetail } from '../../../shared/claim';
import { refutationText, shortHash, thresholdText, writtenBefore } from '../../../shared/claimWords';
import { useReady } from '../../lab/session';
import { CopyButton } from '../../parts/CopyButton';
import { Moment } from '../../parts/dates';
import { ClaimBadge } from './ClaimBadge';
import { openDialog } from './dialogs';
import { ScrollBox } from './ScrollBox';

/** What was written down before the runs: by whom, in words, with thresholds, and the hash that fixes it. */
export function PredictionCard({ claim }: { claim: ClaimDetail }) {
  const { info } = useReady();
  const { current, runs } = claim;
  const { by, text, expected, criteria } = current.prediction;
  const own = runs.filter((r) => r.versionId === current.id);
  const before = own.every((r) => writtenBefore(current, r));
  return (
    <section className="tw-card" aria-label="Predicted">
      <h2>What was predicted</h2>
      <p className="tw-flush">
        <ClaimBadge verdict={expected} />{' '}
        <span className="tw-muted">{by === 'lab' ? 'expected by the lab' : 'expected by you'}</span>
      </p>
      <p className="tw-claim-reading">{text}</p>
      <ScrollBox label="Thresholds">
        <table className="tw-claim-table">
          <thead>
            <tr>
              <th scope="col">What is compared</th>
              <th scope="col">Holds where</th>
            </tr>
          </thead>
          <tbody>
            {criteria.map((c) => (
              <tr key={c.key}>
                <td>{c.quantity}</td>
                <td className="tw-num tw-claim-threshold">
                  {thresholdText(c)}
                  {refutationText(c) && <div className="tw-muted">{refutationText(c)}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="tw-muted tw-flush">
        Version {current.version}, written <Moment unixMs={current.createdUnixMs} />
        {own.length === 0
          ? ', no run of it yet'
          : before
            ? ', before its first run'
            : '. A run of it began earlier: the clock of this machine may have been set back'}
        . SHA-256 <span className="tw-mono">{shortHash(current.id)}</span>{' '}
        <CopyButton text={current.id} label="Copy the hash of this version" />
      </p>
      {current.test === null && (
        <p className="tw-flush">
          <Button
            variant="subtle"
            px={0}
            disabled={info.readOnly !== null}
            onClick={() => openDialog({ kind: 'predict', claim: current.claim })}
          >
            I expect something else …
          </Button>
        </p>
      )}
    </section>
  );
}
