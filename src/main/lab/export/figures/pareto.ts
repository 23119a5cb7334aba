import type { AccuracyRecord } from '../../../../shared/accuracy';
import { type AccuracyCost, accuracyCosts } from '../../../../shared/accuracyCosts';
import type { CostMeasure, PointInput } from '../../../../shared/figures/panels/build';
import { paretoAccuracyEnergy } from '../../../../shared/figures/panels/pareto-accuracy-energy';
import type { PanelFigure } from '../../../../shared/figures/panels/spec';
import { labName, tellsDevice } from '../../../../shared/figures/rows';
import { badgeOf, datesOf, markedTitle } from '../../../../shared/figures/texts';
import { shapes } from '../../../../shared/figures/tokens';
import type { RunRow } from '../../../../shared/runRow';
import { countRange } from '../../../../shared/units';
import { appVersion } from '../../machine';
import type { BundleSource } from '../types';
import { panelSketch } from './claims';
import type { Sketch } from './lazy';

/** A model's accuracy beside what an item costs it in one condition. */
interface Costed {
  record: AccuracyRecord;
  cost: AccuracyCost;
  row: RunRow;
  /** Name of the condition: a series of its own. */
  condition: string;
}

/** Place of the device among the parts of a condition. */
const devicePart = 4;

/** A panel has a data set; so many have room. */
const mostPanels = 6;

/**
 * What accuracy costs, where accuracies were tested: joules per item if any is known, else seconds. One figure for each
 * provider where one could not tell all conditions apart; nothing with fewer than two models.
 */
export function paretoSketches(
  rows: readonly RunRow[],
  { selection, options }: Pick<BundleSource, 'selection' | 'options'>,
): Sketch[] {
  const all = costed(newestRecords(selection.accuracies), rows);
  const measure: CostMeasure = all.some(({ cost }) => cost.itemJ.value !== null) ? 'energy' : 'latency';
  const told = all.filter(({ cost }) => costOf(cost, measure).value !== null);
  const conditions = (list: readonly Costed[]) => new Set(list.map((c) => c.condition)).size;
  const whole = conditions(told) <= shapes.length;
  const groups = whole
    ? [['', told] as const]
    : [...Map.groupBy(told, ({ cost }) => cost.provider as string)];
  return groups.flatMap(([provider, list]) => {
    if (conditions(list) > shapes.length) return [];
    const figure = paretoFigure(list, measure);
    if (figure === null) return [];
    const shows = ['accuracy-against', measure, provider].filter(Boolean);
    return [panelSketch(figure, shows, '', options.theme)];
  });
}

/** A model is tested again when there is reason to: the newest test of a data set counts. */
function newestRecords(records: readonly AccuracyRecord[]): AccuracyRecord[] {
  const order = (r: AccuracyRecord) => `${String(r.createdUnixMs).padStart(16, '0')} ${r.id}`;
  const sorted = records.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  return [...new Map(sorted.map((r) => [`${r.modelId} ${r.datasetSha256}`, r])).values()];
}

function costed(records: readonly AccuracyRecord[], rows: readonly RunRow[]): Costed[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  // Sample runs are in a bundle only where they were asked for.
  const counted = rows.map((row) => ({ ...row, sample: false }));
  const found = records.flatMap((record) =>
    accuracyCosts(record, counted).map((cost) => ({ record, cost, row: byId.get(cost.runId)! })),
  );
  const parts = found.map(({ row, cost }) => [
    row.provider as string,
    `batch ${row.batch}`,
    `${row.threads} ${row.threads === 1 ? 'thread' : 'threads'}`,
    row.engine === 'capi' ? 'C API' : 'package API',
    row.device,
    labName(row.lab),
    cost.provenance === 'estimate' ? 'estimated' : '',
  ]);
  const told = tellsDevice(found.map(({ row }) => [row.provider, row.device]));
  const differs = (parts[0] ?? []).map(
    (_, k) => parts.some((own) => own[k] !== parts[0][k]) && !(k === devicePart && told),
  );
  return found.map((one, i) => ({
    ...one,
    condition: parts[i].filter((part, k) => part !== '' && (k === 0 || differs[k])).join(', '),
  }));
}

const costOf = (cost: AccuracyCost, measure: CostMeasure) => (measure === 'energy' ? cost.itemJ : cost.itemS);

/** Null where no data set was tried with two models. */
function paretoFigure(all: readonly Costed[], measure: CostMeasure): PanelFigure | null {
  const sets = [...Map.groupBy(all, ({ record }) => `${record.dataset} ${record.datasetSha256}`)]
    .filter(([, own]) => new Set(own.map((c) => c.record.modelId)).size > 1)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, mostPanels);
  const list = sets.flatMap(([, own]) => own);
  if (list.length === 0) return null;
  const names = sets.map(([, own]) => own[0].record.dataset);
  const item = measure === 'energy' ? 'joule' : 'second';
  return paretoAccuracyEnergy({
    measure,
    per: 'item',
    title: markedTitle(
      `What accuracy costs in ${item}s: ${new Set(list.map((c) => c.record.modelId)).size} models on ${[...new Set(names)].join(', ')}`,
      list.some(({ row }) => row.sample),
    ),
    caption: [
      measure === 'energy'
        ? 'Across: gross energy of one item, geometric mean over windows; bar: 95\u00a0% with the sensor’s gain and offset.'
        : 'Across: median time of one item; bar: 95\u00a0% order-statistic interval on the effective sample. No energy meter.',
      `Up: share of test examples classed right, n = ${countRange(list.map(({ record }) => record.n))}; bar: 95\u00a0%, Wilson.`,
      `Device: ${[...new Set(list.map(({ row }) => row.device))].sort().join('; ')}.`,
      `${datesOf(list.map(({ row }) => row.startedUnixMs ?? row.queuedUnixMs))}Thirty\u00a0Watts\u00a0${appVersion()}.`,
    ].join(' '),
    badge: measure === 'energy' ? badgeOf(list.map(({ cost }) => cost.origin)) : null,
    panels: sets.map(([key, own], i) => ({
      key,
      title: sets.length > 1 ? names[i] : '',
      series: [...Map.groupBy(own, (c) => c.condition)]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, points]) => ({
          key: name,
          name,
          estimated: measure === 'energy' && points.some(({ cost }) => cost.provenance === 'estimate'),
          points: points.map((c) => pointOf(c, measure)).toSorted((a, b) => xOf(a) - xOf(b)),
        })),
    })),
  });
}

const xOf = ({ x }: PointInput) => (typeof x === 'object' && x !== null ? x.value : (x ?? 0));

function pointOf({ record, cost, row }: Costed, measure: CostMeasure): PointInput {
  const { value, low, high } = costOf(cost, measure);
  return { x: { value: value!, low, high }, y: record.accuracy, n: record.n, label: row.modelName };
}
