import { useMemo } from 'react';
import type { RunColumns } from '../../../shared/live';
import { type ReasonCode, reasons } from '../../../shared/reasons';
import type { WindowRecord } from '../../../shared/run';
import { headerOf, numberText, scaleOf } from '../../parts/table/columns';

interface Row {
  index: number;
  durationS: number;
  inferences: number;
  p50S: number | null;
  energyJ: number | null;
  verdict: WindowRecord['verdict'];
  codes: ReasonCode[];
}

const verdictClass = { ok: 'tw-good', flagged: 'tw-warn', void: 'tw-bad' } as const;

/** Every window: how long, how many inferences, median, energy of the headline meter, and what spoiled it. */
export function WindowTable({
  windows,
  columns,
  sensorId,
}: {
  windows: readonly WindowRecord[];
  columns: RunColumns | undefined;
  sensorId: string | null;
}) {
  const rows = useMemo(() => rowsOf(windows, columns, sensorId), [windows, columns, sensorId]);
  if (rows.length === 0) return <p className="tw-muted tw-flush">No window was measured.</p>;
  const p50 = scaleOf(
    rows.map((r) => r.p50S),
    's',
  );
  const energy = scaleOf(
    rows.map((r) => r.energyJ),
    'J',
  );
  const dash = <span className="tw-muted">–</span>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys (axe: scrollable-region-focusable)
    <section className="tw-scroll" tabIndex={0} aria-label="Windows">
      <table className="tw-small-table">
        <thead>
          <tr>
            <th scope="col">Window</th>
            <th scope="col">Length (s)</th>
            <th scope="col">Inferences</th>
            <th scope="col">{headerOf('p50', p50)}</th>
            <th scope="col">{headerOf('Energy', energy)}</th>
            <th scope="col" className="tw-left">
              Verdict
            </th>
            <th scope="col" className="tw-left">
              Reasons
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.index}>
              <td>{row.index + 1}</td>
              <td>{row.durationS.toFixed(2)}</td>
              <td>{numberText(row.inferences, { scale: 1, unit: '' }, { whole: true })}</td>
              <td>{row.p50S === null ? dash : numberText(row.p50S, p50)}</td>
              <td>{row.energyJ === null ? dash : numberText(row.energyJ, energy)}</td>
              <td className={`tw-left ${verdictClass[row.verdict]}`}>{row.verdict}</td>
              <td className="tw-left">{row.codes.map((code) => reasons[code].sentence).join(' ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The record's windows with the medians of the columns. Pure. */
export function rowsOf(
  windows: readonly WindowRecord[],
  columns: RunColumns | undefined,
  sensorId: string | null,
): Row[] {
  const medians = new Map(columns?.windows.map((w) => [w.index, w.p50S]));
  return windows.map(({ index, openNs, closeNs, inferences, verdict, codes, energy }) => {
    const meter = energy.find((e) => e.sensorId === sensorId);
    return {
      index,
      durationS: Number(closeNs - openNs) / 1e9,
      inferences,
      p50S: medians.get(index) ?? null,
      energyJ: meter?.energyJ ?? null,
      verdict,
      codes: [...new Set([...codes, ...(meter?.code ? [meter.code] : [])])],
    };
  });
}
