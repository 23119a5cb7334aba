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
import { type AdlAdapter, type PmLogSensor, pmLogLayout, pmLogValue } from './adlData';
import { type Adl, openAdl } from './adlLibrary';
import { wattsReading } from './checkedReading';
import { failedReading, openedMeter, unknownHealth } from './reading';
import { hardwareSensor } from './sensorInfo';

const mostW = 1500;
const idOf = (card: AdlAdapter) => `adl:${card.pci}:power`;

/** Power of AMD's graphics cards on Windows, without administrator. Not yet run on Windows. */
export const adl: MeterProvider = {
  id: 'adl',
  title: 'AMD Display Library',
  platforms: ['win32'],
  probe,
  open,
};

async function probe(env: ProbeEnv): Promise<ProbeResult> {
  const library = await openAdl(env);
  if ('found' in library) {
    const remedy = { text: 'Update AMD’s graphics driver.', command: null };
    return library.found
      ? { status: 'broken', reason: library.reason, remedy }
      : { status: 'absent', reason: library.reason, remedy: null };
  }
  try {
    const sensors = library.cards().flatMap((card) => {
      const source = sourceOf(library, card);
      return source === null ? [] : [describe(card, source)];
    });
    if (sensors.length > 0) return { status: 'ok', sensors };
    const reason = 'AMD’s graphics driver knows no graphics card that tells its power.';
    return { status: 'absent', reason, remedy: null };
  } finally {
    library.close();
  }
}

/** The power that a card tells: of its board, else of its chip; null if neither. */
function sourceOf(library: Adl, card: AdlAdapter): PmLogSensor | null {
  const log = new Uint8Array(pmLogLayout.size);
  if (library.log(card.index, log) !== 0) return null;
  const told = (sensor: PmLogSensor) => (pmLogValue(log, sensor) ?? 0) > 0;
  if (told('boardPowerW')) return 'boardPowerW';
  return told('asicPowerW') ? 'asicPowerW' : null;
}

function describe(card: AdlAdapter, source: PmLogSensor): SensorInfo {
  const board = source === 'boardPowerW';
  return hardwareSensor({
    id: idOf(card),
    provider: 'adl',
    device: { key: card.pci, name: card.name, driver: 'ADL' },
    domain: board ? 'gpu.board' : 'gpu.package',
    contains: board ? ['gpu.package', 'gpu.memory'] : [],
    kind: 'gauge',
    joulePerCount: null,
    update: { seconds: 1, from: 'assumed' },
    averagingS: 1,
    maxReadHz: 10,
    gainRel1s: 0.05,
    // Whole watts: 1 W / √12.
    offsetW1s: 0.3,
    maxPlausibleW: mostW,
    notes: [board ? 'value=power of the board' : 'value=power of the chip, without memory and converters'],
  });
}

async function open(ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const library = await openAdl(env);
  if ('found' in library) throw new LabError('unsupported', library.reason);
  const opened = new Map<string, { card: AdlAdapter; source: PmLogSensor }>();
  const cards = library.cards();
  for (const id of ids) {
    const card = cards.find((c) => idOf(c) === id);
    const source = card === undefined ? null : sourceOf(library, card);
    if (card === undefined || source === null) {
      library.close();
      throw new LabError('unsupported', `The power of ${id} can no longer be read.`);
    }
    opened.set(id, { card, source });
  }
  const log = new Uint8Array(pmLogLayout.size);
  let closed = false;
  const readOne = (id: string): Reading => {
    const asked = closed ? undefined : opened.get(id);
    const t0 = env.now();
    const code = asked === undefined ? -1 : library.log(asked.card.index, log);
    const t1 = env.now();
    if (asked === undefined) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    if (code !== 0) return failedReading(id, t0, t1, `ADL_${code}`, false);
    return wattsReading(id, t0, t1, pmLogValue(log, asked.source) ?? Number.NaN, mostW);
  };
  const health = (): Health => {
    const first = [...opened.values()][0];
    if (closed || first === undefined || library.log(first.card.index, log) !== 0) return unknownHealth;
    return {
      ...unknownHealth,
      tempC: pmLogValue(log, 'edgeTempC'),
      clockMHz: pmLogValue(log, 'clockMHz'),
      utilPct: pmLogValue(log, 'usePct'),
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
