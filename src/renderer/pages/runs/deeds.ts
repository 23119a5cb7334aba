import { notifications } from '@mantine/notifications';
import type { Lab } from '../../../shared/contract';
import type { RunRow } from '../../../shared/runRow';
import { bin } from '../../lab/actions';
import type { Ready } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import { perform } from '../../state/undo';

const runs = (n: number) => (n === 1 ? '1 run' : `${n} runs`);

/** Locks or unlocks; Ctrl+Z undoes it. Only runs that differ are touched, so that undoing changes no other. */
export async function lock({ lab }: { lab: Lab }, rows: readonly RunRow[], locked: boolean): Promise<void> {
  const ids = rows.filter((row) => row.locked !== locked).map((row) => row.id);
  if (ids.length === 0) return;
  const set = (value: boolean) => () => lab.setLocked({ runs: ids, locked: value });
  const label = `${runs(ids.length)} ${locked ? 'locked' : 'unlocked'}`;
  try {
    await perform({ label, redo: set(locked), undo: set(!locked) });
    notifications.show({ message: `${label}.` });
  } catch (thrown) {
    refuse(thrown);
  }
}

/** Runs that may go into the bin, and those that stay: locked, or not ended yet. Pure. */
export function splitForBin(rows: readonly RunRow[]): { free: string[]; locked: number; live: number } {
  const live = rows.filter((row) => row.status === 'queued' || row.status === 'running');
  const locked = rows.filter((row) => row.locked && !live.includes(row));
  const free = rows.filter((row) => !row.locked && !live.includes(row)).map((row) => row.id);
  return { free, locked: locked.length, live: live.length };
}

/** Moves to the bin what may go there, and says what stays and why. */
export async function binRuns(ready: Ready, rows: readonly RunRow[]): Promise<void> {
  const { free, locked, live } = splitForBin(rows);
  const stays = [
    locked > 0 ? `${runs(locked)} locked` : null,
    live > 0 ? `${runs(live)} not ended yet` : null,
  ].filter((text) => text !== null);
  if (stays.length > 0)
    notifications.show({ color: 'orange', message: `Not moved to the bin: ${stays.join(', ')}.` });
  if (free.length > 0) await bin(ready, 'run', free);
}

/** Puts a text on the clipboard and says what it was. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notifications.show({ message: `${what} copied.` });
  } catch {
    notifications.show({ color: 'red', message: 'The clipboard is not available here.' });
  }
}
