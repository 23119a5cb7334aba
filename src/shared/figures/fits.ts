import { type BrokenLaw, brokenAt, brokenBandAt, brokenLaw } from '../stats/brokenLaw';
import { bandAt, type Ends, type LawPoint, type LawResult, lawAt, powerLaw } from '../stats/powerLaw';
import { studentQuantile } from '../stats/student';
import { formatCount, significant } from '../units';
import { leftOutAs, leftOutText } from './evidence';
import { sizeInterval, yWords } from './quantities';
import type { CurveRow } from './rows';
import type { CurveSpec } from './spec';
import { plainText } from './textWidth';
import type { MarkStyle, VisiblePoint, VisibleRows, VisibleSeries } from './visible';

/** One model and size under a line; `style` of the weakest of its runs. */
export interface FittedPoint extends LawPoint {
  style: MarkStyle;
}

/** The power law of one series, or why there is none. */
export interface SeriesFit {
  key: string;
  slot: number;
  label: string;
  result: LawResult;
  /** A law of two exponents, where the data bear one better than a line: it is drawn in place of that. */
  broken: BrokenLaw | null;
  /** What the line stands on. */
  points: FittedPoint[];
  /** The sensor behind all of them; null where y is no energy. */
  sensor: string | null;
  /** Why the line is no evidence; empty where it is. */
  indicative: string[];
  includesEstimated: boolean;
  /** Runs behind the line, and how many of the series' points are not under it: they are looks, limited or estimated. */
  runIds: string[];
  leftOut: number;
  /** The annotation, one line. */
  text: string;
}

/** Fits of the shown series; none unless the spec asks for them. The zoom does not change them. */
export function fitsOf(spec: CurveSpec, visible: VisibleRows): SeriesFit[] {
  return spec.fit.show ? visible.whole.map((series) => fitOf(spec, series)) : [];
}

function fitOf(spec: CurveSpec, { key, slot, label, points: all }: VisibleSeries): SeriesFit {
  const used = all.filter((p) => p.x > 0 && p.y > 0 && leftOutAs(spec, p) === null);
  const includesEstimated = used.some((p) => p.style === 'estimate');
  const points = lawPoints(spec, used);
  const meters = [...new Set(used.map((p) => metersOf(spec, p.row)))].sort();
  const result: LawResult =
    meters.length > 1
      ? { kind: 'none', reason: `no line joins ${meters.length} meters: ${plainText(meters.join('; '))}` }
      : powerLaw(points, spec.fit.seed, undefined, key);
  const broken = result.kind === 'law' ? brokenLaw(points, spec.fit.seed) : null;
  const indicative = [
    ...(result.kind === 'law' ? result.law.indicative : []),
    ...doubts(used),
    ...(includesEstimated ? ['estimates'] : []),
  ];
  const sensor = used[0]?.row.sensor ?? null;
  const from = { runIds: used.map((p) => p.row.runId), leftOut: all.length - used.length };
  const fit = { key, slot, label, result, broken, points, sensor, indicative, includesEstimated, ...from };
  return { ...fit, text: `${plainText(label)}: ${annotation(spec, fit, leftOutText(spec, all))}` };
}

/** Of one device, provider, precision and batch the series already is; of one meter only what this tells apart. */
function metersOf(spec: CurveSpec, row: CurveRow): string {
  return yWords[spec.y.quantity].isEnergy ? [row.meter, row.sensor].filter(Boolean).join(', ') : '';
}

/** What the user let in, and what no hardware measured here. Source: docs/method.md, 5. */
function doubts(points: readonly VisiblePoint[]): string[] {
  const rows = points.map((p) => p.row);
  const unreal = rows.some((r) => r.origin === 'simulated' || r.origin === 'replayed');
  const limited = points.some((p) => p.row.verdict === 'limited' && p.style !== 'estimate');
  return [
    ...(rows.some((r) => r.preset === 'quick') ? ['quick results'] : []),
    ...(limited ? ['limited results'] : []),
    ...(unreal ? ['simulated or replayed readings'] : []),
    ...(rows.some((r) => r.sample) ? ['sample data'] : []),
  ];
}

type Told = Pick<SeriesFit, 'result' | 'broken' | 'indicative'>;

function annotation(spec: CurveSpec, { result, broken, indicative }: Told, leftOut: string): string {
  if (result.kind === 'none') return `no line: ${result.reason}${leftOut}.`;
  const { exponent, models, method, rSquared } = result.law;
  const doubt = indicative.length === 0 ? '' : ` Indicative: ${indicative.join(', ')}.`;
  const n = `95\u00a0%, n = ${formatCount(models)} models${leftOut}`;
  if (broken !== null) {
    const at = sizeInterval(spec.x.quantity, broken.at.value, broken.at.low, broken.at.high);
    return (
      `broken law, exponent ${interval(broken.below)} below ${at} and ${interval(broken.above)} above, ${n}, ` +
      `${broken.method}, AICc lower by ${significant(broken.better, 2)} than for one line.${doubt}`
    );
  }
  return `exponent ${interval(exponent)}, ${n}, ${method}, R²\u00a0${rSquared.toFixed(3)}.${doubt}`;
}

const interval = ({ value, low, high }: Ends & { value: number }) =>
  `${digits(value)} [${digits(low)}, ${digits(high)}]`;
const digits = (v: number) => (Math.abs(v) < 0.0005 ? '0' : significant(v, 3).replace('-', '−'));

/** y of the drawn law at x; null without one. */
export function fittedAt({ result, broken }: SeriesFit, x: number): number | null {
  if (result.kind === 'none') return null;
  return broken === null ? lawAt(result.law, x) : brokenAt(broken, x);
}

/** Bands of the drawn law at x: of the line, and of a new model. */
export function fittedBandAt(
  { result, broken }: SeriesFit,
  x: number,
): { line: Ends; prediction: Ends } | null {
  if (result.kind === 'none') return null;
  return broken === null ? bandAt(result.law, x) : brokenBandAt(broken, x);
}

/** One point a model and size: repeated runs of a model are its repeats, not more models. */
function lawPoints(spec: CurveSpec, points: readonly VisiblePoint[]): FittedPoint[] {
  const groups = new Map<string, VisiblePoint[]>();
  for (const p of points) {
    const key = `${p.row.modelId} ${p.x}`;
    const own = groups.get(key);
    if (own) own.push(p);
    else groups.set(key, [p]);
  }
  return [...groups.values()].map((own) => {
    const mean = (of: (p: VisiblePoint) => number) => own.reduce((sum, p) => sum + of(p), 0) / own.length;
    const u = Math.sqrt(mean((p) => relativeU(spec, p) ** 2) / own.length);
    const { x, row } = own[0]!;
    return {
      x,
      y: Math.exp(mean((p) => Math.log(p.y))),
      u,
      group: row.modelId,
      style: weakest(own),
      offset: mean((p) => p.row.offsetRel),
      gain: mean((p) => p.row.gainRel),
    };
  });
}

const weakest = (own: readonly VisiblePoint[]) =>
  (['estimate', 'hollow'] as const).find((style) => own.some((p) => p.style === style)) ?? 'solid';

/** Relative standard uncertainty that repeats shrink; of an estimate the band of its method; 0 where none is known. */
function relativeU(spec: CurveSpec, { row, style }: VisiblePoint): number {
  if (style === 'estimate') return halfLogWidth(row.yAbsLow, row.yAbsHigh) / 1.96;
  return halfLogWidth(row.yLow, row.yHigh) / widthOf(spec, row);
}

/** Half of the interval in standard uncertainties: t over turns or windows, of latency the normal's. */
function widthOf(spec: CurveSpec, { n, turns }: CurveRow): number {
  const values = turns ?? (yWords[spec.y.quantity].isEnergy ? n : null);
  return values !== null && values > 1 ? tOf(values - 1) : 1.96;
}

const known = new Map<number, number>();
/** t(0.975, nu), each looked for once: many points share a number of windows. */
function tOf(nu: number): number {
  const t = known.get(nu) ?? studentQuantile(0.975, nu);
  if (nu <= 1000) known.set(nu, t);
  return t;
}

function halfLogWidth(low: CurveRow['yLow'], high: CurveRow['yHigh']): number {
  return low === null || high === null || low <= 0 ? 0 : Math.log(high / low) / 2;
}
