import { Button, SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { assignSlots, tokens } from '../../shared/figures/tokens';
import type { TraceSensor } from '../../shared/live';
import { formatCount } from '../../shared/units';
import { isMac, useCommand } from '../commands/handlers';
import { infoOf, printKeys } from '../commands/table';
import { useReady } from '../lab/session';
import { refuse } from '../shell/toasts';
import { traces, useLive } from '../state/live';
import { useQuiet } from '../state/quiet';
import { useSettings } from '../state/settings';
import { OriginBadge } from './badges';
import { Icon } from './icons';
import { formatValue } from './numbers';
import { dashes, TracePlot, type TracePlotHandle } from './TracePlot';
import { type Columns, openGaps, sensorLabel, summaryOf, type TraceSummary, traceCsv } from './traceData';

/** Redraws a second, at most: always, and while a window is open. Source: docs/figures.md, 4.4. */
const most = { always: 10, inWindow: 4 };
/** Lines in one panel. Source: docs/figures.md, 3.4. */
const mostLines = 4;

interface Shown {
  runId: string | null;
  power: { sensor: TraceSensor; columns: Columns }[];
  latency: Columns;
}

/** What is drawn now, for the table below the picture. */
interface Row {
  key: string;
  label: string;
  slot: number;
  unit: string;
  sensor: TraceSensor | null;
  summary: TraceSummary;
}

const takeTraces = (): Shown => ({
  runId: traces.runId,
  power: [...traces.power.values()].map(({ sensor, ring }) => ({ sensor, columns: ring.columns() })),
  latency: traces.latency.columns(),
});

/** Power and latency of the run in progress. `whyNoPower`: said in place of the power where there is none. */
export function LiveTrace({ whyNoPower }: { whyNoPower: string }) {
  const { door } = useReady();
  const theme = useComputedColorScheme('light');
  const rateHz = useSettings((s) => s.updateRateHz);
  const [frozen, setFrozen] = useState(false);
  const [log, setLog] = useState(false);
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [shownRun, setShownRun] = useState<string | null>(null);
  const run = useLive((s) => s.progress?.runId ?? null);
  const shown = useRef<Shown | null>(null);
  const power = useRef<TracePlotHandle>(null);
  const latency = useRef<TracePlotHandle>(null);
  useCommand('trace.freeze', () => setFrozen((f) => !f));

  const lines = rows.filter((row) => row.sensor !== null).slice(0, mostLines);
  const drawShown = useCallback(() => {
    if (shown.current === null) return;
    const { endS, powerData, latencyData } = pictureOf(shown.current);
    power.current?.draw(powerData, endS);
    latency.current?.draw(latencyData, endS);
  }, []);
  // The panels are made by the first rows; what they show comes after.
  const some = rows.some((row) => row.summary.n > 0);
  const panels = `${some} ${lines.map((l) => l.key).join()}`;
  useEffect(() => {
    if (panels) drawShown();
  }, [panels, drawShown]);

  useEffect(() => {
    if (frozen) return;
    let drawn = -1;
    let timer = 0;
    const tick = () => {
      const hz = Math.min(rateHz, useQuiet.getState().open ? most.inWindow : most.always);
      timer = window.setTimeout(tick, 1000 / hz);
      if (traces.version === drawn || document.hidden) return;
      drawn = traces.version;
      shown.current = takeTraces();
      setRows(rowsOf(shown.current));
      setShownRun(shown.current.runId);
      drawShown();
    };
    tick();
    return () => window.clearTimeout(timer);
  }, [frozen, rateHz, drawShown]);

  const save = () => {
    // A frozen trace is saved as it is shown.
    const { runId, ...columns } = (frozen && shown.current) || takeTraces();
    const bytes = new TextEncoder().encode(traceCsv(columns.power, columns.latency));
    door.saveFile(`trace-${runId?.slice(-8) ?? 'none'}.csv`, bytes).catch(refuse);
  };
  return (
    <section
      className="tw-card tw-trace"
      aria-labelledby="trace"
      data-figure-kind="live-trace"
      data-frozen={frozen || undefined}
    >
      <div className="tw-trace-head">
        <h2 id="trace">Live trace</h2>
        {frozen ? (
          <span className="tw-warn">frozen; the run goes on</span>
        ) : (
          some &&
          shownRun !== run && <span className="tw-muted">of the last run, until the next has samples</span>
        )}
        <span className="tw-grow" />
        <SegmentedControl
          aria-label="Latency axis"
          value={log ? 'log' : 'linear'}
          onChange={(value) => setLog(value === 'log')}
          data={[
            { value: 'linear', label: 'linear' },
            { value: 'log', label: 'log' },
          ]}
        />
        <Button
          variant="default"
          aria-pressed={frozen}
          onClick={() => setFrozen(!frozen)}
          title={printKeys(infoOf('trace.freeze').keys[0], isMac)}
        >
          {frozen ? 'Follow' : 'Freeze'}
        </Button>
        <Button
          variant="default"
          disabled={!some}
          onClick={save}
          leftSection={<Icon name="save" size={14} />}
        >
          Save CSV
        </Button>
      </div>
      {some ? (
        <>
          {lines.length > 0 ? (
            <TracePlot
              handle={power}
              lines={lines}
              unit="W"
              axisLabel="Power"
              named={false}
              description="Power over the time of the run; last, least and largest values are in the table below."
              log={false}
              theme={theme}
              height={128}
            />
          ) : (
            <p className="tw-trace-none">{whyNoPower}</p>
          )}
          <TracePlot
            handle={latency}
            lines={latencyLine}
            unit="s"
            axisLabel="Latency"
            named
            description="Latency over the time of the run; last, least and largest values are in the table below."
            log={log}
            theme={theme}
            height={150}
          />
          <TraceTable rows={rows} theme={theme} />
        </>
      ) : (
        <p className="tw-trace-none tw-trace-wait">
          Power and latency of the run in progress are drawn here, from its first samples on.
        </p>
      )}
    </section>
  );
}

const latencyLine = [{ label: 'Latency of an inference', slot: 0 }];

function TraceTable({ rows, theme }: { rows: readonly Row[]; theme: 'light' | 'dark' }) {
  return (
    <table className="tw-trace-table">
      <thead>
        <tr>
          <th scope="col">Trace</th>
          <th scope="col">Last</th>
          <th scope="col">Least</th>
          <th scope="col">Largest</th>
          <th scope="col">Samples</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, label, slot, unit, sensor, summary }, i) => (
          <tr key={key}>
            <th scope="row">
              <svg width="22" height="8" aria-hidden="true">
                <line
                  x1="0"
                  x2="22"
                  y1="4"
                  y2="4"
                  stroke={tokens[theme].series[slot].text}
                  strokeWidth="2"
                  strokeDasharray={
                    sensor === null ? undefined : dashes[i % dashes.length].join(' ') || undefined
                  }
                />
              </svg>{' '}
              {label} <OriginBadge origin={sensor?.origin ?? null} />
              {sensor !== null && i >= mostLines && <span className="tw-muted"> (not drawn)</span>}
            </th>
            <td>{formatValue(summary.last, unit)}</td>
            <td>{formatValue(summary.min, unit)}</td>
            <td>{formatValue(summary.max, unit)}</td>
            <td>{formatCount(summary.n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Sensors first, then the latency, which has the first colour; the sensors take those after it. */
function rowsOf({ power, latency }: Shown): Row[] {
  const latencyKey = 'latency';
  const keys = power.slice(0, tokens.light.series.length - 1).map((p) => p.sensor.id);
  const slots = assignSlots([latencyKey, ...keys], { [latencyKey]: 0 });
  return [
    ...power.map(({ sensor, columns }) => ({
      key: sensor.id,
      label: sensorLabel(sensor),
      slot: slots.get(sensor.id) ?? 0,
      unit: 'W',
      sensor,
      summary: summaryOf(columns[1]),
    })),
    {
      key: latencyKey,
      label: 'Latency of an inference',
      slot: 0,
      unit: 's',
      sensor: null,
      summary: summaryOf(latency[1]),
    },
  ];
}

function pictureOf({ power, latency }: Shown): {
  endS: number;
  powerData: uPlot.AlignedData;
  latencyData: uPlot.AlignedData;
} {
  const drawn = power.slice(0, mostLines).map((p) => p.columns);
  const endS = Math.max(0, ...[latency, ...drawn].map(([t]) => (t.length > 0 ? t[t.length - 1] : 0)));
  const tables = drawn.map(([t, value]) => [t, openGaps(value)] as uPlot.AlignedData);
  return {
    endS,
    powerData: tables.length === 0 ? [[]] : tables.length === 1 ? tables[0] : uPlot.join(tables),
    latencyData: [latency[0], openGaps(latency[1])],
  };
}
