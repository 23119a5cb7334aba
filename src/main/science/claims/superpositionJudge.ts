import type { ClaimPart, ClaimVerdict, Estimate, Finding } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import { wilson } from '../../../shared/stats/wilson';
import { formatCount, formatPercent, formatSi } from '../../../shared/units';
import { finding, verdictOfFindings, verdictOfParts } from '../../../shared/verdicts';
import type { CapacityOutput } from '../machines/capacity';
import { bestHeld, type CapacityLimit, capacityLimits } from '../machines/limit';
import type { MachinePoint, MachinesOutput } from '../machines/make';
import { batches, type CriterionOf, type Measured } from '../protocol';
import { exactly } from './estimates';
import { conditionKey, whyNoTime } from './machinePlan';
import { hasEnergy, type PickInterval, perQuery, pickGross, pickP50 } from './ratio';
import { exactSlope, measuredSlope, type Slope, slopeText } from './slopes';

export interface SuperpositionFound {
  provider: string;
  /** Slopes are taken over so many of the largest numbers of examples. */
  largest: number;
  machines: MachinesOutput;
  /** By `conditionKey`. */
  measured: ReadonlyMap<string, Measured>;
  capacity: CapacityOutput;
}

/** Points of a machine that were measured at this batch, fewest examples first. */
function measuredPoints(
  { machines, measured }: Pick<SuperpositionFound, 'machines' | 'measured'>,
  kind: MachinePoint['kind'],
  batch: number,
): { point: MachinePoint; measured: Measured }[] {
  return machines.points
    .filter((p) => p.kind === kind)
    .sort((a, b) => a.n - b.n)
    .flatMap((point) => {
      const own = measured.get(conditionKey(point.key, batch));
      return own ? [{ point, measured: own }] : [];
    });
}

/** Judges C3 by the thresholds of the prediction. Pure. Source: guide of the experiments, 4.3. */
export function judgeSuperposition(
  criterion: CriterionOf,
  found: SuperpositionFound,
): {
  verdict: ClaimVerdict;
  sentence: string;
  boundary: string | null;
  parts: ClaimPart[];
  limits: CapacityLimit[];
} {
  const same = judgeAgreement(criterion, found);
  const storage = judgeStorage(criterion, found);
  const time = judgeTime(criterion, found);
  const explicit = judgeExplicit(criterion, found);
  const { part: capacity, limits } = judgeCapacity(criterion, found.capacity);
  const verdict = together(same, storage, time, explicit, capacity);
  const reason = same.verdict === 'supported' ? '' : `${same.sentence} `;
  const boundaries = [
    ...[storage, time, explicit].map((p) => failingText(p.findings)),
    capacity.boundary,
  ].filter((b) => b !== null);
  return {
    verdict,
    sentence: `${reason}${storage.sentence} ${time.sentence} ${capacity.sentence}`,
    boundary: verdict === 'within_limits' && boundaries.length > 0 ? boundaries.join(' ') : null,
    parts: [same, storage, time, explicit, capacity],
    limits,
  };
}

/**
 * Machines that decide differently are not one function: then nothing was measured of it. Growth of bytes or of time
 * refutes; what holds, holds up to the capacity.
 */
function together(
  same: ClaimPart,
  storage: ClaimPart,
  time: ClaimPart,
  explicit: ClaimPart,
  capacity: ClaimPart,
): ClaimVerdict {
  if (same.verdict === 'inconclusive') return 'inconclusive';
  if (same.verdict !== 'supported') return 'not_measured';
  if (storage.verdict === 'refuted' || time.verdict === 'refuted') return 'refuted';
  const slopes = verdictOfParts([storage, time, explicit]);
  if (slopes !== 'supported') return slopes;
  if (capacity.findings.some((f) => f.state === 'fails')) return 'within_limits';
  return capacity.verdict === 'supported' ? 'supported' : 'inconclusive';
}

function judgeAgreement(criterion: CriterionOf, { machines }: SuperpositionFound): ClaimPart {
  const rows = machines.agreement;
  const all = rows.reduce((sum, r) => sum + r.queries, 0);
  const equal = rows.reduce((sum, r) => sum + r.explicit, 0);
  const share = (hits: number, n: number) => (n > 0 ? wilson(hits, n) : null);
  const findings = [
    finding(criterion('agreement'), 'explicit machine and network, all numbers of examples', {
      value: share(equal, all),
      n: all,
    }),
    ...rows.map((r) =>
      finding(criterion('agreement'), `explicit machine and network, n = ${formatCount(r.n)}`, {
        value: share(r.explicit, r.queries),
        n: r.queries,
        shownOnly: true,
      }),
    ),
  ];
  const worst = rows.reduce((most, r) => Math.max(most, r.worstLogit), 0);
  return {
    key: 'same-function',
    title: 'One function',
    verdict: verdictOfFindings(findings),
    sentence: `The machine that keeps every example and the network decide alike on ${formatCount(equal)} of ${formatCount(all)} queries; their logits differ by at most ${plainNumber(worst)}.`,
    boundary: null,
    findings,
  };
}

/** Two findings of the network's slope: that it is flat, and that it does not really grow. */
function networkFindings(
  criterion: CriterionOf,
  condition: string,
  slope: Slope | null,
  missing = notMeasured,
  shownOnly = false,
): Finding[] {
  const measured = { value: slope?.value ?? null, n: slope?.n ?? null, missing, shownOnly };
  return ['network-slope', 'network-growth'].map((key) => finding(criterion(key), condition, measured));
}
const notMeasured = 'It was not measured at enough numbers of examples.';

/** Why too few of the points have a time. */
function whyOf(points: readonly { n: number; measured: Measured }[]): string {
  const why = [...new Set(points.flatMap(({ measured }) => whyNoTime(measured) ?? []))];
  return why.length === 0 ? notMeasured : `${notMeasured} ${why.join(' ')}`;
}

const spanText = (points: readonly { n: number }[]) =>
  points.length === 0
    ? 'no examples'
    : `${formatCount(Math.min(...points.map((p) => p.n)))} to ${formatCount(Math.max(...points.map((p) => p.n)))} examples`;

/** The examples that a slope stands on, or that were planned. */
const stoodOn = (points: readonly { n: number }[], slope: Slope | null) =>
  spanText(slope ? [{ n: slope.from }, { n: slope.to }] : points);

const largestOf = <T extends { n: number }>(points: readonly T[], count: number) =>
  [...points].sort((a, b) => a.n - b.n).slice(-count);

/** Bytes at the numbers of examples that were planned to be measured. */
const storedPoints = (found: SuperpositionFound, kind: MachinePoint['kind']) =>
  largestOf(
    found.machines.points
      .filter((p) => p.kind === kind && batches.some((b) => found.measured.has(conditionKey(p.key, b))))
      .map(({ n, bytes }) => ({ n, y: bytes })),
    found.largest,
  );

function judgeStorage(criterion: CriterionOf, found: SuperpositionFound): ClaimPart {
  const points = storedPoints(found, 'network');
  const slope = exactSlope(points);
  const findings = networkFindings(criterion, `network, bytes stored, ${spanText(points)}`, slope);
  const last = points.at(-1);
  const rival = storedPoints(found, 'explicit').find((p) => p.n === last?.n);
  const beside =
    last && rival
      ? ` At ${formatCount(last.n)} examples it stores ${formatSi(last.y, 'B')} where the machine that keeps every example stores ${formatSi(rival.y, 'B')}, ${formatCount(rival.y / last.y)} times as much.`
      : '';
  return {
    key: 'storage',
    title: 'Bytes stored',
    verdict: verdictOfFindings(findings),
    sentence: slope
      ? `The network’s bytes change with the number of examples by a slope of ${slopeText(slope.value)} over ${spanText(points)}.${beside}`
      : 'The network’s bytes are not known at two numbers of examples.',
    boundary: boundaryOf(findings),
    findings,
  };
}

function slopeAt(found: SuperpositionFound, kind: MachinePoint['kind'], batch: number, pick: PickInterval) {
  const all = measuredPoints(found, kind, batch);
  const points = largestOf(
    all.map(({ point, measured }) => ({ n: point.n, measured })),
    found.largest,
  );
  return { points, slope: measuredSlope(points, pick) };
}

function judgeTime(criterion: CriterionOf, found: SuperpositionFound): ClaimPart {
  const energy = hasEnergy(found.measured);
  const timed = batches.map((batch) => ({ batch, ...slopeAt(found, 'network', batch, pickP50) }));
  const condition = (what: string, batch: number, points: readonly { n: number }[], slope: Slope | null) =>
    `network, ${what} per query, batch ${batch}, ${found.provider}, ${stoodOn(points, slope)}`;
  const findings = [
    ...timed.flatMap(({ batch, points, slope }) =>
      networkFindings(criterion, condition('time', batch, points, slope), slope, whyOf(points)),
    ),
    ...(energy
      ? batches.flatMap((batch) => {
          const { points, slope } = slopeAt(found, 'network', batch, pickGross);
          return networkFindings(
            criterion,
            condition('energy', batch, points, slope),
            slope,
            notMeasured,
            true,
          );
        })
      : []),
  ];
  const told = timed.flatMap(({ batch, slope }) =>
    slope ? [`${slopeText(slope.value)} at batch ${batch}`] : [],
  );
  return {
    key: 'query-time',
    title: 'Time per query',
    verdict: verdictOfFindings(findings),
    sentence:
      told.length === 0
        ? 'The network’s time per query was not measured.'
        : `Its time per query changes by a slope of ${told.join(' and ')}.${besideText(found)}`,
    boundary: boundaryOf(findings),
    findings,
  };
}

/** The network against the machine that keeps the examples, at the most examples that both were measured with. */
function besideText(found: SuperpositionFound): string {
  const at = (kind: MachinePoint['kind']) => measuredPoints(found, kind, 1);
  const rivals = at('explicit');
  const both = at('network').filter(({ point }) => rivals.some((r) => r.point.n === point.n));
  const own = both.at(-1);
  const rival = rivals.find((r) => r.point.n === own?.point.n);
  const times = [own, rival].map((m) => m && perQuery(m.measured, pickP50)) as (Estimate | null)[];
  if (!own || !times[0] || !times[1]) return '';
  return ` At batch 1 and ${formatCount(own.point.n)} examples the network takes ${formatSi(times[0].value, 's')}, the machine that keeps every example ${formatSi(times[1].value, 's')}.`;
}

function judgeExplicit(criterion: CriterionOf, found: SuperpositionFound): ClaimPart {
  const stored = storedPoints(found, 'explicit');
  const bytes = exactSlope(stored);
  const timed = batches.map((batch) => ({ batch, ...slopeAt(found, 'explicit', batch, pickP50) }));
  const name = 'machine that keeps every example';
  const findings = [
    { what: `${name}, bytes stored, ${spanText(stored)}`, slope: bytes, missing: notMeasured },
    ...timed.map(({ batch, points, slope }) => ({
      what: `${name}, time per query, batch ${batch}, ${found.provider}, ${stoodOn(points, slope)}`,
      slope,
      missing: whyOf(points),
    })),
  ].map(({ what, slope, missing }) =>
    finding(criterion('explicit-slope'), what, {
      value: slope?.value ?? null,
      n: slope?.n ?? null,
      missing,
    }),
  );
  const told = timed.flatMap(({ batch, slope }) =>
    slope ? [`${slopeText(slope.value)} in time at batch ${batch}`] : [],
  );
  const all = [...(bytes ? [`${slopeText(bytes.value)} in bytes`] : []), ...told];
  return {
    key: 'explicit',
    title: 'The machine that keeps every example grows',
    verdict: verdictOfFindings(findings),
    sentence: `The machine that keeps every example has slopes of ${all.join(', ')}.`,
    boundary: boundaryOf(findings),
    findings,
  };
}

function judgeCapacity(
  criterion: CriterionOf,
  { rows, dataset }: CapacityOutput,
): { part: ClaimPart; limits: CapacityLimit[] } {
  const held = criterion('held');
  const limits = capacityLimits(rows, held.threshold);
  const findings = rows.map((row) => {
    // Every label was asked for, so the share of the best seed is a count and has no interval.
    const best = bestHeld(row);
    return finding(
      held,
      `network of ${formatCount(row.parameters)} parameters, ${formatCount(row.n)} random labels`,
      { value: exactly(best), n: row.held.length },
    );
  });
  const told = limits.map((l) => {
    const size = `a network of ${formatCount(l.parameters)} parameters`;
    const share = formatPercent(held.threshold);
    if (l.examples === null) return `${size} held ${share} of no number of random labels that was tried`;
    const until = l.lost === null ? ', the most that were tried' : `, not of ${formatCount(l.lost)}`;
    return `${size} held at least ${share} of ${formatCount(l.examples)} random labels${until} (${plainNumber(l.parametersPerExample as number)} parameters a label)`;
  });
  const text = told.length === 0 ? 'Capacity was not measured' : `On ${dataset} ${told.join('; ')}`;
  return {
    limits,
    part: {
      key: 'capacity',
      title: 'Capacity',
      verdict: verdictOfFindings(findings),
      sentence: `${text}.`,
      boundary: limits.some((l) => l.lost !== null)
        ? `Up to the capacity: ${limits
            .map((l) =>
              l.examples === null
                ? `below the fewest examples tried for ${formatCount(l.parameters)} parameters`
                : `n* = ${formatCount(l.examples)} for ${formatCount(l.parameters)} parameters, P/n* = ${plainNumber(l.parametersPerExample as number)}`,
            )
            .join('; ')}.`
        : null,
      findings,
    },
  };
}

/** Which conditions fail, where others hold; null where they agree. */
const boundaryOf = (findings: readonly Finding[]) =>
  verdictOfFindings(findings) === 'within_limits' ? failingText(findings) : null;

function failingText(findings: readonly Finding[]): string | null {
  const failing = findings.flatMap((f) => (!f.shownOnly && f.state === 'fails' ? [f.condition] : []));
  return failing.length === 0 ? null : `Not for: ${[...new Set(failing)].join('; ')}.`;
}
