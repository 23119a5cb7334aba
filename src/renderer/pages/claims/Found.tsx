import { Button } from '@mantine/core';
import type { ClaimDetail } from '../../../shared/claim';
import { aboutText, agreementText, claimRunWords, optionsText } from '../../../shared/claimWords';
import { useReady } from '../../lab/session';
import { Moment } from '../../parts/dates';
import { ClaimBadge } from './ClaimBadge';
import type { Active } from './data';
import { openDialog } from './dialogs';

/** The verdict with its boundary, beside what to doubt. */
export function Found({ claim, active }: { claim: ClaimDetail; active: Active | null }) {
  const { current, latest } = claim;
  const outcome = latest?.outcome ?? null;
  return (
    <div className="tw-claim-two tw-claim-wide-left">
      <section className="tw-card" aria-label="Found">
        <h2>What was found</h2>
        {latest && outcome ? (
          <>
            <p className="tw-claim-verdict">
              <ClaimBadge verdict={outcome.verdict} large />
            </p>
            <p className="tw-claim-sentence">{outcome.sentence}</p>
            {outcome.boundary && (
              <p className="tw-claim-reading">
                <b>The limit:</b> {outcome.boundary}
              </p>
            )}
            <p className="tw-claim-reading">{agreementText(current, outcome.verdict)}</p>
            <p className="tw-muted tw-flush">
              {optionsText(latest.options)} · <Moment unixMs={latest.endedUnixMs ?? latest.startedUnixMs} />
              {latest.options.form === 'glance' && '. A first look is no evidence: the full form is.'}
            </p>
          </>
        ) : (
          <NothingYet claim={claim} active={active} />
        )}
      </section>
      <Doubts claim={claim} />
    </div>
  );
}

function NothingYet({ claim, active }: { claim: ClaimDetail; active: Active | null }) {
  const { info } = useReady();
  const { current, history, unfinished, expectedS } = claim;
  const older = claim.runs.find((r) => r.versionId !== current.id && r.outcome !== null);
  const stopped =
    active === null && unfinished !== null && unfinished.status !== 'running' ? unfinished : null;
  return (
    <>
      <p className="tw-claim-verdict">
        <ClaimBadge verdict="not_measured" large />
      </p>
      <p className="tw-claim-reading">
        {active !== null
          ? 'It is being measured now; the verdict comes with the end of the run.'
          : stopped !== null
            ? `A run ended ${claimRunWords[stopped.status]} after ${stopped.steps.length} steps. They are kept: resume it, or run it anew.`
            : `No run of this wording has ended. A first look takes ${aboutText(expectedS.glance)}, the full form ${aboutText(expectedS.full)}.`}
      </p>
      {stopped?.failure && (
        <p className="tw-warn tw-claim-reading">
          {stopped.failure.message} {stopped.failure.remedy}
        </p>
      )}
      {older?.outcome && (
        <p className="tw-claim-reading">
          Version {older.version} came out <ClaimBadge verdict={older.outcome.verdict} />. What was predicted
          has been written anew since, so that run is no evidence for version {current.version} of{' '}
          {history.length}.
        </p>
      )}
      {active === null && (
        <Button
          variant="default"
          disabled={info.readOnly !== null}
          onClick={() => openDialog({ kind: 'run', claim: current.claim })}
        >
          Run it …
        </Button>
      )}
    </>
  );
}

function Doubts({ claim: { current, latest } }: { claim: ClaimDetail }) {
  const notes = latest?.outcome?.notes ?? [];
  return (
    <section className="tw-card" aria-label="Doubts">
      <h2>What a sceptic would say</h2>
      {current.sceptic.length > 0 ? (
        <ul className="tw-claim-list">
          {current.sceptic.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      ) : (
        <p className="tw-muted tw-flush">Nothing has been written here.</p>
      )}
      {notes.length > 0 && (
        <>
          <h3>Limits of this run</h3>
          <ul className="tw-claim-list">
            {notes.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
