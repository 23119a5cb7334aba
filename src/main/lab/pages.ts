import type { ParsedInput } from '../../shared/contract';
import type { UiMode } from '../../shared/run';

/** The windows of one run as the open pages answered them. */
export interface PageWatch {
  windowOpened(): void;
  windowClosed(): void;
  /** What the run stores; call once, when it has ended. */
  end(): UiMode;
}

/** Who shows this lab on a screen, and whether they keep quiet while a window is open (docs/method.md, 1.1). */
export interface Pages {
  /** A page has connected; the result is called when it has gone. */
  opened(): () => void;
  confirm(answer: ParsedInput<'confirmQuiet'>): void;
  /**
   * Does what a person asked for and what takes this process long (an import, a build). Never held up, but a
   * run during which it happens has not been quiet.
   */
  whileLoud<T>(work: () => Promise<T>): Promise<T>;
  /** Begins with a run. */
  watch(runId: string): PageWatch;
}

/** A page that has not answered so long after a window was announced counts as not having answered. */
const ANSWER_NS = 1_000_000_000n;

interface Window {
  announcedNs: bigint;
  /** Pages that should answer. */
  pages: number;
  quiet: number;
}

/** @param nowNs steady clock, ns */
export function createPages(nowNs: () => bigint = process.hrtime.bigint): Pages {
  let pages = 0;
  let current: { runId: string; windows: Window[]; open: boolean; normal: boolean } | null = null;
  let loud = 0;

  return {
    opened() {
      pages += 1;
      // It draws itself now, which no window was told of: its answer is asked for too, and comes too late.
      const last = current?.open ? current.windows.at(-1) : undefined;
      if (last) last.pages += 1;
      let gone = false;
      return () => {
        if (!gone) pages -= 1;
        gone = true;
      };
    },
    async whileLoud(work) {
      loud += 1;
      if (current) current.normal = true;
      try {
        return await work();
      } finally {
        loud -= 1;
      }
    },
    confirm({ runId, mode, index }) {
      if (current?.runId !== runId) return;
      const last = current.windows.at(-1);
      if (mode === 'normal') current.normal = true;
      else if (index !== null && index !== current.windows.length - 1)
        return; // late, of an earlier window
      else if (last && nowNs() - last.announcedNs <= ANSWER_NS) last.quiet += 1;
    },
    watch(runId) {
      const own: NonNullable<typeof current> = { runId, windows: [], open: false, normal: loud > 0 };
      current = own;
      return {
        windowOpened() {
          own.open = true;
          own.windows.push({ announcedNs: nowNs(), pages, quiet: 0 });
        },
        windowClosed() {
          own.open = false;
        },
        end() {
          if (current === own) current = null;
          if (own.normal) return 'normal';
          const { windows } = own;
          if (windows.length === 0) return pages > 0 ? 'unconfirmed' : 'headless';
          if (windows.some((w) => w.quiet < w.pages)) return 'unconfirmed';
          return windows.some((w) => w.quiet > 0) ? 'quiet' : 'headless';
        },
      };
    },
  };
}
