import { useState } from 'react';
import type { Input } from '../../../shared/contract';
import type { Failure } from '../../../shared/errors';
import type { WallReading } from '../../../shared/wallMeter';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { wallReadingText } from './meterForms';

export type WallTest =
  | { phase: 'idle' }
  | { phase: 'asking' }
  | { phase: 'answered'; reading: WallReading }
  | { phase: 'refused'; failure: Failure | unknown };

/** Asks a wall meter once. */
export function useWallTest(): {
  state: WallTest;
  test(which: Input<'testWallMeter'>): void;
  forget(): void;
} {
  const { lab } = useReady();
  const [state, setState] = useState<WallTest>({ phase: 'idle' });
  const test = (which: Input<'testWallMeter'>) => {
    setState({ phase: 'asking' });
    lab.testWallMeter(which).then(
      ({ reading, failure }) =>
        setState(reading ? { phase: 'answered', reading } : { phase: 'refused', failure }),
      (failure: unknown) => setState({ phase: 'refused', failure }),
    );
  };
  return { state, test, forget: () => setState({ phase: 'idle' }) };
}

/** What it answered, or why there is no answer. */
export function WallTestNote({ state }: { state: WallTest }) {
  return (
    <>
      <div role="status">
        {state.phase === 'asking' && <span className="tw-muted">Asking …</span>}
        {state.phase === 'answered' && <span className="tw-good">{wallReadingText(state.reading)}</span>}
      </div>
      {state.phase === 'refused' && <FailureNote failure={state.failure} />}
    </>
  );
}
