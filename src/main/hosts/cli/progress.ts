import { Presets, SingleBar } from 'cli-progress';
import type { ClaimProgress } from '../../../shared/claim';
import { claimName } from '../../../shared/claimWords';
import type { LabEvent } from '../../../shared/contract';
import type { Phase } from '../../../shared/run';
import { formatDuration } from '../../../shared/units';

type Progress = Extract<LabEvent, { type: 'progress' }>;

export const stageWords: Readonly<Record<Phase | 'queued' | 'done', string>> = {
  queued: 'building the model',
  preflight: 'looking at the machine',
  cool_down: 'cooling down',
  bare_idle: 'idle without a model',
  launch: 'starting',
  load: 'loading',
  check: 'checking outputs',
  idle_before: 'idle baseline',
  warmup: 'warming up',
  meter_check: 'checking the meters',
  window: 'measuring',
  idle_after: 'idle baseline',
  close: 'closing',
  done: 'done',
};

/** One line of progress: what a bar and a plain line show of it. */
export interface ProgressLine {
  done: number;
  total: number;
  /** Beside the bar. */
  text: string;
  /** Without a terminal: the line, written when `key` changes; null: nothing is written now. */
  plain: { key: string; text: string } | null;
}

export interface LineView<T> {
  show(progress: T): void;
  /** Prints a line above the bar. */
  above(print: () => void): void;
  stop(): void;
}
export type ProgressView = LineView<Progress>;

/**
 * One progress line, redrawn only when the lab reports a change, never on a timer: a terminal that redraws during a window
 * would burn what is being measured. Not a terminal: one plain line for each key.
 */
export function createLine<T>(
  stream: NodeJS.WriteStream,
  silent: boolean,
  lineOf: (progress: T) => ProgressLine,
): LineView<T> {
  if (silent) return { show: () => {}, above: (print) => print(), stop: () => {} };
  if (!stream.isTTY) {
    let last = '';
    return {
      show(progress) {
        const { plain } = lineOf(progress);
        if (plain === null) return;
        if (plain.key !== last) stream.write(`${plain.text}\n`);
        last = plain.key;
      },
      above: (print) => print(),
      stop: () => {},
    };
  }
  let bar: SingleBar | null = null;
  let latest: T | null = null;
  const stop = () => {
    bar?.stop();
    bar = null;
  };
  const show = (progress: T) => {
    latest = progress;
    const { done, total, text } = lineOf(progress);
    if (bar) {
      bar.setTotal(total);
      bar.update(done, { text });
      return;
    }
    bar = new SingleBar(
      {
        format: ' {bar} {text}',
        barsize: 24,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        hideCursor: true,
        clearOnComplete: true,
        synchronousUpdate: true,
        stream,
        autopadding: false,
        linewrap: null,
      },
      Presets.rect,
    );
    bar.start(total, done, { text });
  };
  return {
    show,
    above(print) {
      stop();
      stream.write('\r\u001b[2K');
      print();
      if (latest !== null) show(latest);
    },
    stop() {
      stop();
      stream.write('\r\u001b[2K');
    },
  };
}

/** Of an experiment: stage, n of N, time left; without a terminal one plain line per run. */
export const createProgress = (stream: NodeJS.WriteStream, silent: boolean): ProgressView =>
  createLine<Progress>(stream, silent, (progress) => ({
    done: progress.finished,
    total: progress.total,
    text: tail(progress),
    plain:
      progress.runId === null
        ? null
        : { key: `${progress.finished} ${progress.runId}`, text: plainLine(progress) },
  }));

/** Of a claim's run: step, n of N, time left; without a terminal one plain line per step. */
export function createClaimProgress(stream: NodeJS.WriteStream, silent: boolean): LineView<ClaimProgress> {
  let seen = { done: -1, label: '' };
  let finishedLabel: string | null = null;
  return createLine<ClaimProgress>(stream, silent, (progress) => {
    // The report that a step is done still carries its name: the line waits for that of the next.
    if (progress.done !== seen.done) finishedLabel = seen.label;
    seen = progress;
    const { done, total, label, leftS, claim } = progress;
    const left = leftS === null ? '' : `about ${formatDuration(leftS)} left`;
    const place = Math.min(total, done + 1);
    return {
      done,
      total: Math.max(1, total),
      text: [`${claimName(claim)}`, total > 0 ? `${place} of ${total}` : '', label, left]
        .filter(Boolean)
        .join(' · '),
      plain:
        label === finishedLabel
          ? null
          : {
              key: `${claim} ${done} ${total}`,
              text: `[${claimName(claim)} ${place}/${total}] ${[label, left].filter(Boolean).join(', ')}`,
            },
    };
  });
}

function tail({ finished, total, stage, label, leftS }: Progress): string {
  const left = leftS === null ? '' : ` · about ${formatDuration(leftS)} left`;
  return `${Math.min(total, finished + 1)} of ${total} · ${label} · ${stageWords[stage]}${left}`;
}

function plainLine({ finished, total, label, leftS }: Progress): string {
  const left = leftS === null ? '' : `, about ${formatDuration(leftS)} left`;
  return `[${finished + 1}/${total}] ${label}${left}`;
}
