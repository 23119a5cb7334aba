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
  /** How many tries came before at the same planned window, and whether it was measured again. */
  attempt: number;
  again: boolean;
  tempC: number | null;
  backgroundCpu: number | null;
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
  const known = {
    temperature: rows.some((r) => r.tempC !== null),
    background: rows.some((r) => r.backgroundCpu !== null),
  };
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
            {known.temperature && <th scope="col">Device (°C)</th>}
            {known.background && <th scope="col">Other programs (% of processor)</th>}
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
              <td>
                {row.inferences > 0
                  ? numberText(row.inferences, { scale: 1, unit: '' }, { whole: true })
                  : dash}
              </td>
              <td>{row.p50S === null ? dash : numberText(row.p50S, p50)}</td>
              <td>{row.energyJ === null ? dash : numberText(row.energyJ, energy)}</td>
              {known.temperature && <td>{row.tempC === null ? dash : row.tempC.toFixed(0)}</td>}
              {known.background && (
                <td>{row.backgroundCpu === null ? dash : (100 * row.backgroundCpu).toFixed(1)}</td>
              )}
              <td className={`tw-left ${verdictClass[row.verdict]}`}>{verdictOf(row)}</td>
              <td className="tw-left">{row.codes.map((code) => reasons[code].sentence).join(' ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** `void, measured again`; `ok, second try`. Pure. */
export function verdictOf({ verdict, attempt, again }: Pick<Row, 'verdict' | 'attempt' | 'again'>): string {
  const tries = ['', ', second try', ', third try', ', fourth try'][attempt] ?? `, try ${attempt + 1}`;
  return `${verdict}${tries}${again ? ', measured again' : ''}`;
}

/** The record's windows with the medians of the columns. Pure. */
export function rowsOf(
  windows: readonly WindowRecord[],
  columns: RunColumns | undefined,
  sensorId: string | null,
): Row[] {
  const medians = new Map(columns?.windows.map((w) => [w.index, w.p50S]));
  return windows.map((window, i) => {
    const { index, openNs, closeNs, inferences, verdict, codes, energy, slot, attempt, state } = window;
    const meter = energy.find((e) => e.sensorId === sensorId);
    return {
      index,
      durationS: Number(closeNs - openNs) / 1e9,
      inferences,
      p50S: medians.get(index) ?? null,
      energyJ: meter?.energyJ ?? null,
      verdict,
      codes: [...new Set([...codes, ...(meter?.code ? [meter.code] : [])])],
      attempt: attempt ?? 0,
      again: slot !== undefined && windows[i + 1]?.slot === slot,
      tempC: state?.tempC ?? null,
      backgroundCpu: state?.backgroundCpu ?? null,
    };
  });
}
