import type { ClaimPart, ClaimVerdict, Finding } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import { formatCount, formatSi } from '../../../shared/units';
import { finding, verdictOfFindings, verdictOfParts } from '../../../shared/verdicts';
import type { MachinesOutput } from '../machines/make';
import type { CriterionOf, Measured } from '../protocol';
import { conditionKey, whyNoTime } from './machinePlan';
import { type RatedMachine, type RateUnit, rateOf, rateRatio } from './rates';
import { hasEnergy } from './ratio';

export interface SameHardwareFound {
  provider: string;
  machines: MachinesOutput;
  /** By `conditionKey`. */
  measured: ReadonlyMap<string, Measured>;
  /** Kernel machines against networks; by keys of machines. */
  pairs: readonly RatePair[];
}

export interface RatePair {
  kernel: string;
  network: string;
  /** Batches at which the ratio decides; at the others it is shown. */
  decides: readonly number[];
}

/** A machine as it was measured at this batch; null where it was not. */
export function machineAt(
  { machines, measured }: Pick<SameHardwareFound, 'machines' | 'measured'>,
  key: string,
  batch: number,
): RatedMachine | null {
  const point = machines.points.find((p) => p.key === key);
  const own = measured.get(conditionKey(key, batch));
  return point && own ? { point, measured: own } : null;
}

/** What a machine is called in a condition. */
function rateName(found: Pick<SameHardwareFound, 'machines'>, key: string): string {
  const point = found.machines.points.find((p) => p.key === key);
  if (!point) return key;
  const n = `${formatCount(point.n)} examples`;
  if (point.kind === 'ridge') return `kernel machine of ${n}`;
  if (point.kind === 'explicit') return `explicit machine of ${n}`;
  if (point.kind === 'network') return 'its own network';
  return `network of ${formatSi(point.floats, '')} parameters`;
}

const questions: readonly { key: string; title: string; batch: number; unit: RateUnit; what: string }[] = [
  { key: 'batch-256', title: 'Arithmetic rate at batch 256', batch: 256, unit: 'FLOP/s', what: 'FLOP/s' },
  {
    key: 'batch-1',
    title: 'Bytes of weights per second at batch 1',
    batch: 1,
    unit: 'byte/s',
    what: 'byte/s',
  },
];
const energyQuestions: typeof questions = [
  {
    key: 'joules-256',
    title: 'Arithmetic per joule at batch 256',
    batch: 256,
    unit: 'FLOP/J',
    what: 'FLOP/J',
  },
  { key: 'joules-1', title: 'Arithmetic per joule at batch 1', batch: 1, unit: 'FLOP/J', what: 'FLOP/J' },
];

/** Judges C4 by the thresholds of the prediction. Pure. Source: guide of the experiments, 5. */
export function judgeSameHardware(
  criterion: CriterionOf,
  found: SameHardwareFound,
): { verdict: ClaimVerdict; sentence: string; boundary: string | null; parts: ClaimPart[] } {
  const asked = [...questions, ...(hasEnergy(found.measured) ? energyQuestions : [])];
  const parts = asked.map((question) => judgeRate(criterion, found, question));
  const verdict = verdictOfParts(parts);
  return {
    verdict,
    sentence: parts.map((p) => p.sentence).join(' '),
    boundary: verdict === 'within_limits' ? outsideOf(parts.flatMap((p) => p.findings)) : null,
    parts,
  };
}

function judgeRate(
  criterion: CriterionOf,
  found: SameHardwareFound,
  { key, title, batch, unit, what }: (typeof questions)[number],
): ClaimPart {
  const judged = found.pairs.flatMap((pair) => {
    const [one, other] = [machineAt(found, pair.kernel, batch), machineAt(found, pair.network, batch)];
    const decides = pair.decides.includes(batch);
    // What only stands beside the others need not be planned at every batch.
    if (!decides && !(one && other)) return [];
    const value = one && other ? rateRatio(one, other, unit) : null;
    const failure = [one, other].map((m) => whyNoTime(m?.measured)).find((why) => why !== null);
    const condition = `${rateName(found, pair.kernel)} over ${rateName(found, pair.network)}, ${what}, batch ${batch}, ${found.provider}`;
    const measured = {
      value,
      n: one && other ? Math.min(one.measured.turns.length, other.measured.turns.length) : null,
      missing: failure ?? 'One of the two was not measured.',
      shownOnly: !decides,
    };
    return [
      {
        pair,
        rates: [one, other].map((m) => m && rateOf(m, unit)),
        findings: ['rate-ratio', 'rate-floor'].map((c) => finding(criterion(c), condition, measured)),
      },
    ];
  });
  const findings = judged.flatMap((j) => j.findings);
  const told = judged.flatMap(({ pair, rates: [own, other], findings: [ratio] }) =>
    own && other && ratio.value && !ratio.shownOnly
      ? [
          `the ${rateName(found, pair.kernel)} reaches ${formatSi(own.value, unitText(unit))}, ${plainNumber(ratio.value.value)} times the rate of the ${rateName(found, pair.network)}`,
        ]
      : [],
  );
  const product = unit === 'byte/s' ? null : machineAt(found, 'product', batch);
  const peak = product && rateOf(product, unit);
  const end = peak ? ` A plain product reaches ${formatSi(peak.value, unitText(unit))}.` : '';
  const verdict = verdictOfFindings(findings);
  return {
    key,
    title,
    verdict,
    sentence:
      told.length === 0
        ? `${title} was not measured.`
        : `At batch ${batch} on ${found.provider} ${told.join('; ')}.${end}`,
    boundary: verdict === 'within_limits' ? outsideOf(findings) : null,
    findings,
  };
}

/** byte/s takes its prefix as B/s. */
export const unitText = (unit: RateUnit) => (unit === 'byte/s' ? 'B/s' : unit);

/** Which pairs lie outside, with their ratios; null where none does. */
function outsideOf(findings: readonly Finding[]): string | null {
  const outside = findings.flatMap((f) =>
    !f.shownOnly && f.state === 'fails' && f.criterion === 'rate-ratio' && f.value
      ? [`${f.condition} (${plainNumber(f.value.value)})`]
      : [],
  );
  return outside.length === 0 ? null : `Outside a half to twice: ${outside.join('; ')}.`;
}
