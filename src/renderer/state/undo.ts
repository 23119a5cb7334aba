import { create } from 'zustand';

/** Something that was done and can be undone, in a person's words ("3 runs moved to the bin"). */
export interface Deed {
  label: string;
  undo(): Promise<unknown>;
  redo(): Promise<unknown>;
}

const most = 100;

export const useUndo = create<{ done: Deed[]; undone: Deed[] }>(() => ({ done: [], undone: [] }));

let last: Promise<unknown> = Promise.resolve();

/** One after another: two quick keys are two steps, and none is taken twice. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine;
  return mine;
}

/**
 * Does it now and remembers how to take it back. Rejects, and remembers nothing, if it could not be done.
 * An undo asked for while it is still being done waits for it: whoever saw it happen can take it back.
 */
export const perform = (deed: Deed): Promise<void> =>
  inTurn(async () => {
    await deed.redo();
    useUndo.setState(({ done }) => ({ done: [...done.slice(1 - most), deed], undone: [] }));
  });

/** @returns the label of what was undone; null if there is nothing to undo */
export const undo = (): Promise<string | null> => inTurn(undoOne);

async function undoOne(): Promise<string | null> {
  const deed = useUndo.getState().done.at(-1);
  if (!deed) return null;
  await deed.undo();
  useUndo.setState(({ done, undone }) => ({
    done: done.filter((d) => d !== deed),
    undone: [...undone, deed],
  }));
  return deed.label;
}

/** @returns the label of what was done again; null if there is nothing */
export const redo = (): Promise<string | null> => inTurn(redoOne);

async function redoOne(): Promise<string | null> {
  const deed = useUndo.getState().undone.at(-1);
  if (!deed) return null;
  await deed.redo();
  useUndo.setState(({ done, undone }) => ({
    done: [...done, deed],
    undone: undone.filter((d) => d !== deed),
  }));
  return deed.label;
}
