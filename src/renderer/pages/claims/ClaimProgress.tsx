import { Button, VisuallyHidden } from '@mantine/core';
import { useEffect, useReducer } from 'react';
import { aboutText } from '../../../shared/claimWords';
import { formatDuration } from '../../../shared/units';
import { useReady } from '../../lab/session';
import { Icon } from '../../parts/icons';
import { useQuiet } from '../../state/quiet';
import { cancelClaims } from './actions';
import type { Active } from './data';

/** What a claim's run does now, how far it is and how long it still takes; nothing moves while a window is open. */
export function ClaimProgressLine({ active, title }: { active: Active; title: string }) {
  const ready = useReady();
  const quiet = useQuiet((s) => s.open);
  const [, tick] = useReducer((n: number) => n + 1, 0);
  const { progress, waits, atMs } = active;
  useEffect(() => {
    if (quiet || waits) return;
    const timer = window.setInterval(() => document.hidden || tick(), 1000);
    return () => window.clearInterval(timer);
  }, [quiet, waits]);
  const sinceS = atMs === null ? 0 : Math.max(0, (performance.now() - atMs) / 1000);
  const leftS = progress.leftS === null ? null : progress.leftS - sinceS;
  const elapsedS = progress.elapsedS + sinceS;
  const known = leftS !== null && elapsedS + Math.max(0, leftS) > 0;
  const share = known
    ? elapsedS / (elapsedS + Math.max(leftS!, 0.02 * elapsedS))
    : progress.done / Math.max(1, progress.total);
  const percent = Math.round(1000 * Math.min(1, share)) / 10;
  return (
    <div className="tw-claim-progress" data-claim-progress="">
      {waits ? (
        <span className="tw-muted">Waits for its turn.</span>
      ) : (
        <>
          <div
            className="tw-progress"
            role="progressbar"
            aria-label={`Progress of ${title}`}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
            aria-valuetext={`${progress.done} of ${progress.total} steps done`}
          >
            <div style={{ width: `${percent}%` }} />
          </div>
          <span className="tw-claim-step">{progress.label}</span>
          <span className="tw-muted tw-num">
            {progress.done} of {progress.total} steps · {formatDuration(Math.floor(elapsedS))} so far ·{' '}
            {leftS === null
              ? 'time left not known yet'
              : leftS < -10
                ? 'takes longer than expected'
                : `${aboutText(leftS)} left`}
          </span>
        </>
      )}
      <Button
        variant="default"
        leftSection={<Icon name="stop" size={12} />}
        disabled={ready.info.readOnly !== null}
        aria-label={`Cancel ${title}`}
        title="What is done is kept, and the run can be resumed."
        onClick={() => void cancelClaims(ready, [active.claimRunId])}
      >
        Cancel
      </Button>
      <VisuallyHidden role="status" aria-live="polite">
        {waits ? '' : `${title}: ${progress.label}`}
      </VisuallyHidden>
    </div>
  );
}
