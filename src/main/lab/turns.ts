import { setImmediate } from 'node:timers/promises';

/** Lets everything else that is due have the thread: messages, timers, other work. */
export const turnOfOthers = (): Promise<void> => setImmediate();

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
