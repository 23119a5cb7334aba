import { putSetting, useSettings } from './settings';

/** Colours with their shapes that can be told apart (shared/figures/tokens.ts). */
const slotCount = 7;
const allSlots = Array.from({ length: slotCount }, (_, slot) => slot);

type Slots = Record<string, number>;

/**
 * Slot (0 to 6) of every key of one view: of a series, or of a run. What a key was given once it keeps; a new one takes a
 * slot that no other key of the view has, of those one that fewest keys have at all. Beyond seven keys slots are shared.
 * Two that were given the same slot in different views cannot be told apart here: the later takes a free one in this view
 * alone. `fresh`: slots that were given now, for `keepSlots`. Pure.
 */
export function slotsFor(keys: readonly string[], known: Readonly<Slots>): { slots: Slots; fresh: Slots } {
  const unique = [...new Set(keys)];
  const uses = allSlots.map(() => 0);
  for (const slot of Object.values(known)) uses[slot] += 1;
  const given = new Map<string, number>();
  for (const key of unique) if (Object.hasOwn(known, key)) given.set(key, known[key]);
  const fresh = new Map<string, number>();
  for (const key of unique) {
    if (given.has(key)) continue;
    const here = new Set(given.values());
    const free = allSlots.filter((slot) => !here.has(slot));
    const [best] = (free.length > 0 ? free : [...allSlots]).sort((a, b) => uses[a] - uses[b] || a - b);
    given.set(key, best);
    fresh.set(key, best);
    uses[best] += 1;
  }
  return { slots: Object.fromEntries(apart(unique, given)), fresh: Object.fromEntries(fresh) };
}

/** The same slots, but that a key whose slot an earlier one has takes a free one where there is one. */
function apart(keys: readonly string[], given: ReadonlyMap<string, number>): Map<string, number> {
  const shown = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of keys) {
    const slot = given.get(key)!;
    if (!taken.has(slot)) shown.set(key, slot);
    taken.add(slot);
  }
  for (const key of keys) {
    if (shown.has(key)) continue;
    const slot = allSlots.find((free) => !taken.has(free)) ?? given.get(key)!;
    shown.set(key, slot);
    taken.add(slot);
  }
  return shown;
}

/** Remembers slots that were given, so that a run or series looks the same in every view from now on. */
export function keepSlots(fresh: Readonly<Slots>): void {
  const { slots } = useSettings.getState();
  if (Object.keys(fresh).some((key) => !Object.hasOwn(slots, key)))
    putSetting('slots', { ...fresh, ...slots });
}
