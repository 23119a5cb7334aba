import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { useSettings } from '../state/settings';
import { commandOf } from './keys';
import type { CommandId } from './table';

type Handler = () => void;

/** Commands that can be given now: id to handler, the newest on top, so that an open dialog takes Escape first. */
export const useHandlers = create<{ stacks: Partial<Record<CommandId, readonly Handler[]>> }>(() => ({
  stacks: {},
}));

/** Makes a command available while the component is mounted and `enabled`. */
export function useCommand(id: CommandId, handler: Handler, enabled = true): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    if (!enabled) return;
    const own = () => latest.current();
    useHandlers.setState(({ stacks }) => ({ stacks: { ...stacks, [id]: [...(stacks[id] ?? []), own] } }));
    return () =>
      useHandlers.setState(({ stacks }) => ({
        stacks: { ...stacks, [id]: (stacks[id] ?? []).filter((h) => h !== own) },
      }));
  }, [id, enabled]);
}

export const isMac = /mac/i.test(navigator.platform);

/** @returns whether somebody took it */
export function give(id: CommandId): boolean {
  const handler = useHandlers.getState().stacks[id]?.at(-1);
  handler?.();
  return handler !== undefined;
}

export const isAvailable = (id: CommandId): boolean => (useHandlers.getState().stacks[id]?.length ?? 0) > 0;

/** Listens to the keyboard. @returns stops it */
export function followKeys(): () => void {
  let before: { stroke: string; at: number } | null = null;
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const { command, pending } = commandOf(
      event,
      before !== null && event.timeStamp - before.at < 1000 ? before.stroke : null,
      {
        typing:
          target !== null &&
          (target.isContentEditable || target.matches('input, textarea, select')) &&
          !isBox(target),
        figure: target?.closest('[data-figure]') != null,
        singleKeys: useSettings.getState().singleKeys,
        mac: isMac,
      },
    );
    before = pending === null ? null : { stroke: pending, at: event.timeStamp };
    if (command !== null && give(command)) event.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

/** Check boxes and the like are inputs that take no text. */
function isBox(element: HTMLElement): boolean {
  return (
    element instanceof HTMLInputElement && ['checkbox', 'radio', 'button', 'range'].includes(element.type)
  );
}
