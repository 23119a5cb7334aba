import type { Domain, MeterReport, Remedy, SensorInfo } from '../../shared/meter';
import type { Provider } from '../../shared/plan';
import type { ReasonCode } from '../../shared/reasons';
import { isShared } from './windowEnergy';

/** Which sensor gives a run its energy, and which are shown beside it. */
export interface SensorChoice {
  /** The sensor of the device that the execution provider runs on; null with the reason. */
  headline: SensorInfo | null;
  /** The other kind of sensor of the same device, to hold against the headline; null where there is none. */
  second: SensorInfo | null;
  /** Sensors of other domains, none nested in the headline or in each other. */
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
  /** Key or name of the GPU that runs the model; without it the first that has a sensor. */
  device?: string;
}

type Kind = 'cpu' | 'gpu';

const deviceDomains: Readonly<Record<Kind, readonly Domain[]>> = {
  cpu: ['cpu.package', 'soc.cpu'],
  gpu: ['gpu.board', 'gpu.package', 'soc.gpu', 'module'],
};

/** Domains worth showing beside a headline: the host's share of a GPU run, and memory. */
const besideDomains: readonly Domain[] = ['cpu.package', 'soc.cpu', 'dram', 'soc.dram'];

/** Providers of meters that see only one kind of device; a refusal of any other concerns both. */
const metersOnly: Readonly<Record<string, Kind>> = { nvml: 'gpu', rapl: 'cpu', estimate: 'cpu' };

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
  const sensors = reports.flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []));
  const kind = kindOf(provider, options.softwareDevice === true);
  const candidates = (kind === null ? [] : deviceDomains[kind])
    .flatMap((domain) => byPreference(sensors.filter((s) => s.domain === domain)))
    .filter((s) => kind === 'cpu' || options.device === undefined || isDevice(s, options.device));
  const headline = candidates.find((s) => !isShared(s)) ?? null;
  const refusal = headline === null || headline.provenance === 'estimate' ? refusalOf(reports, kind) : null;
  const said = { reason: refusal?.reason ?? null, remedy: refusal?.remedy ?? null };
  const beside = besideOf(sensors, headline);
  if (headline === null) {
    const code = candidates.length > 0 ? 'SHARED_DEVICE' : (refusal?.code ?? 'NO_SENSOR');
    return { headline, second: null, beside, codes: [code], ...said };
  }
  const codes: ReasonCode[] = [];
  if (headline.provenance === 'estimate') codes.push('ESTIMATE_ONLY');
  if (headline.notes.some((n) => n.startsWith('SCOPE_SUBSTITUTED'))) codes.push('SCOPE_SUBSTITUTED');
  const second = candidates.find(
    (s) =>
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
  if (a.domain === b.domain) return a.device.key === b.device.key;
  return a.contains.includes(b.domain) || b.contains.includes(a.domain);
}

/** DOMAIN_OVERLAP if a sum of these sensors would count some energy twice, else null. */
export function overlap(sensors: readonly SensorInfo[]): ReasonCode | null {
  return sensors.some((a, i) => sensors.slice(i + 1).some((b) => nested(a, b))) ? 'DOMAIN_OVERLAP' : null;
}

function besideOf(sensors: readonly SensorInfo[], headline: SensorInfo | null): SensorInfo[] {
  const chosen: SensorInfo[] = [];
  for (const domain of besideDomains) {
    if (headline?.domain === domain) continue;
    const best = byPreference(sensors.filter((s) => s.domain === domain && !isShared(s)))[0];
    const whole = headline === null ? chosen : [headline, ...chosen];
    if (best !== undefined && !whole.some((other) => nested(other, best))) chosen.push(best);
  }
  return chosen;
}

/** Why no real sensor of this kind of device can be used: what can be mended comes first. */
function refusalOf(
  reports: readonly MeterReport[],
  kind: Kind | null,
): { code: ReasonCode; reason: string; remedy: Remedy | null } | null {
  const codes = { denied: 'SENSOR_DENIED', broken: 'SENSOR_BROKEN', absent: 'NO_SENSOR' } as const;
  for (const status of ['denied', 'broken', 'absent'] as const) {
    const found = reports
      .filter((r) => kind !== null && (metersOnly[r.provider] ?? kind) === kind)
      .flatMap(({ result }) => (result.status === status ? [result] : []));
    // Of several absent meters, the one that can tell what to do.
    const result = found.find((r) => r.remedy !== null) ?? found[0];
    if (result !== undefined) return { code: codes[status], reason: result.reason, remedy: result.remedy };
  }
  return null;
}
