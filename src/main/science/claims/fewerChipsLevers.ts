import type { Estimate, Finding } from '../../../shared/claim';
import { finding } from '../../../shared/verdicts';
import { type DeviceCount, devicesFor } from '../economics/devices';
import { type Bench, batches, type Measured } from '../protocol';
import type { VariantKind, VariantResult } from '../sparsity/variantsTask';
import { accuracyChange } from './accuracyChange';
import { exactly, over } from './estimates';
import type { DevicesKey } from './fewerChipsText';
import type { GivenInput } from './inputs';
import { measuredRatio, perQuery, pickGross, pickP50 } from './ratio';

export type Given = Record<DevicesKey, GivenInput>;

export interface FewerChipsData {
  kinds: readonly VariantKind[];
  /** Results by seed, then kind. */
  seeds: readonly (readonly VariantResult[])[];
  testExamples: number;
  /** SHA-256 of each seed's data. */
  testSets: readonly string[];
  /** By `kind batch`. */
  measured: ReadonlyMap<string, Measured>;
}

/** One variant at one batch. */
export interface Lever {
  kind: VariantKind;
  name: string;
  batch: number;
  change: Finding;
  /** Mean accuracy over the seeds, 0 to 1. */
  accuracy: number;
  gain: Estimate | null;
  ratePerS: Estimate | null;
  energyJ: Estimate | null;
  loadW: number | null;
  p95S: number | null;
  modelBytes: number;
}

/** Base and variants with what training and measuring said of them. */
export function leversOf(
  bench: Pick<Bench, 'criterion'>,
  { kinds: all, seeds, testExamples, testSets, measured }: FewerChipsData,
): Lever[] {
  const criterion = bench.criterion('accuracy');
  return all.flatMap((kind) => {
    const results = seeds.flatMap((seed) => seed.filter((r) => r.kind === kind));
    const pairs = results.map(({ lost, won }, seed) => ({
      lost,
      won,
      n: testExamples,
      testSet: testSets[seed] as string,
    }));
    const name = results[0]?.name ?? kind;
    const change = finding(criterion, name, {
      value: accuracyChange(pairs),
      n: testExamples * seeds.length,
      shownOnly: true,
    });
    return batches.flatMap((batch) => {
      const own = measured.get(`${kind} ${batch}`);
      const reference = measured.get(`fp32 ${batch}`);
      if (!own || !reference) return [];
      const time = perQuery(own, pickP50);
      return [
        {
          kind,
          name,
          batch,
          change,
          accuracy: results.reduce((sum, r) => sum + r.accuracy, 0) / results.length,
          gain: kind === 'fp32' ? exactly(1) : measuredRatio(reference, own, pickP50),
          ratePerS: time && over(1, time),
          energyJ: perQuery(own, pickGross),
          loadW: own.row.powerMeanW,
          p95S: own.row.p95S.value,
          modelBytes: results[0]?.fileBytes ?? own.row.parameterBytes ?? 0,
        },
      ];
    });
  });
}

/** Devices of a variant that answers `ratePerS` at one load, queries/s. */
export function devicesOf(lever: Lever, ratePerS: number, demandPerS: number, given: Given): DeviceCount {
  return devicesFor({
    demandPerS,
    ratePerS,
    usable: given.usable.value,
    modelBytes: lever.modelBytes,
    deviceBytes: given.memory.value * 1e9,
    spares: Math.round(given.spares.value),
    budgetW: given.budget.value,
    loadW: lever.loadW,
  });
}
