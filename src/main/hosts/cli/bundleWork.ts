import type { BundleProgress } from '../../../shared/bundle';
import type { Lab } from '../../../shared/contract';
import { formatDuration, formatPercent } from '../../../shared/units';
import { exitCodes } from './exitCodes';
import type { Output } from './output';
import { createLine, type LineView } from './progress';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does an export or an import with a bar and the time left; without a terminal one plain line each quarter. Ctrl-C cancels
 * it, a second one leaves at once.
 * @param kept what stays when it is cancelled, a sentence
 */
export async function doBundleWork<T>(
  lab: Lab,
  output: Output,
  kept: string,
  work: () => Promise<T>,
  stream: NodeJS.WriteStream = process.stderr,
): Promise<T> {
  const line = createBundleProgress(stream, output.json);
  const stopEvents = lab.onEvent((event) => {
    if (event.type === 'bundleProgress') line.show(event.progress);
  });
  let asked = 0;
  const onSignal = () => {
    asked += 1;
    if (asked > 1) process.exit(exitCodes.cancelled);
    line.above(() => output.warn(`Cancelling; ${kept} Press Ctrl-C again to leave at once.`));
    void lab.cancelBundle({});
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work();
  } finally {
    line.stop();
    stopEvents();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

const STEPS = 1_000;

/** The line of an export or import: a bar with the time left, or on no terminal a line each quarter. */
export const createBundleProgress = (stream: NodeJS.WriteStream, silent: boolean): LineView<BundleProgress> =>
  createLine<BundleProgress>(stream, silent, ({ label, share, leftS }) => {
    const left = leftS === null ? '' : `about ${formatDuration(leftS)} left`;
    return {
      done: Math.round(share * STEPS),
      total: STEPS,
      text: [label, left].filter(Boolean).join(' · '),
      plain: {
        key: String(Math.floor(share * 4)),
        text: `[${formatPercent(share, 2)}] ${[label, left].filter(Boolean).join(', ')}`,
      },
    };
  });
