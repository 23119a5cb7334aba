import { createElement, type ReactElement } from 'react';
import { claimName } from '../../../shared/claimWords';
import { LabError } from '../../../shared/errors';
import { type FigureData, type FigureLayout, layoutFigure } from '../../../shared/figures/data';
import { type DistributionRun, distributionRunOf } from '../../../shared/figures/distributionLayout';
import { Figure } from '../../../shared/figures/Figure';
import { layoutCurve } from '../../../shared/figures/layout';
import { panelFigure } from '../../../shared/figures/panels/panelFigure';
import {
  compareSpecSchema,
  curveSpecSchema,
  distributionSpecSchema,
  powerTraceSpecSchema,
} from '../../../shared/figures/spec';
import { plainText } from '../../../shared/figures/textWidth';
import { tokens } from '../../../shared/figures/tokens';
import type { RunColumns } from '../../../shared/live';
import { counted } from '../../../shared/units';
import type { PublicReader } from '../export/publicReader';
import { appVersion } from '../machine';
import { figureOf } from '../queries';
import { runColumns } from '../runColumns';
import { turnOfOthers } from '../turns';
import { conditionsOf, type ReportData, type ReportRun } from './gather';
import type { CurveWords } from './question';
import { spread } from './words';

export interface ReportFigure {
  /** Stem of the ids inside it; no two figures of a report share one. */
  id: string;
  /** What it shows and how to read it; its own caption is drawn in it. */
  about: string;
  drawing: ReactElement | null;
  /** Why there is no drawing; null where there is one. */
  refusal: string | null;
  /** Panels of a claim, which need their room. */
  ofClaim?: boolean;
}

export interface ReportFigures {
  figures: ReportFigure[];
  /** Words of the curve's lines; null where no curve is drawn. */
  curve: CurveWords[] | null;
}

/** Bounds of what is drawn, whatever the experiment measured. */
const most = { distributions: 6, together: 4, traces: 3, sensors: 4, steps: 500 };

/** The figures of an experiment: curve, comparison, distributions, power, those of its claims. Colours of the light theme. */
export async function reportFigures(reader: PublicReader, data: ReportData): Promise<ReportFigures> {
  const { curve, words } = curveOf(reader, data);
  const columns = new Map<string, RunColumns>();
  const columnsOf = async (run: ReportRun) => {
    const known = columns.get(run.run.id) ?? (await runColumns(reader, run.run.id));
    columns.set(run.run.id, known);
    await turnOfOthers();
    return known;
  };
  return {
    figures: [
      ...curve,
      ...compareOf(data),
      ...(await distributionsOf(data, columnsOf)),
      ...(await tracesOf(data, columnsOf)),
      ...claimsOf(data),
    ],
    curve: words,
  };
}

/** A figure, or the plain sentence why it cannot be drawn. Whatever else goes wrong is a fault and is thrown. */
function drawn(id: string, about: string, draw: () => ReactElement): ReportFigure {
  try {
    return { id, about, drawing: draw(), refusal: null };
  } catch (thrown) {
    if (!(thrown instanceof LabError)) throw thrown;
    return { id, about, drawing: null, refusal: thrown.failure.message };
  }
}

function figure(data: FigureData, about: string): ReportFigure {
  return drawn(data.spec.id, about, () => {
    const layout: FigureLayout = layoutFigure(data).layout;
    return createElement(Figure, { ...data, layout, tokens: tokens.light });
  });
}

function curveOf(
  reader: PublicReader,
  { id, runs }: ReportData,
): { curve: ReportFigure[]; words: CurveWords[] | null } {
  const sizes = new Set(conditionsOf(runs).flatMap((r) => r.row.parameters ?? []));
  if (sizes.size < 2) return { curve: [], words: null };
  const { spec: plain, rows } = figureOf(reader, {
    experimentId: id,
    y: 'auto',
    x: 'parameters',
    theme: 'light',
    title: null,
  });
  const spec = curveSpecSchema.parse({ ...plain, fit: { ...plain.fit, show: true } });
  const shown = rows.filter((row) => row.y !== null && row.x !== null);
  if (new Set(shown.map((row) => row.x)).size < 2) return { curve: [], words: null };
  const about = 'What one inference costs against the number of parameters, a point a condition.';
  let words: CurveWords[] | null = null;
  const curve = drawn(spec.id, about, () => {
    const layout = layoutCurve(spec, rows);
    words = layout.fits.map((fit) => ({
      title: layout.texts.title,
      annotation: fit.text,
      evidence: fit.result.kind === 'law' && fit.indicative.length === 0,
    }));
    const data = { kind: 'curve-efficiency' as const, spec, rows };
    return createElement(Figure, { ...data, layout, tokens: tokens.light });
  });
  return { curve: [curve], words };
}

function compareOf({ comparison }: ReportData): ReportFigure[] {
  if (comparison === null) return [];
  const spec = compareSpecSchema.parse({ kind: 'compare-runs', appVersion: appVersion() });
  return [
    figure(
      { kind: 'compare-runs', spec, comparison: comparison.result, runs: comparison.rows },
      'Each condition over the first one; left of 1 is less.',
    ),
  ];
}

type ColumnsOf = (run: ReportRun) => Promise<RunColumns>;

async function distributionsOf({ runs }: ReportData, columnsOf: ColumnsOf): Promise<ReportFigure[]> {
  const able = conditionsOf(runs).filter(
    ({ run }) => run.latency?.p50S.value != null && run.latency.verdict !== 'invalid',
  );
  const chosen = spread(able, most.distributions);
  const drawnRuns: DistributionRun[] = [];
  for (const run of chosen) {
    const { latency } = run.run;
    const own = distributionRunOf(run.row, await columnsOf(run), latency?.p90S ?? null);
    drawnRuns.push({ ...own, distribution: thinned(own.distribution) });
  }
  const figures = Math.ceil(drawnRuns.length / most.together);
  const each = Math.ceil(drawnRuns.length / Math.max(1, figures));
  const some =
    able.length > chosen.length
      ? ` Of ${able.length} conditions ${chosen.length} are drawn, evenly spread over the plan.`
      : '';
  return Array.from({ length: figures }, (_, i) =>
    figure(
      {
        kind: 'latency-distribution',
        spec: distributionSpecSchema.parse({
          kind: 'latency-distribution',
          id: `latency-distribution-${i + 1}`,
          appVersion: appVersion(),
        }),
        runs: drawnRuns.slice(i * each, (i + 1) * each),
      },
      `How the latencies of single inferences spread: the share of them at or below each time.${some}`,
    ),
  );
}

/** So many steps as a page can show; each share stays exact at its value. */
function thinned({ latencyS, share }: RunColumns['distribution']): RunColumns['distribution'] {
  if (latencyS.length <= most.steps) return { latencyS, share };
  const kept = spread(
    Array.from(latencyS, (_, i) => i),
    most.steps,
  );
  return {
    latencyS: Float64Array.from(kept, (i) => latencyS[i]!),
    share: Float64Array.from(kept, (i) => share[i]!),
  };
}

async function tracesOf({ runs }: ReportData, columnsOf: ColumnsOf): Promise<ReportFigure[]> {
  const able = conditionsOf(runs).filter(({ run }) => run.energy.some((e) => e.sensor !== null));
  const chosen = spread(able, most.traces);
  const figures: ReportFigure[] = [];
  for (const [i, run] of chosen.entries()) {
    const columns = await columnsOf(run);
    if (columns.power.length === 0) continue;
    const spec = powerTraceSpecSchema.parse({
      kind: 'power-trace',
      id: `power-trace-${i + 1}`,
      sensors: columns.power.slice(0, most.sensors).map((t) => t.sensor.id),
      appVersion: appVersion(),
    });
    const some = able.length > chosen.length ? `, one of ${counted(able.length, 'condition')}` : '';
    figures.push(
      figure(
        { kind: 'power-trace', spec, run: run.row, columns },
        `Power while run ${run.run.ordinal + 1} was measured${some}.`,
      ),
    );
  }
  return figures;
}

/** Figures of the newest completed runs of claims, as the claims' own pages draw them. */
function claimsOf({ claims }: ReportData): ReportFigure[] {
  return claims.flatMap(({ version, run, experiments }, i) =>
    run.status !== 'completed' || run.outcome === null
      ? []
      : run.outcome.figures.map((panels) => {
          const id = `claim-${i + 1}-${panels.id}`;
          const about = `Of the claim ${plainText(claimName(version.claim))}${experiments > 1 ? `, from all ${experiments} experiments of its run` : ''}.`;
          return { ...drawn(id, about, () => panelFigure({ ...panels, id })), ofClaim: true };
        }),
  );
}
