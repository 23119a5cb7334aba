import type {
  ClaimOptions,
  ClaimOutcome,
  ClaimPart,
  ClaimStep,
  Criterion,
  Estimate,
  Finding,
} from '../../../shared/claim';
import { estimateText, plainNumber } from '../../../shared/claimWords';
import { finding, stateOf, verdictOfFindings, verdictOfParts } from '../../../shared/verdicts';
import { type Bench, batches, type ClaimExperiment, measuringS, seedList } from '../protocol';
import type { SparsityVariantsInput, VariantKind, VariantResult } from '../sparsity/variantsTask';
import { whyNoEnergy } from './captions';
import { devicesFigure, revenueFigure } from './fewerChipsFigures';
import { devicesOf, type FewerChipsData, type Given, type Lever, leversOf } from './fewerChipsLevers';
import { deviceTable, leverTable } from './fewerChipsTables';
import { devicesInputs, fewerChipsText } from './fewerChipsText';
import { givenInputs } from './inputs';

const kinds: Readonly<Record<ClaimOptions['form'], VariantKind[]>> = {
  glance: ['fp32', 'int8', 'distilled', 'units'],
  full: ['fp32', 'int8', 'int4', 'distilled', 'student', 'units', 'blocks', 'low-rank'],
};
const sizes = {
  glance: { trainExamples: 4000, testExamples: 2000, teacherSteps: 1000, fineTuneSteps: 300, trainS: 12 },
  full: { trainExamples: 60_000, testExamples: 10_000, teacherSteps: 6000, fineTuneSteps: 1000, trainS: 90 },
} as const;

/** Loads that are judged, queries/s. */
export const loads = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;

/** C9: does efficiency mean fewer devices for the same work? Guide of the experiments, section 10. */
export const fewerChipsClaim: ClaimExperiment = {
  text: fewerChipsText,
  inputs: devicesInputs,
  steps(options) {
    givenInputs(devicesInputs, options);
    return stepsOf(options);
  },
  async run(bench) {
    const { form, dataset } = bench.options;
    const { trainS: _, ...counts } = sizes[form];
    const seeds: VariantResult[][] = [];
    let models: Record<string, string> = {};
    let testExamples = 0;
    const testSets: string[] = [];
    for (const [at, seed] of seedList(bench.options).entries()) {
      const input: SparsityVariantsInput = {
        dataset,
        seed,
        ...counts,
        kinds: kinds[form],
        makeModels: at === 0,
      };
      const step = await bench.task(`variants-${at + 1}`, 'sparsity-variants', input);
      seeds.push(step.output.results);
      testSets.push(step.output.sha256);
      if (at === 0) [models, testExamples] = [step.models, step.output.testExamples];
    }
    const conditions = kinds[form].flatMap((kind) =>
      batches.map((batch) => ({ key: `${kind} ${batch}`, modelId: models[`variant-${kind}`]!, batch })),
    );
    const measured = await bench.measure('measure', conditions);
    return fewerChipsOutcome(bench, { kinds: kinds[form], seeds, testExamples, testSets, measured });
  },
};

function stepsOf(options: ClaimOptions): ClaimStep[] {
  const { form } = options;
  return [
    ...seedList(options).map((seed, i) => ({
      key: `variants-${i + 1}`,
      label: `Train the network and its variants, seed ${seed}`,
      expectedS: sizes[form].trainS,
    })),
    {
      key: 'measure',
      label: 'Measure base and variants',
      expectedS: measuringS(kinds[form].length * batches.length, form, { plans: batches.length }),
    },
  ];
}

/** The outcome from variants and measurements. Pure. */
export function fewerChipsOutcome(
  bench: Pick<Bench, 'criterion' | 'options'>,
  data: FewerChipsData,
): ClaimOutcome {
  const given = givenInputs(devicesInputs, bench.options);
  const levers = leversOf(bench, data);
  const base = levers.filter((l) => l.kind === 'fp32');
  const variants = levers.filter((l) => l.kind !== 'fp32');
  const parts = batches.map((batch) =>
    partOf(
      bench,
      batch,
      base.find((l) => l.batch === batch)!,
      variants.filter((l) => l.batch === batch),
      given,
    ),
  );
  const verdict = verdictOfParts(parts);
  const best = bestOf(variants);
  return {
    verdict,
    sentence: best
      ? `At equal accuracy ${best.name} answers ${estimateText(best.gain!, '1')} times as many queries at batch ${best.batch}. ${parts.map((p) => p.sentence).join(' ')}`
      : `No variant of equal accuracy is shown to be faster. ${parts.map((p) => p.sentence).join(' ')}`,
    boundary:
      verdict === 'within_limits'
        ? parts
            .map((p) => p.boundary)
            .filter(Boolean)
            .join(' ')
        : null,
    parts,
    tables: [leverTable(levers), deviceTable(base, variants, given)],
    figures: [devicesFigure(base, variants, given), revenueFigure()],
    published: [
      {
        what: 'int8 against float32 accuracy',
        theirs: 'within 1 % on all networks studied',
        ours: changeOf(levers, 'int8'),
        source: 'Wu et al., arXiv 2004.09602',
        note: null,
      },
    ],
    notes: [
      `Devices are machines like this one; ${given['latency-limit'].typed ? '' : 'the latency limit, '}memory, power and rent ${Object.values(given).some((g) => g.typed) ? 'as typed, else' : 'are'} placeholders until typed.`,
      'NVIDIA’s revenue is drawn as context. Revenue is not devices, and no cause is claimed.',
      ...(levers.every((l) => l.energyJ === null)
        ? [
            `Energy was not measured, so the gain is in time and power is not known. ${whyNoEnergy(bench.options, data.measured.values())}`,
          ]
        : []),
    ],
  };
}

function partOf(
  bench: Pick<Bench, 'criterion'>,
  batch: number,
  base: Lever,
  variants: readonly Lever[],
  given: Given,
): ClaimPart {
  const criterion = bench.criterion('fewer');
  const limit = given['latency-limit'].value;
  const findings = variants.flatMap((lever): Finding[] => {
    const equal = lever.change.state === 'holds';
    const late = lever.p95S !== null && lever.p95S > limit;
    const accuracy: Finding = { ...lever.change, condition: `${lever.name}, batch ${batch}` };
    const each = loads.map((load) => {
      const condition = `${lever.name}, batch ${batch}, ${plainNumber(load)} queries/s`;
      const ratio = late ? null : devicesRatio(base, lever, load, given);
      return finding(criterion, condition, {
        value: ratio,
        missing: late
          ? `A call takes longer than the limit of ${limit} s.`
          : 'Time was not measured for both.',
        shownOnly: !equal,
      });
    });
    return [accuracy, ...each];
  });
  const equal = variants.filter((l) => l.change.state === 'holds');
  const verdict = equal.length === 0 ? 'inconclusive' : verdictOfFindings(findings);
  const from = equal
    .map((lever) => ({ lever, load: holdsFrom(criterion, base, lever, given) }))
    .filter((f): f is { lever: Lever; load: number } => f.load !== null)
    .sort((a, b) => a.load - b.load)[0];
  const told = findings.some((f) => !f.shownOnly && f.state !== 'missing');
  const sentence =
    equal.length === 0
      ? `At batch ${batch} no variant is shown to be as accurate.`
      : from
        ? `At batch ${batch} ${from.lever.name} needs fewer devices from ${plainNumber(from.load)} queries/s on.`
        : told
          ? `At batch ${batch} no variant of equal accuracy is shown to need fewer devices at any load.`
          : `At batch ${batch} nothing can be said of devices: ${untold(equal, limit)}`;
  return {
    key: `batch-${batch}`,
    title: `Batch ${batch}: fewer devices at equal accuracy?`,
    verdict,
    sentence,
    boundary: verdict === 'within_limits' ? sentence : null,
    findings,
  };
}

/** Why no number of devices is known for the variants of equal accuracy. */
const untold = (equal: readonly Lever[], limitS: number): string =>
  equal.some((l) => l.p95S === null || l.p95S <= limitS)
    ? 'the time of the base or of a variant of equal accuracy was not measured.'
    : `a call of every variant of equal accuracy takes longer than the limit of ${limitS} s.`;

/** Devices of the base over those of the variant, with the interval of the gain. */
function devicesRatio(base: Lever, lever: Lever, load: number, given: Given): Estimate | null {
  const { gain } = lever;
  if (base.ratePerS === null || gain === null) return null;
  const rate = base.ratePerS.value;
  const count = devicesOf(base, rate, load, given).devices;
  const over = (g: number) => count / devicesOf(lever, rate * g, load, given).devices;
  return { value: over(gain.value), low: over(gain.low), high: over(gain.high) };
}

/** Smallest judged load from which fewer devices are needed at each load; null: at none. */
function holdsFrom(criterion: Criterion, base: Lever, lever: Lever, given: Given): number | null {
  // A call that comes too late answers nothing, however many there are in a second.
  if (lever.p95S !== null && lever.p95S > given['latency-limit'].value) return null;
  let from: number | null = null;
  for (const load of [...loads].reverse()) {
    const ratio = devicesRatio(base, lever, load, given);
    if (stateOf(criterion, ratio) !== 'holds') break;
    from = load;
  }
  return from;
}

function bestOf(variants: readonly Lever[]): Lever | null {
  const equal = variants.filter((l) => l.change.state === 'holds' && l.gain !== null && l.gain.low > 1);
  return equal.sort((a, b) => b.gain!.value - a.gain!.value)[0] ?? null;
}

function changeOf(levers: readonly Lever[], kind: VariantKind): string | null {
  const value = levers.find((l) => l.kind === kind)?.change.value;
  return value
    ? `${(100 * value.value).toFixed(2)} [${(100 * value.low).toFixed(2)}, ${(100 * value.high).toFixed(2)}] percentage points`
    : null;
}
