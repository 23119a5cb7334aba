import { Presets, SingleBar } from 'cli-progress';
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

export interface ProgressView {
  show(progress: Progress): void;
  /** Prints a line above the bar. */
  above(print: () => void): void;
  stop(): void;
}

/**
 * One progress line: stage, n of N, time left. Redrawn only when the lab reports a change of stage, never on a timer:
 * a terminal that redraws during a window would burn what is being measured. Not a terminal: one plain line per run.
 */
export function createProgress(stream: NodeJS.WriteStream, silent: boolean): ProgressView {
  if (silent) return { show: () => {}, above: (print) => print(), stop: () => {} };
  if (!stream.isTTY) {
    let last = '';
    return {
      show(progress) {
        const key = `${progress.finished} ${progress.runId}`;
        if (key !== last && progress.runId !== null) stream.write(`${plainLine(progress)}\n`);
        last = progress.runId === null ? last : key;
      },
      above: (print) => print(),
      stop: () => {},
    };
  }
  let bar: SingleBar | null = null;
  let latest: Progress | null = null;
  const stop = () => {
    bar?.stop();
    bar = null;
  };
  const show = (progress: Progress) => {
    latest = progress;
    const payload = { text: tail(progress) };
    if (bar) {
      bar.update(progress.finished, payload);
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
    bar.start(progress.total, progress.finished, payload);
  };
  return {
    show,
    above(print) {
      stop();
      stream.write('\r\u001b[2K');
      print();
      if (latest) show(latest);
    },
    stop() {
      stop();
      stream.write('\r\u001b[2K');
    },
  };
}

function tail({ finished, total, stage, label, leftS }: Progress): string {
  const left = leftS === null ? '' : ` · about ${formatDuration(leftS)} left`;
  return `${Math.min(total, finished + 1)} of ${total} · ${label} · ${stageWords[stage]}${left}`;
}

function plainLine({ finished, total, label, leftS }: Progress): string {
  const left = leftS === null ? '' : `, about ${formatDuration(leftS)} left`;
  return `[${finished + 1}/${total}] ${label}${left}`;
}
