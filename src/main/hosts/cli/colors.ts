import picocolors from 'picocolors';

/** Colours on a terminal only, and not with NO_COLOR: a pipe gets plain lines, also where a CI claims to have colours. */
export const hasColors = process.stdout.isTTY === true && !process.env.NO_COLOR;
export const pc = picocolors.createColors(hasColors);
