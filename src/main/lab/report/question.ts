import type { ComparedQuantity, Ratio } from '../../../shared/comparison';
import { comparedNames, controlSentence, verdictSentence } from '../../../shared/comparisonWords';
import { runLabels } from '../../../shared/figures/figureRun';
import { plainText } from '../../../shared/figures/textWidth';
import type { Plan } from '../../../shared/plan';
import { headlineEnergy } from '../../../shared/run';
import { listed } from '../../../shared/text';
import { counted, formatQuantity } from '../../../shared/units';
import { conditionsOf, type ReportData, type ReportRun } from './gather';
import { energyShown, familyWords, inline, latencyShown, verdictWords } from './words';

/** Names beyond this many are a list that nobody reads in a sentence; the table has them. */
const mostNamed = 6;

/** What an experiment asks, made from its plan. Pure. */
export function questionOf({ plan, runs }: Pick<ReportData, 'plan' | 'runs'>): string[] {
  const conditions = conditionsOf(runs);
  return [`${asked(plan, conditions)}`, setting(plan)];
}

function asked(plan: Plan, conditions: readonly ReportRun[]): string {
  const cost = plan.meters === 'none' ? 'time' : 'time and energy';
  if (conditions.length === 0) return `How much ${cost} does one inference take?`;
  const names = runLabels(conditions.map((c) => c.row)).map(plainText);
  if (conditions.length === 1) return `How much ${cost} does one inference of ${names[0]} take?`;
  const who =
    names.length <= mostNamed ? names.map((name) => `“${name}”`) : [counted(names.length, 'condition')];
  if (plan.blocks > 1)
    return `Which takes less ${cost} an inference: ${listed(who, 'or')}? They are measured in turn, in ${counted(plan.blocks, 'block')}.`;
  const ladder = ladderOf(conditions);
  if (ladder !== null)
    return `How does the ${cost} of one inference grow with the number of parameters, over ${ladder}?`;
  return `How much ${cost} does one inference take in each of these: ${listed(who)}?`;
}

/** `7 multilayer perceptrons of 1.03 k to 1.05 M parameters`; null where sizes are not what differs. */
function ladderOf(conditions: readonly ReportRun[]): string | null {
  const models = [...new Map(conditions.map((c) => [c.model.id, c.model])).values()];
  const sizes = models.flatMap((m) => m.counts.parameters ?? []).sort((a, b) => a - b);
  const families = new Set(models.map((m) => m.family));
  const [family] = families;
  if (families.size > 1 || family === undefined || family === 'imported') return null;
  const precisions = new Set(models.map((m) => m.precision));
  if (sizes.length < 3 || precisions.size > 1 || new Set(sizes).size < models.length) return null;
  return `${models.length} ${familyWords[family]} of ${formatQuantity(sizes[0]!)} to ${formatQuantity(sizes.at(-1)!)} parameters`;
}

function setting(plan: Plan): string {
  const range = (values: readonly (number | string)[], name: string) =>
    values.length === 1 ? `${name} ${values[0]}` : `${name} ${listed(values.map(String))}`;
  const threads =
    plan.threads.length === 1 && plan.threads[0] === 1
      ? '1 thread'
      : `${listed(plan.threads.map(String))} threads`;
  return `Set: ${plan.providers.length > 1 ? 'execution providers' : 'execution provider'} ${listed(plan.providers)}, ${range(plan.batches, 'batch')}, ${threads}, preset ${plan.preset}.`;
}

export interface Answer {
  /** A verdict is stated; else the sentences say why there is none. */
  stated: boolean;
  sentences: string[];
}

/** What the figure of the curve says of its one line: its title where that is evidence, else its annotation. */
export interface CurveWords {
  title: string;
  annotation: string;
  evidence: boolean;
}

/**
 * The answer where the rules of the lab give one: the verdicts of a comparison, the exponent of a curve; of a single
 * condition its values. Pure.
 * @param curve null where no curve is drawn
 */
export function answerOf(data: ReportData, curve: CurveWords[] | null): Answer {
  if (data.comparison !== null) return ofComparison(data.comparison);
  const conditions = conditionsOf(data.runs);
  if (conditions.length === 1) return ofOne(conditions[0]!);
  if (ladderOf(conditions) !== null && curve !== null && curve.length > 0) {
    const [only] = curve;
    if (curve.length === 1 && only!.evidence)
      return { stated: true, sentences: [`${only!.title}.`, only!.annotation] };
    return {
      stated: false,
      sentences: [
        'No verdict: the points do not bear a line that is evidence.',
        ...curve.map((c) => c.annotation),
      ],
    };
  }
  return {
    stated: false,
    sentences: [
      `No verdict: ${counted(conditions.length, 'condition')} were measured one after the other and not in turn, so no difference between them is stated. The table gives their values.`,
    ],
  };
}

const told: readonly ComparedQuantity[] = ['p50S', 'grossJ'];

function ofComparison({ result, rows, leftOut }: NonNullable<ReportData['comparison']>): Answer {
  const labels = runLabels(rows).map((label) => `“${plainText(label)}”`);
  const of = (quantity: ComparedQuantity): { row: Ratio; sentence: string }[] =>
    (result.quantities.find((q) => q.quantity === quantity)?.rows ?? []).slice(1).map((row, i) => ({
      row,
      sentence: named(quantity, verdictSentence(quantity, row, { a: labels[0]!, b: labels[i + 1]! })),
    }));
  const energy = of('grossJ').some(({ row }) => row.value !== null);
  const said = told.filter((q) => q === 'p50S' || energy).flatMap(of);
  const stated = said.some(({ row }) => row.verdict === 'A_lower' || row.verdict === 'B_lower');
  const controls = result.quantities.filter((q) => q.quantity === 'p50S').flatMap((q) => q.controls);
  return {
    stated,
    sentences: [
      ...(stated ? [] : ['No verdict: no difference is shown.']),
      ...said.map((s) => s.sentence),
      ...(energy ? [] : ['Energy is not compared, since it was not measured.']),
      ...controls.map((c) => `Median latency: ${controlSentence(c)}`),
      ...(leftOut > 0
        ? [`${counted(leftOut, 'further condition')} of the plan stand in the table only.`]
        : []),
    ],
  };
}

/** A sentence that states a difference names its quantity; the others begin with what was not found. */
const named = (quantity: ComparedQuantity, sentence: string) =>
  /^No[t ]/.test(sentence)
    ? `${comparedNames[quantity].name}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
    : sentence;

function ofOne({ run, model }: ReportRun): Answer {
  const latency = latencyShown(run.latency, 'p50S');
  const headline = headlineEnergy(run);
  const energy = energyShown(headline, 'gross');
  if (latency.kind === 'missing' && energy.kind === 'missing')
    return {
      stated: false,
      sentences: [
        `No verdict: neither latency nor energy has a value: ${inline(latency)}; ${inline(energy)}.`,
      ],
    };
  const latencyVerdict = verdictWords[run.latency?.verdict ?? 'not_measured'];
  const energyVerdict = verdictWords[headline?.gross.verdict ?? 'not_measured'];
  const part = (name: string, shown: typeof latency, verdict: string) =>
    shown.kind === 'value' ? `${name} ${inline(shown)}, ${verdict}` : `${name}: ${inline(shown)}`;
  return {
    stated: true,
    sentences: [
      `One inference of “${plainText(model.name)}” took: ${part('median latency', latency, latencyVerdict)}; ${part('gross energy', energy, energyVerdict)}. In brackets: 95 % interval.`,
    ],
  };
}
