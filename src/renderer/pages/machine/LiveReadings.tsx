import { Button } from '@mantine/core';
import { domainWords } from '../../../shared/meterWords';
import { formatEstimate, formatSi } from '../../../shared/units';
import { OriginBadge } from '../../parts/badges';
import { FailureNote } from '../../parts/FailureNote';
import { useWatch } from './useWatch';
import { sparkline, type Watched } from './watch';

/** Every meter as it reads now, at most twice a second, while the user wants it. */
export function LiveReadings({ measuring }: { measuring: boolean }) {
  const { state, watch, nowUnixMs, start, stop } = useWatch();
  const rows = [...watch.values()];
  return (
    <>
      <header className="tw-machine-head">
        <h2 id="live-readings">Live reading</h2>
        {state.phase === 'on' || state.phase === 'starting' ? (
          <Button variant="default" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button variant="default" onClick={start} disabled={measuring}>
            Start
          </Button>
        )}
      </header>
      {state.phase === 'refused' && <FailureNote failure={state.failure} />}
      <p className="tw-muted tw-machine-note" role="status">
        {state.phase === 'starting'
          ? 'Opening the meters …'
          : state.phase === 'off'
            ? (state.note ??
              (measuring
                ? 'The meters cannot be watched while the lab measures.'
                : 'What each meter shows now, for a look. Nothing is stored.'))
            : state.phase === 'on' && rows.length === 0
              ? 'Waiting for the first reading …'
              : ''}
      </p>
      {rows.length > 0 && (
        <table className="tw-machine-live">
          <thead>
            <tr>
              <th>Meter</th>
              <th data-numeric>Power</th>
              <th data-numeric>Least</th>
              <th data-numeric>Largest</th>
              <th data-numeric>Age (s)</th>
              <th>Trend, from 0 W</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.sensor.id} row={row} nowUnixMs={nowUnixMs} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const width = 150;
const height = 26;

function Row({ row, nowUnixMs }: { row: Watched; nowUnixMs: number }) {
  const { sensor, last, minW, maxW, ring } = row;
  const estimate = sensor.provenance === 'estimate';
  const watts = (value: number | null) =>
    value === null ? '–' : estimate ? formatEstimate(value, 'W') : formatSi(value, 'W');
  return (
    <tr>
      <td>
        {sensor.device}: {domainWords[sensor.domain]} <OriginBadge origin={sensor.origin} />
        {last.error !== null && <div className="tw-warn">does not answer ({last.error})</div>}
      </td>
      <td data-numeric>{watts(last.powerW)}</td>
      <td data-numeric>{watts(minW)}</td>
      <td data-numeric>{watts(maxW)}</td>
      <td data-numeric>{Math.max(0, (nowUnixMs - last.atUnixMs) / 1000).toFixed(0)}</td>
      <td>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Power of ${sensor.device} since the start, from ${watts(minW)} to ${watts(maxW)}`}
        >
          <polyline
            points={sparkline(ring, width, height)}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.2}
          />
        </svg>
      </td>
    </tr>
  );
}
