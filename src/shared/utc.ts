/** Moments in UTC as text, the same on every machine. All take Unix ms and throw RangeError beyond the years that Date knows. */

/** `2026-01-15T10:00:00Z`: RFC 3339 in whole seconds. */
export const utcSecond = (unixMs: number): string => `${new Date(unixMs).toISOString().slice(0, 19)}Z`;

/** `20260115T100000Z`: the same where no hyphen or colon may stand, in names of files. */
export const utcStamp = (unixMs: number): string => utcSecond(unixMs).replace(/[-:]/g, '');

/** `2026-01-15` */
export const utcDay = (unixMs: number): string => utcSecond(unixMs).slice(0, 10);

/** `2026-01-15 10:00`, to read. */
export const utcText = (unixMs: number): string => utcTime(unixMs).slice(0, 16);

/** `2026-01-15 10:00:05`, to read. */
export const utcTime = (unixMs: number): string => utcSecond(unixMs).slice(0, 19).replace('T', ' ');
