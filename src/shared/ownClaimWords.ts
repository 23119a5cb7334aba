import { type Criterion, type OwnClaim, type OwnTest, ownClaimSchema } from './claim';
import { axisWords, quantityWords } from './claimWords';

/** What is wrong with one field of an own claim. */
export interface ClaimProblem {
  /** Dotted path in the claim, e.g. `test.a.model`; '' for the whole. */
  path: string;
  sentence: string;
}

/** By path, `*` for any place of a list. What a field must hold, as a sentence. */
const wanted: readonly [RegExp, string][] = [
  [/^$/, 'A claim is a JSON object with title, statement, test and prediction.'],
  [/^title$/, 'Give the claim a title of 3 to 120 characters.'],
  [/^statement$/, 'Write what is claimed in 3 to 1,000 characters.'],
  [/^source$/, 'The source is text of at most 500 characters.'],
  [/^sceptic$/, 'What a sceptic would say is text of at most 2,000 characters.'],
  [/^test$/, 'Say what is measured: a ratio of two conditions, or a curve over models.'],
  [/^test\.kind$/, 'The kind of test is “ratio” (two conditions) or “curve”.'],
  [/^test\.a\.model$/, 'Name the model of the first condition.'],
  [/^test\.b\.model$/, 'Name the model of the second condition.'],
  [/^test\.a$/, 'The first condition is missing: its model, and if need be provider, batch and threads.'],
  [/^test\.b$/, 'The second condition is missing: its model, and if need be provider, batch and threads.'],
  [/^test\.models$/, 'A curve needs 2 to 50 models.'],
  [/^test\.models\.\d+$/, 'Every model of the curve needs a name or id.'],
  [/^test\.x$/, `The curve is drawn against one of: ${Object.keys(axisWords).join(', ')}.`],
  [/^test\.quantity$/, `The quantity is one of: ${Object.keys(quantityWords).join(', ')}.`],
  [/batch$/, 'A batch is a whole number from 1 to 65,536.'],
  [/threads$/, 'Threads are a whole number from 1 to 1,024.'],
  [/provider$/, 'This execution provider is not known.'],
  [/dataset$/, 'Name the data set as text, or leave it out.'],
  [/^prediction$/, 'Write down a prediction: text, the verdict you expect, and at least one criterion.'],
  [/^prediction\.by$/, 'Of a claim of your own the prediction is by “user”.'],
  [/^prediction\.text$/, 'Write what you expect, in 1 to 2,000 characters.'],
  [/^prediction\.expected$/, 'Choose the verdict that you expect.'],
  [/^prediction\.criteria$/, 'A prediction needs 1 to 20 criteria.'],
  [/criteria\.\d+\.key$/, 'The key of a criterion is small letters, digits and hyphens.'],
  [/criteria\.\d+\.quantity$/, 'Say in words what is compared with the threshold.'],
  [/criteria\.\d+\.relation$/, 'The relation is “>=”, “<=” or “within”.'],
  [/criteria\.\d+\.threshold$/, 'The threshold is a number.'],
  [/criteria\.\d+\.upper$/, 'The upper end is a number.'],
];

interface Issue {
  path: PropertyKey[];
  code?: string;
  message: string;
  keys?: string[];
}

/** Every refusal of a schema of claims as a sentence that says what the field must hold, each once. Pure. */
export function problemsOf(issues: readonly Issue[]): ClaimProblem[] {
  const seen = new Map<string, ClaimProblem>();
  for (const issue of issues) {
    const path = issue.path.join('.');
    const sentence =
      issue.code === 'unrecognized_keys'
        ? `${path === '' ? 'A claim' : `“${path}”`} has no ${(issue.keys ?? []).map((k) => `“${k}”`).join(', ')}.`
        : (wanted.find(([at]) => at.test(path))?.[1] ?? `${path}: ${issue.message}.`);
    seen.set(`${path} ${sentence}`, { path, sentence });
  }
  return [...seen.values()];
}

/** An own claim from JSON, or what is wrong with it in sentences; also what the schema cannot see. Pure. */
export function readOwnClaim(
  json: unknown,
): { ok: true; own: OwnClaim } | { ok: false; problems: ClaimProblem[] } {
  const parsed = ownClaimSchema.safeParse(json);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error.issues as Issue[]) };
  const problems = [...testProblems(parsed.data.test), ...criteriaProblems(parsed.data.prediction.criteria)];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, own: parsed.data };
}

function testProblems(test: OwnTest): ClaimProblem[] {
  const problems: ClaimProblem[] = [];
  if (test.kind === 'ratio' && JSON.stringify(test.a) === JSON.stringify(test.b))
    problems.push({
      path: 'test.b',
      sentence: 'Both conditions are the same: change the model, provider, batch or threads of one.',
    });
  if (test.kind === 'curve' && new Set(test.models).size < test.models.length)
    problems.push({ path: 'test.models', sentence: 'A model is named twice in the curve.' });
  if (needsData(test) && test.dataset === null)
    problems.push({
      path: 'test.dataset',
      sentence: `Name the data set: ${quantityWords[test.quantity].name} needs examples with labels.`,
    });
  return problems;
}

/** Whether the quantity is about right answers. */
export const needsData = ({ quantity }: Pick<OwnTest, 'quantity'>): boolean =>
  quantity === 'accuracy' || quantity === 'correctPerJoule';

/** What no schema sees of thresholds: ends in order, a refutation on the far side. Pure. */
export function criteriaProblems(criteria: readonly Criterion[]): ClaimProblem[] {
  return criteria.flatMap((c, i): ClaimProblem[] => {
    const at = `prediction.criteria.${i}`;
    if (c.relation === 'within') {
      if (c.upper === null) return [{ path: `${at}.upper`, sentence: 'A range needs an upper end.' }];
      if (c.upper <= c.threshold)
        return [{ path: `${at}.upper`, sentence: 'The upper end must be above the lower one.' }];
      return [];
    }
    if (c.refuteAt === null) return [];
    const beyond = c.relation === '>=' ? c.refuteAt > c.threshold : c.refuteAt < c.threshold;
    return beyond
      ? [
          {
            path: `${at}.refuteAt`,
            sentence: `The value that refutes must lie ${c.relation === '>=' ? 'at or below' : 'at or above'} the threshold.`,
          },
        ]
      : [];
  });
}

/** Key of the criterion that each kind of test is judged by. */
export const ownCriterionKeys = { ratio: 'ratio', curve: 'exponent' } as const;

/** The one criterion of an own claim: the ratio of a to b, or the exponent of the curve. Pure. */
export function ownCriterion(
  kind: OwnTest['kind'],
  quantity: OwnTest['quantity'],
  bound: Pick<Criterion, 'relation' | 'threshold' | 'upper'>,
): Criterion {
  const { name } = quantityWords[quantity];
  return {
    key: ownCriterionKeys[kind],
    quantity: kind === 'ratio' ? `${name}: first over second condition` : `exponent of ${name}`,
    unit: '1',
    relation: bound.relation,
    threshold: bound.threshold,
    upper: bound.relation === 'within' ? bound.upper : null,
    refuteAt: null,
  };
}
