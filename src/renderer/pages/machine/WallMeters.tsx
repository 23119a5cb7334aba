import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import {
  type WallMeterInput,
  type WallMeterView,
  wallKindFacts,
  wallMeterName,
} from '../../../shared/wallMeter';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { useMeterDeed, useMeterSettings } from './useMeterSettings';
import { WallForm } from './WallForm';
import { useWallTest, WallTestNote } from './wallTest';

/** Wall meters of the lab: added, tried, switched off, removed. */
export function WallMeters({ measuring }: { measuring: boolean }) {
  const { lab, info } = useReady();
  const { data, error } = useMeterSettings();
  const deed = useMeterDeed();
  const [adding, setAdding] = useState(false);
  const readOnly = info.readOnly !== null;
  const meters = data?.wallMeters ?? [];
  const add = async (meter: WallMeterInput): Promise<boolean> => {
    let id: string | null = null;
    return deed({
      label: 'Wall meter added',
      redo: async () => {
        if (id === null) id = (await lab.addWallMeter({ meter })).meter.id;
        else await lab.restoreWallMeter({ id });
      },
      undo: () => lab.removeWallMeter({ id: id ?? '' }),
    });
  };
  return (
    <>
      <header className="tw-machine-head">
        <h2 id="wall-meters">Wall meters</h2>
        {!adding && (
          <Button variant="default" onClick={() => setAdding(true)} disabled={readOnly}>
            Add a wall meter
          </Button>
        )}
      </header>
      {error !== null && <FailureNote failure={error} />}
      <p className="tw-muted tw-machine-note">
        A plug with a power meter sees the whole computer: processor, graphics, power supply, screen if it is
        behind the plug. Its energy is shown beside that of the chips and never added to it; where a device
        has no sensor of its own it stands in. It needs windows of a minute, so standard plans get such
        windows.
      </p>
      {data && meters.length === 0 && !adding && (
        <p className="tw-machine-note">No wall meter has been added yet.</p>
      )}
      <ul className="tw-machine-found">
        {meters.map((meter) => (
          <Row key={meter.id} meter={meter} measuring={measuring} readOnly={readOnly} />
        ))}
      </ul>
      {adding && <WallForm onAdd={add} onClose={() => setAdding(false)} measuring={measuring} />}
    </>
  );
}

function Row({
  meter,
  measuring,
  readOnly,
}: {
  meter: WallMeterView;
  measuring: boolean;
  readOnly: boolean;
}) {
  const { lab } = useReady();
  const deed = useMeterDeed();
  const { state, test } = useWallTest();
  const [lag, setLag] = useState<{ phase: 'idle' | 'running' } | { phase: 'refused'; failure: unknown }>({
    phase: 'idle',
  });
  const { id, enabled, lagS } = meter;
  const name = wallMeterName(meter);
  const enable = (on: boolean) =>
    void deed({
      label: `${name} ${on ? 'switched on' : 'switched off'}`,
      redo: () => lab.changeWallMeter({ id, enabled: on }),
      undo: () => lab.changeWallMeter({ id, enabled: !on }),
    });
  const remove = () =>
    void deed({
      label: `${name} removed`,
      redo: () => lab.removeWallMeter({ id }),
      undo: () => lab.restoreWallMeter({ id }),
    });
  const measureLag = () => {
    setLag({ phase: 'running' });
    lab.measureWallLag({ id }).then(
      () => setLag({ phase: 'idle' }),
      (failure: unknown) => setLag({ phase: 'refused', failure }),
    );
  };
  const busy = measuring || lag.phase === 'running';
  return (
    <li>
      <strong>{name}</strong>{' '}
      <span className="tw-muted">
        {wallKindFacts[meter.kind].name}, {meter.address}
        {meter.entity === null ? '' : `, ${meter.entity}`}
        {meter.channel > 0 ? `, output ${meter.channel}` : ''}
      </span>
      <div className="tw-muted">
        {lagS === null
          ? 'Its lag behind the load has not been measured: it is taken for none.'
          : `It trails the load by ${lagS.toFixed(2)} s; its readings are moved by that.`}
      </div>
      <div className="tw-machine-deeds">
        <Switch
          label="In use"
          aria-label={`${name}: in use`}
          checked={enabled}
          disabled={readOnly}
          onChange={(event) => enable(event.currentTarget.checked)}
        />
        <Button
          variant="default"
          onClick={() => test({ id })}
          disabled={busy || readOnly || state.phase === 'asking'}
          aria-label={`Test ${name}`}
        >
          Test
        </Button>
        <Button
          variant="default"
          onClick={measureLag}
          disabled={busy || readOnly}
          aria-label={`Measure lag of ${name}`}
          title="Loads the processor three times for 5 s; about 40 s in all"
        >
          Measure lag
        </Button>
        <Button variant="default" onClick={remove} disabled={readOnly} aria-label={`Remove ${name}`}>
          Remove
        </Button>
      </div>
      <div role="status">
        {lag.phase === 'running' && (
          <span className="tw-muted">Loading the processor three times for 5 s: about 40 s in all …</span>
        )}
      </div>
      {lag.phase === 'refused' && <FailureNote failure={lag.failure} />}
      <WallTestNote state={state} />
    </li>
  );
}
