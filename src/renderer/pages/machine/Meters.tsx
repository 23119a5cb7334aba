import { Badge } from '@mantine/core';
import type { MeterReport, SensorInfo } from '../../../shared/meter';
import { domainWords, provenanceWords, uncertaintyText, updateText } from '../../../shared/meterWords';
import { OriginBadge } from '../../parts/badges';
import { CopyButton } from '../../parts/CopyButton';
import { formatUtc } from '../../parts/dates';
import { Facts } from '../../parts/Facts';
import { lineText } from './meterForms';
import { meterState, remedyText } from './words';

const refusedWords = { absent: 'not there', denied: 'not allowed', broken: 'does not work' } as const;

/** Meters with their sensors; for each that cannot be read the reason and, where there is one, the remedy. */
export function Meters({ meters }: { meters: readonly MeterReport[] }) {
  const state = meterState(meters);
  const found = meters.filter((m) => m.result.status === 'ok');
  const refused = meters.filter((m) => m.result.status !== 'ok');
  return (
    <>
      {state === 'none' && (
        <p className="tw-machine-note">
          No power sensor was found: latency is measured, energy stays unknown (never 0). A rated power below
          gives an estimate, which is marked as one everywhere. A wall meter, added below, measures the whole
          computer, not the processor alone.
        </p>
      )}
      {state === 'estimate' && (
        <p className="tw-machine-note">
          No power sensor was found, so energy is an estimate from processor load and rated power. It tells a
          factor of ten apart, not ten per cent. A wall meter, added below, measures the whole computer.
        </p>
      )}
      {state === 'simulated' && (
        <p className="tw-machine-note tw-warn">
          These meters are made up for tests: their watts say nothing about this machine.
        </p>
      )}
      <ul className="tw-machine-found">
        {found.map(({ provider, title, result }) => (
          <li key={provider}>
            <strong>{title}</strong> <span className="tw-good">found</span>
            {result.status === 'ok' &&
              result.sensors.map((sensor) => <Sensor key={sensor.id} sensor={sensor} />)}
            {result.status === 'ok' &&
              result.refused?.map(({ reason, remedy }) => (
                <div key={reason}>
                  <span className="tw-warn">{reason}</span>
                  {remedy && <div className="tw-muted">{remedyText(remedy.text)}</div>}
                </div>
              ))}
          </li>
        ))}
        {refused.map(({ provider, title, result }) => (
          <li key={provider}>
            <strong>{title}</strong>{' '}
            <span className={result.status === 'absent' ? 'tw-muted' : 'tw-warn'}>
              {result.status === 'ok' ? '' : refusedWords[result.status]}
            </span>
            {result.status !== 'ok' && (
              <>
                <div>{result.reason}</div>
                {result.remedy && <div className="tw-muted">{remedyText(result.remedy.text)}</div>}
                {result.remedy?.command && (
                  <div className="tw-machine-command">
                    <code className="tw-mono">{result.remedy.command}</code>
                    <CopyButton text={result.remedy.command} label={`Copy the command for ${title}`} />
                  </div>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
      {refused.some((m) => m.result.status !== 'ok' && m.result.remedy?.command) && (
        <p className="tw-muted tw-machine-note">
          The lab never runs these commands: run them yourself in a terminal, then check again.
        </p>
      )}
    </>
  );
}

function Sensor({ sensor }: { sensor: SensorInfo }) {
  const { device, domain, provenance, origin, kind, notes, calibration } = sensor;
  return (
    <details className="tw-machine-sensor">
      <summary>
        {device.name}: {domainWords[domain]}{' '}
        {provenance === 'estimate' || origin !== 'hardware' ? (
          <OriginBadge origin={origin} />
        ) : (
          <Badge size="xs" variant="light" color={provenance === 'measured' ? 'teal' : 'blue'} autoContrast>
            {provenanceWords[provenance]}
          </Badge>
        )}
      </summary>
      <Facts
        facts={[
          ['Domain', `${domain}: ${domainWords[domain]}`],
          ['Kind of number', provenanceWords[provenance]],
          ['Reads', kind === 'counter' ? 'a counter of energy' : 'power now (a gauge)'],
          ['Updates', updateText(sensor)],
          ['Uncertainty', uncertaintyText(sensor)],
          ...(calibration
            ? ([
                [
                  'Calibration',
                  `${calibration.id}: ${lineText(calibration)}; against ${calibration.against}, ${formatUtc(calibration.atUnixMs)}`,
                ],
              ] as const)
            : []),
          ['Name in results', sensor.id],
          ['Driver', device.driver ?? 'none named'],
          ['Notes', notes.length > 0 ? notes.join('; ') : 'none'],
        ]}
      />
    </details>
  );
}
