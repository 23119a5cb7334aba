import type { BundleProgress } from '../../../shared/bundle';
import { LabError } from '../../../shared/errors';
import { turnOfOthers } from '../turns';

/** One piece of a long work with the time that it was estimated to take. */
export interface Step {
  label: string;
  ms: number;
}

/** How often progress is told at most, ms, and how long the thread is kept at most, ms. */
const TELL_MS = 100;
const KEEP_MS = 8;

export interface Work {
  /** Begins the next step: those before it are done. */
  step(step: Step): void;
  /** Share of the step at work that is done, 0 to 1. */
  part(share: number): void;
  /** Tells progress, gives the thread to others where it was kept for long, and throws when cancelled. */
  pause(): Promise<void>;
}

/**
 * Progress of steps whose times were estimated beforehand: the share never falls, and time left is elapsed time times
 * what is left over what is done (only the estimates' ratios matter).
 * @param totalMs estimated, of all steps
 * @param nowMs a clock that only goes forward
 * @throws LabError cancelled, out of `pause`
 */
export function createWork(
  totalMs: number,
  {
    signal,
    tell,
    cancelled = () => new LabError('cancelled', 'Cancelled: nothing was kept of the bundle.'),
    nowMs = () => performance.now(),
  }: WorkEffects,
): Work {
  const begun = nowMs();
  let [done, part, share] = [0, 0, 0];
  let at: Step = { label: 'Starting', ms: 0 };
  let [told, gave] = [-Infinity, begun];
  return {
    step(step) {
      done += at.ms;
      at = step;
      part = 0;
    },
    part(of) {
      part = Math.min(1, Math.max(part, of));
    },
    async pause() {
      const now = nowMs();
      if (now - told >= TELL_MS) {
        told = now;
        share = Math.min(1, Math.max(share, (done + at.ms * part) / Math.max(1, totalMs)));
        const elapsedS = (now - begun) / 1000;
        // Too early to tell from so little.
        const leftS = share < 0.03 || elapsedS < 0.5 ? null : (elapsedS * (1 - share)) / share;
        tell({ label: at.label, share, elapsedS, leftS });
      }
      if (now - gave >= KEEP_MS) {
        await turnOfOthers();
        gave = nowMs();
      }
      if (signal?.aborted) throw cancelled();
    },
  };
}

export interface WorkEffects {
  signal?: AbortSignal;
  tell(progress: BundleProgress): void;
  /** What `pause` throws. */
  cancelled?(): LabError;
  nowMs?(): number;
}
