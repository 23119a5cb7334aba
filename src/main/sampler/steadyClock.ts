/** Time as both ends of the sampler's channel take it: monotonic ns, and a timer that can be stopped. */
export interface SteadyClock {
  nowNs(): bigint;
  /** Calls back once after so many ms; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const steadyClock: SteadyClock = {
  nowNs: () => process.hrtime.bigint(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
