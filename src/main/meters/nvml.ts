import { LabError } from '../../shared/errors';
import type {
  Health,
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { handleOf, identify, textOf } from './nvmlDevice';
import { nvmlReadError, nvmlRefusal } from './nvmlErrors';
import { healthReader } from './nvmlHealth';
import { loadNvml, type NvmlLibrary } from './nvmlLibrary';
import { type NvmlKind, sensorsOf, suspendedCards } from './nvmlSensors';
import { energySources, firstThatAnswers, type NvmlSource, powerSources } from './nvmlSource';
import { nvmlOk } from './nvmlTypes';
import { descendsFrom } from './processTree';
import { failedReading, okReading, openedMeter, unknownHealth } from './reading';

/** NVIDIA's management library: energy counter and power gauge of every board, without privilege. */
export const nvml: MeterProvider = {
  id: 'nvml',
  title: 'NVIDIA NVML',
  platforms: ['linux', 'win32'],
  probe: async (env) => {
    const loaded = await loadNvml(env);
    if (loaded.library === null) return missing(loaded.message);
    // Before the first call: that call wakes a sleeping card.
    const asleep = suspendedCards(env.fsRoot);
    const refused = loaded.library.fn('init')();
    if (refused !== nvmlOk) return nvmlRefusal(refused);
    try {
      return probeDevices(loaded.library, env.platform, asleep);
    } finally {
      loaded.library.fn('shutdown')();
    }
  },
  open,
};

function missing(message: string | null): ProbeResult {
  if (message === null) {
    return { status: 'absent', reason: 'There is no NVIDIA driver on this computer.', remedy: null };
  }
  return {
    status: 'broken',
    reason: `The NVIDIA library is there but does not load: ${message}.`,
    remedy: { text: 'Install or reinstall the NVIDIA driver for this system.', command: null },
  };
}

function probeDevices(library: NvmlLibrary, platform: NodeJS.Platform, asleep: string[]): ProbeResult {
  const count = new Uint32Array(1);
  const refused = library.fn('count')(count);
  if (refused !== nvmlOk) return nvmlRefusal(refused);
  const driver = textOf(80, (buffer, size) => library.fn('driverVersion')(buffer, size));
  const sensors: SensorInfo[] = [];
  let refusal: number | null = null;
  for (let index = 0; index < count[0]!; index++) {
    const device = identify(library, index);
    if (typeof device === 'number') {
      refusal ??= device;
      continue;
    }
    const found = sensorsOf(library, platform, device, typeof driver === 'string' ? driver : null, asleep);
    if (typeof found === 'number') refusal ??= found;
    else sensors.push(...found);
  }
  if (sensors.length > 0) return { status: 'ok', sensors };
  if (refusal !== null) return nvmlRefusal(refusal);
  return { status: 'absent', reason: 'The NVIDIA driver knows no GPU.', remedy: null };
}

async function open(ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const { library } = await loadNvml(env);
  if (library === null) {
    throw new LabError('unsupported', 'The NVIDIA library is gone since it was looked for.');
  }
  const refused = library.fn('init')();
  if (refused !== nvmlOk) {
    const { reason, remedy } = nvmlRefusal(refused);
    throw new LabError('unsupported', reason, remedy?.text ?? null);
  }
  const wanted = ids.map((id) => parseId(id));
  const opened = new Map<string, NvmlSource | number>();
  let health: (() => Health) | null = null;
  for (const { id, uuid, kind } of wanted) {
    const handle = handleOf(library, uuid);
    if (handle === null) {
      opened.set(id, 28);
      continue;
    }
    const sources = kind === 'energy' ? energySources : powerSources;
    opened.set(id, firstThatAnswers(sources(library, handle, env.platform)));
    // The sampler's parent is the lab, and the runner is another child of it.
    const isOurs = (pid: number) =>
      env.platform === 'linux' ? descendsFrom(pid, process.ppid, env.fsRoot) : null;
    health ??= healthReader(library, handle, env.platform, isOurs);
  }
  const readOne = (id: string): Reading => {
    const source = opened.get(id);
    const t0 = env.now();
    const code = typeof source === 'object' ? source.read() : (source ?? 28);
    const t1 = env.now();
    const raw = code === nvmlOk && typeof source === 'object' ? source.raw() : null;
    if (typeof source === 'object' && raw !== null) {
      return okReading(id, t0, t1, raw, source.sourceTimeNs());
    }
    const error = nvmlReadError(code);
    return failedReading(id, t0, t1, error.code, error.fatal);
  };
  return openedMeter(ids, readOne, {
    health: () => health?.() ?? unknownHealth,
    close: () => {
      library.fn('shutdown')();
    },
  });
}

function parseId(id: string): { id: string; uuid: string; kind: NvmlKind } {
  const [provider, uuid, kind] = id.split(':');
  if (provider !== 'nvml' || uuid === undefined || (kind !== 'energy' && kind !== 'power')) {
    throw new Error(`This is no NVML sensor: ${id}.`);
  }
  return { id, uuid, kind };
}
