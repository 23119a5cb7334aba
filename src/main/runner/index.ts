// The runner: one plain-Node process per run. Takes one job from its parent, measures, posts, ends.
import { tieToParent } from './guard';
import { measure, type RunnerLink } from './measure';
import { probe } from './probe';
import type { FromRunner, ToRunner } from './protocol';

let cancelled = false;
let answer: ((go: boolean) => void) | null = null;

const link: RunnerLink = {
  post: (message: FromRunner) =>
    new Promise((resolve, reject) =>
      process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve())),
    ),
  more: () =>
    new Promise((resolve) => {
      if (cancelled) resolve(false);
      else answer = resolve;
    }),
  cancelled: () => cancelled,
};

process.on('message', async (message: ToRunner) => {
  if (message.type === 'cancel') {
    cancelled = true;
    answer?.(false);
  } else if (message.type === 'more') {
    answer?.(message.go && !cancelled);
  } else {
    tieToParent(message.parentPid);
    await (message.type === 'probe' ? probe(message, link) : measure(message, link));
    // Not process.exit alone: a provider library may crash while it is unloaded, after everything is stored.
    process.disconnect();
    process.exit(0);
  }
});
