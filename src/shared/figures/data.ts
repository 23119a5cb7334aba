import type { Comparison } from '../comparison';
import type { RunColumns } from '../live';
import { type CompareLayout, compareInteraction, comparePoints, layoutCompare } from './compareLayout';
import {
  type DistributionLayout,
  type DistributionRun,
  distributionInteraction,
  distributionPoints,
  layoutDistribution,
} from './distributionLayout';
import type { FigureRun } from './figureRun';
import { curveInteraction, type Interaction } from './interaction';
import { type CurveLayout, layoutCurve } from './layout';
import { type PointRow, pointRows } from './points';
import { layoutTrace, type TraceLayout, tracePoints } from './powerTraceLayout';
import type { CurveRow } from './rows';
import type { CompareSpec, CurveSpec, DistributionSpec, PowerTraceSpec } from './spec';

/** A figure: its kind, its specification and the data it is made of. */
export type FigureData =
  | { kind: 'curve-efficiency'; spec: CurveSpec; rows: readonly CurveRow[] }
  | { kind: 'power-trace'; spec: PowerTraceSpec; run: FigureRun; columns: RunColumns }
  | { kind: 'latency-distribution'; spec: DistributionSpec; runs: readonly DistributionRun[] }
  | { kind: 'compare-runs'; spec: CompareSpec; comparison: Comparison; runs: readonly FigureRun[] };

export type FigureLayout = CurveLayout | TraceLayout | DistributionLayout | CompareLayout;

/** Where everything goes, in viewBox units. Pure. Throws bad_input where more is asked for than can be told apart. */
export function layoutFigure(data: FigureData): { layout: FigureLayout; interaction: Interaction } {
  switch (data.kind) {
    case 'curve-efficiency': {
      const layout = layoutCurve(data.spec, data.rows);
      return { layout, interaction: curveInteraction(data.spec, layout) };
    }
    case 'power-trace': {
      const layout = layoutTrace(data.spec, data.run, data.columns);
      const { width, height, plot, x, y } = layout;
      return { layout, interaction: { width, height, plot, x, y, targets: [], lines: () => [] } };
    }
    case 'latency-distribution': {
      const layout = layoutDistribution(data.spec, data.runs);
      return { layout, interaction: distributionInteraction(layout) };
    }
    case 'compare-runs': {
      const layout = layoutCompare(data.spec, data.comparison, data.runs);
      return { layout, interaction: compareInteraction(data.comparison, layout) };
    }
  }
}

/** The table twin of a figure: what `<figure>.points.csv` holds. */
export function figurePoints(data: FigureData): PointRow[] {
  switch (data.kind) {
    case 'curve-efficiency':
      return pointRows(data.spec, data.rows);
    case 'power-trace':
      return tracePoints(data.spec, data.run, data.columns);
    case 'latency-distribution':
      return distributionPoints(data.spec, data.runs);
    case 'compare-runs':
      return comparePoints(data.spec, data.comparison, data.runs);
  }
}
