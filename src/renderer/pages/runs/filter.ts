import { labWord } from '../../../shared/bundle';
import type { RunRow } from '../../../shared/runRow';
import { putSetting, useSettings } from '../../state/settings';
import { go } from '../../state/view';
import { type Facet, facets, plainView, type RunView, readView } from './view';

/** What each facet takes from a row: the value that is compared, and its words. */
export const facetOf: Record<Facet, (row: RunRow) => { value: string; label: string }> = {
  status: (row) => ({ value: row.status, label: row.status }),
  model: (row) => ({ value: row.modelName, label: row.modelName }),
  provider: (row) => ({ value: row.provider, label: row.provider }),
  experiment: (row) => ({ value: row.experimentId, label: row.experimentName || row.experimentId }),
  lab: (row) =>
    row.lab === null ? { value: 'this lab', label: 'this lab' } : { value: row.lab, label: labWord(row.lab) },
  machine: (row) => ({ value: row.machineId, label: `${row.device} (${row.machineId.slice(0, 8)})` }),
};

/** Text by row: rows never change, a changed run is a new row. */
const texts = new WeakMap<RunRow, string>();

/** Everything of a row that a person might type, in lower case. */
export function textOf(row: RunRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = [
    row.modelName,
    row.family,
    row.precision,
    row.provider,
    row.engine,
    row.preset,
    row.status,
    `batch ${row.batch}`,
    `threads ${row.threads}`,
    row.latencyVerdict,
    row.energyVerdict,
    row.experimentName,
    row.device,
    row.meter ? `${row.meter.provider} ${row.meter.domain}` : '',
    row.provenance,
    row.sample ? 'sample' : '',
    row.origin ?? '',
    row.lab === null ? '' : labWord(row.lab),
    row.locked ? 'locked' : '',
    row.latencyCodes.join(' '),
    row.energyCodes.join(' '),
    row.failure ?? '',
    row.id,
  ]
    .join('\n')
    .toLowerCase();
  texts.set(row, text);
  return text;
}

/** Rows that the view's text, facets and switch let through. Pure. */
export function filterRuns(
  rows: readonly RunRow[],
  view: Pick<RunView, 'text' | 'facets' | 'overhead'>,
): RunRow[] {
  // A phrase in quotes is one word: "batch 4" is not every row with a 4 somewhere in its id.
  const words = (view.text.toLowerCase().match(/-?"[^"]*"?|\S+/g) ?? [])
    .map((w) => w.replaceAll('"', ''))
    .filter((w) => w !== '' && w !== '-');
  const wanted = words.filter((w) => !w.startsWith('-'));
  const unwanted = words.filter((w) => w.startsWith('-')).map((w) => w.slice(1));
  const chosen = facets
    .filter((facet) => view.facets[facet].length > 0)
    .map((facet) => ({ values: new Set(view.facets[facet]), of: facetOf[facet] }));
  return rows.filter((row) => {
    if (row.role !== 'measure' && !view.overhead) return false;
    if (!chosen.every(({ values, of }) => values.has(of(row).value))) return false;
    if (words.length === 0) return true;
    const text = textOf(row);
    return wanted.every((w) => text.includes(w)) && !unwanted.some((w) => text.includes(w));
  });
}

/** Values of a facet with how many rows have each, most first. Pure. */
export function facetValues(
  rows: readonly RunRow[],
  facet: Facet,
): { value: string; label: string; n: number }[] {
  const found = new Map<string, { value: string; label: string; n: number }>();
  for (const row of rows) {
    const { value, label } = facetOf[facet](row);
    const own = found.get(value);
    if (own) own.n += 1;
    else found.set(value, { value, label, n: 1 });
  }
  return [...found.values()].sort((a, b) => b.n - a.n || (a.label < b.label ? -1 : 1));
}

/** The view that shows an experiment's runs and nothing else; columns and order stay. Pure. */
export function runFilter(view: RunView, experimentId: string): RunView {
  return { ...view, text: '', group: null, facets: { ...plainView.facets, experiment: [experimentId] } };
}

/** Goes to the Runs page, filtered to one experiment. */
export function showRunsOf(experimentId: string): void {
  const view = readView(useSettings.getState().runTable);
  putSetting('runTable', runFilter(view, experimentId));
  go({ page: 'runs' });
}
