import type { ClaimPart, Estimate, Finding } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import { leastSquaresSlope } from '../../../shared/stats/leastSquares';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { ratioOverSeeds } from '../../../shared/stats/seedBootstrap';
import { wilson } from '../../../shared/stats/wilson';
import { formatPercent } from '../../../shared/units';
import { finding, verdictOfFindings } from '../../../shared/verdicts';
import type { RuleName } from '../pathkernel/integral';
import type { RebuildResult, RuleError } from '../pathkernel/measure';
import type { Machine, OrdinaryResult } from '../pathkernel/ordinary';
import type { OrdinaryInput, OrdinaryOutput, RebuildInput, RebuildOutput } from '../pathkernel/tasks';
import type { CriterionOf } from '../protocol';
import { deciding } from './deciding';
import { exactly } from './estimates';

export interface RebuildConfiguration extends RebuildOutput {
  label: string;
  input: RebuildInput;
}

export interface OrdinaryConfiguration extends OrdinaryOutput {
  label: string;
  input: OrdinaryInput;
}

type Run = RebuildResult & { eta: number; seed: number };

/** Step sizes of the slope: the smallest three. */
const slopePoints = 3;

/** One rule at one step size over the seeds whose training did not diverge. */
export interface RuleAt {
  eta: number;
  relative: Estimate | null;
  agreement: Estimate | null;
  /** Mean over seeds of the mean |difference|; null where all diverged. */
  mean: number | null;
  /** Largest |difference| at the end, and after any step. */
  largest: number | null;
  largestEver: number | null;
  seeds: number;
  queries: number;
  diverged: number;
}

export const ruleName: Readonly<Record<RuleName, string>> = {
  left: 'left end (the paper’s sum)',
  trapezoid: 'trapezoid',
  midpoint: 'midpoint',
  gauss: 'Gauss, 4 points',
  closed: 'closed form',
};

/**
 * Share of ones over seeds, at least as wide as for independent queries: where all are equal a bootstrap has no width, and
 * queries that were not asked could still differ.
 */
function shareOverSeeds(seeds: readonly (readonly (0 | 1)[])[]): Estimate | null {
  const over = ratioOverSeeds(seeds.map((top) => ({ top })));
  if (over === null) return null;
  const all = seeds.flat();
  const { low, high } = wilson(all.filter((one) => one === 1).length, all.length);
  return { value: over.value, low: Math.min(over.low, low), high: Math.max(over.high, high) };
}

/** Intervals take a thousand draws: they are drawn where they are asked for, once. */
const drawn = new WeakMap<object, Map<string, unknown>>();

function once<T>(of: object, key: string, make: () => T): T {
  const known = drawn.get(of) ?? new Map<string, unknown>();
  drawn.set(of, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

export function ruleAt({ runs }: { runs: readonly Run[] }, rule: RuleName, eta: number): RuleAt {
  return once(runs, `${rule} ${eta}`, () => {
    const all = runs.filter((r) => r.eta === eta);
    const kept = all.flatMap((r) => {
      const error = r.rules.find((e) => e.rule === rule);
      return r.divergedAt === null && error ? [{ run: r, error }] : [];
    });
    const most = (pick: (e: RuleError) => number) =>
      kept.length === 0 ? null : Math.max(...kept.map(({ error }) => pick(error)));
    return {
      eta,
      get relative() {
        return once(kept, 'relative', () =>
          ratioOverSeeds(
            kept.map(({ run, error }) => ({ top: error.queryError, bottom: run.queryMovement })),
          ),
        );
      },
      get agreement() {
        return once(kept, 'agreement', () => shareOverSeeds(kept.map(({ error }) => error.querySame)));
      },
      mean: kept.length === 0 ? null : kept.reduce((sum, { error }) => sum + error.mean / kept.length, 0),
      largest: most((e) => e.largest),
      largestEver: most((e) => e.largestEver),
      seeds: kept.length,
      queries: kept[0]?.run.queryMovement.length ?? 0,
      diverged: all.filter((r) => r.divergedAt !== null).length,
    };
  });
}

/** Step sizes of a configuration, largest first. */
export const etasOf = ({ runs }: { runs: readonly Run[] }) =>
  [...new Set(runs.map((r) => r.eta))].sort((a, b) => b - a);

/** Slope of ln(mean error) on ln(step size) over the smallest steps, seed by seed; null where a seed lacks one. */
export function slopeOf(configuration: { runs: readonly Run[] }, rule: RuleName): Estimate | null {
  const etas = etasOf(configuration).slice(-slopePoints);
  const bySeed = new Map<number, { eta: number; error: number }[]>();
  for (const run of configuration.runs) {
    const error = run.rules.find((e) => e.rule === rule);
    if (!etas.includes(run.eta) || !error) continue;
    bySeed.set(run.seed, [...(bySeed.get(run.seed) ?? []), { eta: run.eta, error: error.mean }]);
  }
  const slopes = [...bySeed.values()].flatMap((points) => {
    if (points.length < etas.length) return [];
    const slope = leastSquaresSlope(
      points.map((p) => Math.log(p.eta)),
      points.map((p) => Math.log(p.error)),
    );
    return slope === null ? [] : [slope];
  });
  return meanInterval(slopes);
}

/** `1/16` for the step sizes of the plan, else the number. */
export function stepText(eta: number): string {
  const over = 1 / eta;
  return eta < 1 && eta >= 1 / 64 && Number.isInteger(over) && Math.log2(over) % 1 === 0
    ? `1/${over}`
    : String(Number(eta.toPrecision(3)));
}

/** Judges the four questions of C2 by the thresholds of the prediction. Pure. */
export function judgeKernel(
  criterion: CriterionOf,
  rebuilt: readonly RebuildConfiguration[],
  ordinary: readonly OrdinaryConfiguration[],
): { parts: ClaimPart[]; sentence: string; boundary: string | null } {
  const approximately = judgeApproximately(criterion, rebuilt);
  const slope = judgeSlope(criterion, rebuilt);
  const exactly = judgeExactly(criterion, rebuilt);
  const machine = judgeOrdinary(criterion, ordinary);
  const parts = [approximately, slope, exactly, machine];
  const boundaries = parts.flatMap((p) => (p.boundary === null ? [] : [p.boundary]));
  return {
    parts,
    sentence: `${approximately.sentence} ${exactly.sentence}`,
    boundary: boundaries.length === 0 ? byPart(parts) : boundaries.join(' '),
  };
}

/** Where parts differ as wholes; null where none holds or none fails. */
function byPart(parts: readonly ClaimPart[]): string | null {
  const titles = (verdict: ClaimPart['verdict']) =>
    parts.filter((p) => p.verdict === verdict).map((p) => `“${p.title}”`);
  const [holds, fails] = [titles('supported'), titles('refuted')];
  return holds.length === 0 || fails.length === 0
    ? null
    : `It holds for ${holds.join(' and ')}, and fails for ${fails.join(' and ')}.`;
}

function judgeApproximately(criterion: CriterionOf, rebuilt: readonly RebuildConfiguration[]): ClaimPart {
  const conditions = rebuilt.flatMap((configuration) =>
    etasOf(configuration).map((eta) => {
      const at = ruleAt(configuration, 'left', eta);
      const condition = `${configuration.label}, step size ${stepText(eta)}`;
      // A training that diverged leaves no function to rebuild: shown, no evidence for or against.
      const shared = { n: at.seeds * at.queries, missing: divergedText(at), shownOnly: at.seeds === 0 };
      const findings = deciding([
        finding(criterion('relative-error'), condition, { value: at.relative, ...shared }),
        finding(criterion('agreement'), condition, { value: at.agreement, ...shared }),
      ]);
      return { configuration, eta, at, findings, holds: findings.every((f) => f.state === 'holds') };
    }),
  );
  const findings = conditions.flatMap((c) => c.findings);
  const verdict = verdictOfFindings(findings);
  const relative = conditions.flatMap(({ at }) => at.relative?.value ?? []);
  const limits = rebuilt.map((configuration) => {
    const own = conditions.filter((c) => c.configuration === configuration);
    const failing = own.findLastIndex((c) => c.findings.some((f) => f.state === 'fails' && !f.shownOnly));
    const below = own.slice(failing + 1);
    const upTo = below.find((c) => c.holds);
    const open = below.filter((c) => !c.holds).map((c) => stepText(c.eta));
    const text = upTo ? `up to ${stepText(upTo.eta)}` : 'none that is certain';
    return `${configuration.label}: ${text}${open.length > 0 ? ` (undecided at ${open.join(', ')})` : ''}`;
  });
  const bounds = `the error is at most ${formatPercent(criterion('relative-error').threshold)} and at least ${formatPercent(criterion('agreement').threshold)} of decisions are equal`;
  return {
    key: 'approximately',
    title: 'Approximately a kernel machine, by the paper’s sum',
    verdict,
    sentence:
      relative.length === 0
        ? 'No training gave a function to rebuild.'
        : `Rebuilt from its training examples by the paper’s sum, a network’s logits are off by ${percent(Math.min(...relative))} to ${percent(Math.max(...relative))} of their movement, by step size and kind of training.`,
    boundary: verdict === 'within_limits' ? `Step sizes for which ${bounds}: ${limits.join('; ')}.` : null,
    findings,
  };
}

function judgeSlope(criterion: CriterionOf, rebuilt: readonly RebuildConfiguration[]): ClaimPart {
  const slopes = rebuilt.map((c) => ({ label: c.label, slope: slopeOf(c, 'left'), seeds: seedsIn(c) }));
  const findings = slopes.map(({ label, slope, seeds }) =>
    finding(criterion('slope'), label, {
      value: slope,
      n: seeds,
      missing:
        'A slope with an interval needs two seeds whose trainings ended well at each of the smallest steps.',
    }),
  );
  const values = slopes.flatMap(({ slope }) => slope?.value ?? []);
  const verdict = verdictOfFindings(findings);
  return {
    key: 'slope',
    title: 'The error falls in proportion to the step size',
    verdict,
    sentence:
      values.length === 0
        ? 'No slope could be fitted.'
        : `Over the three smallest steps the error of the paper’s sum falls with the step size to the power ${plainNumber(Math.min(...values))} to ${plainNumber(Math.max(...values))}; 1 is expected.`,
    boundary:
      verdict === 'within_limits'
        ? `The slope is near 1 for ${labelsWith(findings, 'holds')}, and not for ${labelsWith(findings, 'fails')}.`
        : null,
    findings,
  };
}

function judgeExactly(criterion: CriterionOf, rebuilt: readonly RebuildConfiguration[]): ClaimPart {
  const conditions = rebuilt.map((configuration) => {
    const all = etasOf(configuration).map((eta) => ruleAt(configuration, 'closed', eta));
    const largest = all.flatMap((at) => at.largestEver ?? []);
    const most = largest.length === 0 ? null : Math.max(...largest);
    return {
      most,
      finding: finding(criterion('exact-error'), configuration.label, {
        value: most === null ? null : exactly(most),
        n: all.reduce((sum, at) => sum + at.seeds * at.queries, 0),
        missing: 'Every training diverged.',
      }),
    };
  });
  const findings = conditions.map((c) => c.finding);
  const most = conditions.flatMap((c) => c.most ?? []);
  const verdict = verdictOfFindings(findings);
  return {
    key: 'exactly',
    title: 'Exactly a sum over training examples, with the integral over each step taken exactly',
    verdict,
    sentence:
      most.length === 0
        ? 'No training gave a function to rebuild.'
        : `With the integral taken exactly the largest error of any logit after any step is ${plainNumber(Math.max(...most))}.`,
    boundary:
      verdict === 'within_limits'
        ? `Exact for ${labelsWith(findings, 'holds')}, and not for ${labelsWith(findings, 'fails')}.`
        : null,
    findings,
  };
}

export const machineName: Readonly<Record<Machine, string>> = {
  theorem: 'coefficients that depend on the query, path kernel (the paper’s sum)',
  'average-path': 'constant coefficients, time average, path kernel',
  'average-start': 'constant coefficients, time average, kernel of the start',
  'ridge-path': 'constant coefficients, ridge, path kernel',
  'ridge-start': 'constant coefficients, ridge, kernel of the start',
  'ridge-gaussian': 'control: constant coefficients, ridge, Gaussian kernel',
};

/** Choices of coefficients that the question is about; the others are shown. */
const choices: readonly Machine[] = ['average-path', 'ridge-path', 'ridge-start'];

export interface MachineOver {
  relative: Estimate | null;
  agreement: Estimate | null;
  accuracy: number;
  overControl: Estimate | null;
}

/** One machine over the seeds. */
export function machineOver(runs: readonly OrdinaryResult[], machine: Machine): MachineOver {
  const of = (run: OrdinaryResult, name: Machine) => run.machines.find((m) => m.machine === name)!;
  return once(runs, machine, () => ({
    relative: ratioOverSeeds(runs.map((r) => ({ top: of(r, machine).queryError, bottom: r.queryMovement }))),
    agreement: shareOverSeeds(runs.map((r) => of(r, machine).querySame)),
    accuracy: runs.reduce((sum, r) => sum + of(r, machine).accuracy / runs.length, 0),
    overControl: ratioOverSeeds(
      runs.map((r) => ({ top: of(r, machine).queryError, bottom: of(r, 'ridge-gaussian').queryError })),
    ),
  }));
}

function judgeOrdinary(criterion: CriterionOf, ordinary: readonly OrdinaryConfiguration[]): ClaimPart {
  const judged = choices.map((machine) => {
    const conditions = ordinary.map((configuration) => {
      const over = machineOver(configuration.runs, machine);
      const condition = `${machineName[machine]}; ${configuration.label}`;
      const n = configuration.runs.reduce((sum, r) => sum + r.queryMovement.length, 0);
      const findings = deciding([
        finding(criterion('ordinary-error'), condition, { value: over.relative, n }),
        finding(criterion('ordinary-agreement'), condition, { value: over.agreement, n }),
        finding(criterion('over-control'), condition, { value: over.overControl, n }),
      ]);
      return { over, findings };
    });
    return { machine, conditions, verdict: verdictOfFindings(conditions.flatMap((c) => c.findings)) };
  });
  const findings = judged.flatMap((j) => j.conditions.flatMap((c) => c.findings));
  const verdict = verdictOfFindings(findings);
  const range = (machine: Machine) => {
    const values = ordinary.flatMap((c) => machineOver(c.runs, machine).relative?.value ?? []);
    if (values.length === 0) return 'an unknown amount';
    const [low, high] = [percent(Math.min(...values)), percent(Math.max(...values))];
    return low === high ? low : `${low} to ${high}`;
  };
  const same = ordinary.flatMap((c) => machineOver(c.runs, 'ridge-path').agreement?.value ?? []);
  const decisions =
    same.length === 0
      ? 'an unknown share'
      : [...new Set([Math.min(...same), Math.max(...same)].map((s) => formatPercent(s)))].join(' to ');
  const names = (wanted: string) =>
    judged.filter((j) => j.verdict === wanted).map((j) => machineName[j.machine]);
  const mixed = judged.filter((j) => !['supported', 'refuted'].includes(j.verdict));
  return {
    key: 'ordinary',
    title: 'An ordinary kernel machine, with the same coefficients for every query',
    verdict,
    sentence: `With the same coefficients for every query the path kernel misses the network by ${range('ridge-path')} of the movement where they are fitted and by ${range('average-path')} where they are averaged over time; the Gaussian control misses it by ${range('ridge-gaussian')}. Fitted, it decides like the network for ${decisions} of the queries, where ${formatPercent(criterion('ordinary-agreement').threshold)} are asked for.`,
    boundary:
      verdict === 'within_limits'
        ? [
            names('supported').length > 0 ? `Holds with ${names('supported').join(' and ')}.` : '',
            names('refuted').length > 0 ? `Fails with ${names('refuted').join(' and ')}.` : '',
            mixed.length > 0
              ? `Not the same everywhere: ${mixed.map((j) => machineName[j.machine]).join(' and ')}.`
              : '',
          ]
            .filter((s) => s !== '')
            .join(' ')
        : null,
    findings,
  };
}

const percent = (share: number) => formatPercent(share, 2);

const labelsWith = (findings: readonly Finding[], state: Finding['state']) =>
  findings
    .filter((f) => f.state === state)
    .map((f) => f.condition)
    .join('; ');

const seedsIn = ({ runs }: { runs: readonly Run[] }) => new Set(runs.map((r) => r.seed)).size;

const divergedText = (at: RuleAt) =>
  at.diverged > 0
    ? `Training diverged with ${at.diverged} seeds.`
    : 'Nothing moved, so there is nothing to compare with.';
