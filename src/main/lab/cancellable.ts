/** Work of which one piece at a time can be cancelled by the page. */
export function cancellable() {
  let at: AbortController | null = null;
  const stop = () => at?.abort();
  return {
    /** Runs a piece of work. One that is refused because another is at work never takes that one's place. */
    async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      const own = new AbortController();
      const running = work(own.signal);
      at ??= own;
      try {
        return await running;
      } finally {
        if (at === own) at = null;
      }
    },
    cancel(): { cancelled: boolean } {
      const cancelled = at !== null;
      stop();
      return { cancelled };
    },
    stop,
  };
}
