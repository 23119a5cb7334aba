import { Button, VisuallyHidden } from '@mantine/core';
import { useEffect, useReducer } from 'react';
import { formatCount, formatDuration, significant } from '../../../shared/units';
import { give, isMac } from '../../commands/handlers';
import { infoOf, printKeys } from '../../commands/table';
import { useReady, useSession } from '../../lab/session';
import { Icon } from '../../parts/icons';
import { PageLink } from '../../parts/PageLink';
import { type Progress as LiveProgress, useLive } from '../../state/live';
import { runsPerMinute } from '../../state/pace';
import { useSettings } from '../../state/settings';
import { go } from '../../state/view';
import { showRunsOf } from '../runs/filter';
import { resume } from './actions';
import { useExperiments, useMachine, useMeasuring } from './data';
import { readinessOf } from './readiness';
import {
  endedText,
  leftText,
  runsText,
  shareDone,
  spokenText,
  stageWords,
  stoppedText,
  totalOf,
} from './words';

/** What is measured now, always in this place: or whether the machine is ready, and how the last experiment ended. */
export function LiveBlock({ empty }: { empty: boolean }) {
  const progress = useLive((s) => s.progress);
  const measuring = useMeasuring();
  const lost = useSession(({ session }) => session.phase === 'ready' && session.problem !== null);
  return (
    <section
      className="tw-card tw-live"
      aria-label="Measurement"
      data-measuring={measuring !== null || undefined}
    >
      {lost ? (
        <Lost measured={measuring !== null || progress !== null} />
      ) : progress !== null ? (
        <Measuring progress={progress} />
      ) : measuring !== null ? (
        <Joining />
      ) : (
        <Idle empty={empty} />
      )}
      <Spoken progress={lost ? null : progress} />
    </section>
  );
}

/** Speaks when the run or its stage changes, never with a tick. */
function Spoken({ progress }: { progress: LiveProgress | null }) {
  const ended = useLive((s) => s.ended);
  const text = progress ? spokenText(progress) : ended ? `The experiment ended: ${ended.status}.` : '';
  return (
    <VisuallyHidden role="status" aria-live="polite" data-live-region="">
      {text}
    </VisuallyHidden>
  );
}

function CancelButton() {
  return (
    <Button
      variant="default"
      leftSection={<Icon name="stop" size={12} />}
      title={printKeys(infoOf('run.cancel').keys[0], isMac)}
      onClick={() => give('run.cancel')}
    >
      Cancel …
    </Button>
  );
}

/** Without the lab nothing here would be true: no clock runs on, and nothing can be cancelled. */
function Lost({ measured }: { measured: boolean }) {
  return (
    <div className="tw-live-top" data-offer="lost">
      <strong>Not connected to the lab</strong>
      <span className="tw-muted">
        {measured
          ? 'Whether it still measures shows when the connection is back. Finished runs are kept.'
          : 'Measuring is possible when the connection is back.'}
      </span>
    </div>
  );
}

/** Measured, but no report yet: the page was opened in the middle. */
function Joining() {
  return (
    <div className="tw-live-top">
      <strong>Measuring</strong>
      <span className="tw-muted">The next stage of the run brings its progress.</span>
      <span className="tw-grow" />
      <CancelButton />
    </div>
  );
}

function Measuring({ progress }: { progress: LiveProgress }) {
  const { label, stage, finished, total } = progress;
  const warning = useLive((s) => s.warning);
  return (
    <>
      <div className="tw-live-top">
        <strong className="tw-live-stage">{stageWords[stage]}</strong>
        <span className="tw-num">
          run {formatCount(Math.min(total, finished + 1))} of {formatCount(total)}
        </span>
        <span className="tw-live-label" title={label}>
          {label}
        </span>
        <span className="tw-grow" />
        <CancelButton />
      </div>
      <Ticking progress={progress} />
      {warning !== null && <p className="tw-warn tw-live-warning">Last warning: {warning}</p>}
    </>
  );
}

/** The only thing that changes by itself: elapsed and left, a few times a second at most, and never unseen. */
function Ticking({ progress }: { progress: LiveProgress }) {
  const atMs = useLive((s) => s.atMs);
  const pace = useLive((s) => s.pace);
  const rateHz = Math.min(
    4,
    useSettings((s) => s.updateRateHz),
  );
  const [, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = window.setInterval(() => document.hidden || tick(), 1000 / rateHz);
    return () => window.clearInterval(timer);
  }, [rateHz]);
  const sinceS = Math.max(0, (performance.now() - atMs) / 1000);
  const elapsedS = progress.elapsedS + sinceS;
  const leftS = progress.leftS === null ? null : progress.leftS - sinceS;
  const share =
    Math.round(
      1000 * shareDone({ ...progress, elapsedS, leftS: leftS === null ? null : Math.max(0, leftS) }),
    ) / 10;
  const rate = runsPerMinute(pace);
  return (
    <div className="tw-live-line">
      <div
        className="tw-progress"
        role="progressbar"
        aria-label="Progress of the experiment"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share}
        aria-valuetext={`${progress.finished} of ${progress.total} runs finished`}
      >
        <div style={{ width: `${share}%` }} />
      </div>
      <dl className="tw-live-facts tw-num">
        <div>
          <dt>Left</dt>
          <dd data-fact="left">
            {leftS === null ? 'not known yet' : leftS < -10 ? 'longer than expected' : leftText(leftS)}
          </dd>
        </div>
        <div>
          <dt>Elapsed</dt>
          <dd data-fact="elapsed">{formatDuration(Math.floor(elapsedS))}</dd>
        </div>
        <div>
          <dt>Finished</dt>
          <dd>{runsText(progress.finished)}</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd data-fact="rate">{rate === null ? 'not known yet' : `${significant(rate, 2)} runs/min`}</dd>
        </div>
      </dl>
    </div>
  );
}

function Idle({ empty }: { empty: boolean }) {
  const ready = useReady();
  const ended = useLive((s) => s.ended);
  const { experiments } = useExperiments();
  const newest = experiments[0];
  const last = ended ? experiments.find((e) => e.id === ended.experimentId) : undefined;
  const stopped = newest?.status === 'interrupted' && ready.info.readOnly === null ? newest : null;
  return (
    <>
      {stopped && (
        <div className="tw-live-top" data-offer="resume">
          <strong>{stoppedText(stopped, totalOf(stopped))}</strong>
          <span className="tw-muted">What was measured is kept.</span>
          <span className="tw-grow" />
          <Button leftSection={<Icon name="play" size={14} />} onClick={() => void resume(ready, stopped.id)}>
            Resume
          </Button>
        </div>
      )}
      {last && !stopped && (
        <div className="tw-live-top" data-offer="ended">
          <span>{endedText(last, totalOf(last))}</span>
          <span className="tw-grow" />
          {last.status === 'cancelled' && ready.info.readOnly === null && (
            <Button leftSection={<Icon name="play" size={14} />} onClick={() => void resume(ready, last.id)}>
              Resume
            </Button>
          )}
          <Button variant="default" onClick={() => showRunsOf(last.id)}>
            Show the runs
          </Button>
          <Button
            variant={last.status === 'cancelled' ? 'default' : 'filled'}
            onClick={() => go({ page: 'figures' })}
          >
            Show the figure
          </Button>
        </div>
      )}
      <Readiness quiet={empty} />
    </>
  );
}

/** Before a start: what this machine can measure. */
function Readiness({ quiet }: { quiet: boolean }) {
  const { data, error, isFetching } = useMachine();
  const { info } = useReady();
  if (info.readOnly !== null)
    return (
      <p className="tw-muted tw-flat">This lab is open for reading only: nothing can be measured here.</p>
    );
  if (error) return <p className="tw-warn tw-flat">The machine could not be looked at: {error.message}</p>;
  if (!data)
    return <p className="tw-muted tw-flat">{isFetching ? 'Looking for providers and meters …' : ' '}</p>;
  return (
    <ul className="tw-ready" aria-label="This machine">
      {!quiet && <li className="tw-ready-head">Ready to measure</li>}
      {readinessOf(data).map(({ text, tone, more }) => (
        <li key={text}>
          <span className={`tw-${tone}`} aria-hidden="true">
            {tone === 'warn' ? '▲' : '●'}
          </span>{' '}
          {text}
          {more && (
            <>
              {' '}
              <PageLink to={{ page: 'machine' }}>What can be done</PageLink>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
