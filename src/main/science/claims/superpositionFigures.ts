import type { SeriesInput } from '../../../shared/figures/panels/build';
import { capacity as capacityFigure } from '../../../shared/figures/panels/capacity';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { storageQuery } from '../../../shared/figures/panels/storage-query';
import type { Machine } from '../../../shared/machine';
import { formatCount } from '../../../shared/units';
import { bestHeld, type CapacityLimit } from '../machines/limit';
import type { MachinePoint } from '../machines/make';
import { batches } from '../protocol';
import { badgeOf, placeOf } from './captions';
import { conditionKey } from './machinePlan';
import { hasEnergy, perQuery, pickGross, pickP50 } from './ratio';
import type { SuperpositionFound } from './superpositionJudge';

const drawn: readonly { kind: MachinePoint['kind']; name: string }[] = [
  { kind: 'explicit', name: 'explicit: every example' },
  { kind: 'superposed', name: 'superposed' },
  { kind: 'network', name: 'network' },
  { kind: 'ridge', name: 'kernel ridge' },
  { kind: 'nystrom', name: 'Nyström' },
  { kind: 'fourier', name: 'Fourier features' },
];

/** Storage and cost of a query against the examples; what networks hold. Pure. */
export function superpositionFigures(
  found: SuperpositionFound,
  limits: readonly CapacityLimit[],
  machine: Machine,
): PanelFigure[] {
  return [storageFigure(found, machine), heldFigure(found, limits)];
}

function storageFigure(found: SuperpositionFound, machine: Machine): PanelFigure {
  const { machines, measured, provider } = found;
  const energy = hasEnergy(measured);
  const pick = energy ? pickGross : pickP50;
  const series = (y: (point: MachinePoint) => SeriesInput['points'][number]['y'] | undefined) =>
    drawn.flatMap(({ kind, name }): SeriesInput[] => {
      const points = machines.points
        .filter((p) => p.kind === kind)
        .sort((a, b) => a.n - b.n)
        .flatMap((point) => {
          const value = y(point);
          return value === undefined ? [] : [{ x: point.n, y: value }];
        });
      return points.length === 0 ? [] : [{ key: kind, name, points }];
    });
  const without = energy ? '' : ' Energy was not measured in every condition: time is shown in its place.';
  return storageQuery({
    id: 'superposition-storage-query',
    title: 'What the examples cost the machine that keeps them, and the network',
    caption: `Bytes of the files; ${energy ? 'mean gross energy' : 'median time'} per query with 95 % intervals.${without} ${machines.dataset}, ${provider}. ${placeOf(measured.values(), machine)}`,
    badge: energy ? badgeOf(measured.values()) : null,
    bytes: series((point) => point.bytes),
    queries: batches.map((batch) => ({
      key: `batch-${batch}`,
      title: `Query, batch ${batch}`,
      measure: energy ? ('energy' as const) : ('latency' as const),
      series: series((point) => {
        const own = measured.get(conditionKey(point.key, batch));
        return own ? perQuery(own, pick) : undefined;
      }),
    })),
    anchor: 'explicit',
  });
}

function heldFigure({ capacity }: SuperpositionFound, limits: readonly CapacityLimit[]): PanelFigure {
  const nameOf = (parameters: number) => `${formatCount(parameters)} parameters`;
  const rows = [...Map.groupBy(capacity.rows, (row) => row.parameters)];
  const seeds = Math.max(0, ...capacity.rows.map((row) => row.held.length));
  return capacityFigure({
    id: 'superposition-capacity',
    title: 'A network of fixed size holds a finite number of random labels',
    caption: `Share of random labels that the best of ${seeds} seeds gives back; bands: all seeds. Inputs of ${capacity.dataset}.`,
    series: rows.map(([parameters, own]) => ({
      key: `parameters-${parameters}`,
      name: nameOf(parameters),
      points: own.map((row) => ({ x: row.n, y: bestHeld(row), n: row.held.length })),
      band: own.map((row): [number, number, number] => [row.n, Math.min(...row.held), Math.max(...row.held)]),
    })),
    limits: limits.flatMap((l) =>
      l.examples === null ? [] : [{ name: nameOf(l.parameters), examples: l.examples }],
    ),
  });
}
