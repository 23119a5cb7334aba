import type { Reading, SensorInfo } from '../../../shared/meter';
import type { SensorTest } from '../../../shared/selfTest';
import { quantileOfSorted } from '../../../shared/stats/quantiles';
import { ascending, mean, standardDeviation } from '../../../shared/stats/robust';
import { studentQuantile } from '../../../shared/stats/student';
import { counterEnergy } from '../../meters/counter';
import { gaugeEnergy } from '../../meters/integrate';
import { midNs, secondsBetween } from '../../meters/reading';
import { PowerSeries } from '../powerSeries';

/** Fewer changes make no period. */
const fewestChanges = 4;

/** Time between changes of the value, from readings in time order; null where it changed less than four times. Pure. */
export function tickOf(readings: readonly Reading[]): SensorTest['tick'] {
  const good = readings.filter((r) => r.raw !== null);
  const changes: bigint[] = [];
  good.forEach((r, i) => {
    if (i > 0 && r.raw !== good[i - 1]!.raw) changes.push(midNs(r));
  });
  if (changes.length < fewestChanges) return null;
  const gaps = ascending(changes.slice(1).map((ns, i) => secondsBetween(changes[i]!, ns)));
  return { shortestS: quantileOfSorted(gaps, 0.05), medianS: quantileOfSorted(gaps, 0.5) };
}

/** Mean power over the readings of one stretch and the spread of its points, W; null where too few could be read. Pure. */
export function powerOf(
  sensor: SensorInfo,
  readings: readonly Reading[],
): { meanW: number | null; sdW: number | null } {
  const series = new PowerSeries(sensor);
  series.add(readings);
  const watts = series.take().map((p) => p.powerW);
  const energy = energyOver(sensor, readings);
  return {
    meanW: energy === null ? (watts.length > 0 ? mean(watts) : null) : energy.energyJ / energy.seconds,
    sdW: watts.length > 2 ? standardDeviation(watts) : null,
  };
}

/** Energy from the first good reading to the last; null where it cannot be had. */
export function energyOver(
  sensor: SensorInfo,
  readings: readonly Reading[],
): { energyJ: number; seconds: number } | null {
  const good = readings.filter((r) => r.raw !== null && r.sensorId === sensor.id);
  const [first, last] = [good[0], good.at(-1)];
  if (!first || !last || first === last) return null;
  const [fromNs, toNs] = [midNs(first), midNs(last)];
  const seconds = secondsBetween(fromNs, toNs);
  const step =
    typeof first.raw === 'bigint' && typeof last.raw === 'bigint'
      ? counterEnergy(sensor, first.raw, last.raw, seconds)
      : gaugeEnergy(sensor, good, fromNs, toNs);
  return step.energyJ === null ? null : { energyJ: step.energyJ, seconds };
}

/**
 * Ratio of the mean power of stretches that were read often to those that were not, in pairs side by side, with its 95 %
 * interval by Student's t on logarithms; null below two pairs. Pure.
 */
export function disturbanceOf(
  pairs: readonly { oftenW: number; seldomW: number }[],
): SensorTest['disturbance'] {
  const logs = pairs
    .filter((p) => p.oftenW > 0 && p.seldomW > 0)
    .map(({ oftenW, seldomW }) => Math.log(oftenW / seldomW));
  if (logs.length < 2) return null;
  const middle = mean(logs);
  const reach = (studentQuantile(0.975, logs.length - 1) * standardDeviation(logs)) / Math.sqrt(logs.length);
  return { ratio: Math.exp(middle), low: Math.exp(middle - reach), high: Math.exp(middle + reach) };
}
