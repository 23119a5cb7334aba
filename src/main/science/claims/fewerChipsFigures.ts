import { nvidiaRevenue } from '../../../shared/essay';
import { devicesNeeded } from '../../../shared/figures/panels/devices-needed';
import { revenue } from '../../../shared/figures/panels/revenue';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { rebound, savedShare } from '../economics/devices';
import { devicesOf, type Given, type Lever } from './fewerChipsLevers';

/** Loads that are drawn, queries/s: four a decade. */
const drawn = Array.from({ length: 25 }, (_, i) => 10 ** (3 + i / 4));
const elasticities = Array.from({ length: 21 }, (_, i) => i / 10);

/** Devices against load at the batch with the largest gain at equal accuracy; the saving, and the rebound. */
export function devicesFigure(base: readonly Lever[], variants: readonly Lever[], given: Given): PanelFigure {
  const told = variants.filter((l) => l.gain !== null && l.change.state === 'holds');
  const best = [...told].sort((a, b) => b.gain!.value - a.gain!.value)[0] ?? null;
  const batch = best?.batch ?? 256;
  const reference = base.find((l) => l.batch === batch) ?? null;
  const shown = [
    ...(reference ? [reference] : []),
    ...variants.filter((l) => l.batch === batch && l.ratePerS !== null),
  ];
  const count = (lever: Lever, load: number) =>
    devicesOf(lever, reference!.ratePerS!.value * (lever.gain?.value ?? 1), load, given).devices;
  const drawable = reference?.ratePerS ? shown : [];
  return devicesNeeded({
    title: best
      ? `At equal accuracy ${best.name} answers ${best.gain!.value.toFixed(1)} times as many queries`
      : 'Devices for a load',
    caption: `Batch ${batch}; usable share ${given.usable.value}, spares ${given.spares.value}. Rates from the median latency; whole devices. The rebound is an assumption, shown and not judged.`,
    devices: drawable.map((lever) => ({
      key: lever.kind,
      name: `${lever.name}${lever.kind === 'fp32' || lever.change.state === 'holds' ? '' : ' (accuracy not shown to be equal)'}`,
      marks: false,
      points: drawn.map((x) => ({ x, y: count(lever, x) })),
    })),
    saving:
      best && reference?.ratePerS
        ? {
            series: [
              {
                key: best.kind,
                name: best.name,
                marks: false,
                points: drawn.map((x) => ({ x, y: savedShare(count(reference, x), count(best, x)) })),
              },
            ],
            bound: 1 - 1 / best.gain!.value,
          }
        : null,
    rebound: best
      ? {
          series: [
            {
              key: 'rebound',
              name: `gain ${best.gain!.value.toFixed(1)}`,
              points: elasticities.map((x) => ({ x, y: rebound(best.gain!.value, x) })),
            },
          ],
        }
      : null,
  });
}

/** The picture of the capacity path in the essay: context, no evidence. */
export function revenueFigure(): PanelFigure {
  return revenue({
    title: 'NVIDIA’s revenue by market, as printed in the essay',
    caption:
      'Context, no evidence: revenue is not devices. Every column adds up to its printed total. Source: the essay of 29 February 2024.',
    quarters: nvidiaRevenue.quarters,
    segments: Object.entries(nvidiaRevenue.markets).map(([name, millions], i) => ({
      key: `market-${i + 1}`,
      name,
      millions,
    })),
  });
}
