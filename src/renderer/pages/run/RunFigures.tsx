import { useMediaQuery } from '@mantine/hooks';
import { useCallback } from 'react';
import type { FigureData } from '../../../shared/figures/data';
import { distributionRunOf } from '../../../shared/figures/distributionLayout';
import { distributionSpecSchema, powerTraceSpecSchema } from '../../../shared/figures/spec';
import type { Theme } from '../../../shared/figures/tokens';
import type { RunColumns } from '../../../shared/live';
import type { RunRecord } from '../../../shared/run';
import type { RunRow } from '../../../shared/runRow';
import { useReady } from '../../lab/session';
import { FigureCard } from '../../parts/figure/FigureCard';

/** Latency distribution and power trace of one run; only those that have something to draw. */
export function RunFigures({ run, row, columns }: { run: RunRecord; row: RunRow; columns: RunColumns }) {
  const appVersion = useReady().info.version;
  const stem = `run-${run.id.slice(-8)}`;
  // Side by side, the wide size would shrink its text below what can be read on a small screen.
  const size = useMediaQuery('(min-width: 1600px)') ? ('double' as const) : ('single' as const);
  const p90S = run.latency?.p90S ?? null;
  const distribution = useCallback(
    (theme: Theme): FigureData => ({
      kind: 'latency-distribution',
      spec: distributionSpecSchema.parse({ kind: 'latency-distribution', size, theme, appVersion }),
      runs: [distributionRunOf(row, columns, p90S)],
    }),
    [row, columns, p90S, appVersion, size],
  );
  const power = useCallback(
    (theme: Theme): FigureData => ({
      kind: 'power-trace',
      // Beyond four sensors the lines could not be told apart: the first four are drawn.
      spec: powerTraceSpecSchema.parse({
        kind: 'power-trace',
        size,
        theme,
        appVersion,
        sensors: columns.power.length > 4 ? columns.power.slice(0, 4).map((p) => p.sensor.id) : null,
      }),
      run: row,
      columns,
    }),
    [row, columns, appVersion, size],
  );
  return (
    <div className="tw-two">
      {columns.distribution.latencyS.length > 0 && (
        <FigureCard title="Latency distribution" file={`${stem}-latency`} data={distribution} />
      )}
      {columns.power.length > 0 && <FigureCard title="Power over time" file={`${stem}-power`} data={power} />}
    </div>
  );
}
