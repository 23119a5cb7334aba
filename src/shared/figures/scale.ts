import { scaleLinear, scaleLog } from '@visx/scale';
import { significant } from '../units';
import { round2 } from './sizes';
import type { ScaleKind } from './spec';

export interface Tick {
  /** Position in viewBox units. */
  at: number;
  /** null: a tick without a label. */
  label: string | null;
  major: boolean;
}

export interface Axis {
  kind: ScaleKind;
  domain: [number, number];
  ticks: Tick[];
  /** Position of a value; on a log axis only values above 0 have one. */
  map(value: number): number;
  /** Is the value between the ends? */
  within(value: number): boolean;
  /** Value at a position. */
  invert(at: number): number;
}

/** Closest two labelled ticks may stand. Source: docs/figures.md, 3.3. */
const leastGap = 28;
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 10ⁿ in Unicode superscripts: '10⁻³', and '2×10⁻³' with a factor. */
export function powerLabel(exponent: number, factor = 1): string {
  const digits = [...String(Math.abs(exponent))].map((d) => superscripts[Number(d)]).join('');
  return `${factor === 1 ? '' : `${factor}×`}10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/**
 * Domain of the values: padded by 0.3 decade (log) or 5 % (linear). Source: docs/figures.md, 3.3.
 * Without values a decade from 1, so that an empty figure still has axes.
 */
export function paddedDomain(values: readonly number[], kind: ScaleKind, fromZero = false): [number, number] {
  const usable = kind === 'log' ? values.filter((v) => v > 0) : values;
  if (usable.length === 0) return kind === 'log' ? [1, 10] : [0, 1];
  const { low, high } = extent(usable);
  if (kind === 'log') return [low / 10 ** 0.3, high * 10 ** 0.3];
  const from = fromZero ? Math.min(0, low) : low;
  const pad = (high - from || Math.abs(high) || 1) * 0.05;
  return [from === 0 ? 0 : from - pad, high + pad];
}

/** Least and largest of many values; without values the ends are turned around. */
export function extent(values: readonly number[]): { low: number; high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** Axis over `range` (start, end) in viewBox units. */
export function makeAxis(domain: [number, number], kind: ScaleKind, range: [number, number]): Axis {
  const scale =
    kind === 'log' ? scaleLog<number>({ domain, range, base: 10 }) : scaleLinear<number>({ domain, range });
  const map = (value: number) => round2(scale(value));
  const ticks = kind === 'log' ? logTicks(domain, map) : linearTicks(domain, map);
  const within = (value: number) => value >= domain[0] && value <= domain[1];
  return { kind, domain, ticks, map, within, invert: (at) => scale.invert(at) };
}

function logTicks(domain: [number, number], map: (v: number) => number): Tick[] {
  const first = Math.floor(Math.log10(domain[0]));
  const last = Math.ceil(Math.log10(domain[1]));
  const all: { value: number; exponent: number; factor: number }[] = [];
  for (let exponent = first; exponent <= last; exponent++) {
    for (let factor = 1; factor < 10; factor++) {
      // Parsed, not multiplied: 3e-5 exactly as a reader would write it.
      const value = Number(`${factor}e${exponent}`);
      if (value >= domain[0] && value <= domain[1]) all.push({ value, exponent, factor });
    }
  }
  const major = majorFactors(all.map((t) => t.factor));
  const decades = all.filter((t) => t.factor === 1);
  const gap = decades.length > 1 ? Math.abs(map(decades[1]!.value) - map(decades[0]!.value)) : leastGap;
  const every = Math.max(1, Math.ceil(leastGap / gap));
  return all.map(({ value, exponent, factor }) => {
    const isMajor = major.includes(factor);
    const labelled = isMajor && (major.length > 1 || exponent % every === 0);
    return { at: map(value), label: labelled ? powerLabel(exponent, factor) : null, major: isMajor };
  });
}

/** Decades; where the axis shows fewer than two of them, 1-2-5, and then every digit, so that it can be read at all. */
function majorFactors(factors: readonly number[]): readonly number[] {
  const steps = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]];
  return steps.find((step) => factors.filter((f) => step.includes(f)).length >= 2) ?? steps[2]!;
}

/** Four to seven ticks on 1-2-5 steps. */
export function linearTicks(domain: [number, number], map: (v: number) => number): Tick[] {
  const [low, high] = domain;
  const rough = Math.floor(Math.log10((high - low) / 7));
  for (const exponent of [rough, rough + 1]) {
    for (const factor of [1, 2, 5]) {
      const step = Number(`${factor}e${exponent}`);
      const first = Math.ceil(low / step - 1e-9);
      const last = Math.floor(high / step + 1e-9);
      if (last - first + 1 > 7) continue;
      return Array.from({ length: last - first + 1 }, (_, i) => {
        const value = (first + i) * step;
        return { at: map(value), label: decimalLabel(value, exponent), major: true };
      });
    }
  }
  return [];
}

/** As many digits as the step needs, no exponent. */
function decimalLabel(value: number, stepExponent: number): string {
  if (Math.abs(value) < 10 ** stepExponent / 2) return '0';
  const digits = Math.floor(Math.log10(Math.abs(value)) + 1e-9) - stepExponent + 1;
  return significant(value, Math.max(1, digits)).replace('-', '−');
}
