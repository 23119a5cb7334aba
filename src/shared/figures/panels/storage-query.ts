import { axis, type FigureInput, figureOf, type PanelInput, type SeriesInput } from './build';
import type { PanelFigure, PanelGuide } from './spec';

export interface StorageQueryInput extends FigureInput {
  /** Panel A. Points: x examples (count), y bytes stored. */
  bytes: readonly SeriesInput[];
  /** Panel B and, if wanted, more (batch 1 and 256). Points: x examples, y s or J per query. A p95 is a series of its own, `like` its median's. */
  queries: readonly (PanelInput & { measure: 'latency' | 'energy' })[];
  /** Key of the series that the guide slopes start from; the first one unless told. */
  anchor?: string;
}

/** Guide lines stand so many times below the points that they start from. */
const below = 6;

/** What do stored examples cost? With guide lines for a cost that is constant, grows as log n, and as n. */
export function storageQuery(input: StorageQueryInput): PanelFigure {
  const { bytes, queries, anchor } = input;
  const x = axis('Stored examples (count)', 'log');
  return figureOf('storage-query', input, [
    {
      key: 'bytes',
      title: 'Storage',
      series: bytes,
      x,
      y: axis('Stored (bytes), lower is better', 'log'),
      guides: growth(bytes, anchor),
    },
    ...queries.map(({ measure, ...panel }) => ({
      ...panel,
      x,
      y: axis(
        measure === 'energy'
          ? 'Energy per query (J), lower is better'
          : 'Time per query (s), lower is better',
        'log',
      ),
      guides: [...growth(panel.series, anchor), ...(panel.guides ?? [])],
    })),
  ]);
}

function growth(series: readonly SeriesInput[], anchor: string | undefined): PanelGuide[] {
  const own = series.find((s) => s.key === anchor) ?? series[0];
  const points = (own?.points ?? []).flatMap(({ x, y }) => {
    const [n, cost] = [numberOf(x), numberOf(y)];
    return n !== null && cost !== null && n > 1 && cost > 0 ? [{ n, cost }] : [];
  });
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.n <= first.n) return [];
  const start = first.cost / below;
  const steps = Array.from({ length: 9 }, (_, i) => first.n * (last.n / first.n) ** (i / 8));
  const line = (label: string, factor: (n: number) => number): PanelGuide => ({
    kind: 'curve',
    points: steps.map((n): [number, number] => [n, start * factor(n)]),
    label,
  });
  return [
    line('constant', () => 1),
    line('∝ log n', (n) => Math.log(n) / Math.log(first.n)),
    line('∝ n', (n) => n / first.n),
  ];
}

function numberOf(value: SeriesInput['points'][number]['x']): number | null {
  if (value === null) return null;
  const number = typeof value === 'number' ? value : value.value;
  return Number.isFinite(number) ? number : null;
}
