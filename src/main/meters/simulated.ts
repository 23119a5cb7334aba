import type { MeterProvider, OpenMeter, ProbeEnv, Reading } from '../../shared/meter';
import { madeUpSensor, type SimulatedSpec } from './madeUp';
import { deviceLost, failedReading, okReading, openedMeter, secondsBetween } from './reading';
import { SimulatedSensor } from './simulatedSensor';

/** A meter with known truth, for tests; its clock is the environment's, virtual or real. */
export function simulatedProvider(specs: readonly SimulatedSpec[]): MeterProvider {
  const infos = specs.map((spec) => madeUpSensor('simulated', 'simulated', spec));
  return {
    id: 'simulated',
    title: 'Simulated meter (test)',
    platforms: ['linux', 'darwin', 'win32'],
    probe: async () => ({ status: 'ok', sensors: infos }),
    open: async (ids, env) =>
      open(ids, env, new Map(specs.map((spec, i) => [infos[i]!.id, new SimulatedSensor(spec)]))),
  };
}

function open(
  ids: readonly string[],
  env: ProbeEnv,
  sensors: ReadonlyMap<string, SimulatedSensor>,
): OpenMeter {
  const openedNs = env.now();
  const readOne = (id: string): Reading => {
    const t0 = env.now();
    const shown = sensors.get(id)?.at(secondsBetween(openedNs, t0)) ?? 'lost';
    const t1 = env.now();
    if (shown === 'failed') return failedReading(id, t0, t1, 'EIO', false);
    if (shown === 'lost') return failedReading(id, t0, t1, deviceLost, true);
    return okReading(id, t0, t1, shown);
  };
  return openedMeter(ids, readOne);
}
