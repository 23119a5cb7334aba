import { Button, NativeSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CalibrationInput } from '../../../shared/calibration';
import type { MeterReport } from '../../../shared/meter';
import {
  type CalibrationDraft,
  calibratable,
  checkCalibration,
  emptyCalibration,
  type Field,
  lineText,
} from './meterForms';

const fieldWidth = 170;

/** Loads as two meters showed them, or a line that is known; what they make is shown before it is entered. */
export function CalibrationForm({
  meters,
  onAdd,
  onClose,
}: {
  meters: readonly MeterReport[];
  onAdd(input: CalibrationInput): Promise<boolean>;
  onClose(): void;
}) {
  const sensors = calibratable(meters);
  const [draft, setDraft] = useState<CalibrationDraft>({
    ...emptyCalibration,
    sensorId: sensors[0]?.value ?? '',
  });
  const set = (change: Partial<CalibrationDraft>) => setDraft({ ...draft, ...change });
  const setPair = (i: number, change: { shownW?: Field; trueW?: Field }) =>
    set({ pairs: draft.pairs.map((p, j) => (j === i ? { ...p, ...change } : p)) });
  const check = checkCalibration(draft);
  if (sensors.length === 0) {
    return (
      <div className="tw-machine-form">
        <p className="tw-machine-note">
          There is no sensor to calibrate: none was found. An estimate cannot be calibrated.
        </p>
        <div>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className="tw-machine-form"
      aria-label="New calibration"
      onSubmit={(event) => {
        event.preventDefault();
        if (check.ok) void onAdd(check.input).then((added) => added && onClose());
      }}
    >
      <NativeSelect
        label="Sensor"
        data={sensors}
        value={draft.sensorId}
        onChange={(event) => set({ sensorId: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label="What is known"
        value={draft.kind}
        onChange={(kind) => set({ kind: kind as CalibrationDraft['kind'] })}
        data={[
          { value: 'loads', label: 'Two or more loads' },
          { value: 'line', label: 'Gain and offset' },
        ]}
      />
      {draft.kind === 'loads' ? (
        <>
          {draft.pairs.map((pair, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: loads have no name but their place
            <div className="tw-machine-fields" key={i}>
              <Watts
                label={`Load ${i + 1}: sensor shows (W)`}
                value={pair.shownW}
                onChange={(shownW) => setPair(i, { shownW })}
              />
              <Watts
                label={`Load ${i + 1}: true power (W)`}
                value={pair.trueW}
                onChange={(trueW) => setPair(i, { trueW })}
              />
            </div>
          ))}
          <div>
            <Button
              variant="default"
              onClick={() => set({ pairs: [...draft.pairs, { shownW: '', trueW: '' }] })}
            >
              One more load
            </Button>
          </div>
          <div className="tw-machine-fields">
            <Watts
              label="Better meter: 1 σ (%)"
              value={draft.referencePercent}
              onChange={(referencePercent) => set({ referencePercent })}
            />
            <Watts
              label="Better meter: 1 σ (W)"
              value={draft.referenceW}
              onChange={(referenceW) => set({ referenceW })}
            />
          </div>
          <p className="tw-muted tw-machine-note">
            Both numbers must be of the same device. A wall meter sees the whole computer: to hold a graphics
            card against it, enter for both the rise over the same idle, and 0 and 0 as the second load. The
            offset is then not known, and the loss of the power supply is counted as the card’s.
          </p>
        </>
      ) : (
        <div className="tw-machine-fields">
          <NumberInput
            label="Gain (shown ÷ true)"
            min={0.2}
            max={5}
            decimalScale={5}
            step={0.01}
            value={draft.gain}
            onChange={(gain) => set({ gain })}
            w={fieldWidth}
          />
          <Watts
            label="Gain: 1 σ (%)"
            value={draft.gainPercent}
            onChange={(gainPercent) => set({ gainPercent })}
          />
          <NumberInput
            label="Offset (W)"
            min={-1000}
            max={1000}
            decimalScale={3}
            value={draft.offsetW}
            onChange={(offsetW) => set({ offsetW })}
            w={fieldWidth}
          />
          <Watts
            label="Offset: 1 σ (W)"
            value={draft.offsetSigmaW}
            onChange={(offsetSigmaW) => set({ offsetSigmaW })}
          />
        </div>
      )}
      <TextInput
        label="Better meter"
        placeholder="For example: plug under the desk, model and number"
        maxLength={200}
        value={draft.against}
        onChange={(event) => set({ against: event.currentTarget.value })}
      />
      <div className="tw-machine-fields">
        <TextInput
          type="date"
          label="Measured on"
          value={draft.date}
          onChange={(event) => set({ date: event.currentTarget.value })}
          description="Empty: today"
          w={fieldWidth}
        />
        <TextInput
          label="Note"
          maxLength={1000}
          value={draft.note}
          onChange={(event) => set({ note: event.currentTarget.value })}
          description="Anything worth keeping with it"
          style={{ flex: 1, minWidth: fieldWidth }}
        />
      </div>
      <p role="status" className={check.ok ? 'tw-machine-note' : 'tw-machine-note tw-muted'}>
        {check.ok ? `The sensor ${lineText(check.line)}.` : check.reason}
      </p>
      <div className="tw-machine-deeds">
        <Button type="submit" disabled={!check.ok}>
          Enter
        </Button>
        <Button variant="subtle" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

/** A number of watts or per cent, 0 or above. */
function Watts({ label, value, onChange }: { label: string; value: Field; onChange(value: Field): void }) {
  return (
    <NumberInput label={label} min={0} decimalScale={3} value={value} onChange={onChange} w={fieldWidth} />
  );
}
