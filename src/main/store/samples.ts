import type { WindowSamples } from '../../shared/run';
import { sha256 } from './canonical';
import { type Codec, decodeFloats, encodeColumn } from './columns';
import type { StoredWindow } from './records';

/** The two columns of a window as they lie in its row. */
export interface SampleCells {
  starts: Uint8Array;
  starts_codec: Codec;
  durations: Uint8Array;
  durations_codec: Codec;
}

/** SHA-256 over the 64-bit floats of all starts, then all durations (ns), little-endian. */
function samplesSha256(samples: Pick<WindowSamples, 'startsNs' | 'durationsNs'>): string {
  return sha256(samples.startsNs, samples.durationsNs);
}

/** What the window's record keeps of its samples. @throws Error if the columns are no samples */
export function describeSamples(samples: WindowSamples): StoredWindow['samples'] {
  const { startsNs, durationsNs, originNs, stride, inferences } = samples;
  if (startsNs.length !== durationsNs.length) {
    throw new Error(`${startsNs.length} starts and ${durationsNs.length} durations are no samples`);
  }
  if (!startsNs.every(Number.isFinite) || !durationsNs.every((d) => d >= 0 && d < Infinity)) {
    throw new Error('samples hold a start or duration that is no time');
  }
  return { n: startsNs.length, stride, originNs, inferences, sha256: samplesSha256(samples) };
}

export function encodeSamples({ startsNs, durationsNs }: WindowSamples): SampleCells {
  const starts = encodeColumn(startsNs);
  const durations = encodeColumn(durationsNs);
  return {
    starts: starts.bytes,
    starts_codec: starts.codec,
    durations: durations.bytes,
    durations_codec: durations.codec,
  };
}

/** The samples of a stored window, or null where the columns no longer are what was stored. */
export function decodeSamples(record: StoredWindow['samples'], cells: SampleCells): WindowSamples | null {
  const { n, sha256: hash, ...rest } = record;
  try {
    const columns = {
      startsNs: decodeFloats({ n, codec: cells.starts_codec, bytes: cells.starts }),
      durationsNs: decodeFloats({ n, codec: cells.durations_codec, bytes: cells.durations }),
    };
    return samplesSha256(columns) === hash ? { ...columns, ...rest } : null;
  } catch {
    return null; // bytes that zstd or the layout refuse: rot like a wrong hash
  }
}
