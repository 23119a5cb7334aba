/** Outside sizes in mm; one unit of the viewBox is 1/96 inch. Source: docs/figures.md, 3.2. */
export const sizePresets = {
  single: { widthMm: 85, heightMm: 64 },
  double: { widthMm: 180, heightMm: 120 },
  tall: { widthMm: 180, heightMm: 180 },
} as const;
export type SizeName = keyof typeof sizePresets;

export const unitsPerMm = 96 / 25.4;

/** Text sizes in units: 9, 8, 7.5 and 7 pt; nothing smaller. */
export const textSize = { title: 12, axis: 10.67, tick: 10, small: 9.33 } as const;
export type TextRole = keyof typeof textSize;

/** The two stroke widths of every figure. */
export const stroke = { thin: 0.8, thick: 1.6 } as const;

/** Free rim of the figure. */
export const edge = 10;

/** Width of a mark. */
export const markSize = 9;

export const fontFamily = "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

/** Two decimals, and never −0: the same bytes on every machine. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
