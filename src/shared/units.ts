/**
 * Numbers as people read them: for screens only, never for storage or exports.
 * Point as decimal sign, comma for thousands, no locale: the same text on every machine.
 */

const prefixes = [
  'q',
  'r',
  'y',
  'z',
  'a',
  'f',
  'p',
  'n',
  'µ',
  'm',
  '',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Z',
  'Y',
  'R',
  'Q',
];
const noPrefix = 10;

/** `value` to `digits` significant digits in plain notation: 1040 and not 1.04e+3. Throws on NaN and infinities. */
export function significant(value: number, digits: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  if (value === 0) return '0';
  const exponent = decimalExponent(value, digits);
  if (exponent >= digits) return groupThousands(Number(value.toPrecision(digits)).toFixed(0));
  return value.toFixed(Math.min(100, digits - 1 - exponent));
}

/** Decimal exponent after rounding to `digits`: 999.6 to three digits is 10³. */
function decimalExponent(value: number, digits: number): number {
  return Number(value.toExponential(digits - 1).split('e')[1]);
}

/** The SI prefix that `value` takes when written to `digits`. Throws on NaN and infinities. */
export function prefixOf(value: number, digits: number): { scale: number; prefix: string } {
  if (value === 0) return { scale: 1, prefix: '' };
  const third = Math.floor(decimalExponent(value, digits) / 3);
  const index = Math.min(prefixes.length - 1, Math.max(0, third + noPrefix));
  return { scale: 10 ** (3 * (index - noPrefix)), prefix: prefixes[index]! };
}

/** `value` in units of `scale`, a power of ten. */
export function scaled(value: number, scale: number): number {
  // Dividing by 1e-6 and multiplying by 1e6 round differently; the second is exact for the power of ten.
  return scale < 1 ? value * Math.round(1 / scale) : value / scale;
}

/** '12.3 mJ', '1.05 µs', '1.34 M', '0 J': `digits` significant digits with an SI prefix. `unit` may be ''. */
export function formatSi(value: number, unit: string, digits = 3): string {
  const { scale, prefix } = prefixOf(value, digits);
  return `${significant(scaled(value, scale), digits)} ${prefix}${unit}`.trimEnd();
}

/** '1.05 M', and whole counts below a thousand as they are: '1', '999'. */
export function formatQuantity(count: number): string {
  return Number.isInteger(count) && Math.abs(count) < 1000 ? formatCount(count) : formatSi(count, '');
}

/** '138 µs [136, 141]': the ends in the unit of the value. */
export function formatInterval(value: number, low: number, high: number, unit: string): string {
  const { scale, prefix } = prefixOf(value, 3);
  const text = (v: number) => significant(scaled(v, scale), 3);
  return `${`${text(value)} ${prefix}${unit}`.trimEnd()} [${text(low)}, ${text(high)}]`;
}

/** '≈ 12 mJ': an estimate shows two digits and can never pass as measured. */
export function formatEstimate(value: number, unit: string): string {
  return `≈ ${formatSi(value, unit, 2)}`;
}

/** '1,234,567'. Whole numbers; others are rounded. */
export function formatCount(count: number): string {
  return groupThousands(Math.round(count).toFixed(0));
}

/** '1 run', '1,234 runs'; the plural where it is not with an s. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${n === 1 ? one : many}`;

/** '412 B', '1.23 MB': whole bytes below 1 kB, else three digits. */
export const formatBytes = (bytes: number): string =>
  bytes < 1000 ? `${formatCount(bytes)} B` : formatSi(bytes, 'B');

/** '5', '30 to 48,000': the counts of a figure, largest and smallest; at least one. */
export function countRange(counts: readonly number[]): string {
  const low = counts.reduce((a, b) => Math.min(a, b));
  const high = counts.reduce((a, b) => Math.max(a, b));
  return low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
}

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** '01:05' minutes and seconds, '1:02:03' from one hour on. Seconds, rounded. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest}`;
}

/** '93.5 %': a ratio from 0 to 1, three significant digits. */
export function formatPercent(ratio: number, digits = 3): string {
  return `${significant(ratio * 100, digits)} %`;
}
