import { useCallback, useEffect, useRef, useState } from 'react';
import { useReady } from '../../lab/session';
import { useLive } from '../../state/live';
import { useQuiet } from '../../state/quiet';
import { useSettings } from '../../state/settings';
import { addReadings, type Watch, type Watched } from './watch';

/** Draws at most so often: two a second. */
const leastMs = 500;

export type WatchState =
  | { phase: 'off'; note: string | null }
  | { phase: 'starting' }
  | { phase: 'on' }
  | { phase: 'refused'; failure: unknown };

/** Live readings of all meters while the page is open; ends with the page, with a measurement, or when the lab ends it. */
export function useWatch(): {
  state: WatchState;
  watch: Watch;
  /** When `watch` was last drawn, ms of the system's clock. */
  nowUnixMs: number;
  start(): void;
  stop(): void;
} {
  const { lab } = useReady();
  const tdpW = useSettings((s) => s.tdpW);
  const measuring = useLive((s) => s.progress !== null);
  const [state, setState] = useState<WatchState>({ phase: 'off', note: null });
  const [drawn, setDrawn] = useState<{ watch: Watch; nowUnixMs: number }>({ watch: new Map(), nowUnixMs: 0 });
  const watch = useRef(new Map<string, Watched>());
  const on = state.phase === 'on' || state.phase === 'starting';

  const stop = useCallback(() => setState({ phase: 'off', note: null }), []);

  const start = useCallback(() => {
    watch.current = new Map();
    setDrawn({ watch: new Map(), nowUnixMs: Date.now() });
    setState({ phase: 'starting' });
    lab.watchMeters({ on: true, tdpW }).then(
      ({ watching }) =>
        setState(
          watching
            ? { phase: 'on' }
            : {
                phase: 'off',
                note: 'There is no meter to read. A rated power above gives a labelled estimate.',
              },
        ),
      (failure: unknown) => setState({ phase: 'refused', failure }),
    );
  }, [lab, tdpW]);

  useEffect(() => {
    if (!on) return;
    let timer: number | null = null;
    const draw = () => {
      timer = null;
      // Nothing is drawn inside a window or behind another tab; the readings are kept all the same.
      if (useQuiet.getState().open || document.hidden) return;
      setDrawn({ watch: new Map(watch.current), nowUnixMs: Date.now() });
    };
    const unsubscribe = lab.onEvent((event) => {
      if (event.type !== 'meterReadings') return;
      if (event.readings.length === 0) {
        setState((s) =>
          s.phase === 'on'
            ? { phase: 'off', note: 'The reading has ended. It ends by itself after ten minutes.' }
            : s,
        );
        return;
      }
      addReadings(watch.current, event.readings);
      timer ??= window.setTimeout(draw, leastMs);
    });
    return () => {
      unsubscribe();
      if (timer !== null) window.clearTimeout(timer);
    };
  }, [lab, on]);

  // The user's stop and leaving the page end it; so does a measurement, which reads the meters itself.
  useEffect(() => {
    if (!on) return;
    return () => void lab.watchMeters({ on: false }).catch(() => {});
  }, [lab, on]);
  useEffect(() => {
    if (measuring && on)
      setState({ phase: 'off', note: 'A measurement has started and reads the meters itself.' });
  }, [measuring, on]);

  return { state, ...drawn, start, stop };
}
