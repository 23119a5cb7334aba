import type { NvmlLibrary } from './nvmlLibrary';
import { processUtilizationLayout as layout, notFound, nvmlOk } from './nvmlTypes';

/** The driver keeps about this many samples at most. */
const mostSamples = 256;

/**
 * Reads how much of the device other programs' processes used since the last call: the largest share of the cores of
 * one of them, 0 to 100. Null where the driver does not tell, or where it is not known whose process it was.
 *
 * @param isOurs tells the lab's own processes from others; null: unknown
 */
export function otherProcesses(
  library: NvmlLibrary,
  handle: bigint,
  isOurs: (pid: number) => boolean | null,
): () => number | null {
  const bytes = new Uint8Array(layout.size * mostSamples);
  const view = new DataView(bytes.buffer);
  const count = new Uint32Array(1);
  let lastSeenUs = 0n;

  const read = (): number => {
    bytes.fill(0);
    count[0] = mostSamples;
    const code = library.fn('processUtilization')(handle, bytes, count, lastSeenUs);
    if (code !== nvmlOk) return code;
    for (let i = 0; i < samples(); i++) {
      const stampUs = view.getBigUint64(i * layout.size + layout.timeStampUs, true);
      if (stampUs > lastSeenUs) lastSeenUs = stampUs;
    }
    return code;
  };
  const samples = () => Math.min(count[0]!, mostSamples);

  // What ran before the meter was opened is nobody's background load.
  read();
  return () => {
    const code = read();
    // The driver's words for: no process used the device of late.
    if (code === notFound) return 0;
    if (code !== nvmlOk) return null;
    let largest = 0;
    for (let i = 0; i < samples(); i++) {
      const smPct = view.getUint32(i * layout.size + layout.smUtil, true);
      if (smPct === 0 || smPct > 100) continue;
      const ours = isOurs(view.getUint32(i * layout.size + layout.pid, true));
      if (ours === null) return null;
      if (!ours) largest = Math.max(largest, smPct);
    }
    return largest;
  };
}
