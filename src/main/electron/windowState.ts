import { z } from 'zod';

const rectangle = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(200).max(20_000),
});
const schema = z.object({ bounds: rectangle, maximized: z.boolean() });
export type WindowState = z.infer<typeof schema>;
type Rectangle = WindowState['bounds'];

/** How much of the top edge must be on a display for a person to take hold of the window, px. */
const graspable = { width: 100, height: 40 };

/** The state as it was written; null for anything else (first start, cut-off file, other version). Pure. */
export function parseWindowState(text: string | null): WindowState | null {
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The state if its title bar can still be reached on one of these displays' work areas; else null. Pure. */
export function restorable(state: WindowState | null, workAreas: readonly Rectangle[]): WindowState | null {
  if (!state) return null;
  const { x, y, width } = state.bounds;
  const reachable = workAreas.some((area) => {
    const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
    return across >= graspable.width && y >= area.y && y + graspable.height <= area.y + area.height;
  });
  return reachable ? state : null;
}
