import {
  type ClaimOptions,
  type ClaimVerdict,
  type Criterion,
  claimOptionsSchema,
  type OwnClaim,
  type OwnTest,
  type Prediction,
  predictionSchema,
} from '../../../shared/claim';
import type { Json } from '../../../shared/contract';
import {
  criteriaProblems,
  needsData,
  ownCriterion,
  problemsOf,
  readOwnClaim,
} from '../../../shared/ownClaimWords';
import type { Provider } from '../../../shared/plan';

/** A number as a field holds it while it is typed. */
export type Field = number | string;
export type Problems = Readonly<Record<string, string>>;

const numberOf = (field: Field): number => (field === '' ? Number.NaN : Number(field));

/** A prediction while it is typed. */
export interface PredictionDraft {
  text: string;
  expected: ClaimVerdict;
  criteria: (Omit<Criterion, 'threshold' | 'upper' | 'refuteAt'> & {
    threshold: Field;
    upper: Field | null;
    refuteAt: Field | null;
  })[];
}

/** Begins with the thresholds that hold now; the words are the user's own. Pure. */
export const predictionDraft = (now: Prediction): PredictionDraft => ({
  text: now.by === 'user' ? now.text : '',
  expected: now.expected,
  criteria: now.criteria,
});

/** The prediction that was typed, or for each field what is wrong. Pure. */
export function checkPrediction(
  draft: PredictionDraft,
): { ok: true; prediction: Prediction } | { ok: false; problems: Problems } {
  const made = {
    by: 'user' as const,
    text: draft.text.trim(),
    expected: draft.expected,
    criteria: draft.criteria.map((c) => ({
      ...c,
      threshold: numberOf(c.threshold),
      upper: c.upper === null ? null : numberOf(c.upper),
      refuteAt: c.refuteAt === null ? null : numberOf(c.refuteAt),
    })),
  };
  const parsed = predictionSchema.safeParse(made);
  const found = parsed.success
    ? criteriaProblems(parsed.data.criteria)
    : problemsOf(
        (parsed.error.issues as Parameters<typeof problemsOf>[0]).map((i) => ({
          ...i,
          path: ['prediction', ...i.path],
        })),
      );
  return parsed.success && found.length === 0
    ? { ok: true, prediction: parsed.data }
    : { ok: false, problems: byPath(found, 'prediction.') };
}

const byPath = (found: readonly { path: string; sentence: string }[], drop: string): Problems =>
  Object.fromEntries(
    found.map(({ path, sentence }) => [path.startsWith(drop) ? path.slice(drop.length) : path, sentence]),
  );

export interface SideDraft {
  model: string;
  provider: Provider;
  batch: Field;
  threads: Field;
}

/** The form of an own claim while it is typed. */
export interface OwnDraft {
  title: string;
  statement: string;
  source: string;
  sceptic: string;
  kind: OwnTest['kind'];
  quantity: OwnTest['quantity'];
  dataset: string;
  a: SideDraft;
  b: SideDraft;
  models: string[];
  x: Extract<OwnTest, { kind: 'curve' }>['x'];
  /** Of the curve. */
  on: Omit<SideDraft, 'model'>;
  relation: Criterion['relation'];
  threshold: Field;
  upper: Field;
  text: string;
  expected: ClaimVerdict;
}

const side: SideDraft = { model: '', provider: 'cpu', batch: 1, threads: 1 };
export const emptyOwn: OwnDraft = {
  title: '',
  statement: '',
  source: '',
  sceptic: '',
  kind: 'ratio',
  quantity: 'latencyP50',
  dataset: '',
  a: side,
  b: side,
  models: [],
  x: 'parameters',
  on: { provider: 'cpu', batch: 1, threads: 1 },
  relation: '<=',
  threshold: '',
  upper: '',
  text: '',
  expected: 'supported',
};

/** The claim that was typed, or for each field what is wrong. Pure. */
export function checkOwn(draft: OwnDraft): { ok: true; own: OwnClaim } | { ok: false; problems: Problems } {
  const dataset = needsData(draft) && draft.dataset.trim() !== '' ? draft.dataset.trim() : null;
  const numbers = ({ batch, threads, ...rest }: SideDraft | OwnDraft['on']) => ({
    ...rest,
    batch: numberOf(batch),
    threads: numberOf(threads),
  });
  const read = readOwnClaim({
    title: draft.title,
    statement: draft.statement,
    source: draft.source,
    sceptic: draft.sceptic,
    test:
      draft.kind === 'ratio'
        ? { kind: 'ratio', a: numbers(draft.a), b: numbers(draft.b), quantity: draft.quantity, dataset }
        : {
            kind: 'curve',
            models: draft.models,
            x: draft.x,
            quantity: draft.quantity,
            dataset,
            ...numbers(draft.on),
          },
    prediction: {
      by: 'user',
      text: draft.text.trim(),
      expected: draft.expected,
      criteria: [
        ownCriterion(draft.kind, draft.quantity, {
          relation: draft.relation,
          threshold: numberOf(draft.threshold),
          upper: numberOf(draft.upper),
        }),
      ],
    },
  });
  if (read.ok) return { ok: true, own: read.own };
  return {
    ok: false,
    problems: Object.fromEntries(
      read.problems.map(({ path, sentence }) => [
        path.replace(/^test\./, '').replace(/^prediction\.(criteria\.0\.)?/, ''),
        sentence,
      ]),
    ),
  };
}

/** The form of a claim that was written before. Pure. */
export function ownDraftOf(v: {
  title: string;
  statement: string;
  source: string;
  sceptic: readonly string[];
  prediction: Prediction;
  test: OwnTest;
}): OwnDraft {
  const [criterion] = v.prediction.criteria;
  const { test } = v;
  return {
    ...emptyOwn,
    title: v.title,
    statement: v.statement,
    source: v.source,
    sceptic: v.sceptic.join('\n'),
    kind: test.kind,
    quantity: test.quantity,
    dataset: test.dataset ?? '',
    ...(test.kind === 'ratio'
      ? { a: test.a, b: test.b }
      : {
          models: test.models,
          x: test.x,
          on: { provider: test.provider, batch: test.batch, threads: test.threads },
        }),
    relation: criterion.relation,
    threshold: criterion.threshold,
    upper: criterion.upper ?? '',
    text: v.prediction.text,
    expected: v.prediction.expected,
  };
}

/** What is remembered of how claims were run. */
export interface RunMemory {
  options: Pick<ClaimOptions, 'form' | 'provider' | 'threads' | 'dataset' | 'seed' | 'meters'>;
  /** Typed inputs by claim, then by key. */
  inputs: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const memorySchema = claimOptionsSchema.omit({ inputs: true });

/** As stored; what cannot be read is what a new lab has. Pure. */
export function readMemory(stored: Json): RunMemory {
  const value = (stored ?? {}) as { options?: unknown; inputs?: unknown };
  const options = memorySchema.safeParse(value.options ?? {});
  const inputs = claimOptionsSchema.shape.inputs;
  const all = typeof value.inputs === 'object' && value.inputs !== null ? Object.entries(value.inputs) : [];
  return {
    options: options.success ? options.data : memorySchema.parse({}),
    inputs: Object.fromEntries(
      all.flatMap(([claim, typed]) => {
        const parsed = inputs.safeParse(typed);
        return parsed.success ? [[claim, parsed.data]] : [];
      }),
    ),
  };
}
