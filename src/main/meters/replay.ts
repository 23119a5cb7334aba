import type { MeterProvider, OpenMeter, ProbeEnv, Reading } from '../../shared/meter';
import { madeUpSensor, type ReplaySpec } from './madeUp';
import { failedReading, okReading, openedMeter, secondsBetween } from './reading';

/** A meter that shows a recorded series again, each value from its own time on; for tests. */
export function replayProvider(specs: readonly ReplaySpec[]): MeterProvider {
  const infos = specs.map((spec) => madeUpSensor('replay', 'replayed', spec));
  const series = new Map(specs.map((spec, i) => [infos[i]!.id, spec]));
  return {
    id: 'replay',
    title: 'Replayed meter (test)',
    platforms: ['linux', 'darwin', 'win32'],
    probe: async () => ({ status: 'ok', sensors: infos }),
    open: async (ids, env) => open(ids, env, series),
  };
}

function open(ids: readonly string[], env: ProbeEnv, series: ReadonlyMap<string, ReplaySpec>): OpenMeter {
  const openedNs = env.now();
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const spec = series.get(id);
    const shown = spec?.series.findLast(([tS]) => tS <= secondsBetween(openedNs, t0))?.[1] ?? null;
    const t1 = env.now();
    // A kind that does not fit the value is a failed read too, as a driver's nonsense would be.
    if (spec?.kind === 'gauge' && typeof shown === 'number') return okReading(id, t0, t1, shown);
    if (spec?.kind === 'counter' && typeof shown === 'string') return okReading(id, t0, t1, BigInt(shown));
    return failedReading(id, t0, t1, 'EIO', false);
  };
  return openedMeter(ids, readOne);
}
