import type { SensorInfo } from '../../shared/meter';

/** How a power reading is made: update period, averaging time and share of the time it sees, in seconds. */
export type PowerSampling = Pick<SensorInfo, 'update' | 'averagingS' | 'duty'>;

const documented = (updateS: number, averagingS: number, duty: number): PowerSampling => ({
  update: { seconds: updateS, from: 'documented' },
  averagingS,
  duty,
});

/**
 * Sampling of NVIDIA's power readings per architecture: "instant" (field 186) and "usage"
 * (nvmlDeviceGetPowerUsage). Source: Yang, Adámek, Armour, arXiv 2312.02741, corrected as
 * SC24, doi 10.1109/SC41406.2024.00028. Architectures it does not cover are marked as assumed.
 *
 * @param architecture nvmlDeviceArchitecture_t, null where the driver does not tell
 * @param computeMajorMinor compute capability; 8.0 is GA100, 8.6 and later are the GA10x
 */
export function powerSampling(
  architecture: number | null,
  computeMajorMinor: readonly [number, number] | null,
): { instant: PowerSampling; usage: PowerSampling } {
  const same = (s: PowerSampling) => ({ instant: s, usage: s });
  switch (architecture) {
    case 9: // Hopper
      return { instant: documented(0.1, 0.025, 0.25), usage: documented(0.1, 1, 1) };
    case 8: // Ada
      return { instant: documented(0.1, 0.1, 1), usage: documented(0.1, 1, 1) };
    case 7: // Ampere
      return computeMajorMinor?.[1] === 0
        ? same(documented(0.1, 0.025, 0.25))
        : { instant: documented(0.1, 0.1, 1), usage: documented(0.1, 1, 1) };
    case 6: // Turing
      return same(documented(0.1, 0.1, 1));
    case 5: // Volta
    case 4: // Pascal
      return same(documented(0.02, 0.01, 0.5));
    default: {
      const assumed = (averagingS: number): PowerSampling => ({
        update: { seconds: 0.1, from: 'assumed' },
        averagingS,
        duty: 1,
      });
      return { instant: assumed(0.1), usage: assumed(1) };
    }
  }
}
