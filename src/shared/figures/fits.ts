import { type LawPoint, type LawResult, powerLaw } from '../stats/powerLaw';
import { studentQuantile } from '../stats/student';
import { formatCount, significant } from '../units';
import { yWords } from './quantities';
import type { CurveRow } from './rows';
import type { CurveSpec } from './spec';
import { plainText } from './textWidth';
import type { VisiblePoint, VisibleRows, VisibleSeries } from './visible';

/** The power law of one series, or why there is none. */
export interface SeriesFit {
  key: string;
  slot: number;
  label: string;
  result: LawResult;
  /** Why the line is no evidence; empty where it is. */
  indicative: string[];
  includesEstimated: boolean;
  /** The annotation, one line. */
  text: string;
}

/** Fits of the shown series; none unless the spec asks for them. The zoom does not change them. */
export function fitsOf(spec: CurveSpec, visible: VisibleRows): SeriesFit[] {
  return spec.fit.show ? visible.whole.map((series) => fitOf(spec, series)) : [];
}

function fitOf(spec: CurveSpec, { key, slot, label, points }: VisibleSeries): SeriesFit {
  const used = points.filter(
    (p) => p.x > 0 && p.y > 0 && (spec.fit.includeEstimated || p.style !== 'estimate'),
  );
  const includesEstimated = used.some((p) => p.style === 'estimate');
  const result = powerLaw(lawPoints(spec, used), spec.fit.seed);
  const indicative = [
    ...(result.kind === 'law' ? result.law.indicative : []),
    ...doubts(used),
    ...(includesEstimated ? ['estimates'] : []),
  ];
  const fit = { key, slot, label, result, indicative, includesEstimated };
  return { ...fit, text: `${plainText(label)}: ${annotation(fit, used.length < points.length)}` };
}

/** Only standard and rigorous valid results are evidence. Source: docs/method.md, 5. */
function doubts(points: readonly VisiblePoint[]): string[] {
  const rows = points.map((p) => p.row);
  const short = (['glance', 'quick'] as const).filter((preset) => rows.some((r) => r.preset === preset));
  const limited = rows.some((r) => r.verdict === 'limited');
  const unreal = rows.some((r) => r.origin === 'simulated' || r.origin === 'replayed');
  return [
    ...short.map((preset) => `${preset} results`),
    ...(limited ? ['limited results'] : []),
    ...(unreal ? ['simulated or replayed readings'] : []),
    ...(rows.some((r) => r.sample) ? ['sample data'] : []),
  ];
}

function annotation({ result, indicative }: Omit<SeriesFit, 'text'>, withoutEstimates: boolean): string {
  const without = withoutEstimates ? ' (estimates excluded)' : '';
  if (result.kind === 'none') return `no line: ${result.reason}${without}.`;
  const { exponent, models, method } = result.law;
  const [value, low, high] = [exponent.value, exponent.low, exponent.high].map(digits);
  const doubt = indicative.length === 0 ? '' : ` Indicative: ${indicative.join(', ')}.`;
  return `exponent ${value} [${low}, ${high}], 95\u00a0%, n = ${formatCount(models)} models${without}, ${method}.${doubt}`;
}

const digits = (v: number) => (Math.abs(v) < 0.0005 ? '0' : significant(v, 3).replace('-', '−'));

/** One point a model and size: repeated runs of a model are its repeats, not more models. */
function lawPoints(spec: CurveSpec, points: readonly VisiblePoint[]): LawPoint[] {
  const groups = new Map<string, VisiblePoint[]>();
  for (const p of points) {
    const key = `${p.row.modelId} ${p.x}`;
    const own = groups.get(key);
    if (own) own.push(p);
    else groups.set(key, [p]);
  }
  return [...groups.values()].map((own) => {
    const mean = own.reduce((sum, p) => sum + Math.log(p.y), 0) / own.length;
    const squares = own.reduce((sum, p) => sum + relativeU(spec, p) ** 2, 0);
    const { x, row } = own[0]!;
    return { x, y: Math.exp(mean), u: Math.sqrt(squares) / own.length, group: row.modelId };
  });
}

/** Relative standard uncertainty that repeats shrink; of an estimate the band of its method; 0 where none is known. */
function relativeU(spec: CurveSpec, { row, style }: VisiblePoint): number {
  if (style === 'estimate') return halfLogWidth(row.yAbsLow, row.yAbsHigh) / 1.96;
  const { isEnergy } = yWords[spec.y.quantity];
  const t = isEnergy && row.n !== null && row.n > 1 ? tOf(row.n - 1) : 1.96;
  return halfLogWidth(row.yLow, row.yHigh) / t;
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
