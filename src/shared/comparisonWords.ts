import type {
  ComparedQuantity,
  ControlResult,
  NoiseFloor,
  Ratio,
  RatioWithInterval,
  ZerosFinding,
} from './comparison';
import { formatPercent, significant } from './units';

/** Names, SI units and which way is better. */
export const comparedNames: Readonly<
  Record<ComparedQuantity, { name: string; unit: string; better: 'lower' | 'higher' }>
> = {
  p50S: { name: 'Median latency', unit: 's', better: 'lower' },
  p95S: { name: 'p95 latency', unit: 's', better: 'lower' },
  grossJ: { name: 'Energy per inference, gross', unit: 'J', better: 'lower' },
  netJ: { name: 'Energy per inference, net', unit: 'J', better: 'lower' },
  throughputHz: { name: 'Items a second', unit: '1/s', better: 'higher' },
  memoryPeakBytes: { name: 'Memory, peak', unit: 'B', better: 'lower' },
};

/** What the two runs are called. */
export interface Names {
  /** The first run, which the others are compared with. */
  a: string;
  b: string;
}

/** 'In the median, B takes 3 % less time than A': what stands before the names, verb, noun, and what is said behind it. */
const verbs: Readonly<
  Record<ComparedQuantity, { before: string; verb: string; noun: string; plural?: true; after: string }>
> = {
  p50S: { before: 'In the median, ', verb: 'takes', noun: 'time', after: '' },
  p95S: { before: 'At the 95th percentile, ', verb: 'takes', noun: 'time', after: '' },
  grossJ: { before: '', verb: 'needs', noun: 'energy', after: '' },
  netJ: { before: '', verb: 'needs', noun: 'energy', after: ' above idle' },
  throughputHz: { before: '', verb: 'does', noun: 'items per second', plural: true, after: '' },
  memoryPeakBytes: { before: '', verb: 'needs', noun: 'memory', after: ' at its peak' },
};

/** The verdict on one run against the first, in whole sentences for somebody who does not know the lab. */
export function verdictSentence(quantity: ComparedQuantity, row: Ratio, names: Names): string {
  if (row.word === 'reference') return 'Reference';
  if (row.word === 'not measured') return `Not measured: ${row.why ?? 'there is no result.'}`;
  if (row.verdict === 'not_comparable' || row.ratio === null)
    return `Not comparable: ${row.why ?? ''}`.trim();
  if (row.verdict === 'no_difference_shown')
    return `No difference shown: ${names.b} over ${names.a} is ${ratioWords(row.ratio)}. ${row.why ?? ''}`.trim();
  const { before, verb, noun, plural, after } = verbs[quantity];
  const { change, ends, times } = sizeOf(row.ratio, plural);
  const much = plural ? 'many' : 'much';
  const than = times ? `${change} as ${much} ${noun}${after} as` : `${change} ${noun}${after} than`;
  const { blocks } = row;
  const shown = blocks
    ? `, shown over ${blocks.used} blocks${blocks.leftOut > 0 ? ` (${blocks.leftOut} of ${blocks.used + blocks.leftOut} left out: a result is missing)` : ''}.`
    : '. The two were not measured in turn, so a drift of the machine between them may be part of it.';
  return `${before}${names.b} ${verb} ${than} ${names.a} (95 %: ${ends})${shown}`;
}

/** Three digits, four between 1 and 2, so that both sides of 1 are told equally well: 0.985, 1.003, 2.41. */
export const ratioNumber = (v: number): string => significant(v, v >= 1 && v < 2 ? 4 : 3);

/** '0.994 (95 %: 0.985 to 1.003)'. */
function ratioWords({ value, low, high }: RatioWithInterval): string {
  const text = ratioNumber;
  return `${text(value)} (95 %: ${text(low)} to ${text(high)})`;
}

/** '3.1 % less' with '2.4 to 3.8 %', or from the double on '2.4 times' with '2.3 to 2.5 times'. */
function sizeOf({ value, low, high }: RatioWithInterval, plural?: true) {
  if (value >= 2) {
    const text = (v: number) => significant(v, 3);
    return { change: `${text(value)} times`, ends: `${text(low)} to ${text(high)} times`, times: true };
  }
  const [a, b] = [Math.abs(low - 1), Math.abs(high - 1)].sort((x, y) => x - y) as [number, number];
  const digits = b - a < 0.001 ? 2 : 1;
  const percent = (v: number) => (100 * v).toFixed(digits);
  const less = plural ? 'fewer' : 'less';
  return {
    change: `${percent(Math.abs(value - 1))} % ${value < 1 ? less : 'more'}`,
    ends: `${percent(a)} to ${percent(b)} %`,
    times: false,
  };
}

/** Whether the zeros of a sparse model were skipped. `quantity`: of time or energy. */
export function zerosSentence(
  quantity: ComparedQuantity,
  { verdict, f, masked }: ZerosFinding,
  names: Names,
): string {
  const [sparse, dense] = masked === 'B' ? [names.b, names.a] : [names.a, names.b];
  const share = formatPercent(f, 3);
  const noun = quantity === 'grossJ' || quantity === 'netJ' ? 'energy' : 'time';
  switch (verdict) {
    case 'zeros_skipped':
      return `Zeros were skipped, at least some of them: ${share} of the multiplications of ${sparse} are by zero, and it needs less ${noun} than ${dense}, the same model without zeros.`;
    case 'zeros_not_skipped':
      return `The zeros were not skipped: ${share} of the multiplications of ${sparse} are by zero, yet it does not need clearly less ${noun} than ${dense}, the same model without zeros.`;
    case 'inconclusive':
      return `It cannot be told whether the zeros were skipped: ${share} of the multiplications of ${sparse} are by zero, and the ${noun} against ${dense}, the same model without zeros, is not known well enough.`;
  }
}

/** What the control is, where its numbers stand beside it. */
export const controlNote = ({ ratio, failed }: ControlResult): string =>
  ratio === null
    ? 'One and the same model, measured twice; it gave no ratio for this quantity.'
    : failed
      ? 'One and the same model, measured twice: it differed from itself, so nothing is compared.'
      : 'One and the same model, measured twice: so much the machine makes different by itself.';

/** What the control says of the machine. */
export function controlSentence({ provider, ratio, blocks, failed }: ControlResult): string {
  const over = blocks ? ` over ${blocks.used} blocks` : '';
  const who = `Control on ${provider}: one and the same model, measured twice${over}`;
  if (ratio === null) return `${who}, gave no ratio for this quantity.`;
  const size = `${who}, gave a ratio of ${ratioWords(ratio)}.`;
  return failed
    ? `${size} It differed from itself, so nothing is compared.`
    : `${size} So much the machine can make different by itself.`;
}

/** '1.4 %, from the control on cpu'. */
export function floorSentence({ ln, from, provider, controls }: NoiseFloor): string {
  const size = formatPercent(Math.expm1(ln), 2);
  if (from === 'control') return `${size}, from the control on ${provider}`;
  return controls > 0
    ? `${size}, the least; the controls differed by less`
    : `${size}, the least; no control was measured`;
}

/** 'p = 0.031', 'p < 0.001'. */
export const pText = (p: number | null): string =>
  p === null ? '–' : p < 0.001 ? '< 0.001' : significant(p, 2);
