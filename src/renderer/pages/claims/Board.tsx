import { Button } from '@mantine/core';
import type { ClaimCard } from '../../../shared/claim';
import { claimVerdicts } from '../../../shared/claim';
import { claimVerdictMeanings, tallyOf } from '../../../shared/claimWords';
import { useReady } from '../../lab/session';
import { EmptyState } from '../../parts/EmptyState';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { PageHead } from '../../parts/PageHead';
import { useClaimLive } from '../../state/claims';
import { cancelClaims } from './actions';
import { BoardRow } from './BoardRow';
import { ClaimBadge } from './ClaimBadge';
import { activeOf, useClaims } from './data';
import { openDialog } from './dialogs';

/** Every claim: what is claimed, what was predicted, what was found. */
export function Board() {
  const ready = useReady();
  const { cards, loaded, failure, atUnixMs } = useClaims();
  const readOnly = ready.info.readOnly !== null;
  const own = cards.filter((c) => c.current.test !== null);
  const nine = cards.filter((c) => c.current.test === null);
  return (
    <div className="tw-page tw-claims">
      <PageHead title="Claims" note={loaded ? countText(nine.length, own.length) : null}>
        <CancelAll cards={cards} atUnixMs={atUnixMs} />
        <Button
          variant="default"
          leftSection={<Icon name="play" size={14} />}
          disabled={readOnly || nine.length === 0}
          onClick={() => openDialog({ kind: 'runAll' })}
        >
          Run all nine (first look) …
        </Button>
        <Button
          leftSection={<Icon name="plus" size={14} />}
          disabled={readOnly}
          onClick={() => openDialog({ kind: 'own', claim: null })}
        >
          New claim …
        </Button>
      </PageHead>
      <p className="tw-muted tw-claims-lead">
        Each claim of the essay as something that can fail. The prediction is saved and hashed before the
        first run, and the verdict follows from it by rule. A claim that is refuted is as good a result as one
        that is supported.
      </p>
      <Tally cards={cards} />
      <Rules />
      {failure != null && <FailureNote failure={failure} />}
      {loaded && cards.length === 0 && (
        <EmptyState
          title="No claim yet."
          text="Write one of your own: what is claimed, and from where on it has failed."
        >
          <Button disabled={readOnly} onClick={() => openDialog({ kind: 'own', claim: null })}>
            Write a prediction …
          </Button>
        </EmptyState>
      )}
      {!loaded && failure == null && <p role="status">Reading the claims …</p>}
      {nine.length > 0 && <Rows label="The claims of the essay" cards={nine} atUnixMs={atUnixMs} />}
      {own.length > 0 && (
        <>
          <h2 className="tw-claims-own">Claims of your own</h2>
          <Rows label="Claims of your own" cards={own} atUnixMs={atUnixMs} />
        </>
      )}
    </div>
  );
}

function Rows({ label, cards, atUnixMs }: { label: string; cards: readonly ClaimCard[]; atUnixMs: number }) {
  return (
    <section className="tw-claims-board" aria-label={label}>
      <div className="tw-claims-head" aria-hidden="true">
        <span>Claimed</span>
        <span>Predicted</span>
        <span>Found</span>
        <span />
      </div>
      {cards.map((card) => (
        <BoardRow key={card.current.claim} card={card} atUnixMs={atUnixMs} />
      ))}
    </section>
  );
}

const countText = (nine: number, own: number): string =>
  own === 0 ? `${nine} of the essay` : `${nine} of the essay, ${own} of your own`;

/** How many came out how. */
function Tally({ cards }: { cards: readonly ClaimCard[] }) {
  if (cards.length === 0) return null;
  return (
    <ul className="tw-claims-tally" aria-label="Verdicts so far">
      {tallyOf(cards).map(([verdict, n]) => (
        <li key={verdict} className="tw-num">
          {n} <ClaimBadge verdict={verdict} />
        </li>
      ))}
    </ul>
  );
}

/** How a verdict comes about, for who asks. */
function Rules() {
  return (
    <details className="tw-claims-rules">
      <summary>How a verdict is reached</summary>
      <p>
        A threshold is met only when the whole 95 % interval lies on its side. A first look takes few seeds
        and short windows: it shows what to expect. The full form is the protocol.
      </p>
      <ul>
        {claimVerdicts.map((verdict) => (
          <li key={verdict}>
            <ClaimBadge verdict={verdict} /> {claimVerdictMeanings[verdict]}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Where more than one has been asked for: ends them all. */
function CancelAll({ cards, atUnixMs }: { cards: readonly ClaimCard[]; atUnixMs: number }) {
  const ready = useReady();
  const { progress, ended } = useClaimLive();
  const active = cards.flatMap((card) => {
    const { claim } = card.current;
    return activeOf(card, progress[claim], ended[claim], atUnixMs) ?? [];
  });
  if (active.length < 2) return null;
  const inTurn = [...active].sort((a, b) => Number(b.waits) - Number(a.waits));
  return (
    <Button
      variant="default"
      leftSection={<Icon name="stop" size={12} />}
      disabled={ready.info.readOnly !== null}
      onClick={() =>
        void cancelClaims(
          ready,
          inTurn.map((a) => a.claimRunId),
        )
      }
    >
      Cancel all {active.length}
    </Button>
  );
}
