import { LabError } from '../../shared/errors';
import type {
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { wattsReading } from './checkedReading';
import { failedReading, openedMeter } from './reading';
import { hardwareSensor } from './sensorInfo';
import { openSmc } from './smcLibrary';

const id = 'smc:system';
const key = 'PSTR';
const mostW = 1000;

/** Power of a whole Mac, as its management controller tells it, without privilege. Not yet run on a Mac. */
export const smc: MeterProvider = {
  id: 'smc',
  title: 'Apple SMC',
  platforms: ['darwin'],
  probe,
  open,
};

async function probe(env: ProbeEnv): Promise<ProbeResult> {
  const controller = await openSmc(env);
  if (typeof controller === 'string') return { status: 'absent', reason: controller, remedy: null };
  try {
    const info = controller.info(key);
    const watts = info === null ? null : controller.float(key, info);
    if (watts !== null && watts > 0) return { status: 'ok', sensors: [describe(env)] };
    return {
      status: 'absent',
      reason: 'The management controller of this Mac does not tell the power of the system (no PSTR).',
      remedy: null,
    };
  } finally {
    controller.close();
  }
}

function describe(env: ProbeEnv): SensorInfo {
  return hardwareSensor({
    id,
    provider: 'smc',
    device: { key: 'system', name: env.cpu.model, driver: 'AppleSMC' },
    domain: 'system.dc',
    contains: ['soc.cpu', 'soc.gpu', 'soc.ane', 'soc.dram'],
    kind: 'gauge',
    joulePerCount: null,
    update: { seconds: 1, from: 'assumed' },
    averagingS: 1,
    maxReadHz: 10,
    gainRel1s: 0.05,
    maxPlausibleW: mostW,
    notes: ['key=PSTR: the whole machine, screen included'],
  });
}

async function open(ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const controller = await openSmc(env);
  if (typeof controller === 'string') throw new LabError('unsupported', controller);
  const info = controller.info(key);
  if (info === null) {
    controller.close();
    throw new LabError('unsupported', 'The management controller no longer tells the power of the system.');
  }
  let closed = false;
  const readOne = (sensorId: string): Reading => {
    const t0 = env.now();
    const watts = closed || sensorId !== id ? null : controller.float(key, info);
    const t1 = env.now();
    if (closed || sensorId !== id) return failedReading(sensorId, t0, t1, 'NOT_OPEN', true);
    return watts === null
      ? failedReading(sensorId, t0, t1, 'NO_VALUE', false)
      : wattsReading(sensorId, t0, t1, watts, mostW);
  };
  return openedMeter(ids, readOne, {
    close: () => {
      if (!closed) controller.close();
      closed = true;
    },
  });
}
