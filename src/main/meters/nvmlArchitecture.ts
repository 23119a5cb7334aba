import type { SensorInfo } from '../../shared/meter';

/** How a power reading is made: update period, averaging time and share of the time it sees, in seconds. */
export type PowerSampling = Pick<SensorInfo, 'update' | 'averagingS' | 'duty'>;

/** Names of nvmlDeviceArchitecture_t. Source: nvml.h 13.3. */
export const architectureNames: ReadonlyMap<number, string> = new Map([
  [2, 'Kepler'],
  [3, 'Maxwell'],
  [4, 'Pascal'],
  [5, 'Volta'],
  [6, 'Turing'],
  [7, 'Ampere'],
  [8, 'Ada'],
  [9, 'Hopper'],
  [10, 'Blackwell'],
]);

const documented = (updateS: number, averagingS: number, duty: number): PowerSampling => ({
  update: { seconds: updateS, from: 'documented' },
  averagingS,
  duty,
});

const assumed = (averagingS: number): PowerSampling => ({
  update: { seconds: 0.1, from: 'assumed' },
  averagingS,
  duty: 1,
});

export interface PowerDevice {
  /** nvmlDeviceArchitecture_t, null where the driver does not tell. */
  architecture: number | null;
  /** Compute capability; 8.0 is GA100, 8.6 and later are the GA10x. */
  computeMajorMinor: readonly [number, number] | null;
  name: string;
}

/**
 * Sampling of NVIDIA's power readings per architecture: "instant" (field 186) and "usage"
 * (nvmlDeviceGetPowerUsage). Source: Yang, Adámek, Armour, arXiv 2312.02741, corrected as
 * SC24, doi 10.1109/SC41406.2024.00028. Architectures it does not cover are marked as assumed.
 */
export function powerSampling(
  { architecture, computeMajorMinor, name }: PowerDevice,
  driver: string | null,
): { instant: PowerSampling; usage: PowerSampling } {
  const same = (s: PowerSampling) => ({ instant: s, usage: s });
  // Driver 530 alone averaged over one update.
  const usageS = driver?.startsWith('530.') ? 0.1 : 1;
  switch (architecture) {
    case 9: // Hopper
      return { instant: documented(0.1, 0.025, 0.25), usage: documented(0.1, 1, 1) };
    case 8: // Ada
      return { instant: documented(0.1, 0.1, 1), usage: documented(0.1, usageS, 1) };
    case 7: // Ampere
      return computeMajorMinor?.[1] === 0
        ? same(documented(0.1, 0.025, 0.25))
        : { instant: documented(0.1, 0.1, 1), usage: documented(0.1, usageS, 1) };
    case 6: // Turing
      return same(/RTX 8000/.test(name) ? documented(0.1, 0.02, 0.2) : documented(0.1, 0.1, 1));
    case 5: // Volta
    case 4: // Pascal
      return same(documented(0.02, 0.01, 0.5));
    case 3: // Maxwell
      if (/\bM40\b/.test(name)) return same(documented(0.031, 0.014, 14 / 31));
      return same(lowPass);
    case 2: // Kepler
      return same(lowPass);
    default:
      return { instant: assumed(0.1), usage: assumed(1) };
  }
}

/** Maxwell and Kepler update every 15 to 100 ms behind a low-pass filter whose time is not published: 1 s is assumed. */
const lowPass = documented(0.1, 1, 1);
