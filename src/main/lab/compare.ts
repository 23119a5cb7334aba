import {
  type ComparedQuantity,
  type Comparison,
  type ControlResult,
  comparedQuantities,
  type QuantityComparison,
  type Ratio,
} from '../../shared/comparison';
import type { ReasonCode } from '../../shared/reasons';
import { holm } from '../../shared/stats/holm';
import { notStated } from '../../shared/stats/ratio';
import type { LabReader } from '../store/reader';
import { contextMismatch, fieldsOf } from './compareFields';
import { loadCompared } from './compareLoad';
import { estimatePair, isPaired, type PairEstimate, pairsOf } from './comparePairs';
import { type ComparedRun, isEnergy, type Measured, measuredOf } from './compareSides';
import { methodOf, notStatedWords } from './compareWords';
import { zerosOf } from './compareZeros';
import { type ControlPair, controlResults, failureWords, floorOf } from './controls';
import { inSteps, type Steps } from './turns';

/**
 * Two or more runs against the first. A run of a plan with blocks stands for its condition: two conditions of one such
 * plan are compared over all their blocks.
 * @throws LabError bad_input where a run is named twice, not_found
 */
export const compareRuns = (reader: LabReader, texts: readonly string[]): Promise<Comparison> =>
  inSteps(comparisonSteps(reader, texts));

/** The same in pieces. */
export function* comparisonSteps(reader: LabReader, texts: readonly string[]): Steps<Comparison> {
  const { runs, controls } = yield* loadCompared(reader, texts);
  return compare(runs, controls);
}

/** The comparison itself. Pure. `controls`: of the experiments that the runs belong to. */
export function compare(all: readonly ComparedRun[], controls: readonly ControlPair[] = []): Comparison {
  const fields = all.map(fieldsOf);
  const names = [...new Set(fields.flatMap((f) => [...f.keys()]))];
  const texts = names.map((field) => ({ field, values: fields.map((f) => f.get(field) ?? '–') }));
  const differs = ({ values }: { values: string[] }) => values.some((v) => v !== values[0]);
  const [reference, ...others] = all;
  const mismatches = new Map(others.map((one) => [one, mismatchOf(one, reference)]));
  const providers = new Set(all.map(({ run }) => run.condition.provider));
  const own = controls.filter((c) => providers.has(c.provider));
  return {
    runIds: all.map(({ run }) => run.id),
    quantities: comparedQuantities.map((quantity) => quantityOf(quantity, all, mismatches, own)),
    differences: texts.filter(differs),
    same: texts.filter((t) => !differs(t)).map(({ field, values }) => ({ field, value: values[0] })),
  };
}

/** What differs between two runs, or between the two of any block. */
function mismatchOf(one: ComparedRun, reference: ComparedRun): string | null {
  if (!isPaired(one, reference)) return contextMismatch(one, reference);
  for (const [a, b] of pairsOf(one, reference)) {
    const found = contextMismatch({ ...one, ...a }, { ...reference, ...b });
    if (found !== null) return `In block ${(a.run.turn?.block ?? 0) + 1}: ${found}`;
  }
  return null;
}

interface Candidate {
  one: ComparedRun;
  own: Measured;
  /** Null where there is nothing to estimate; then `word` and `why` say so. */
  estimate: PairEstimate | null;
  word: 'not comparable' | 'not measured';
  why: string | null;
  codes: ReasonCode[];
}

function quantityOf(
  quantity: ComparedQuantity,
  [reference, ...others]: readonly ComparedRun[],
  mismatches: ReadonlyMap<ComparedRun, string | null>,
  pairs: readonly ControlPair[],
): QuantityComparison {
  const first = measuredOf(quantity, reference);
  const candidates = others.map((one) =>
    candidateOf(quantity, one, { reference, first }, mismatches.get(one) ?? null),
  );
  const controls = controlResults(quantity, pairs);
  const adjusted = holm(candidates.map((c) => c.estimate?.p ?? null));
  const tested = adjusted.filter((p) => p !== null).length;
  const rows = candidates.map((candidate, i) =>
    judgedRow(quantity, candidate, reference, { controls, pHolm: adjusted[i], tested: Math.max(1, tested) }),
  );
  return {
    quantity,
    rows: [
      {
        ...nothing,
        runId: reference.run.id,
        value: first.value,
        verdict: null,
        word: first.value === null ? 'not measured' : 'reference',
        why: first.value === null ? first.missing : null,
        codes: first.codes,
      },
      ...rows,
    ],
    controls,
    method: methodOf(
      quantity,
      candidates.flatMap((c) => c.estimate ?? []),
    ),
  };
}

const nothing = {
  ratio: null,
  method: null,
  p: null,
  pHolm: null,
  blocks: null,
  floor: null,
} satisfies Partial<Ratio>;

function candidateOf(
  quantity: ComparedQuantity,
  one: ComparedRun,
  { reference, first }: { reference: ComparedRun; first: Measured },
  mismatch: string | null,
): Candidate {
  const own = measuredOf(quantity, one);
  const refused = (word: Candidate['word'], why: string, ...codes: ReasonCode[]): Candidate => ({
    one,
    own,
    estimate: null,
    word,
    why,
    codes: [...own.codes, ...codes],
  });
  if (own.value === null) return refused('not measured', own.missing);
  if (first.value === null) return refused('not measured', `Of the first run: ${first.missing}`);
  if (mismatch !== null) return refused('not comparable', mismatch, 'CONTEXT_MISMATCH');
  const estimate = estimatePair(quantity, one, reference);
  const codes: ReasonCode[] =
    estimate.method === 'unpaired' && estimate.ratio !== null ? [...own.codes, 'NOT_INTERLEAVED'] : own.codes;
  return { one, own, estimate, word: 'not comparable', why: estimate.why, codes };
}

const sameConditionWords =
  'Both are runs of one and the same model under the same condition, so what differs between them is what the machine did differently, not the model.';

function judgedRow(
  quantity: ComparedQuantity,
  { one, own, estimate, word, why, codes }: Candidate,
  reference: ComparedRun,
  known: { controls: readonly ControlResult[]; pHolm: number | null; tested: number },
): Ratio {
  const row = { ...nothing, runId: one.run.id, value: own.value, codes };
  if (!estimate?.ratio)
    return {
      ...row,
      method: estimate?.method ?? null,
      blocks: estimate?.blocks ?? null,
      verdict: 'not_comparable',
      word,
      why,
    };
  const { ratio, p, method, blocks } = estimate;
  const { pHolm } = known;
  const both = [one.run, reference.run];
  const controls = known.controls.filter((c) =>
    both.some((r) => r.experimentId === c.experimentId && r.condition.provider === c.provider),
  );
  const floor = floorOf(controls);
  const told = { ...row, ratio, p, pHolm, method, blocks, floor };
  const failed = controls.find((c) => c.failed);
  if (failed)
    return {
      ...told,
      codes: [...codes, 'CONTROL_FAILED'],
      verdict: 'not_comparable',
      word: 'not comparable',
      why: failureWords(failed),
    };
  const timeOrEnergy = quantity === 'p50S' || isEnergy(quantity);
  const zeros = timeOrEnergy ? zerosOf(one, reference, ratio, floor) : null;
  const whole = zeros === null ? told : { ...told, zeros };
  const reason = notStated(ratio, pHolm, floor.ln);
  if (reason !== null)
    return {
      ...whole,
      verdict: 'no_difference_shown',
      word: 'no difference shown',
      why: notStatedWords(reason, estimate, { pHolm, floor, pairs: known.tested }),
    };
  // Windows of two runs do not hold what differs from run to run: an A/A pair would be told apart by the machine alone.
  if (method === 'unpaired' && one.run.conditionSha256 === reference.run.conditionSha256)
    return { ...whole, verdict: 'no_difference_shown', word: 'no difference shown', why: sameConditionWords };
  const lower = ratio.value < 1;
  return { ...whole, verdict: lower ? 'B_lower' : 'A_lower', word: lower ? 'lower' : 'higher', why: null };
}
