import type { CSSProperties } from 'react';

/** `value` of `of` viewBox units as a share of the drawing's width or height. Pure. */
export const percent = (value: number, of: number): string => `${((value / of) * 100).toFixed(3)}%`;

/** Where the words on a point go: beside it, on the side that has more room. All in viewBox units. Pure. */
export function beside(
  spot: { x: number; y: number },
  { width, height }: { width: number; height: number },
): CSSProperties {
  return {
    ...(spot.x > width * 0.6
      ? { right: percent(width - spot.x + 14, width) }
      : { left: percent(spot.x + 14, width) }),
    ...(spot.y > height * 0.55
      ? { bottom: percent(height - spot.y + 8, height) }
      : { top: percent(spot.y + 8, height) }),
  };
}
