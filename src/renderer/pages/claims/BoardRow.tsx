import { Button } from '@mantine/core';
import { type ClaimCard, claimLabel } from '../../../shared/claim';
import {
  aboutText,
  criterionText,
  elsewhereText,
  formWords,
  foundText,
  verdictOfCard,
} from '../../../shared/claimWords';
import { claimVerdictWords } from '../../../shared/verdicts';
import { useReady } from '../../lab/session';
import { Moment } from '../../parts/dates';
import { Icon } from '../../parts/icons';
import { PageLink } from '../../parts/PageLink';
import { resumable, resumeClaim } from './actions';
import { ClaimBadge } from './ClaimBadge';
import { ClaimProgressLine } from './ClaimProgress';
import { useActive } from './data';
import { openDialog } from './dialogs';

/** One claim of the board. */
export function BoardRow({ card, atUnixMs }: { card: ClaimCard; atUnixMs: number }) {
  const { current } = card;
  const label = claimLabel(current.claim);
  const active = useActive(card, atUnixMs);
  const short = current.test ? current.title : `${label} ${current.claim}`;
  return (
    <article className="tw-claims-row" aria-label={short} data-claim={current.claim}>
      <div className="tw-claims-claimed">
        <h3>
          {current.test === null && <span className="tw-claims-label">{label}</span>}
          <PageLink to={{ page: 'claims', claim: current.claim }}>{current.title}</PageLink>
        </h3>
        <p className="tw-claims-clamp" title={current.statement}>
          {current.statement}
        </p>
      </div>
      <Predicted card={card} />
      <div className="tw-claims-found">
        <h4>Found</h4>
        <Found card={card} />
        {active && <ClaimProgressLine active={active} title={short} />}
      </div>
      <Actions card={card} short={short} active={active !== null} />
    </article>
  );
}

function Predicted({ card: { current } }: { card: ClaimCard }) {
  const { by, expected, criteria, text } = current.prediction;
  const [first, ...more] = criteria;
  return (
    <div className="tw-claims-predicted" title={text}>
      <h4>Predicted</h4>
      <p>
        <span className="tw-muted">{by === 'lab' ? 'Lab:' : 'You:'}</span>{' '}
        <strong>{claimVerdictWords[expected]}</strong>
      </p>
      <p>
        {criterionText(first)}
        {more.length > 0 && <span className="tw-muted">, and {more.length} more</span>}
      </p>
    </div>
  );
}

function Found({ card }: { card: ClaimCard }) {
  const { latest, current, versions } = card;
  const text = foundText(card);
  const stopped = resumable(card);
  return (
    <>
      <p>
        <ClaimBadge verdict={verdictOfCard(card)} />{' '}
        {latest && (
          <span className="tw-muted tw-claims-when">
            {formWords[latest.options.form]}, <Moment unixMs={latest.endedUnixMs ?? latest.startedUnixMs} />
          </span>
        )}
      </p>
      {card.verdictsElsewhere !== undefined && (
        <p className="tw-muted">{elsewhereText(card.verdictsElsewhere)}</p>
      )}
      {text && (
        <p className="tw-claims-clamp" title={text}>
          {text}
        </p>
      )}
      {stopped && (
        <p className="tw-muted">
          A run ended {stopped.status} after {stopped.steps.length}{' '}
          {stopped.steps.length === 1 ? 'step' : 'steps'}, which are kept.
        </p>
      )}
      {!latest && versions > 1 && (
        <p className="tw-muted">
          This is version {current.version}: it was written after a run and has no evidence of its own yet.
        </p>
      )}
    </>
  );
}

function Actions({ card, short, active }: { card: ClaimCard; short: string; active: boolean }) {
  const ready = useReady();
  const readOnly = ready.info.readOnly !== null;
  const unfinished = resumable(card);
  if (active) return <div className="tw-claims-actions" />;
  return (
    <div className="tw-claims-actions">
      {unfinished && (
        <Button
          leftSection={<Icon name="play" size={14} />}
          disabled={readOnly}
          aria-label={`Resume ${short}`}
          title={`${unfinished.status}: ${unfinished.steps.length} steps are done and stay`}
          onClick={() => void resumeClaim(ready, unfinished.id)}
        >
          Resume
        </Button>
      )}
      <Button
        variant="default"
        disabled={readOnly}
        aria-label={`Run ${short}`}
        title={`First look: ${aboutText(card.expectedS.glance)}. Full form: ${aboutText(card.expectedS.full)}.`}
        onClick={() => openDialog({ kind: 'run', claim: card.current.claim })}
      >
        Run …
      </Button>
    </div>
  );
}
