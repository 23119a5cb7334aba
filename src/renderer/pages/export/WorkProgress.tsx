import { Button, VisuallyHidden } from '@mantine/core';
import type { Failure } from '../../../shared/errors';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { cancelWork, useWork, type WorkKind } from './bundleWork';
import { progressText } from './words';

const words = {
  export: { name: 'Progress of the export', cancel: 'Cancel the export', stays: 'Nothing of it stays.' },
  import: {
    name: 'Progress of the import',
    cancel: 'Cancel the import',
    stays: 'Runs that are whole by then stay; bring the bundle in again for the rest.',
  },
  other: {
    name: 'Progress of the export or import',
    cancel: 'Cancel the export or import',
    stays: 'Begun by another page or the command line, or before this page was loaded.',
  },
} as const satisfies Record<WorkKind, unknown>;

/** What is done now, how far it is, about how long it takes, and the way to end it. */
export function WorkProgress({ kind }: { kind: WorkKind }) {
  const { lab } = useReady();
  const { progress, uploading, cancelling } = useWork();
  const { name, cancel, stays } = words[kind];
  const sending = uploading !== null;
  const label = cancelling
    ? 'Cancelling'
    : sending
      ? 'Sending the file to the lab'
      : (progress?.label ?? 'Starting');
  const share = sending ? uploading : (progress?.share ?? 0);
  const text = progressText(sending || progress === null ? { share, leftS: null } : progress);
  const percent = Math.round(1000 * Math.min(1, share)) / 10;
  return (
    <div className="tw-export-progress">
      <div
        className="tw-progress"
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${label}, ${text}`}
      >
        <div style={{ width: `${percent}%` }} />
      </div>
      <div className="tw-row">
        <span>{label} …</span>
        <span className="tw-grow" />
        <span className="tw-muted tw-num">{text}</span>
      </div>
      <div className="tw-row">
        <Button
          variant="default"
          leftSection={<Icon name="stop" size={12} />}
          aria-label={cancel}
          disabled={cancelling || sending}
          onClick={() => void cancelWork(lab)}
        >
          Cancel
        </Button>
        <span className="tw-muted">{stays}</span>
      </div>
      <VisuallyHidden role="status" aria-live="polite">
        {label}
      </VisuallyHidden>
    </div>
  );
}

/** How it ended where there is no result: a cancel is no fault. */
export function Ended({ failure }: { failure: Failure }) {
  if (failure.kind !== 'cancelled') return <FailureNote failure={failure} />;
  return (
    <p className="tw-flat" role="status">
      {failure.message} {failure.remedy}
    </p>
  );
}
