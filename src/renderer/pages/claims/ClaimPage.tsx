import { Button } from '@mantine/core';
import { type ClaimDetail, claimLabel } from '../../../shared/claim';
import { aboutText, ownTestText, verdictOfCard } from '../../../shared/claimWords';
import { failureOf } from '../../../shared/errors';
import { isMac, useCommand } from '../../commands/handlers';
import { infoOf, printKeys } from '../../commands/table';
import { useReady } from '../../lab/session';
import { EmptyState } from '../../parts/EmptyState';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { PageHead } from '../../parts/PageHead';
import { PageLink } from '../../parts/PageLink';
import { go } from '../../state/view';
import { resumable, resumeClaim } from './actions';
import { ClaimBadge } from './ClaimBadge';
import { ClaimProgressLine } from './ClaimProgress';
import { type Active, useActive, useClaim } from './data';
import { openDialog } from './dialogs';
import { Elsewhere } from './Elsewhere';
import { Evidence } from './Evidence';
import { Figures } from './Figures';
import { FindingsCard } from './Findings';
import { Found } from './Found';
import { History } from './History';
import { PredictionCard } from './PredictionCard';
import { PublishedCard, Tables } from './Tables';

/** One claim: what is claimed, how it is tested, what was predicted, what was found, what to doubt. */
export function ClaimPage({ claim }: { claim: string }) {
  const { data, error, dataUpdatedAt } = useClaim(claim);
  if (error) return <Unknown thrown={error} />;
  if (!data)
    return (
      <div className="tw-page">
        <PageHead title="Claim" />
        <p role="status">Reading the claim …</p>
      </div>
    );
  return <Claim claim={data} atUnixMs={dataUpdatedAt} />;
}

function Claim({ claim, atUnixMs }: { claim: ClaimDetail; atUnixMs: number }) {
  const { current, latest } = claim;
  const active = useActive(claim, atUnixMs);
  const outcome = latest?.outcome ?? null;
  return (
    <div className="tw-page tw-claim">
      <Head claim={claim} active={active} />
      <section className="tw-card" aria-label="Claimed">
        <h2>What is claimed</h2>
        <blockquote className="tw-claim-statement">{current.statement}</blockquote>
        {current.source !== '' && <p className="tw-muted tw-flush">Source: {current.source}</p>}
        {current.reading !== '' && current.reading !== current.statement && (
          <p className="tw-claim-reading">
            <b>The reading that is tested and can fail:</b> {current.reading}
          </p>
        )}
        {current.test && (
          <p className="tw-claim-reading">
            <b>What is measured:</b> {ownTestText(current.test)}
          </p>
        )}
      </section>
      <div className="tw-claim-two">
        <PredictionCard claim={claim} />
        <section className="tw-card" aria-label="Protocol">
          <h2>How it is tested</h2>
          <ol className="tw-claim-list">
            {current.protocol.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </section>
      </div>
      <Found claim={claim} active={active} />
      <Elsewhere claim={claim} />
      {outcome && <Figures outcome={outcome} claim={current.claim} />}
      {outcome && <FindingsCard parts={outcome.parts} version={current} />}
      {outcome && <Tables tables={outcome.tables} />}
      {outcome && <PublishedCard published={outcome.published} />}
      <Evidence claim={claim} />
      <History claim={claim} />
    </div>
  );
}

function Head({ claim, active }: { claim: ClaimDetail; active: Active | null }) {
  const ready = useReady();
  const { current, expectedS } = claim;
  const readOnly = ready.info.readOnly !== null;
  const label = claimLabel(current.claim);
  const unfinished = resumable(claim);
  const run = () => openDialog({ kind: 'run', claim: current.claim });
  const predict = () =>
    openDialog(
      current.test ? { kind: 'own', claim: current.claim } : { kind: 'predict', claim: current.claim },
    );
  const free = active === null && !readOnly;
  useCommand('claims.run', run, free);
  useCommand('run.start', run, free);
  useCommand('claims.predict', predict, !readOnly);
  return (
    <>
      <p className="tw-flush">
        <PageLink to={{ page: 'claims', claim: null }}>All claims</PageLink>
      </p>
      <PageHead
        title={
          <>
            {current.test === null && <span className="tw-claims-label">{label}</span>} {current.title}
          </>
        }
        note={<ClaimBadge verdict={verdictOfCard(claim)} />}
      >
        <Button variant="default" disabled={readOnly} onClick={predict}>
          {current.test ? 'Change the claim …' : 'Write my own prediction …'}
        </Button>
        {active === null && unfinished && (
          <Button
            variant="default"
            leftSection={<Icon name="play" size={14} />}
            disabled={readOnly}
            onClick={() => void resumeClaim(ready, unfinished.id)}
          >
            Resume
          </Button>
        )}
        <Button
          leftSection={<Icon name="play" size={14} />}
          disabled={!free}
          title={`First look: ${aboutText(expectedS.glance)}. Full form: ${aboutText(expectedS.full)}. (${printKeys(infoOf('run.start').keys[0], isMac)})`}
          onClick={run}
        >
          Run …
        </Button>
      </PageHead>
      {active && (
        <section className="tw-card tw-claim-running" aria-label="Run of the claim">
          <ClaimProgressLine active={active} title={current.test ? current.title : label} />
        </section>
      )}
    </>
  );
}

function Unknown({ thrown }: { thrown: unknown }) {
  const { kind, message, remedy } = failureOf(thrown);
  const back = <Button onClick={() => go({ page: 'claims', claim: null })}>All claims</Button>;
  return (
    <div className="tw-page">
      <PageHead title="Claim" />
      {kind === 'not_found' ? (
        <EmptyState title={message} text={remedy ?? 'It may belong to another lab folder.'}>
          {back}
        </EmptyState>
      ) : (
        <FailureNote failure={thrown}>{back}</FailureNote>
      )}
    </div>
  );
}
