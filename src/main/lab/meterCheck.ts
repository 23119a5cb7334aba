import type { SensorInfo } from '../../shared/meter';
import type { ReasonCode } from '../../shared/reasons';
import type { Baseline } from '../../shared/stats/baseline';
import type { MeterView, ProviderMeters } from './meterSession';
import { disagree, disagreeIdle, type Seen } from './twoSources';

/** What the look at the meters under load decides for the whole run (step 6; docs/method.md, 1.2). */
export interface MeterCheck {
  /** The sensor that the run's energy comes from. */
  headline: SensorInfo | null;
  /** SOURCES_DISAGREE where the other sensor stands in: the result is limited. */
  limiting: ReasonCode[];
  /** Neither sensor gives a possible power: SENSOR_BROKEN. */
  broken: boolean;
}

/** Codes that say that a sensor's own numbers are impossible, not that a read went wrong. */
const impossible: readonly ReasonCode[] = ['STALE_SENSOR', 'ZERO_READ', 'IMPLAUSIBLE', 'COUNTER_RESET'];

/**
 * Keeps the headline, or takes the second sensor of the same device where the headline stands still, shows an impossible
 * power or differs from it by more than 5 %: of two that disagree the integrated power is the one that is trusted more
 * (kokkos-tools#295). Pure.
 */
export function meterCheck(view: MeterView, { headline, second }: ProviderMeters): MeterCheck {
  const keep: MeterCheck = { headline, limiting: [], broken: false };
  if (headline === null) return keep;
  const own = look(view, headline);
  if (second === null) return { ...keep, broken: own === 'impossible' };
  const other = look(view, second);
  if (own === 'impossible' && other === 'impossible') return { ...keep, broken: true };
  // A sensor that the check was too short for says nothing against the other.
  if (other === 'unknown' || other === 'impossible') return keep;
  const swap: MeterCheck = { headline: second, limiting: ['SOURCES_DISAGREE'], broken: false };
  if (own === 'impossible') return swap;
  return own !== 'unknown' && disagree(own, other) ? swap : keep;
}

/** Do the two sensors of the headline's device disagree over ready idle? */
export function idleDisagrees(
  found: ReadonlyMap<string, Baseline | ReasonCode>,
  { headline, second }: ProviderMeters,
): boolean {
  const [a, b] = [headline, second].map((s) => (s ? found.get(s.id) : undefined));
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return disagreeIdle(a.powerW, b.powerW);
}

function look(view: MeterView, sensor: SensorInfo): Seen | 'impossible' | 'unknown' {
  const energy = view.sensors.find((s) => s.energy.sensorId === sensor.id)?.energy;
  if (!energy || energy.fromNs === null || energy.toNs === null) return 'unknown';
  if (energy.energyJ === null)
    return energy.code !== null && impossible.includes(energy.code) ? 'impossible' : 'unknown';
  return { sensor, energyJ: energy.energyJ, seconds: Number(energy.toNs - energy.fromNs) / 1e9 };
}
