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
import { countReading } from './checkedReading';
import { type IgclDevice, igclUnits, itemOf, telemetryLayout, wholeOf } from './igclData';
import { type Igcl, openIgcl } from './igclLibrary';
import { failedReading, openedMeter, unknownHealth } from './reading';
import { hardwareSensor } from './sensorInfo';

type Device = IgclDevice & { handle: bigint };
type Source = 'cardEnergy' | 'gpuEnergy';

const idOf = (device: Device) => `igcl:${device.pci}:energy`;

/** Energy counters of Intel's graphics cards on Windows, without administrator. Not yet run on Windows. */
export const igcl: MeterProvider = {
  id: 'igcl',
  title: 'Intel Graphics Control Library',
  platforms: ['win32'],
  probe,
  open,
};

async function probe(env: ProbeEnv): Promise<ProbeResult> {
  const library = await openIgcl(env);
  if ('found' in library) {
    const remedy = { text: 'Update Intel’s graphics driver.', command: null };
    return library.found
      ? { status: 'broken', reason: library.reason, remedy }
      : { status: 'absent', reason: library.reason, remedy: null };
  }
  try {
    const cards = library.devices.filter((d) => !d.integrated);
    const sensors = cards.flatMap((card) => {
      const source = sourceOf(library, card);
      return source === null ? [] : [describe(card, source)];
    });
    if (sensors.length > 0) return { status: 'ok', sensors };
    const inside = library.devices.length > cards.length;
    const reason = inside
      ? 'The Intel GPU is part of the processor: its energy is in the processor’s counter.'
      : 'Intel’s graphics driver knows no graphics card that tells its energy.';
    return { status: 'absent', reason, remedy: null };
  } finally {
    library.close();
  }
}

/** The counter that a device has: of the card, else of its chip; null if neither counts. */
function sourceOf(library: Igcl, device: Device): Source | null {
  const telemetry = new Uint8Array(telemetryLayout.size);
  if (library.telemetry(device.handle, telemetry) !== 0) return null;
  const counts = (source: Source) => (microJ(telemetry, source) ?? 0n) > 0n;
  if (counts('cardEnergy')) return 'cardEnergy';
  return counts('gpuEnergy') ? 'gpuEnergy' : null;
}

function microJ(telemetry: Uint8Array, source: Source): bigint | null {
  return wholeOf(itemOf(telemetry, telemetryLayout[source], igclUnits.joules), 1e6);
}

function describe(device: Device, source: Source): SensorInfo {
  const card = source === 'cardEnergy';
  return hardwareSensor({
    id: idOf(device),
    provider: 'igcl',
    device: { key: device.pci, name: device.name, driver: 'IGCL' },
    domain: card ? 'gpu.board' : 'gpu.package',
    contains: card ? ['gpu.package', 'gpu.memory'] : [],
    kind: 'counter',
    joulePerCount: 1e-6,
    update: { seconds: 0.1, from: 'assumed' },
    averagingS: 0.1,
    maxReadHz: 10,
    gainRel1s: 0.05,
    maxPlausibleW: 1500,
    notes: [card ? 'value=energy of the card' : 'value=energy of the chip, without memory and converters'],
  });
}

async function open(ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const library = await openIgcl(env);
  if ('found' in library) throw new LabError('unsupported', library.reason);
  const opened = new Map<string, { device: Device; source: Source }>();
  for (const id of ids) {
    const device = library.devices.find((d) => idOf(d) === id);
    const source = device === undefined ? null : sourceOf(library, device);
    if (device === undefined || source === null) {
      library.close();
      throw new LabError('unsupported', `The energy counter ${id} can no longer be read.`);
    }
    opened.set(id, { device, source });
  }
  const telemetry = new Uint8Array(telemetryLayout.size);
  let closed = false;
  const readOne = (id: string): Reading => {
    const asked = closed ? undefined : opened.get(id);
    const t0 = env.now();
    const code = asked === undefined ? -1 : library.telemetry(asked.device.handle, telemetry);
    const t1 = env.now();
    if (asked === undefined) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    if (code !== 0) return failedReading(id, t0, t1, `IGCL_${code.toString(16)}`, false);
    const counts = microJ(telemetry, asked.source);
    if (counts === null) return failedReading(id, t0, t1, 'NO_VALUE', false);
    const seconds = itemOf(telemetry, telemetryLayout.timeStamp, igclUnits.seconds);
    return countReading(id, t0, t1, counts, wholeOf(seconds, 1e9));
  };
  const health = (): Health => {
    const first = [...opened.values()][0];
    if (closed || first === undefined || library.telemetry(first.device.handle, telemetry) !== 0) {
      return unknownHealth;
    }
    return {
      ...unknownHealth,
      tempC: itemOf(telemetry, telemetryLayout.gpuTemperature, igclUnits.celsius),
      clockMHz: itemOf(telemetry, telemetryLayout.gpuClock, igclUnits.megahertz),
      throttle: telemetry[telemetryLayout.limits + 1] === 0 ? [] : ['thermal'],
    };
  };
  return openedMeter(ids, readOne, {
    health,
    close: () => {
      if (!closed) library.close();
      closed = true;
    },
  });
}
