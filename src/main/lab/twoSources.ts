import type { SensorInfo } from '../../shared/meter';

/** Energy that one sensor saw over a stretch. */
export interface Seen {
  sensor: SensorInfo;
  energyJ: number;
  seconds: number;
}

/** Relative difference from which two sensors of one device disagree, and W on idle. Source: docs/method.md, 4.2. */
const most = { relative: 0.05, idleW: 2, resolutions: 3 } as const;

/** Do two sensors of one device disagree over a loaded stretch: by more than 5 % and three times what both can tell apart? */
export function disagree(a: Seen, b: Seen): boolean {
  const difference = Math.abs(powerOf(a) / powerOf(b) - 1);
  return (
    difference > most.relative && difference > most.resolutions * Math.hypot(resolution(a), resolution(b))
  );
}

/** The same over ready idle, where a difference of 2 W is nothing on a card that draws 20. */
export function disagreeIdle(aW: number, bW: number): boolean {
  return Math.abs(aW - bW) > Math.max(most.relative * Math.max(aW, bW), most.idleW);
}

const powerOf = ({ energyJ, seconds }: Seen) => energyJ / seconds;

/** u_res of one window over its energy: (P·τ)²/6 for two uniform lags, q²/6 for two counter steps. Source: docs/method.md, 3.5. */
function resolution({ sensor, energyJ, seconds }: Seen): number {
  const lag = sensor.update.seconds / seconds;
  const step = (sensor.joulePerCount ?? 0) / energyJ;
  return Math.sqrt((lag * lag + step * step) / 6);
}
