import { create } from 'zustand';

/** Something that was done and can be undone, in a person's words ("3 runs moved to the bin"). */
export interface Deed {
  label: string;
  undo(): Promise<unknown>;
  redo(): Promise<unknown>;
}

const most = 100;

export const useUndo = create<{ done: Deed[]; undone: Deed[] }>(() => ({ done: [], undone: [] }));

/** Does it now and remembers how to take it back. Rejects, and remembers nothing, if it could not be done. */
export async function perform(deed: Deed): Promise<void> {
  await deed.redo();
  useUndo.setState(({ done }) => ({ done: [...done.slice(1 - most), deed], undone: [] }));
}

/** @returns the label of what was undone; null if there is nothing to undo */
export async function undo(): Promise<string | null> {
  const deed = useUndo.getState().done.at(-1);
  if (!deed) return null;
  await deed.undo();
  useUndo.setState(({ done, undone }) => ({ done: done.slice(0, -1), undone: [...undone, deed] }));
  return deed.label;
}

/** @returns the label of what was done again; null if there is nothing */
export async function redo(): Promise<string | null> {
  const deed = useUndo.getState().undone.at(-1);
  if (!deed) return null;
  await deed.redo();
  useUndo.setState(({ done, undone }) => ({ done: [...done, deed], undone: undone.slice(0, -1) }));
  return deed.label;
}
