import { type CommandId, commandIds, infoOf } from './table';

/** One key press, as much of a KeyboardEvent as matters. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** Where the press happened. */
export interface PressPlace {
  /** The focus is in something that takes text. */
  typing: boolean;
  /** The focus is in a figure. */
  figure: boolean;
  /** The user allows single-letter keys (WCAG 2.1, success criterion 2.1.4). */
  singleKeys: boolean;
  mac: boolean;
}

/** The press as the table writes it: `mod+shift+z`, `g`, `?`; null for a lone modifier. Pure. */
export function strokeOf(press: Press, mac: boolean): string | null {
  if (['Control', 'Shift', 'Meta', 'Alt'].includes(press.key) || press.altKey) return null;
  const mod = mac ? press.metaKey : press.ctrlKey;
  if (mod) return `mod+${press.shiftKey ? 'shift+' : ''}${press.key.toLowerCase()}`;
  if (press.ctrlKey || press.metaKey) return null;
  return press.key;
}

/**
 * The command of a press, given the stroke before it (`g` of `g l`) where that came within a second. `pending`: the
 * press is the first of two. Single keys do nothing in text fields; Escape and those with Ctrl do. Pure.
 */
export function commandOf(
  press: Press,
  before: string | null,
  place: PressPlace,
): { command: CommandId | null; pending: string | null } {
  const stroke = strokeOf(press, place.mac);
  if (stroke === null) return { command: null, pending: before };
  const single = !stroke.startsWith('mod+') && stroke !== 'Escape';
  if (single && place.typing) return { command: null, pending: null };
  const free = (id: CommandId) => {
    const { where } = infoOf(id);
    if (where === 'figure') return place.figure;
    return !single || place.singleKeys;
  };
  const find = (keys: string) => commandIds.find((id) => infoOf(id).keys.includes(keys) && free(id)) ?? null;
  if (before !== null) {
    const command = find(`${before} ${stroke}`);
    if (command) return { command, pending: null };
  }
  const command = find(stroke);
  if (command) return { command, pending: null };
  const first = commandIds.some((id) => free(id) && infoOf(id).keys.some((k) => k.startsWith(`${stroke} `)));
  return { command: null, pending: first ? stroke : null };
}
