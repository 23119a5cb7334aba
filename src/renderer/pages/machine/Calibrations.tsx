import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CalibrationInput, CalibrationView } from '../../../shared/calibration';
import type { MeterReport } from '../../../shared/meter';
import { useReady } from '../../lab/session';
import { Moment } from '../../parts/dates';
import { FailureNote } from '../../parts/FailureNote';
import { CalibrationForm } from './CalibrationForm';
import { lineText, sensorWords } from './meterForms';
import { useMeterDeed, useMeterSettings } from './useMeterSettings';

const stateWords: Readonly<Record<CalibrationView['state'], string>> = {
  'in force': 'in force',
  replaced: 'replaced by a newer one',
  revoked: 'revoked',
};

/** Comparisons of sensors with better meters: entered, listed, revoked. */
export function Calibrations({ meters }: { meters: readonly MeterReport[] }) {
  const { lab, info } = useReady();
  const { data, error } = useMeterSettings();
  const deed = useMeterDeed();
  const [adding, setAdding] = useState(false);
  const readOnly = info.readOnly !== null;
  const rows = data?.calibrations ?? [];
  const add = (input: CalibrationInput): Promise<boolean> => {
    let id: string | null = null;
    return deed({
      label: 'Calibration entered',
      redo: async () => {
        if (id === null) id = (await lab.addCalibration(input)).calibration.id;
        else await lab.setCalibrationRevoked({ id, revoked: false });
      },
      undo: () => lab.setCalibrationRevoked({ id: id ?? '', revoked: true }),
    });
  };
  return (
    <>
      <header className="tw-machine-head">
        <h2 id="calibrations">Calibrations</h2>
        {!adding && (
          <Button variant="default" onClick={() => setAdding(true)} disabled={readOnly}>
            Enter a calibration
          </Button>
        )}
      </header>
      {error !== null && <FailureNote failure={error} />}
      <p className="tw-muted tw-machine-note">
        A sensor that was compared with a better meter is corrected by it in every run from then on, and each
        result names the calibration. Nothing that was entered is ever changed; what is wrong is revoked, and
        results that used it keep it.
      </p>
      {data && rows.length === 0 && !adding && (
        <p className="tw-machine-note">No sensor has been calibrated yet.</p>
      )}
      {adding && <CalibrationForm meters={meters} onAdd={add} onClose={() => setAdding(false)} />}
      <ul className="tw-machine-found" aria-label="All calibrations, newest first">
        {rows.toReversed().map((view) => (
          <Row key={view.record.id} view={view} meters={meters} readOnly={readOnly} />
        ))}
      </ul>
    </>
  );
}

function Row({
  view: { record, state },
  meters,
  readOnly,
}: {
  view: CalibrationView;
  meters: readonly MeterReport[];
  readOnly: boolean;
}) {
  const { lab } = useReady();
  const deed = useMeterDeed();
  const { id, sensorId, line, against, note, atUnixMs } = record;
  const sensor = meters
    .flatMap(({ result }) => (result.status === 'ok' ? result.sensors : []))
    .find((s) => s.id === sensorId);
  const name = sensor ? sensorWords(sensor) : `${sensorId} (not found now)`;
  const revoked = state === 'revoked';
  const set = (to: boolean) =>
    void deed({
      label: `Calibration of ${name} ${to ? 'revoked' : 'back in force'}`,
      redo: () => lab.setCalibrationRevoked({ id, revoked: to }),
      undo: () => lab.setCalibrationRevoked({ id, revoked: !to }),
    });
  return (
    <li>
      <strong>{name}</strong>{' '}
      <span className={state === 'in force' ? 'tw-good' : 'tw-muted'}>{stateWords[state]}</span>
      <div>It {lineText(line)}.</div>
      <div className="tw-muted">
        Against {against}, measured <Moment unixMs={atUnixMs} />.{note ? ` ${note}` : ''}
      </div>
      <div className="tw-machine-deeds">
        <Button
          variant="default"
          disabled={readOnly}
          onClick={() => set(!revoked)}
          aria-label={`${revoked ? 'Put back' : 'Revoke'} the calibration of ${name} against ${against}`}
        >
          {revoked ? 'Put back' : 'Revoke'}
        </Button>
        <span className="tw-muted tw-mono">{id}</span>
      </div>
    </li>
  );
}
