import type {
  Cell,
  ClaimCard,
  ClaimForm,
  ClaimOptions,
  ClaimRun,
  ClaimRunStatus,
  ClaimVerdict,
  ClaimVersion,
  Criterion,
  Estimate,
  Finding,
  OwnTest,
} from './claim';
import { builtinClaims, type ClaimQuantity, claimLabel } from './claim';
import { formatCount, formatSi, prefixOf, scaled, significant } from './units';
import { claimVerdictWords } from './verdicts';

/** What each verdict says, in a sentence of its own. */
export const claimVerdictMeanings: Readonly<Record<ClaimVerdict, string>> = {
  supported: 'Every condition that was measured is on the predicted side, with its whole 95 % interval.',
  refuted: 'Every condition that was measured is on the other side, with its whole 95 % interval.',
  within_limits: 'Some conditions hold and some fail; the boundary between them is printed.',
  inconclusive: 'Intervals straddle the threshold, or something beside what holds or fails is missing.',
  not_measured: 'No run of this wording has ended, or a quantity that the rule needs is missing.',
};

/** A mark for each verdict, so that it is told by shape as well as by colour and word. */
export const claimVerdictMarks: Readonly<Record<ClaimVerdict, string>> = {
  supported: '✓',
  refuted: '✗',
  within_limits: '◐',
  inconclusive: '?',
  not_measured: '○',
};

export const findingWords: Readonly<Record<Finding['state'], string>> = {
  holds: 'holds',
  fails: 'fails',
  undecided: 'undecided',
  missing: 'missing',
};

export const formWords: Readonly<Record<ClaimForm, string>> = { glance: 'first look', full: 'full form' };

export const claimRunWords: Readonly<Record<ClaimRunStatus, string>> = {
  running: 'running',
  completed: 'completed',
  cancelled: 'cancelled',
  failed: 'failed',
  interrupted: 'interrupted',
};

export const quantityWords: Readonly<Record<ClaimQuantity, { name: string; unit: string }>> = {
  latencyP50: { name: 'latency, median', unit: 's' },
  latencyP95: { name: 'latency, 95th percentile', unit: 's' },
  energyGross: { name: 'energy per call, gross', unit: 'J' },
  energyNet: { name: 'energy per call, net of idle', unit: 'J' },
  throughput: { name: 'items per second', unit: '1/s' },
  itemsPerJoule: { name: 'items per joule', unit: '1/J' },
  powerMean: { name: 'mean power', unit: 'W' },
  accuracy: { name: 'accuracy', unit: '1' },
  correctPerJoule: { name: 'correct answers per joule', unit: '1/J' },
};

export const axisWords: Readonly<Record<Extract<OwnTest, { kind: 'curve' }>['x'], string>> = {
  parameters: 'parameters',
  parametersNonzero: 'non-zero parameters',
  macs: 'multiply-accumulates',
  parameterBytes: 'bytes of weights',
};

const superscripts: Record<string, string> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** Units that take an SI prefix; `kWh`, `h`, `$` and the like stand as they are. */
const prefixable = new Set(['s', 'J', 'W', 'B', 'Hz', 'FLOP', 'FLOP/s', 'FLOP/J', 'B/s', 'W/s']);

/** A plain number with three significant digits: `1.23`, `12,300`, `1.2 × 10⁻¹³`. Pure. */
export function plainNumber(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa, exponent] = value.toExponential(2).split('e');
    const power = [...String(Number(exponent))].map((c) => superscripts[c]).join('');
    return `${Number(mantissa)} × 10${power}`;
  }
  return Number.isInteger(value) ? formatCount(value) : significant(value, 3);
}

/** A number with its unit as a person reads it; '' and '1' are no unit. Pure. */
export function numberText(value: number, unit: string): string {
  if (unit === '' || unit === '1') return plainNumber(value);
  if (!Number.isFinite(value)) return `${plainNumber(value)} ${unit}`;
  // Kiloseconds are nobody's unit.
  const prefixed = prefixable.has(unit) && !(unit === 's' && Math.abs(value) >= 1000);
  return prefixed ? formatSi(value, unit) : `${plainNumber(value)} ${unit}`;
}

/** `1.42 [1.38, 1.47]`, `8.53 µs [8.4, 8.7]`: the ends of the 95 % interval in the unit of the value. Pure. */
export function estimateText({ value, low, high }: Estimate, unit: string): string {
  const whole = numberText(value, unit);
  if (low === value && high === value) return whole;
  if (
    !prefixable.has(unit) ||
    ![value, low, high].every(Number.isFinite) ||
    (unit === 's' && Math.abs(value) >= 1000)
  )
    return `${whole} [${plainNumber(low)}, ${plainNumber(high)}]`;
  const { scale } = prefixOf(value, 3);
  const end = (v: number) => significant(scaled(v, scale), 3);
  return `${whole} [${end(low)}, ${end(high)}]`;
}

export const isEstimate = (cell: Cell): cell is Estimate => typeof cell === 'object' && cell !== null;

/** A cell of a result table; absent is a dash. Pure. */
export function cellText(cell: Cell, unit: string): string {
  if (cell === null) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' ? numberText(cell, unit) : estimateText(cell, unit);
}

/** A number that somebody wrote down, as it was written: no digits are added. Pure. */
export function statedText(value: number, unit: string): string {
  const size = Math.abs(value);
  const plain = value === 0 || (size >= 1e-3 && size < 1e7);
  const text = plain
    ? String(Number(value.toPrecision(12))).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
    : plainNumber(value).replace(/^1 × /, '');
  return unit === '' || unit === '1' ? text : `${text} ${unit}`;
}

/** `≥ 1.2`, `≤ 0.005 s`, `from 0.5 to 2`. Pure. */
export function thresholdText({ relation, threshold, upper, unit }: Criterion): string {
  if (relation === 'within')
    return `from ${statedText(threshold, '')} to ${statedText(upper ?? threshold, unit)}`;
  return `${relation === '>=' ? '≥' : '≤'} ${statedText(threshold, unit)}`;
}

/** `dense time over sparse time ≥ 1.2`. Pure. */
export const criterionText = (c: Criterion): string => `${c.quantity} ${thresholdText(c)}`;

/** From where on the negation is taken to hold; null: the threshold itself. Pure. */
export function refutationText({ relation, refuteAt, unit }: Criterion): string | null {
  if (refuteAt === null || relation === 'within') return null;
  return `fails only ${relation === '>=' ? 'below' : 'above'} ${statedText(refuteAt, unit)}`;
}

/** The criterion that a finding is of; an outcome of an older wording may name one that is gone. */
export const criterionOf = (version: ClaimVersion, finding: Finding): Criterion | null =>
  version.prediction.criteria.find((c) => c.key === finding.criterion) ?? null;

export interface FindingGroup {
  /** Key of the criterion that all of them are of. */
  criterion: string;
  deciding: Finding[];
  /** Controls and the like: they say something and decide nothing. */
  shown: Finding[];
}

/** The findings of a part by what is compared, in the order in which each first comes. Pure. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const finding of findings) {
    const group = groups.get(finding.criterion) ?? { criterion: finding.criterion, deciding: [], shown: [] };
    groups.set(finding.criterion, group);
    (finding.shownOnly ? group.shown : group.deciding).push(finding);
  }
  return [...groups.values()];
}

/** The verdict of a card: of the newest completed run of the current wording. */
export const verdictOfCard = (card: Pick<ClaimCard, 'latest'>): ClaimVerdict =>
  card.latest?.outcome?.verdict ?? 'not_measured';

/** What stands beside the badge: the boundary where there is one, else the sentence; null: nothing was measured. Pure. */
export function foundText(card: Pick<ClaimCard, 'latest'>): string | null {
  const outcome = card.latest?.outcome;
  return outcome ? (outcome.boundary ?? outcome.sentence) : null;
}

/** At most `most` characters, cut between words and marked; the whole stands on the page of the claim. Pure. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), most / 2)).replace(/[\s,;:]+$/, '')} …`;
}

/** What other labs have of a claim: `1 verdict of another lab`. */
export const elsewhereText = (count: number): string =>
  count === 1 ? '1 verdict of another lab' : `${count} verdicts of other labs`;

/** Whether what was found is what was expected. Pure. */
export function agreementText(version: ClaimVersion, found: ClaimVerdict): string {
  const { by, expected } = version.prediction;
  const who = by === 'lab' ? 'The lab' : 'You';
  const [was, is] = [claimVerdictWords[expected], claimVerdictWords[found]];
  if (found === 'not_measured') return `${who} expected “${was}”; nothing decides it yet.`;
  return found === expected
    ? `${who} expected “${was}”, and so it came out.`
    : `${who} expected “${was}”; it came out “${is}”.`;
}

/** `first look · cpu, 1 thread · mnist1d · seed 1`. Pure. */
export function optionsText({ form, provider, threads, dataset, seed, meters }: ClaimOptions): string {
  const parts = [
    formWords[form],
    `${provider}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    dataset,
    `seed ${seed}`,
    ...(meters === 'none' ? ['meters not read'] : []),
  ];
  return parts.join(' · ');
}

/** `about 45 s`, `about 3 min`, `about 2.5 h`; an estimate, so never finer than that. Pure. */
export function aboutText(seconds: number): string {
  if (seconds < 100) return `about ${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  if (seconds < 100 * 60) return `about ${Math.round(seconds / 60)} min`;
  return `about ${significant(seconds / 3600, 2).replace(/\.0$/, '')} h`;
}

/** How many claims have each verdict, those with none left out. Pure. */
export function tallyOf(cards: readonly Pick<ClaimCard, 'latest'>[]): [ClaimVerdict, number][] {
  const counts = new Map<ClaimVerdict, number>();
  for (const card of cards) {
    const verdict = verdictOfCard(card);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const words = Object.keys(claimVerdictWords) as ClaimVerdict[];
  return words.flatMap((v): [ClaimVerdict, number][] => (counts.has(v) ? [[v, counts.get(v)!]] : []));
}

/** Whether the prediction of a version was stored before a run of it began. */
export const writtenBefore = (version: ClaimVersion, run: Pick<ClaimRun, 'startedUnixMs'>): boolean =>
  version.createdUnixMs <= run.startedUnixMs;

/** First twelve digits: enough to tell one from another. */
export const shortHash = (hash: string): string => hash.slice(0, 12);

/** Claims in their order: the nine, then the user's own, oldest first. */
export function inOrder<T extends { current: ClaimVersion }>(cards: readonly T[]): T[] {
  const place = (card: T) => {
    const at = builtinClaims.indexOf(card.current.claim as (typeof builtinClaims)[number]);
    return at < 0 ? builtinClaims.length : at;
  };
  return [...cards].sort((a, b) => place(a) - place(b) || a.current.createdUnixMs - b.current.createdUnixMs);
}

/** `C2 kernel` for the nine, the id for the user's own. */
export function claimName(claim: string): string {
  const label = claimLabel(claim);
  return label === claim ? claim : `${label} ${claim}`;
}

/** What an own claim measures, in words. Pure. */
export function ownTestText(test: OwnTest): string {
  const { name } = quantityWords[test.quantity];
  const of = (s: { model: string; provider: string; batch: number; threads: number }) =>
    `${s.model} (${s.provider}, batch ${s.batch}, ${s.threads} ${s.threads === 1 ? 'thread' : 'threads'})`;
  const data = test.dataset === null ? '' : `, on the data ${test.dataset}`;
  return test.kind === 'ratio'
    ? `${name} of ${of(test.a)} over that of ${of(test.b)}${data}`
    : `exponent of ${name} against ${axisWords[test.x]} over ${test.models.length} models (${test.provider}, batch ${test.batch})${data}`;
}
