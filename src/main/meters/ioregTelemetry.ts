/** What AppleSmartBattery tells of the power of a Mac, at one publication. Absent keys are null. */
export interface BatteryTelemetry {
  /** mW, at the moment of publication. */
  systemLoadMilliW: bigint | null;
  /** mW summed over samples, and how many samples. */
  loadSumMilliW: bigint | null;
  loadSamples: bigint | null;
  /** Unix s of the publication. */
  publishedUnixS: number | null;
}

/** ioreg prints negative 64-bit values as unsigned ones. */
const signed = (digits: string): bigint => BigInt.asIntN(64, BigInt(digits));

/** Parses `ioreg -rn AppleSmartBattery -w0`; null if no such battery, or one without power telemetry, is in the text. */
export function parseIoreg(text: string): BatteryTelemetry | null {
  const block = /"PowerTelemetryData"\s*=\s*\{([^}]*)\}/.exec(text)?.[1];
  if (block === undefined) return null;
  const value = (name: string): bigint | null => {
    const digits = new RegExp(`"${name}"\\s*=\\s*(-?\\d{1,20})\\b`).exec(block)?.[1];
    return digits === undefined ? null : signed(digits);
  };
  const published = /"UpdateTime"\s*=\s*(\d{1,15})\b/.exec(text)?.[1];
  return {
    systemLoadMilliW: value('SystemLoad'),
    loadSumMilliW: value('AccumulatedSystemLoad'),
    loadSamples: value('SystemLoadAccumulatorCount'),
    publishedUnixS: published === undefined ? null : Number(published),
  };
}

/** Is this another publication than the last one? */
export function isNewer(now: BatteryTelemetry, last: BatteryTelemetry): boolean {
  return (
    now.publishedUnixS !== last.publishedUnixS ||
    now.loadSamples !== last.loadSamples ||
    now.loadSumMilliW !== last.loadSumMilliW
  );
}

/**
 * Mean power (W) of the whole machine between two publications, exactly: what the sum gained over how many
 * samples it gained. Without the sum, the value of the moment. Null where neither is a power.
 */
export function meanLoadW(last: BatteryTelemetry, now: BatteryTelemetry): number | null {
  const { loadSumMilliW: sum, loadSamples: samples } = now;
  if (sum !== null && samples !== null && last.loadSumMilliW !== null && last.loadSamples !== null) {
    // Differences modulo 2⁶⁴ are right across a wrap.
    const gained = BigInt.asIntN(64, sum - last.loadSumMilliW);
    const over = BigInt.asIntN(64, samples - last.loadSamples);
    return gained > 0n && over > 0n ? Number(gained) / Number(over) / 1000 : null;
  }
  const load = now.systemLoadMilliW;
  return load !== null && load > 0n ? Number(load) / 1000 : null;
}
