import { sparsityClaim } from '../../../src/main/science/claims/sparsity';
import { judgeLayers } from '../../../src/main/science/claims/sparsityLayers';
import { layerRows } from '../../../src/main/science/claims/sparsityMeasured';
import { conditionKey, repeatsOf } from '../../../src/main/science/claims/sparsityPlan';
import type { Measured } from '../../../src/main/science/protocol';
import { buildLayout } from '../../../src/main/science/sparsity/build';
import type { MadeLayout } from '../../../src/main/science/sparsity/layersTask';
import {
  glanceLayouts,
  type LayoutGroup,
  layoutKey,
  layoutName,
} from '../../../src/main/science/sparsity/layouts';
import { noiseLevels } from '../../../src/main/science/sparsity/noise';
import type { RobustnessOutput } from '../../../src/main/science/sparsity/robustnessTask';
import type { SparsityVariantsOutput, VariantKind } from '../../../src/main/science/sparsity/variantsTask';
import { randomFrom } from '../../../src/shared/stats/random';
import { around, fakeJudge, fakeMeasured } from '../../support/fakeBench';

export const { criterion } = fakeJudge(sparsityClaim.text.prediction);
export const size = { inputs: 1024, outputs: 1024 };

export const layouts: MadeLayout[] = glanceLayouts.map((choice) => {
  const { macs, betweenBytes } = buildLayout({ inputs: 64, outputs: 64 }, choice, 1);
  return {
    ...choice,
    key: `layer-${layoutKey(choice)}`,
    name: layoutName(choice),
    size,
    difference: 1e-7,
    denseMacs: 64 * 64,
    macs,
    betweenBytes,
    reducedRange: false,
  };
});

/** Times of each layout relative to the dense one; joules alike where asked for. */
export function measuredLayers(
  factor: (group: LayoutGroup, batch: number) => number,
  { energy = false, jitter = 0.01, dense = 1e-4 } = {},
): Map<string, Measured> {
  const random = randomFrom(5);
  const all = new Map<string, Measured>();
  for (const layout of layouts) {
    for (const batch of [1, 256]) {
      for (let i = 1; i <= repeatsOf(layout, 'glance'); i++) {
        const time = dense * batch * factor(layout.group, batch) * (1 + jitter * (2 * random.uniform() - 1));
        all.set(
          conditionKey(layout.key, batch, i),
          fakeMeasured(layout.key, {
            batch,
            p50S: around(time),
            ...(energy ? { grossJ: around(20 * time) } : {}),
          }),
        );
      }
    }
  }
  return all;
}

/** As on a processor: structure is faster, zeros alone are not. */
export const ordinary = (group: LayoutGroup, batch: number): number => {
  if (group === 'dense' || group === 'masked') return 1;
  if (group === 'gather') return batch === 1 ? 1.2 : 16;
  if (group === 'winners-dense') return 1.6;
  if (group === 'int4') return batch === 1 ? 0.2 : 1.3;
  return 0.1;
};

export const judged = (factor: typeof ordinary, more: Parameters<typeof measuredLayers>[1] = {}) => {
  const rows = layerRows(layouts, measuredLayers(factor, more), 'glance');
  return { rows, ...judgeLayers(criterion, rows, 'cpu') };
};

export function robustSeeds(gain: readonly number[], loss: readonly number[]): RobustnessOutput[] {
  return gain.map((g, i) => ({
    form: 'picture',
    trainExamples: 12_000,
    testExamples: 10_000,
    classes: 10,
    sha256: '0',
    nets: (['dense', 'sparse'] as const).map((kind) => {
      const accuracy = kind === 'dense' ? 0.98 : 0.98 - loss[i]!;
      const accuracies = noiseLevels.map(
        (level) => accuracy - level / 2 + (kind === 'sparse' ? (level * g) / 27_500 : 0),
      );
      return {
        kind,
        accuracy,
        accuracies,
        score: kind === 'sparse' ? 90_000 + g : 90_000,
        parametersNonzero: 1000,
        steps: 10,
        seconds: 1,
      };
    }),
  }));
}

export const variant = (kind: VariantKind, lost: number, won: number) => ({
  kind,
  models: kind === 'early-exit' ? ['taken', 'passed'] : [`variant-${kind}`],
  name: kind,
  accuracy: 0.9 - (lost - won) / 10_000,
  lost,
  won,
  parameters: 1000,
  parametersNonzero: 100,
  fileBytes: 4000,
  exitShare: kind === 'early-exit' ? 0.75 : null,
});
export const seedOfVariants = (results: SparsityVariantsOutput['results']): SparsityVariantsOutput => ({
  teacher: '40-512-512-10',
  trainExamples: 4000,
  testExamples: 10_000,
  sha256: '0',
  results,
});
