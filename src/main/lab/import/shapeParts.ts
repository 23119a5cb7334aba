import { z } from 'zod';

/** What shapes of records are made of. */

export const text = z.string();
export const number = z.number();
export const count = z.int().nonnegative();
/** Until the last day of the year 9999: dates have four digits. */
export const unixMs = z
  .int()
  .min(0)
  .max(Date.UTC(9999, 11, 31));
export const maybe = <T extends z.ZodType>(of: T) => of.nullable();
export const ns = z.bigint().refine((n) => BigInt.asIntN(64, n) === n, 'more than 64 bits');
export const hash = z.string().regex(/^[0-9a-f]{64}$/, 'no SHA-256');
/** UUIDs in practice; ids become parts of file names, and stand in sentences. */
export const id = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{3,63}$/, 'no id');
export const plainInterval = z.object({ value: number, low: number, high: number });
