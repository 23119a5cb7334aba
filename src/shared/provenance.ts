import type { GpuFacts } from './machine';
import type { Domain, SensorInfo } from './meter';
import type { Counts, Licence, Model } from './model';
import type { Engine, Plan, PresetName, Provider } from './plan';
import type { ReasonCode } from './reasons';
import type { PowerState, RunFacts, RunRecord, UiMode, WindowRecord } from './run';

/** A fact, or why it is not there. */
export type Item<T> = { value: T; missingReason: null } | { value: null; missingReason: string };

/** Every item of docs/method.md, section 7, that a run has once, and the shape of its value. Units in the names. */
export interface ProvenanceValues {
  'model.id': string;
  'model.name': string;
  'model.fileSha256': string;
  'model.externalData': Model['externalData'];
  /** A recipe of this lab, or where an imported file says that it comes from. */
  'model.source': string;
  'model.producer': string;
  'model.licence': Licence;
  'model.opsets': Model['opsets'];
  'model.precision': string;
  'model.inputs': RunFacts['inputs'];
  'model.outputs': NonNullable<RunFacts['outputs']>;
  'model.inputSetSha256': string;
  /** Id of the model that this one is a variant of. */
  'model.parent': string;

  'counts.convention': Counts['convention'];
  'counts.parameters': number;
  'counts.parametersNonzero': number;
  'counts.parameterBytes': number;
  'counts.fileBytes': number;
  'counts.operators': Counts['operators'];
  'counts.macs': number;
  'counts.macsEffective': number;
  'counts.macsInputEffective': number;
  'counts.optimizedGraph': number;

  'engine.onnxruntime': string;
  'engine.name': Engine;
  'engine.providerAsked': Provider;
  'engine.providerPerNode': NonNullable<RunFacts['assignment']>;
  'engine.options': Record<string, string | number | boolean>;
  'engine.graphOptimization': string;
  'engine.intraOpThreads': number;
  'engine.interOpThreads': number;
  'engine.ioBinding': boolean;
  'engine.outputSha256': string;
  'engine.outputTolerance': number;

  'device.gpus': number;
  'device.cpu': string;
  'device.logicalCores': number;
  'device.physicalCores': number;
  'device.cpuTdpW': number;
  'device.memoryBytes': number;

  'system.platform': string;
  'system.osBuild': string;
  'system.kernel': string;
  'system.kernelBuild': string;
  'system.arch': string;
  'system.node': string;
  'system.nodeOptions': string;
  'system.app': string;
  'system.appCommit': string;
  'system.appBuildSha256': string;
  'system.virtualMachine': boolean;
  'system.powerMode': string;
  'system.powerSource': 'ac' | 'battery';
  'system.batteryPct': number;
  'system.governor': string;

  'protocol.preset': PresetName;
  'protocol.numbers': RunFacts['presetNumbers'];
  'protocol.windowS': number;
  'protocol.seed': number;
  'protocol.role': RunRecord['role'];
  'protocol.placeInPlan': number;
  'protocol.entry': number;
  'protocol.block': number;
  'protocol.blocks': number;
  'protocol.position': number;
  'protocol.stopReason': NonNullable<RunFacts['stopReason']>;
  'protocol.codes': ReasonCode[];
  'protocol.page': UiMode;

  'identity.runId': string;
  'identity.experimentId': string;
  'identity.machineId': string;
  'identity.recordSha256': string;
  'identity.conditionSha256': string;
  'identity.planSha256': string;
  'identity.predictionSha256': string;
  'identity.plan': Plan;
  'identity.startedUtc': string;
  'identity.endedUtc': string;
  /** Monotonic clock of that machine, ns, as decimal digits: they go beyond what a JSON number holds. */
  'identity.startedNs': string;
  'identity.endedNs': string;
}
export type ProvenanceId = keyof ProvenanceValues;
export type ProvenanceItems = { [K in ProvenanceId]: Item<ProvenanceValues[K]> };

type Items<T> = { [K in keyof T]-?: Item<NonNullable<T[K]>> };

/** State of machine and device over one window; shares are 0 to 1. */
export interface WindowStateValues {
  tempC: number;
  clockMHz: number;
  powerLimitW: number;
  /** Share of health samples that showed each slowdown reason. */
  throttle: Record<string, number>;
  /** Share of the window, from the device's own ns counters. */
  throttleTime: Record<string, number>;
  backgroundCpu: number;
  backgroundGpu: number;
  otherGpuClients: number;
  swappedPages: number;
  majorFaults: number;
  powerBefore: PowerState;
  powerAfter: PowerState;
}

export interface WindowProvenance {
  index: number;
  slot: Item<number>;
  attempt: Item<number>;
  openNs: string;
  closeNs: string;
  inferences: number;
  verdict: WindowRecord['verdict'];
  codes: ReasonCode[];
  /** J, of each sensor that has one. */
  energyJ: Record<string, number | null>;
  state: Items<WindowStateValues>;
  recordSha256: Item<string>;
  samplesSha256: Item<string>;
}

export interface MeterProvenance {
  sensorId: string;
  domain: Domain;
  headline: boolean;
  /** The whole description; the modulus as decimal digits. */
  sensor: Omit<SensorInfo, 'modulus'> & { modulus: string | null };
  calibrationId: Item<string>;
  /** τ in s where this machine measured it; `sensor.update` has the one in use and where it is from. */
  measuredTauS: Item<number>;
  /** Gross J per inference by this sensor: with the others, the energy by every source. */
  grossJ: Item<number>;
  /** Batches of raw readings and the SHA-256 of each one's columns. */
  readings: Item<{ batches: number; columnsSha256: string[] }>;
}

/** Everything that is recorded of how a run's results came about. No host name, user name, path, place or serial number. */
export interface RunProvenance {
  schema: 'thirtywatts.provenance/1';
  /** Recorded elsewhere: part of the sample dataset. */
  sample: boolean;
  items: ProvenanceItems;
  gpus: Items<GpuFacts>[];
  windows: WindowProvenance[];
  /** Empty where the run had no meter; `noMeter` then says why. */
  meters: MeterProvenance[];
  noMeter: string | null;
}

/** What a person reads, in the order of the sections. */
export const provenanceLabels: Readonly<Record<ProvenanceId, string>> = {
  'model.id': 'Id',
  'model.name': 'Name',
  'model.fileSha256': 'SHA-256 of the file',
  'model.externalData': 'External data',
  'model.source': 'Source',
  'model.producer': 'Producer',
  'model.licence': 'Licence',
  'model.opsets': 'Opsets',
  'model.precision': 'Precision',
  'model.inputs': 'Inputs',
  'model.outputs': 'Outputs',
  'model.inputSetSha256': 'SHA-256 of the inputs',
  'model.parent': 'Parent model',
  'counts.convention': 'Convention',
  'counts.parameters': 'Parameters',
  'counts.parametersNonzero': 'Non-zero parameters',
  'counts.parameterBytes': 'Weights (B)',
  'counts.fileBytes': 'Files (B)',
  'counts.operators': 'Operators',
  'counts.macs': 'Dense MACs',
  'counts.macsEffective': 'MACs, weight not zero',
  'counts.macsInputEffective': 'MACs, weight and input not zero',
  'counts.optimizedGraph': 'Dense MACs of the optimised graph',
  'engine.onnxruntime': 'ONNX Runtime',
  'engine.name': 'Engine',
  'engine.providerAsked': 'Provider asked for',
  'engine.providerPerNode': 'Provider of the nodes',
  'engine.options': 'Options',
  'engine.graphOptimization': 'Graph optimisation',
  'engine.intraOpThreads': 'Threads inside an operator',
  'engine.interOpThreads': 'Threads across operators',
  'engine.ioBinding': 'I/O binding',
  'engine.outputSha256': 'SHA-256 of the outputs',
  'engine.outputTolerance': 'Tolerance of the outputs',
  'device.gpus': 'Graphics devices',
  'device.cpu': 'Processor',
  'device.logicalCores': 'Logical cores',
  'device.physicalCores': 'Physical cores',
  'device.cpuTdpW': 'Rated power (W)',
  'device.memoryBytes': 'Memory (B)',
  'system.platform': 'Platform',
  'system.osBuild': 'System and build',
  'system.kernel': 'Kernel',
  'system.kernelBuild': 'Kernel build',
  'system.arch': 'Architecture',
  'system.node': 'Node',
  'system.nodeOptions': 'NODE_OPTIONS',
  'system.app': 'Thirty Watts',
  'system.appCommit': 'Commit',
  'system.appBuildSha256': 'SHA-256 of the build',
  'system.virtualMachine': 'Virtual machine',
  'system.powerMode': 'Power mode',
  'system.powerSource': 'Power source',
  'system.batteryPct': 'Battery charge (%)',
  'system.governor': 'Processor governor',
  'protocol.preset': 'Preset',
  'protocol.numbers': 'Its numbers',
  'protocol.windowS': 'Window (s)',
  'protocol.seed': 'Seed',
  'protocol.role': 'Role',
  'protocol.placeInPlan': 'Place in the plan, from 0',
  'protocol.entry': 'Condition, from 0',
  'protocol.block': 'Block, from 0',
  'protocol.blocks': 'Blocks',
  'protocol.position': 'Position in its block, from 0',
  'protocol.stopReason': 'Why it stopped',
  'protocol.codes': 'Reason codes',
  'protocol.page': 'Page during windows',
  'identity.runId': 'Run',
  'identity.experimentId': 'Experiment',
  'identity.machineId': 'Machine',
  'identity.recordSha256': 'SHA-256 of the record',
  'identity.conditionSha256': 'SHA-256 of the condition',
  'identity.planSha256': 'SHA-256 of the plan',
  'identity.predictionSha256': 'SHA-256 of the prediction',
  'identity.plan': 'Plan',
  'identity.startedUtc': 'Started (UTC)',
  'identity.endedUtc': 'Ended (UTC)',
  'identity.startedNs': 'Started (monotonic, ns)',
  'identity.endedNs': 'Ended (monotonic, ns)',
};

export const provenanceSections = {
  model: 'Model',
  counts: 'Counts',
  engine: 'Engine',
  device: 'Device',
  system: 'System',
  protocol: 'Protocol',
  identity: 'Identity',
} as const;
export type ProvenanceSection = keyof typeof provenanceSections;

export const gpuLabels: Readonly<Record<keyof GpuFacts, string>> = {
  name: 'Name',
  uuid: 'UUID',
  pciBusId: 'PCI bus id',
  architecture: 'Architecture',
  memoryBytes: 'Memory (B)',
  driver: 'Driver',
  powerLimitW: 'Power limit (W)',
  defaultPowerLimitW: 'Default power limit (W)',
  persistence: 'Persistence mode',
  mig: 'MIG',
};

export const windowStateLabels: Readonly<Record<keyof WindowStateValues, string>> = {
  tempC: 'Temperature (°C)',
  clockMHz: 'Clock (MHz)',
  powerLimitW: 'Power limit (W)',
  throttle: 'Slowed down (share of samples)',
  throttleTime: 'Slowed down (share of time)',
  backgroundCpu: 'Other load on the processor (share)',
  backgroundGpu: 'Other load on the graphics device (share)',
  otherGpuClients: 'Other programs on the graphics device',
  swappedPages: 'Pages swapped',
  majorFaults: 'Page faults to disk',
  powerBefore: 'Power before',
  powerAfter: 'Power after',
};

/** The items of a section, in order, with what a person calls them. Pure. */
export function itemsOf(
  items: ProvenanceItems,
  section: ProvenanceSection,
): { id: ProvenanceId; label: string; item: Item<unknown>; text: string }[] {
  return (Object.keys(provenanceLabels) as ProvenanceId[])
    .filter((id) => id.startsWith(`${section}.`))
    .map((id) => ({ id, label: provenanceLabels[id], item: items[id], text: textOf(items, id) }));
}

type Texts = { [K in ProvenanceId]?: (value: ProvenanceValues[K]) => string };

const port = ({ name, elemType, shape }: { name: string; elemType: string; shape: readonly number[] }) =>
  `${name}: ${elemType}[${shape.join(', ')}]`;

/** Values that read better than as names and values. */
const texts: Texts = {
  'model.externalData': (files) =>
    files.length === 0 ? 'none' : files.map((f) => `${f.location}, ${f.bytes} B, ${f.sha256}`).join('; '),
  'model.licence': ({ from, name, text }) =>
    `${text} (${from === 'file' ? `${name}, beside the file` : `“${name}” in its metadata`})`,
  'model.opsets': (opsets) => opsets.map((o) => `${o.domain || 'ai.onnx'} ${o.version}`).join(', '),
  'model.inputs': (inputs) => inputs.map((input) => `${port(input)}, ${input.fill}`).join('; '),
  'model.outputs': (outputs) =>
    outputs
      .map((o) => {
        const finite = o.nonFinite === null ? 'not checked' : `${o.nonFinite} not finite`;
        return `${port(o)}, ${finite}`;
      })
      .join('; '),
  'engine.name': (name) => (name === 'capi' ? 'C API' : 'onnxruntime-node, session.run'),
  'engine.providerPerNode': (parts) =>
    parts.map((p) => `${p.provider}: ${p.nodes} nodes (${p.operators.join(', ')})`).join('; '),
  'identity.plan': (plan) => JSON.stringify(plan),
};

function textOf<K extends ProvenanceId>(items: ProvenanceItems, id: K): string {
  const item: Item<ProvenanceValues[K]> = items[id];
  const own = texts[id];
  return item.value !== null && own !== undefined ? own(item.value) : itemText(item);
}

/** A value as one line for a person; what is missing as its reason in brackets. Pure. */
export function itemText(item: Item<unknown>): string {
  return item.missingReason === null ? valueText(item.value) : `(${item.missingReason})`;
}

function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumSignificantDigits: 15 });
  if (typeof value === 'string') return value;
  if (value === null) return '–';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join('; ');
  const entries = Object.entries(value as object);
  return entries.length === 0 ? 'none' : entries.map(([k, v]) => `${k} ${valueText(v)}`).join(', ');
}
