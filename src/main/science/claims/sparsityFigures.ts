import { noiseRobustness } from '../../../shared/figures/panels/noise-robustness';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { speedupSparsity } from '../../../shared/figures/panels/speedup-sparsity';
import { meanInterval } from '../../../shared/stats/meanInterval';
import { sizeKey } from '../sparsity/layersTask';
import { type LayoutGroup, layoutLabel } from '../sparsity/layouts';
import { netKinds, netNames } from '../sparsity/nets';
import { noiseLevels } from '../sparsity/noise';
import type { RobustnessOutput } from '../sparsity/robustnessTask';
import { sizeText } from './sparsityLayers';
import type { LayerRow } from './sparsityMeasured';
import { overSeeds } from './sparsityRobust';

/** Layouts as the seven series of the figure. */
const seriesOf: readonly { key: string; name: string; groups: readonly LayoutGroup[] }[] = [
  { key: 'masked', name: 'zeros stored dense', groups: ['masked'] },
  { key: 'gather', name: 'zeros left out, gather and sum', groups: ['gather'] },
  { key: 'winners', name: 'k-WTA', groups: ['winners', 'winners-dense', 'complementary'] },
  { key: 'units', name: 'whole units removed', groups: ['units'] },
  { key: 'blocks', name: 'whole blocks absent', groups: ['blocks'] },
  { key: 'low-rank', name: 'low rank', groups: ['low-rank'] },
  { key: 'quantised', name: 'int8, int4 (no sparsity)', groups: ['int8', 'int4'] },
];

/** Speed-up against sparsity, a figure a layer size, a panel a batch; of energy too where there is a meter. Pure. */
export function speedupFigures(
  rows: readonly LayerRow[],
  about: string,
  energyBadge: string | null,
): PanelFigure[] {
  const sizes = [...new Set(rows.map((r) => sizeKey(r.layout.size)))];
  return sizes.map((size) => {
    const own = rows.filter(
      (r) => sizeKey(r.layout.size) === size && r.layout.group !== 'dense' && !r.leftOut,
    );
    const batches = [...new Set(own.map((r) => r.batch))];
    const ratios = own.some((r) => r.energyRatio) ? (['time', 'energy'] as const) : (['time'] as const);
    const { layout } = own[0]!;
    return speedupSparsity({
      id: `speedup-sparsity-${size}`,
      title: `What each layout saves, layer ${sizeText(layout.size)}`,
      caption: `Median time of a call, dense over the layout, with 95 % intervals that are at least as wide as the noise floor. Sparsity: share of the dense layer’s multiplications that need not be done. ${ratios.length === 1 ? 'Energy was not measured. ' : ''}${about}`,
      badge: ratios.length > 1 ? energyBadge : null,
      panels: ratios.flatMap((ratio) =>
        batches.map((batch) => ({
          key: `${ratio}-${batch}`,
          title: `${ratio === 'time' ? 'Time' : 'Energy'}, batch ${batch}`,
          ratio,
          series: seriesOf.map(({ key, name, groups }) => ({
            key,
            name,
            points: own
              .filter((r) => r.batch === batch && groups.includes(r.layout.group))
              .map((r) => ({
                x: 1 - r.layout.macs / r.layout.denseMacs,
                y: ratio === 'time' ? r.speedup : r.energyRatio,
                label: layoutLabel(r.layout),
              })),
          })),
        })),
      ),
    });
  });
}

/** Accuracy against noise, a line a network, mean over seeds with its t interval. Pure. */
export function noiseFigure(seeds: readonly RobustnessOutput[], dataset: string): PanelFigure {
  const trained = netKinds.filter((kind) => overSeeds(seeds, kind, (n) => n.score).length > 0);
  return noiseRobustness({
    title: `Accuracy under noise on ${dataset}, dense and sparse`,
    caption: `Mean over ${seeds.length} seeds with 95 % intervals (Student’s t). Noise sets a share of the inputs to mean + 2 standard deviations.${seeds[0]!.form === 'picture' ? '' : ' Not Numenta’s task: other data and one-dimensional networks.'}`,
    chance: 1 / seeds[0]!.classes,
    series: trained.map((kind) => ({
      key: kind,
      name: netNames[kind],
      points: noiseLevels.map((level, i) => {
        const values = overSeeds(seeds, kind, (n) => n.accuracies[i]!);
        const e = meanInterval(values);
        const y = e
          ? { value: e.value, low: Math.max(0, e.low), high: Math.min(1, e.high) }
          : (values[0] ?? null);
        return { x: level, y, n: values.length };
      }),
    })),
  });
}
