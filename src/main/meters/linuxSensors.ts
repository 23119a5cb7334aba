import { LabError } from '../../shared/errors';
import type {
  Health,
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  Remedy,
  SensorInfo,
} from '../../shared/meter';
import { codeOf, type MeterFiles, nodeFiles } from './files';
import type { ValueRead } from './linuxValue';
import { deviceLost, failedReading, okReading, openedMeter, unknownHealth } from './reading';

/** What a test replaces besides the environment. */
export interface LinuxEffects {
  files: MeterFiles;
  pause(ms: number): Promise<void>;
}

export const nodeEffects: LinuxEffects = {
  files: nodeFiles,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** An opened sensor. `raw` in counts (bigint) or watts (number). */
export interface Source {
  read(): ValueRead<bigint | number>;
  close(): void;
}

/** A sensor that is a file, or made of a few. */
export interface FileSensor {
  info: SensorInfo;
  /** Throws as a file call does. */
  open(): Source;
}

export interface FileMeterParts {
  id: string;
  title: string;
  effects: LinuxEffects;
  /** Every sensor there might be; nothing is read for long here. */
  find(files: MeterFiles, env: ProbeEnv): FileSensor[];
  /** Of those that read at all, the ones to offer; may take its time. */
  check?(sensors: FileSensor[], env: ProbeEnv): Promise<FileSensor[]>;
  health?(files: MeterFiles, env: ProbeEnv, sensorId: string): () => Health;
  absent: string;
  denied: Remedy;
  /** The name of what is measured, for sentences: 'the GPU'. */
  what: string;
}

/** Not there, or not on this device: no fault of the machine. */
const missing = ['ENOENT', 'ENODATA', 'EOPNOTSUPP', 'ENOTSUP', 'NOT_SUPPORTED', 'ENXIO'];
const refusals = ['EACCES', 'EPERM'];

/** A provider whose sensors are sysfs files: what all of them do alike. */
export function fileMeter(parts: FileMeterParts): MeterProvider {
  const { files } = parts.effects;
  return {
    id: parts.id,
    title: parts.title,
    platforms: ['linux'],
    probe: (env) => probe(parts, env),
    open: async (ids, env) => open(parts, parts.find(files, env), ids, env),
  };
}

async function probe(parts: FileMeterParts, env: ProbeEnv): Promise<ProbeResult> {
  const found = parts.find(parts.effects.files, env);
  const tried = found.map((sensor) => ({ sensor, error: tryOnce(sensor) }));
  const alive = tried.filter((t) => t.error === null).map((t) => t.sensor);
  const offered = parts.check === undefined ? alive : await parts.check(alive, env);
  if (offered.length > 0) return { status: 'ok', sensors: offered.map((s) => s.info) };
  const errors = tried.flatMap(({ error }) => (error === null || missing.includes(error) ? [] : [error]));
  if (errors.some((e) => refusals.includes(e))) {
    return {
      status: 'denied',
      reason: `The system measures the power of ${parts.what}, but this user may not read it.`,
      remedy: parts.denied,
    };
  }
  if (errors.length > 0) {
    return {
      status: 'broken',
      reason: `The power of ${parts.what} is there but cannot be read (${errors[0]}).`,
      remedy: null,
    };
  }
  return { status: 'absent', reason: parts.absent, remedy: null };
}

/** Null where the sensor gives a value, else why not. A state that passes (a battery on mains) is no failure. */
function tryOnce(sensor: FileSensor): string | null {
  try {
    const source = sensor.open();
    const { error } = source.read();
    source.close();
    return error === 'METER_NEEDS_DISCHARGE' ? null : error;
  } catch (error) {
    return codeOf(error);
  }
}

function open(
  parts: FileMeterParts,
  found: readonly FileSensor[],
  ids: readonly string[],
  env: ProbeEnv,
): OpenMeter {
  const sources = new Map<string, Source>();
  const closeAll = () => {
    for (const source of sources.values()) source.close();
  };
  for (const id of ids) {
    try {
      const sensor = found.find((s) => s.info.id === id);
      if (sensor === undefined) throw Object.assign(new Error(id), { code: 'ENOENT' });
      sources.set(id, sensor.open());
    } catch (error) {
      closeAll();
      throw new LabError('unsupported', `The meter ${id} can no longer be read (${codeOf(error)}).`);
    }
  }
  const readOne = (id: string): Reading => {
    const source = sources.get(id);
    const t0 = env.now();
    const read = source?.read();
    const t1 = env.now();
    if (read === undefined) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    return read.value === null
      ? failedReading(id, t0, t1, read.error, read.error === deviceLost)
      : okReading(id, t0, t1, read.value);
  };
  const health = ids[0] === undefined ? undefined : parts.health?.(parts.effects.files, env, ids[0]);
  return openedMeter(ids, readOne, { health: health ?? (() => unknownHealth), close: closeAll });
}
