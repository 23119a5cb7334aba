import { compareSpecSchema } from '../../../../shared/figures/spec';
import { shapes } from '../../../../shared/figures/tokens';
import type { RunRow } from '../../../../shared/runRow';
import type { Experiment } from '../../../store/records';
import { comparisonSteps } from '../../compare';
import { figureFiles } from '../../figures/files';
import { appVersion } from '../../machine';
import { atOnce } from '../../turns';
import type { BundleSource } from '../types';
import type { Sketch } from './lazy';
import { onlySelected } from './rows';

/** The ratios of an experiment that measured a few conditions in turn, block by block; nothing for any other. */
export function comparisonSketches(
  { id: experimentId, plan }: Pick<Experiment, 'id' | 'plan'>,
  rows: readonly RunRow[],
  { reader, selection, options }: Pick<BundleSource, 'reader' | 'selection' | 'options'>,
): Sketch[] {
  const turns = rows.filter((r) => r.experimentId === experimentId && r.role === 'measure' && r.blocks > 1);
  const conditions = [...Map.groupBy(turns, (r) => r.entry)].toSorted(([a], [b]) => a - b);
  if (conditions.length < 2 || conditions.length > shapes.length + 1) return [];
  const chosen = conditions.map(([, own]) => first(own));
  return [
    {
      kind: 'compare-runs',
      shows: ['compare-runs', plan.name ?? ''],
      of: experimentId,
      draw(id) {
        const comparison = atOnce(
          comparisonSteps(
            onlySelected(reader, selection),
            chosen.map((r) => r.id),
          ),
        );
        const spec = compareSpecSchema.parse({
          kind: 'compare-runs',
          id,
          theme: options.theme,
          appVersion: appVersion(),
        });
        return figureFiles({ kind: 'compare-runs', spec, comparison, runs: chosen });
      },
    },
  ];
}

/** A turn stands for its condition: the first that was completed. */
const first = (turns: readonly RunRow[]) => {
  const ordered = turns.toSorted((a, b) => a.block - b.block);
  return ordered.find((t) => t.status === 'completed') ?? ordered[0];
};
