import { setImmediate } from 'node:timers/promises';

/** Lets everything else that is due have the thread: messages, timers, other work. */
export const turnOfOthers = (): Promise<void> => setImmediate();

/** Work in pieces: others may have the thread at every yield. */
export type Steps<T> = Generator<void, T>;

/** Lets others have the thread between the pieces. */
export async function inSteps<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await turnOfOthers();
  }
}

/** In one go, where the caller itself lets others in between. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does works one after another in the order in which they were asked for, whatever becomes of those before. */
export function createTurns(): { inTurn<T>(work: () => Promise<T>): Promise<T>; all(): Promise<unknown> } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    inTurn(work) {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    /** Resolves when those asked for so far are done. */
    all: () => last,
  };
}
