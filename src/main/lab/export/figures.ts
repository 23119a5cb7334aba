import { claimSketches } from './figures/claims';
import { comparisonSketches } from './figures/comparisons';
import { curveSketches } from './figures/curves';
import { lazily, type Sketch } from './figures/lazy';
import { namesOf } from './figures/names';
import { paretoSketches } from './figures/pareto';
import { curveRuns, selectedRows } from './figures/rows';
import { runSketches } from './figures/runs';
import type { BundleFigure, BundleSource } from './types';

/**
 * The figures of a bundle, the curve of everything first where there is one: that curve by energy and by latency, the
 * same of every experiment that is no claim's, ratios of those that compare, accuracy against cost, what the claims show,
 * and where asked for the power and the latencies of every run. Each is drawn when it is looked at. Of the same runs every lab makes the same figures.
 */
export function bundleFigures(
  source: Pick<BundleSource, 'reader' | 'selection' | 'options'>,
): BundleFigure[] {
  const { reader, selection, options } = source;
  const rows = selectedRows(reader, selection);
  const onCurves = curveRuns(selection);
  const measured = rows.filter((row) => onCurves.has(row.id));
  const ofClaims = new Set(
    selection.claims.flatMap((c) => (c.kind === 'claim_experiment' ? [c.value.experimentId] : [])),
  );
  const own = selection.experiments.filter((e) => !ofClaims.has(e.id));
  // What a claim measures answers its question: it is no ladder, and lies on a common curve only where there is nothing else.
  const ofOwn = measured.filter((row) => !ofClaims.has(row.experimentId));
  const sketches: Sketch[] = [
    ...(ofOwn.length > 0
      ? curveSketches(ofOwn, source, { brain: true })
      : curveSketches(measured, source, { brain: true, ladders: false })),
    ...(own.length > 1
      ? own.flatMap(({ id, plan }) => {
          const runs = measured.filter((row) => row.experimentId === id);
          if (new Set(runs.map((row) => row.parameters)).size < 2) return [];
          return curveSketches(runs, source, {
            shows: plan.name || 'experiment',
            title: plan.name ?? '',
            of: id,
          });
        })
      : []),
    ...own.flatMap((experiment) => comparisonSketches(experiment, rows, source)),
    ...paretoSketches(rows, source),
    ...claimSketches(source),
    ...(options.runFigures ? runSketches(rows, source) : []),
  ];
  const names = namesOf(sketches);
  return lazily(sketches.map((sketch, i) => ({ name: names[i], sketch })));
}
