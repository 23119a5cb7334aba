import { claimLabel } from '../../../../shared/claim';
import { layoutPanels } from '../../../../shared/figures/panels/draw/layout';
import type { PanelFigure } from '../../../../shared/figures/panels/spec';
import { labName } from '../../../../shared/figures/rows';
import type { StoredClaimRun } from '../../../store/claims';
import { panelFiles } from '../../figures/files';
import type { BundleSource } from '../types';
import type { Sketch } from './lazy';
import { panelReferences } from './referenceRows';

/** The figures of the newest completed run of every claim, of each lab that has one. */
export function claimSketches({ selection, options }: Pick<BundleSource, 'selection' | 'options'>): Sketch[] {
  const newest = new Map<string, { lab: string; run: StoredClaimRun }>();
  for (const record of selection.claims) {
    if (record.kind !== 'claim_run' || record.value.outcome === null) continue;
    if (record.value.status !== 'completed') continue;
    const key = `${record.value.claim} ${record.lab}`;
    const before = newest.get(key)?.run;
    if (before === undefined || isNewer(record.value, before))
      newest.set(key, { lab: record.lab, run: record.value });
  }
  const labs = new Set([...newest.values()].map(({ lab }) => lab));
  return [...newest]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { lab, run }]) =>
      run.outcome!.figures.filter(isDrawable).map((figure): Sketch => {
        const from = labs.size > 1 ? labName(lab) : '';
        return panelSketch(figure, ['claim', claimLabel(run.claim), figure.id, from], run.id, options.theme);
      }),
    );
}

/** @param of what tells it from a figure that shows the same */
export function panelSketch(
  figure: PanelFigure,
  shows: readonly string[],
  of: string,
  theme: 'light' | 'dark',
): Sketch {
  return {
    kind: figure.kind,
    shows: shows.filter(Boolean),
    of,
    draw(id) {
      const named = { ...figure, id };
      return { ...panelFiles(named, { theme }), references: panelReferences(named) };
    },
  };
}

const isNewer = (a: StoredClaimRun, b: StoredClaimRun) =>
  a.startedUnixMs !== b.startedUnixMs ? a.startedUnixMs > b.startedUnixMs : a.id > b.id;

/** What another version of the lab wrote may have a form that this one does not know. */
function isDrawable(figure: PanelFigure): boolean {
  try {
    layoutPanels(figure);
    return true;
  } catch {
    return false;
  }
}
