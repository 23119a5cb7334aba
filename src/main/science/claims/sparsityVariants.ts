import type { ClaimPart, Estimate, Finding, ResultTable } from '../../../shared/claim';
import { formatCount, significant } from '../../../shared/units';
import { finding, verdictOfFindings } from '../../../shared/verdicts';
import { batches, type CriterionOf, type Measured } from '../protocol';
import type { SparsityVariantsOutput, VariantKind, VariantResult } from '../sparsity/variantsTask';
import { accuracyChange } from './accuracyChange';
import { deciding } from './deciding';
import { over } from './estimates';
import { measuredRatio, type PickInterval, perQuery, pickGross, pickP50 } from './ratio';
import { timesText } from './sparsityLayers';
import { together } from './sparsityMeasured';
import { conditionKey } from './sparsityPlan';

/** One variant of the first seed, with what all seeds say of its accuracy. */
export interface VariantRow {
  result: VariantResult;
  /** Accuracy of the original less its own: over seeds, or over the test examples of the only one. */
  loss: Estimate;
  seeds: number;
  at: {
    batch: number;
    /** Per query, s. */
    time: Estimate | null;
    speedup: Estimate | null;
    energyRatio: Estimate | null;
    missing: string | null;
  }[];
}

/** Not sparse: what a sparse variant must be compared with. */
const controls: readonly VariantKind[] = ['int8', 'int4', 'student', 'distilled'];

/** Every variant with its measurements. Pure. */
export function variantRows(
  seeds: readonly SparsityVariantsOutput[],
  measured: ReadonlyMap<string, Measured>,
): VariantRow[] {
  const first = seeds[0]!;
  const teacher = first.results.find((r) => r.kind === 'fp32')!;
  return first.results.map((result): VariantRow => {
    const same = seeds.flatMap((s) =>
      s.results.filter((r) => r.kind === result.kind).map((r) => ({ ...r, testSet: s.sha256 })),
    );
    return {
      result,
      loss: lossOf(same, first.testExamples),
      seeds: same.length,
      at: batches
        .filter((batch) => result.kind !== 'early-exit' || batch === 1)
        .map((batch) => {
          const dense = repeated(measured, teacher.models[0]!, batch);
          const own = result.models.map((key) => repeated(measured, key, batch));
          const ratio = (pick: PickInterval) => ratioTo(dense, own, result, pick);
          const speedup = result === teacher ? null : ratio(pickP50);
          return {
            batch,
            time: timeOf(own, result),
            speedup,
            energyRatio: result === teacher ? null : ratio(pickGross),
            missing: speedup
              ? null
              : (own.find((m) => m?.row.failure)?.row.failure ?? 'It was not measured.'),
          };
        }),
    };
  });
}

/** Accuracy lost against the original: the change of accuracy with the sign turned. */
export function lossOf(
  results: readonly (Pick<VariantResult, 'lost' | 'won'> & { testSet: string })[],
  testExamples: number,
): Estimate {
  return accuracyChange(
    results.map(({ lost, won, testSet }) => ({ lost: won, won: lost, n: testExamples, testSet })),
  )!;
}

/** A condition, or the repeats of it that a first look makes, as one. */
function repeated(measured: ReadonlyMap<string, Measured>, key: string, batch: number): Measured | undefined {
  const runs: Measured[] = [];
  for (let next = measured.get(conditionKey(key, batch)); next; ) {
    runs.push(next);
    next = measured.get(conditionKey(key, batch, runs.length + 1));
  }
  return runs.length < 2 ? runs[0] : (together(runs, 'glance') ?? undefined);
}

/** Early exit costs what its share of exits says: computed from its two costs. */
function mixed(taken: Estimate, passed: Estimate, share: number): Estimate {
  const at = (pick: (e: Estimate) => number) => share * pick(taken) + (1 - share) * pick(passed);
  return { value: at((e) => e.value), low: at((e) => e.low), high: at((e) => e.high) };
}

function timeOf(own: readonly (Measured | undefined)[], { exitShare }: VariantResult): Estimate | null {
  const [first, second] = own.map((m) => (m ? perQuery(m, pickP50) : null));
  if (exitShare === null) return first ?? null;
  return first && second ? mixed(first, second, exitShare) : null;
}

function ratioTo(
  dense: Measured | undefined,
  own: readonly (Measured | undefined)[],
  { exitShare }: VariantResult,
  pick: PickInterval,
): Estimate | null {
  if (!dense) return null;
  const [first, second] = own.map((m) => (m ? measuredRatio(dense, m, pick) : null));
  if (exitShare === null) return first ?? null;
  if (!first || !second) return null;
  // dense / (share · taken + rest · passed), from the two ratios.
  return over(1, mixed(over(1, first), over(1, second), exitShare));
}

/** Does a sparse variant of a trained network cost less at equal accuracy? Both must hold, variant by variant. Pure. */
export function judgeVariants(
  criterion: CriterionOf,
  rows: readonly VariantRow[],
  { provider, dataset }: { provider: string; dataset: string },
): ClaimPart {
  const findings = rows
    .filter((r) => r.result.kind !== 'fp32')
    .flatMap((row) => row.at.flatMap((at) => findingsOf(criterion, row, at, provider)));
  const verdict = verdictOfFindings(findings);
  const works = rows.flatMap((row) => {
    const held = row.at.filter((at) =>
      findings.some(
        (f) => f.condition === conditionOf(row, at.batch, provider) && f.state === 'holds' && !f.shownOnly,
      ),
    );
    return held.length > 0 ? [`${row.result.name} (batch ${held.map((h) => h.batch).join(', ')})`] : [];
  });
  return {
    key: 'variants',
    title: 'Does a sparse variant of a trained network cost less at equal accuracy?',
    verdict,
    sentence: sentenceOf(rows, works, dataset),
    boundary:
      verdict === 'within_limits'
        ? `Cheaper at equal accuracy: ${works.join('; ')}. The other sparse variants lose accuracy or cost as much.`
        : null,
    findings,
  };
}

const conditionOf = ({ result }: VariantRow, batch: number, provider: string) =>
  `${result.name}, batch ${batch}, ${provider}${result.exitShare === null ? '' : ', ≈ computed from the share of exits'}`;

function findingsOf(
  criterion: CriterionOf,
  row: VariantRow,
  at: VariantRow['at'][number],
  provider: string,
): Finding[] {
  const condition = conditionOf(row, at.batch, provider);
  const shownOnly = controls.includes(row.result.kind);
  const key = at.energyRatio ? 'energy-ratio' : 'speedup';
  const cost = finding(criterion(key), condition, {
    value: at.energyRatio ?? at.speedup,
    missing: at.missing,
    shownOnly,
  });
  const accuracy = finding(criterion('accuracy-loss'), condition, {
    value: row.loss,
    n: row.seeds,
    shownOnly,
  });
  return deciding([accuracy, cost]);
}

function sentenceOf(rows: readonly VariantRow[], works: readonly string[], dataset: string): string {
  const of = (kind: VariantKind) => rows.find((r) => r.result.kind === kind);
  const [pruned, units] = [of('pruned'), of('units')];
  const points = (loss: Estimate) =>
    loss.value >= 0
      ? `${significant(100 * loss.value, 2)} percentage points less accuracy`
      : `${significant(-100 * loss.value, 2)} percentage points more accuracy`;
  const say = (row: VariantRow) => {
    const one = row.at.find((at) => at.batch === 256)?.speedup;
    return `${points(row.loss)}${one ? ` and ${timesText(one)} the speed at batch 256` : ''}`;
  };
  return [
    works.length > 0
      ? `On ${dataset}, cheaper by 1.2 times at equal accuracy: ${works.join('; ')}.`
      : `On ${dataset} no sparse variant is shown to be cheaper by 1.2 times at equal accuracy.`,
    pruned && units
      ? `At matched non-zeros (about ${formatCount(pruned.result.parametersNonzero)}): 90 % of the weights pruned has ${say(pruned)}; a network of fewer whole units has ${say(units)}.`
      : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export function variantsTable(rows: readonly VariantRow[], first: SparsityVariantsOutput): ResultTable {
  const at = (row: VariantRow, batch: number) => row.at.find((a) => a.batch === batch);
  const exit = rows.find((r) => r.result.exitShare !== null)?.result.exitShare ?? null;
  return {
    key: 'variants',
    title: `Variants of one network, ${first.teacher}`,
    columns: [
      { key: 'variant', title: 'Variant', unit: '' },
      { key: 'accuracy', title: 'Accuracy', unit: '1' },
      { key: 'loss', title: 'Accuracy lost', unit: '1' },
      { key: 'bytes', title: 'File', unit: 'B' },
      { key: 'parameters', title: 'Parameters stored', unit: '' },
      { key: 'nonzero', title: 'Not zero', unit: '' },
      ...batches.flatMap((batch) => [
        { key: `time-${batch}`, title: `Time of a query, batch ${batch}`, unit: 's' },
        { key: `speedup-${batch}`, title: `Speed-up, batch ${batch}`, unit: '1' },
      ]),
    ],
    rows: rows.map((row) => {
      const { result } = row;
      return [
        result.name,
        result.accuracy,
        result.kind === 'fp32' ? null : row.loss,
        result.fileBytes,
        result.parameters,
        result.parametersNonzero,
        ...batches.flatMap((batch) => [at(row, batch)?.time ?? null, at(row, batch)?.speedup ?? null]),
      ];
    }),
    note: `${formatCount(first.trainExamples)} training and ${formatCount(first.testExamples)} test examples; accuracy of the first seed${rows[0]!.seeds > 1 ? `, the loss over ${rows[0]!.seeds} seeds` : ', the loss paired by test example'}. The small networks have as many parameters as pruning leaves weights.${exit === null ? '' : ` Early exit depends on the example: the inputs that the lab makes up say nothing about it, so both ways are measured, and its cost is ≈ computed for the ${significant(100 * exit, 3)} % of the test examples that the small network answers.`}`,
  };
}
