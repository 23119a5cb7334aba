import { create } from 'zustand';
import type { Lab } from '../../shared/contract';

/**
 * Whether a measurement window is open. While it is, the page draws nothing that moves, asks for no lists and saves
 * nothing: what wants to is kept until the window closes. Actions of the user are always served.
 * Source: guide "figures and exports" 4.4, in docs/figures.md.
 */
export const useQuiet = create<{ open: boolean }>(() => ({ open: false }));

let waiting = new Map<string, () => void>();
let lastAction = 0;

/** Runs now, or when the window closes; a later call with the same key replaces the one that waits. */
export function whenLoud(key: string, work: () => void): void {
  if (useQuiet.getState().open) waiting.set(key, work);
  else work();
}

/** Follows the windows that the service announces, answers them, and marks the document for the style sheet. @returns stops it */
export function followWindows(lab: Lab): () => void {
  let runId: string | null = null;
  let experimentId: string | null = null;
  let idle = false;
  let index = 0;
  const acted = () => {
    lastAction = performance.now();
    if (runId !== null && useQuiet.getState().open) answer(runId, 'normal');
  };
  const answer = (run: string, mode: 'quiet' | 'normal') =>
    void lab.confirmQuiet({ runId: run, mode, index }).catch(() => {});
  const hush = () => {
    document.documentElement.setAttribute('data-quiet', '');
    useQuiet.setState({ open: true });
  };
  const close = () => {
    runId = null;
    idle = false;
    if (!useQuiet.getState().open) return;
    document.documentElement.removeAttribute('data-quiet');
    useQuiet.setState({ open: false });
    const works = [...waiting.values()];
    waiting = new Map();
    for (const work of works) work();
  };
  const stop = lab.onEvent((event) => {
    if (event.type === 'window' && event.open) {
      ({ runId, experimentId, index } = event);
      hush();
      // Someone who is scrolling or typing right now makes the page draw, whatever it promises.
      answer(event.runId, performance.now() - lastAction < 300 ? 'normal' : 'quiet');
    } else if (event.type === 'window') close();
    // One that waited in the queue may end while another one's window is open.
    else if (event.type === 'experimentEnded' && event.experimentId === experimentId) close();
    else if (event.type === 'runChanged' && event.runId === runId && event.status !== 'running') close();
    else if (event.type === 'progress' && event.stage.startsWith('idle_') !== idle) {
      // The idle baselines are measured too, though nobody announces them as windows.
      if (idle && runId === null) close();
      else if (!idle) {
        idle = true;
        experimentId = event.experimentId;
        hush();
      }
    }
  });
  const kinds = ['pointerdown', 'keydown', 'wheel'] as const;
  for (const kind of kinds) window.addEventListener(kind, acted, { capture: true, passive: true });
  return () => {
    stop();
    close();
    for (const kind of kinds) window.removeEventListener(kind, acted, { capture: true });
  };
}
