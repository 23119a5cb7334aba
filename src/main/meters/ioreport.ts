import { LabError } from '../../shared/errors';
import type {
  MeterProvider,
  OpenMeter,
  ProbeEnv,
  ProbeResult,
  Reading,
  SensorInfo,
} from '../../shared/meter';
import { type SocDomain, type SocGroup, socGroups } from './ioreportChannels';
import { EnergyModel } from './ioreportLibrary';
import { GainTotal } from './ioreportTotal';
import { openThermal } from './macThermal';
import { failedReading, okReading, openedMeter, unknownHealth } from './reading';
import { hardwareSensor } from './sensorInfo';

/** A sample serves every sensor that is read within this time: one edge, one sample. */
const sharedNs = 2_000_000n;
const idOf = (domain: SocDomain) => `ioreport:${domain.slice('soc.'.length)}`;

/**
 * Energy counters of Apple's chips (CPU, GPU, neural engine, memory) through IOReport, without privilege.
 * A model of the firmware, not a measurement. Not yet run on a Mac.
 */
export const ioreport: MeterProvider = {
  id: 'ioreport',
  title: 'Apple IOReport',
  platforms: ['darwin'],
  probe,
  open,
};

async function probe(env: ProbeEnv): Promise<ProbeResult> {
  const model = await EnergyModel.open(env);
  if (!(model instanceof EnergyModel)) {
    return { status: 'absent', reason: model.reason, remedy: null };
  }
  try {
    const groups = socGroups(model.channels());
    if (groups.length > 0) return { status: 'ok', sensors: groups.map((group) => describe(group, env)) };
    return {
      status: 'absent',
      reason: 'macOS reports no energy of its chip under a name and unit that the lab knows.',
      remedy: null,
    };
  } finally {
    model.close();
  }
}

function describe({ domain, channels }: SocGroup, env: ProbeEnv): SensorInfo {
  const notes = channels.map((c) => `channel=${c.name} (${c.unit.trim()})`);
  if (domain === 'soc.gpu') notes.push('without the memory of the GPU (GPU SRAM), which is counted apart');
  return hardwareSensor({
    id: idOf(domain),
    provider: 'ioreport',
    device: { key: 'soc', name: env.cpu.model, driver: 'IOReport' },
    domain,
    contains: [],
    kind: 'counter',
    provenance: 'firmware-model',
    joulePerCount: 1e-9,
    update: { seconds: 0.1, from: 'assumed' },
    averagingS: 0.1,
    maxReadHz: 10,
    edgeAlign: true,
    gainRel1s: 0.1,
    maxPlausibleW: 500,
    notes,
  });
}

async function open(ids: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const model = await EnergyModel.open(env);
  if (!(model instanceof EnergyModel)) throw new LabError('unsupported', model.reason);
  const groups = socGroups(model.channels());
  const totals = new Map<string, GainTotal>();
  for (const id of ids) {
    const group = groups.find((g) => idOf(g.domain) === id);
    if (group === undefined) {
      model.close();
      throw new LabError('unsupported', `The energy counter ${id} can no longer be read.`);
    }
    totals.set(id, new GainTotal(group.channels));
  }
  const thermal = await openThermal(env);
  let closed = false;
  let sample: { t0: bigint; t1: bigint; taken: boolean; served: Set<string> } | null = null;

  const take = () => {
    const t0 = env.now();
    const taken = !closed && addGains(model, [...totals.values()]);
    sample = { t0, t1: env.now(), taken, served: new Set() };
    return sample;
  };
  const readOne = (id: string): Reading => {
    const fresh = sample?.taken && !sample.served.has(id) && env.now() - sample.t1 < sharedNs;
    const { t0, t1, taken, served } = fresh && sample ? sample : take();
    served.add(id);
    const total = totals.get(id);
    if (closed || total === undefined) return failedReading(id, t0, t1, 'NOT_OPEN', true);
    if (!taken) return failedReading(id, t0, t1, 'NO_SAMPLE', false);
    const { nanoJ } = total;
    return nanoJ === null ? failedReading(id, t0, t1, 'INVALID_VALUE', false) : okReading(id, t0, t1, nanoJ);
  };
  return openedMeter(ids, readOne, {
    health: () => ({ ...unknownHealth, throttle: closed ? null : thermal.throttle() }),
    close: () => {
      if (closed) return;
      closed = true;
      thermal.close();
      model.close();
    },
  });
}

/** Adds what each channel gained since the last sample; false if no sample could be taken. */
function addGains(model: EnergyModel, totals: readonly GainTotal[]): boolean {
  const gains = model.gains(totals.flatMap((t) => t.channels));
  if (gains === null) return false;
  let from = 0;
  for (const total of totals) {
    total.add(gains.slice(from, from + total.channels.length));
    from += total.channels.length;
  }
  return true;
}
