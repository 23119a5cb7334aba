import type { LatencyTrace } from '../../shared/live';
import type { RunRecord, WindowSamples } from '../../shared/run';
import { minMax } from '../../shared/stats/decimate';
import type { LabContext } from './context';
import type { MeterSession } from './meterSession';
import type { Pages } from './pages';
import { insideOf } from './samples';

/** Points of latency that one window sends. */
const POINTS_PER_WINDOW = 500;

/** What a run tells the pages while it is measured: that a window opens or has closed, and between windows what was seen. */
export interface LiveRun {
  /** Some of the trace has come: sent on, unless a window is open. */
  heard(): void;
  /** Before it opens; what is told now reaches the pages in time. */
  windowOpens(index: number): void;
  /** The runner has sent its samples, so it is not measuring now. */
  windowClosed(): void;
  /** The window is stored. */
  windowKept(record: { openNs: bigint; closeNs: bigint }, samples: WindowSamples): void;
  /** However it ended: closes what is open. @returns what the run stores of the pages */
  end(): RunRecord['uiMode'];
}

/** @param originNs hrtime ns of the run's start, which all times are told from */
export function createLive(
  { emit }: Pick<LabContext, 'emit'>,
  { id: runId, experimentId }: Pick<RunRecord, 'id' | 'experimentId'>,
  originNs: bigint,
  meters: Pick<MeterSession, 'takePower'> | null,
  pages: Pages,
): LiveRun {
  const watch = pages.watch(runId);
  let open: number | null = null;

  const send = (latency: LatencyTrace | null) => {
    const power = meters?.takePower(originNs) ?? [];
    if (latency === null && power.length === 0) return;
    emit({ type: 'samples', experimentId, runId, power, latency });
  };
  const close = () => {
    if (open === null) return;
    const index = open;
    open = null;
    watch.windowClosed();
    emit({ type: 'window', experimentId, runId, index, open: false });
  };
  return {
    heard() {
      if (open === null) send(null);
    },
    windowOpens(index) {
      open = index;
      watch.windowOpened();
      emit({ type: 'window', experimentId, runId, index, open: true });
    },
    windowClosed: close,
    windowKept: ({ openNs, closeNs }, samples) =>
      send(latencyTrace(samples, openNs, closeNs, originNs, POINTS_PER_WINDOW)),
    end() {
      close();
      return watch.end();
    },
  };
}

/** Latency of the inferences that start inside [openNs, closeNs), seconds after `originNs`, at most `most` points. */
export function latencyTrace(
  samples: WindowSamples,
  openNs: bigint,
  closeNs: bigint,
  originNs: bigint,
  most: number,
): LatencyTrace {
  const { startsNs, durationsNs } = insideOf(samples, openNs, closeNs);
  const { t, value } = minMax(startsNs, durationsNs, most);
  const shiftNs = Number(samples.originNs - originNs);
  return { tS: t.map((ns) => (ns + shiftNs) / 1e9), durationS: value.map((ns) => ns / 1e9) };
}
