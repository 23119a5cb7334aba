import type { Domain, MeterReport, Remedy, SensorInfo } from '../../shared/meter';
import type { Provider } from '../../shared/plan';
import type { ReasonCode } from '../../shared/reasons';
import { isShared, shortestWindowS } from './windowEnergy';

/** Which sensor gives a run its energy, and which are shown beside it. */
export interface SensorChoice {
  /**
   * The sensor of the device that the execution provider runs on; where that has none but an estimate, one of the whole
   * computer (its domain says so); null with the reason.
   */
  headline: SensorInfo | null;
  /** The other kind of sensor of the same device, to hold against the headline; null where there is none. */
  second: SensorInfo | null;
  /**
   * Sensors of other domains, to be shown beside the headline and never added to it: parts that lie beside it and each
   * other, then those of the whole computer, which contain it.
   */
  beside: SensorInfo[];
  /** What the choice itself says about the energy: why there is none, or ESTIMATE_ONLY, SCOPE_SUBSTITUTED. */
  codes: ReasonCode[];
  /** For a person, where a better meter exists but is not usable: why, and what to do. */
  reason: string | null;
  remedy: Remedy | null;
}

export interface ChooseOptions {
  /** The provider runs on the processor after all (WebGPU on a software device). */
  softwareDevice?: boolean;
  /** The machine runs on its battery now: only then does the battery tell its power. */
  onBattery?: boolean;
  /** Length of the plan's windows, s: a sensor that cannot see so short ones takes the place of no estimate. */
  windowS?: number;
  /** Key or name of the GPU that runs the model; without it the first that has a sensor. */
  device?: string;
}

type Kind = 'cpu' | 'gpu';

const deviceDomains: Readonly<Record<Kind, readonly Domain[]>> = {
  cpu: ['cpu.package', 'soc.cpu'],
  gpu: ['gpu.board', 'gpu.package', 'soc.gpu', 'module'],
};

/** Domains worth showing beside a headline: the host's share of a GPU run, memory, the parts of a chip. */
const besideDomains: readonly Domain[] = ['cpu.package', 'soc.cpu', 'soc.gpu', 'soc.ane', 'dram', 'soc.dram'];

/** The whole computer, best first. Stands in as headline where the device itself has no sensor; psys never does. */
const wholeDomains: readonly Domain[] = ['wall.ac', 'battery.dc', 'system.dc'];
const wholeBeside: readonly Domain[] = ['platform.psys', ...wholeDomains];

/** Providers of meters that see only one kind of device; a refusal of any other concerns both. */
const metersOnly: Readonly<Record<string, Kind>> = {
  nvml: 'gpu',
  amdgpu: 'gpu',
  'intel-gpu': 'gpu',
  adl: 'gpu',
  igcl: 'gpu',
  rapl: 'cpu',
  perf: 'cpu',
  emi: 'cpu',
  pdh: 'cpu',
  estimate: 'cpu',
};
/** Meters of the whole computer: that they are not there is no reason why a device has no sensor. */
const wholeMeters: ReadonlySet<string> = new Set([
  'wall',
  'battery',
  'windowsbattery',
  'hwmon',
  'smc',
  'ioreg',
]);

/**
 * What lies inside what, whoever reads it; sensors add what only they contain (an APU's graphics the processor, a module
 * the processor beside its GPU). `dram` lies beside the package; the parts of Apple's chips lie beside each other.
 * Source: docs/method.md, 3.4.
 */
const graphics: readonly Domain[] = ['gpu.board', 'gpu.package', 'gpu.memory'];
const processor: readonly Domain[] = ['cpu.package', 'cpu.cores', 'cpu.uncore'];
const chip: readonly Domain[] = ['soc.cpu', 'soc.gpu', 'soc.ane', 'soc.dram'];
const everyPart: readonly Domain[] = [...graphics, 'module', ...processor, 'dram', ...chip, 'platform.psys'];
export const containment: Readonly<Record<Domain, readonly Domain[]>> = {
  'wall.ac': [...everyPart, 'system.dc', 'battery.dc'],
  // Behind the power supply and from the battery are one flow of energy, met at two places.
  'system.dc': [...everyPart, 'battery.dc'],
  'battery.dc': [...everyPart, 'system.dc'],
  'platform.psys': [...processor, 'dram'],
  module: graphics,
  'gpu.board': ['gpu.package', 'gpu.memory'],
  'gpu.package': [],
  'gpu.memory': [],
  'cpu.package': ['cpu.cores', 'cpu.uncore'],
  'cpu.cores': [],
  'cpu.uncore': [],
  dram: [],
  'soc.cpu': [],
  'soc.gpu': [],
  'soc.ane': [],
  'soc.dram': [],
};

/** Sensors of what an execution provider runs on; null: no meter of that device is known to the lab yet. */
function kindOf(provider: Provider, softwareDevice: boolean): Kind | null {
  if (provider === 'cpu' || softwareDevice) return 'cpu';
  return provider === 'coreml' ? null : 'gpu';
}

/** Chooses before the first window, by the probes alone; the choice holds for the whole run. */
export function chooseSensors(
  reports: readonly MeterReport[],
  provider: Provider,
  options: ChooseOptions = {},
): SensorChoice {
  const sensors = reports
    .flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []))
    .filter((s) => s.domain !== 'battery.dc' || options.onBattery === true);
  const kind = kindOf(provider, options.softwareDevice === true);
  const candidates = (kind === null ? [] : deviceDomains[kind])
    .flatMap((domain) => byPreference(sensors.filter((s) => s.domain === domain)))
    .filter((s) => kind === 'cpu' || options.device === undefined || isDevice(s, options.device));
  const own = candidates.find((s) => !isShared(s)) ?? null;
  const { windowS = Number.POSITIVE_INFINITY } = options;
  const seeing = sensors.filter((s) => shortestWindowS(s) <= windowS);
  const headline =
    own !== null && own.provenance !== 'estimate' ? own : (wholeOf(seeing) ?? own ?? wholeOf(sensors));
  const standsIn = headline !== null && headline !== own;
  const refusal =
    headline === null || standsIn || headline.provenance === 'estimate' ? refusalOf(reports, kind) : null;
  const said = { reason: refusal?.reason ?? null, remedy: refusal?.remedy ?? null };
  const beside = besideOf(sensors, headline);
  if (headline === null) {
    const code = candidates.length > 0 ? 'SHARED_DEVICE' : (refusal?.code ?? 'NO_SENSOR');
    return { headline, second: null, beside, codes: [code], ...said };
  }
  const codes: ReasonCode[] = [];
  if (headline.provenance === 'estimate') codes.push('ESTIMATE_ONLY');
  if (headline.notes.some((n) => n.startsWith('SCOPE_SUBSTITUTED'))) codes.push('SCOPE_SUBSTITUTED');
  const second = sensors.find(
    (s) =>
      s !== headline &&
      s.device.key === headline.device.key &&
      s.domain === headline.domain &&
      s.kind !== headline.kind &&
      s.provenance === headline.provenance,
  );
  return { headline, second: second ?? null, beside, codes, ...said };
}

const isDevice = (s: SensorInfo, device: string) => s.device.key === device || s.device.name === device;

/** Measured counter, measured gauge, firmware model, estimate. */
function byPreference(sensors: readonly SensorInfo[]): SensorInfo[] {
  const rank = (s: SensorInfo) => {
    if (s.provenance === 'measured') return s.kind === 'counter' ? 0 : 1;
    return s.provenance === 'firmware-model' ? 2 : 3;
  };
  return [...sensors].sort((a, b) => rank(a) - rank(b));
}

/** Does one of the two hold the other's energy? Such sensors are never added or shown as parts of one whole. */
export function nested(a: SensorInfo, b: SensorInfo): boolean {
  if (a.domain === b.domain) {
    // An estimate knows no device apart from others: it is of the whole domain.
    return a.device.key === b.device.key || a.provenance === 'estimate' || b.provenance === 'estimate';
  }
  // A board holds its own chip and memory, not those of another card.
  if (graphics.includes(a.domain) && graphics.includes(b.domain) && a.device.key !== b.device.key)
    return false;
  if (a.contains.includes(b.domain) || b.contains.includes(a.domain)) return true;
  return containment[a.domain].includes(b.domain) || containment[b.domain].includes(a.domain);
}

/** DOMAIN_OVERLAP if a sum of these sensors would count some energy twice, else null. */
export function overlap(sensors: readonly SensorInfo[]): ReasonCode | null {
  return sensors.some((a, i) => sensors.slice(i + 1).some((b) => nested(a, b))) ? 'DOMAIN_OVERLAP' : null;
}

function besideOf(sensors: readonly SensorInfo[], headline: SensorInfo | null): SensorInfo[] {
  const usable = sensors.filter((s) => !isShared(s));
  const whole = headline !== null && wholeDomains.includes(headline.domain);
  const parts: SensorInfo[] = headline === null || whole ? [] : [headline];
  for (const domain of besideDomains) {
    if (headline?.domain === domain) continue;
    const best = byPreference(usable.filter((s) => s.domain === domain))[0];
    if (best !== undefined && !parts.some((other) => nested(other, best))) parts.push(best);
  }
  const wholes = wholeBeside.flatMap((domain) => {
    const own = usable.filter((s) => s.domain === domain);
    const devices = [...new Set(own.map((s) => s.device.key))];
    return devices.map((key) => byPreference(own.filter((s) => s.device.key === key))[0]!);
  });
  return [...parts, ...wholes].filter(
    (s) => !(headline !== null && s.domain === headline.domain && s.device.key === headline.device.key),
  );
}

/** A sensor of the whole computer that may stand in for a device without one. */
function wholeOf(sensors: readonly SensorInfo[]): SensorInfo | null {
  for (const domain of wholeDomains) {
    const best = byPreference(sensors.filter((s) => s.domain === domain && !isShared(s)))[0];
    if (best !== undefined && best.provenance !== 'estimate') return best;
  }
  return null;
}

/** Why no real sensor of this kind of device can be used: what can be mended comes first. */
function refusalOf(
  reports: readonly MeterReport[],
  kind: Kind | null,
): { code: ReasonCode; reason: string; remedy: Remedy | null } | null {
  const codes = { denied: 'SENSOR_DENIED', broken: 'SENSOR_BROKEN', absent: 'NO_SENSOR' } as const;
  for (const status of ['denied', 'broken', 'absent'] as const) {
    const found = reports
      .filter((r) => !wholeMeters.has(r.provider))
      .filter((r) => kind !== null && (metersOnly[r.provider] ?? kind) === kind)
      .flatMap(({ result }) => (result.status === status ? [result] : []));
    // Of several absent meters, the one that can tell what to do.
    const result = found.find((r) => r.remedy !== null) ?? found[0];
    if (result !== undefined) return { code: codes[status], reason: result.reason, remedy: result.remedy };
  }
  return null;
}
