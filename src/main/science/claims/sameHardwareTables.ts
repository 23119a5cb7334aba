import type { Cell, Published, ResultTable } from '../../../shared/claim';
import { estimateText } from '../../../shared/claimWords';
import { arithmeticRate } from '../../../shared/figures/panels/arithmetic-rate';
import type { PanelInput } from '../../../shared/figures/panels/build';
import type { PanelFigure, PanelGuide } from '../../../shared/figures/panels/spec';
import type { Machine } from '../../../shared/machine';
import { formatSi } from '../../../shared/units';
import type { MachinePoint } from '../machines/make';
import { type Batch, batches } from '../protocol';
import { badgeOf, placeOf } from './captions';
import { type RateUnit, rateOf, rateRatio } from './rates';
import { hasEnergy, perQuery, pickGross, pickP50 } from './ratio';
import { machineAt, type SameHardwareFound, unitText } from './sameHardwareJudge';
import { machineName } from './superpositionTables';

const unitOf: Readonly<Record<Batch, RateUnit>> = { 1: 'byte/s', 256: 'FLOP/s' };

/** Rates of every machine, and its share of the provider's own best. Pure. */
export function sameHardwareTables(found: SameHardwareFound): ResultTable[] {
  const energy = hasEnergy(found.measured);
  const row = (point: MachinePoint): Cell[] => {
    const [one, many] = batches.map((batch) => machineAt(found, point.key, batch));
    const product = machineAt(found, 'product', 256);
    return [
      machineName[point.kind],
      point.kind === 'product' ? null : point.n,
      4 * point.floats,
      point.macs,
      many && perQuery(many.measured, pickP50),
      many && rateOf(many, 'FLOP/s'),
      many && product && rateRatio(many, product, 'FLOP/s'),
      one && perQuery(one.measured, pickP50),
      one && rateOf(one, 'byte/s'),
      ...(energy
        ? [one, many].flatMap((m) => [m && perQuery(m.measured, pickGross), m && rateOf(m, 'FLOP/J')])
        : []),
      point.iterations,
      point.trainS,
      point.accuracy,
    ];
  };
  return [
    {
      key: 'rates',
      title: 'Rates on one provider',
      columns: [
        { key: 'machine', title: 'Machine', unit: '' },
        { key: 'n', title: 'Examples', unit: '' },
        { key: 'bytes', title: 'Weights', unit: 'B' },
        { key: 'macs', title: 'Multiply-adds a query', unit: '' },
        { key: 'time-256', title: 'Time per query, batch 256', unit: 's' },
        { key: 'rate-256', title: 'Rate, batch 256', unit: 'FLOP/s' },
        { key: 'share', title: 'Share of the plain product', unit: '' },
        { key: 'time-1', title: 'Time per query, batch 1', unit: 's' },
        { key: 'rate-1', title: 'Weights read, batch 1', unit: 'B/s' },
        ...(energy
          ? batches.flatMap((b) => [
              { key: `energy-${b}`, title: `Energy per query, batch ${b}`, unit: 'J' },
              { key: `rate-joule-${b}`, title: `Rate, batch ${b}`, unit: 'FLOP/J' },
            ])
          : []),
        { key: 'iterations', title: 'Steps of training', unit: '' },
        { key: 'training', title: 'Training', unit: 's' },
        { key: 'accuracy', title: 'Accuracy', unit: '' },
      ],
      rows: found.machines.points
        .filter((p) => batches.some((batch) => machineAt(found, p.key, batch)))
        .map(row),
      note: 'One multiply-add counts as 2 FLOP; exponentials, tanh and additions are not counted. Networks are trained a few hundred steps: their accuracy is no result here.',
    },
  ];
}

/** Rates against examples, a panel a batch. Pure. */
export function sameHardwareFigures(found: SameHardwareFound, machine: Machine): PanelFigure[] {
  const { provider, machines, measured } = found;
  const energy = hasEnergy(measured);
  const panel = (key: string, batch: Batch, unit: RateUnit): PanelInput & { unit: RateUnit } => ({
    key,
    title: `Batch ${batch}`,
    unit,
    series: (['ridge', 'trained', 'explicit', 'network'] as const).flatMap((kind) => {
      const points = machines.points.flatMap((point) => {
        const own = point.kind === kind ? machineAt(found, point.key, batch) : null;
        return own ? [{ x: point.n, y: rateOf(own, unit) }] : [];
      });
      return points.length === 0 ? [] : [{ key: kind, name: seriesName[kind], points }];
    }),
  });
  const peak = (unit: RateUnit): PanelGuide[] => {
    const product = machineAt(found, 'product', 256);
    const rate = product && rateOf(product, unit);
    if (!rate) return [];
    const label = `plain product: ${formatSi(rate.value, unitText(unit))}`;
    return [{ kind: 'horizontal', at: rate.value, label, low: rate.low, high: rate.high }];
  };
  return [
    arithmeticRate({
      id: 'same-hardware-rate',
      title: `Rates of kernel machines and networks on ${provider}`,
      caption: `From median times per query with 95 % intervals; network: as many hidden units as the kernel machine has examples.${energy ? '' : ' FLOP/J was not measured in every condition.'} ${machines.dataset}. ${placeOf(measured.values(), machine)}`,
      badge: energy ? badgeOf(measured.values()) : null,
      panels: [
        { ...panel('batch-256', 256, 'FLOP/s'), guides: peak('FLOP/s') },
        panel('batch-1', 1, 'byte/s'),
        ...(energy ? [{ ...panel('joules-256', 256, 'FLOP/J'), guides: peak('FLOP/J') }] : []),
      ],
    }),
  ];
}

const seriesName = {
  ridge: 'kernel ridge regression',
  trained: 'network of the same size',
  explicit: 'explicit machine',
  network: 'its own network',
} as const;

/** The paper gives no rate; ours stand beside that. Pure. */
export function sameHardwarePublished(found: SameHardwareFound): Published[] {
  const ours = found.pairs.flatMap(({ kernel, network, decides }) =>
    decides.flatMap((batch) => {
      const [one, other] = [machineAt(found, kernel, batch), machineAt(found, network, batch)];
      const ratio = one && other && rateRatio(one, other, unitOf[batch as Batch]);
      return ratio ? [`${estimateText(ratio, '1')} (${kernel}, batch ${batch})`] : [];
    }),
  );
  return [
    {
      what: 'Rate of a kernel machine over that of a network',
      theirs: 'no figure is given',
      ours: ours.length === 0 ? null : ours.join('; '),
      source: 'Domingos 2020, arXiv 2012.00152 (full text)',
      note: 'The paper states the claim and measures nothing.',
    },
  ];
}
