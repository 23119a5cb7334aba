import type { ClaimPart, Criterion, Finding } from '../../../shared/claim';
import { estimateText } from '../../../shared/claimWords';
import { formatCount, formatPercent } from '../../../shared/units';
import { finding, verdictOfFindings } from '../../../shared/verdicts';
import type { Curve } from '../lessData/curves';
import { differencesOf, type Gain, gainOf } from '../lessData/gain';
import type { Method } from '../lessData/methods';

export const methodName: Readonly<Record<Method, string>> = {
  dense: 'dense network',
  sparse: 'sparse k-WTA network',
  logistic: 'logistic regression',
  cnn: 'convolutional network',
  nearest: 'nearest neighbour',
  ridge: 'Gaussian kernel ridge regression',
};

/** The essay names sparsity: that comes first. */
const methodOrder: readonly Method[] = ['sparse', 'ridge', 'nearest', 'logistic', 'cnn'];

export type Cost = 'energy' | 'time';
export const costName: Readonly<Record<Cost, string>> = {
  energy: 'equal joules of training',
  time: 'equal seconds of training (energy not measured)',
};

export interface LessData {
  target: number;
  /** Equal gradient steps; methods without steps are trained to their end. */
  steps: readonly Curve[];
  /** Networks again, for what the dense one's steps cost. */
  equal: readonly Curve[];
  cost: Cost;
}

export interface JudgedMethod {
  method: Method;
  part: ClaimPart;
  gain: Gain;
  equalGain: Gain | null;
}

/** Judges each method against the dense network. Pure. */
export function judgeLessData(criterion: (key: string) => Criterion, data: LessData): JudgedMethod[] {
  const baseline = data.steps.find((c) => c.method === 'dense')!;
  return methodOrder.flatMap((method) => {
    const curve = data.steps.find((c) => c.method === method);
    return curve ? [judgeMethod(criterion, data, baseline, curve)] : [];
  });
}

function judgeMethod(
  criterion: (key: string) => Criterion,
  { target, equal, cost }: LessData,
  baseline: Curve,
  curve: Curve,
): JudgedMethod {
  const { method } = curve;
  const name = methodName[method];
  const gain = gainOf(baseline, curve, target);
  const equalCurve = equal.find((c) => c.method === method) ?? null;
  const equalGain = equalCurve && gainOf(baseline, equalCurve, target);
  const n = baseline.points[0]?.accuracy.length ?? null;
  const differences = differencesOf(baseline, curve).map(({ n: examples, value, seeds }) =>
    finding(criterion('difference'), `${name}, ${formatCount(examples)} examples`, {
      value,
      n: seeds,
      missing: 'Fewer than two seeds gave both accuracies.',
    }),
  );
  const states = new Set(differences.map((f) => f.state));
  // Better with few examples and worse with many, or the reverse: the number of examples is the limit.
  const turns = states.has('holds') && states.has('fails');
  const how = curve.steps === null ? 'trained to its end' : 'equal gradient steps';
  const gainFinding = (g: Gain, condition: string, shownOnly: boolean) =>
    finding(criterion('gain'), `${condition}${g.bound === 'exact' ? '' : ` (${g.bound})`}`, {
      value: g.value,
      missing: g.missing,
      n,
      shownOnly,
    });
  const equalFinding = (): Finding[] => {
    if (curve.steps === null) return [];
    const condition = `${name}, ${costName[cost]}`;
    if (equalGain) return [gainFinding(equalGain, condition, turns || cost === 'time')];
    const missing = 'What a training step costs was not measured for both networks.';
    return [finding(criterion('gain'), condition, { value: null, missing, n, shownOnly: cost === 'time' })];
  };
  const findings: Finding[] = [
    gainFinding(gain, `${name}, ${how}`, turns),
    ...equalFinding(),
    ...differences.map((f) => ({ ...f, shownOnly: !turns })),
  ];
  const verdict = verdictOfFindings(findings);
  return {
    method,
    gain,
    equalGain,
    part: {
      key: method,
      title: `${name[0]!.toUpperCase()}${name.slice(1)}: less data than a dense network?`,
      verdict,
      sentence: sentenceOf(name, gain, target),
      boundary: verdict === 'within_limits' ? boundaryOf(name, differences, turns, findings) : null,
      findings,
    },
  };
}

function sentenceOf(name: string, { value, bound, missing, baseline, method }: Gain, target: number): string {
  const goal = `${formatPercent(target)} of the test set right`;
  if (value === null || baseline === null || method === null) {
    return `For ${goal} the gain of the ${name} could not be told. ${missing}`;
  }
  const needs = (reach: NonNullable<Gain['method']>) =>
    reach.kind === 'reached'
      ? `about ${formatCount(Number(reach.n.toPrecision(2)))} examples`
      : `${reach.kind === 'below' ? 'more' : 'fewer'} than ${formatCount(reach.n)} examples`;
  const gain =
    bound === 'exact'
      ? estimateText(value, '')
      : `${bound} ${estimateText({ ...value, low: value.value, high: value.value }, '')}`;
  return `For ${goal} the ${name} needs ${needs(method)} and the dense network ${needs(baseline)}: a gain of ${gain}.`;
}

function boundaryOf(
  name: string,
  differences: readonly Finding[],
  turns: boolean,
  findings: readonly Finding[],
): string {
  const list = (all: readonly Finding[], state: Finding['state']) =>
    all
      .filter((f) => f.state === state)
      .map((f) => f.condition.replace(`${name}, `, ''))
      .join(', ');
  return turns
    ? `The ${name} is better with ${list(differences, 'holds')} and worse with ${list(differences, 'fails')}.`
    : `Holds for ${list(
        findings.filter((f) => !f.shownOnly),
        'holds',
      )} and fails for ${list(
        findings.filter((f) => !f.shownOnly),
        'fails',
      )}.`;
}
