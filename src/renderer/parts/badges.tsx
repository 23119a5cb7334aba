import { Tooltip } from '@mantine/core';
import '../styles/tag.css';
import { labWord } from '../../shared/bundle';
import type { SensorInfo } from '../../shared/meter';
import { type ReasonCode, resultSentence } from '../../shared/reasons';
import type { RunStatus, Verdict } from '../../shared/run';

export const verdictWords: Record<Verdict, { text: string; className: string }> = {
  valid: { text: 'valid', className: 'tw-good' },
  limited: { text: 'limited', className: 'tw-warn' },
  invalid: { text: 'invalid', className: 'tw-bad' },
  not_measured: { text: 'not measured', className: 'tw-muted' },
};

/** The verdict of a result, with its reasons as sentences on hover and for screen readers. */
export function VerdictText({ verdict, codes = [] }: { verdict: Verdict; codes?: readonly ReasonCode[] }) {
  const { text, className } = verdictWords[verdict];
  const word = <span className={className}>{text}</span>;
  if (codes.length === 0) return word;
  const why = codes.map(resultSentence).join(' ');
  return (
    <Tooltip label={why} multiline maw={380}>
      <button type="button" className="tw-plain" aria-label={`${text}: ${why}`}>
        {word}
      </button>
    </Tooltip>
  );
}

const statusClass: Record<RunStatus, string> = {
  queued: 'tw-muted',
  running: 'tw-running',
  completed: 'tw-good',
  cancelled: 'tw-warn',
  failed: 'tw-bad',
};
export const classOfStatus = (status: RunStatus) => statusClass[status];

export function StatusBadge({ status }: { status: RunStatus }) {
  return <span className={`tw-tag ${statusClass[status]}`}>{status}</span>;
}

/** Rows of the sample dataset carry it wherever they show. */
export function SampleBadge() {
  return (
    <span
      className="tw-tag tw-warn"
      title="Recorded on another machine, to look around with. Never evidence."
    >
      SAMPLE
    </span>
  );
}

/** Which lab measured it, where that was not this one. */
export function LabBadge({ lab }: { lab: string | null }) {
  if (lab === null) return null;
  return (
    <span className="tw-tag tw-tag-lab" title={`Measured by another lab, and brought in: ${lab}`}>
      {labWord(lab)}
    </span>
  );
}

/** A model that is known by its record alone. */
export function NoFileBadge({ why }: { why: string }) {
  return (
    <span className="tw-tag tw-warn" title={why}>
      no file
    </span>
  );
}

/** Numbers that no hardware gave say so; nothing is drawn for real sensors. */
export function OriginBadge({ origin }: { origin: SensorInfo['origin'] | null }) {
  if (origin === null || origin === 'hardware') return null;
  return <span className="tw-tag tw-warn">{origin === 'model' ? 'ESTIMATE' : origin.toUpperCase()}</span>;
}
