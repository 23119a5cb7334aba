import type { GpuFacts, Machine } from '../../shared/machine';
import type { SensorInfo } from '../../shared/meter';
import type { Model } from '../../shared/model';
import type { Plan } from '../../shared/plan';
import { protocolOf } from '../../shared/plan';
import type {
  Item,
  MeterProvenance,
  ProvenanceItems,
  RunProvenance,
  WindowProvenance,
} from '../../shared/provenance';
import { type ReasonCode, reasons } from '../../shared/reasons';
import { headlineEnergy, type RunRecord, type WindowRecord } from '../../shared/run';
import { parentOf } from '../../shared/transform';
import type { LabReader, RunHashes } from '../store/reader';
import type { DeviceState, RunEvent } from '../store/records';

/** Everything that the store has of a run. */
export interface RecordedRun {
  run: RunRecord;
  model: Model;
  machine: Machine;
  plan: Plan;
  planSha256: string;
  sensors: readonly SensorInfo[];
  windows: readonly WindowRecord[];
  states: readonly DeviceState[];
  events: readonly RunEvent[];
  hashes: RunHashes;
  sample: boolean;
}

/** The provenance of one run. @throws LabError not_found, lab_damaged */
export function showProvenance(reader: LabReader, text: string): RunProvenance {
  const run = reader.findRun(text);
  const { plan, planSha256 } = reader.getExperiment(run.experimentId);
  return provenanceOf({
    run,
    model: reader.getModel(run.condition.modelId),
    machine: reader.getMachine(run.machineId),
    plan,
    planSha256,
    sensors: reader.sensorsOf(run.id),
    windows: reader.getWindows(run.id),
    states: reader.getStates(run.id),
    events: reader.getEvents(run.id),
    hashes: reader.hashesOf(run.id),
    sample: reader.marks('run').get(run.id)?.sample ?? false,
  });
}

/**
 * All items of docs/method.md, section 7, each with its value or with why there is none. Nothing is looked up anew:
 * what the run did not record is said to be so, whatever this machine could tell today. Pure.
 */
export function provenanceOf(recorded: RecordedRun): RunProvenance {
  const { run, machine, sensors, sample } = recorded;
  return {
    schema: 'thirtywatts.provenance/1',
    sample,
    items: {
      ...modelItems(recorded),
      ...countItems(recorded),
      ...engineItems(recorded),
      ...machineItems(recorded),
      ...protocolItems(recorded),
      ...identityItems(recorded),
    },
    gpus: machine.gpus.map(gpuItems),
    windows: recorded.windows.map((window) => windowOf(window, recorded)),
    meters: sensors.map((sensor) => meterOf(sensor, recorded)),
    noMeter: sensors.length > 0 ? null : noMeter(run),
  };
}

const notRecorded = 'not recorded by the version that measured it';
const unreached = 'not recorded: the run did not get so far';
const silent = 'the system does not tell';

/** Undefined: a field of a later version than the record. */
function item<T>(value: T | null | undefined, whenNull: string, whenAbsent = notRecorded): Item<T> {
  if (value === undefined) return { value: null, missingReason: whenAbsent };
  return value === null ? { value: null, missingReason: whenNull } : { value, missingReason: null };
}
const given = <T>(value: T): Item<T> => ({ value, missingReason: null });
const none = <T>(missingReason: string): Item<T> => ({ value: null, missingReason });

type Part<S extends string> = Pick<ProvenanceItems, Extract<keyof ProvenanceItems, `${S}.${string}`>>;

function modelItems({ run, model }: RecordedRun): Part<'model'> {
  const { facts } = run;
  const built = model.recipe !== null;
  const parent = parentOf(model.recipe);
  return {
    'model.id': given(model.id),
    'model.name': given(model.name),
    'model.fileSha256': given(model.fileSha256),
    'model.externalData': given(model.externalData),
    'model.source':
      model.recipe === null
        ? item(model.source, 'an imported file that does not say where it comes from')
        : given(`built by Thirty Watts: ${model.recipe}`),
    'model.producer': item(model.producer || null, 'the file does not say'),
    'model.licence': parent
      ? item(model.licence, 'the model that it was made of names none')
      : built
        ? none('built from a recipe, nobody else’s work')
        : item(model.licence, 'none in the model’s metadata or beside the file'),
    'model.opsets': given(model.opsets),
    'model.precision': given(model.precision),
    'model.inputs': item(facts?.inputs ?? null, unreached),
    'model.outputs': item(facts?.outputs ?? null, unreached),
    'model.inputSetSha256': facts === null ? none(unreached) : item(facts.inputSetSha256, unreached),
    'model.parent': parent
      ? given(parent)
      : none(
          built
            ? 'built from a recipe, not from another model'
            : 'imported as it is, the lab knows no parent',
        ),
  };
}

function countItems({ run, model }: RecordedRun): Part<'counts'> {
  const { counts } = model;
  const { macs } = run;
  const external = model.externalData.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    'counts.convention': given(counts.convention),
    'counts.parameters': item(counts.parameters, counts.parametersMissingReason ?? 'not counted'),
    'counts.parametersNonzero': item(counts.parametersNonzero, 'a zero point is computed at run time'),
    'counts.parameterBytes': given(counts.parameterBytes),
    'counts.fileBytes': given(model.fileBytes + external),
    'counts.operators': given(counts.operators),
    'counts.macs': macs === null ? none(unreached) : item(macs.macs, macs.missingReason ?? 'not counted'),
    'counts.macsEffective':
      macs === null ? none(unreached) : item(macs.effective, macs.effectiveMissingReason ?? 'not counted'),
    'counts.macsInputEffective': none('not measured'),
    'counts.optimizedGraph': none('not counted: the graph that the runtime made of the file is not saved'),
  };
}

function engineItems({ run }: RecordedRun): Part<'engine'> {
  const { condition, facts } = run;
  const { engine, provider, threads, graphOptimization, fallback } = condition;
  return {
    'engine.onnxruntime': item(facts?.ortVersion || null, unreached),
    'engine.name': given(engine),
    'engine.providerAsked': given(provider),
    'engine.providerPerNode':
      facts === null
        ? none(unreached)
        : item(
            facts.assignment,
            engine === 'package' ? 'the package does not tell' : 'the runtime did not tell',
          ),
    // What the runner sets; all others are the runtime's own.
    'engine.options': given({ intraOpThreads: threads, interOpThreads: 1, graphOptimization, fallback }),
    'engine.graphOptimization': given(graphOptimization),
    'engine.intraOpThreads': given(threads),
    'engine.interOpThreads': given(1),
    'engine.ioBinding': given(false),
    'engine.outputSha256': item(
      facts?.outputSha256 ?? null,
      facts === null ? unreached : 'outputs were not read',
    ),
    'engine.outputTolerance': none('the outputs were not compared with a reference'),
  };
}

function machineItems({ run, machine }: RecordedRun): Part<'device'> & Part<'system'> {
  const { cpu, os, app } = machine;
  const { system, facts } = run;
  return {
    'device.gpus':
      machine.gpus.length > 0 ? given(machine.gpus.length) : none('no graphics device with a readable meter'),
    'device.cpu': given(cpu.model),
    'device.logicalCores': given(cpu.logicalCores),
    'device.physicalCores': item(cpu.physicalCores, silent),
    'device.cpuTdpW': item(
      cpu.tdpW,
      machine.virtualized
        ? 'a virtual machine has a share of a processor'
        : 'not in the firmware or the table',
    ),
    'device.memoryBytes': given(machine.memoryBytes),
    'system.platform': given(os.platform),
    'system.osBuild': item(os.build, silent),
    'system.kernel': given(os.release),
    'system.kernelBuild': given(os.version),
    'system.arch': given(os.arch),
    'system.node': given(facts?.nodeVersion ?? machine.node),
    'system.nodeOptions': item(machine.nodeOptions, 'not set'),
    'system.app': given(app.version),
    'system.appCommit': item(app.commit, 'an installed app, not a checkout'),
    'system.appBuildSha256': item(app.buildSha256, 'nothing is built beside the sources'),
    'system.virtualMachine': item(machine.virtualized, silent),
    'system.powerMode': item(system === undefined ? undefined : system.power.mode, silent),
    'system.powerSource': item(
      system?.power.source ?? machine.powerSource,
      'no battery, or the system does not tell',
    ),
    'system.batteryPct': item(
      system === undefined ? undefined : system.batteryPct,
      'no battery, or the system does not tell',
    ),
    'system.governor': item(cpu.governor, silent),
  };
}

function protocolItems({ run }: RecordedRun): Part<'protocol'> {
  const { condition, facts, turn } = run;
  return {
    'protocol.preset': given(condition.preset),
    'protocol.numbers': given(facts?.presetNumbers ?? { ...protocolOf(condition) }),
    'protocol.windowS': given(condition.windowS),
    'protocol.seed': given(condition.seed),
    'protocol.role': given(run.role),
    'protocol.placeInPlan': given(run.ordinal),
    'protocol.entry': item(turn?.entry, notRecorded),
    'protocol.block': item(turn?.block, notRecorded),
    'protocol.blocks': item(turn?.blocks, notRecorded),
    'protocol.position': item(turn?.position, notRecorded),
    'protocol.stopReason': item(facts?.stopReason ?? null, 'it did not end by a rule of its preset'),
    'protocol.codes': given(codesOf(run)),
    'protocol.page': item(run.uiMode, notRecorded),
  };
}

/** Codes of all results of the run, each once. */
function codesOf({ latency, energy }: RunRecord): ReasonCode[] {
  const all = [...(latency?.codes ?? []), ...energy.flatMap((e) => [...e.gross.codes, ...e.net.codes])];
  return [...new Set(all)].sort();
}

function identityItems({ run, plan, planSha256, events, windows, hashes }: RecordedRun): Part<'identity'> {
  const utc = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const last = [events.at(-1)?.atNs, windows.at(-1)?.closeNs].filter((ns) => ns !== undefined);
  const ended = run.endedUnixMs === null || last.length === 0 ? null : last.reduce((a, b) => (a > b ? a : b));
  return {
    'identity.runId': given(run.id),
    'identity.experimentId': given(run.experimentId),
    'identity.machineId': given(run.machineId),
    'identity.recordSha256': given(hashes.record),
    'identity.conditionSha256': given(run.conditionSha256),
    'identity.planSha256': given(planSha256),
    'identity.predictionSha256': none('no prediction belongs to this plan'),
    'identity.plan': given(plan),
    'identity.startedUtc': item(utc(run.startedUnixMs), 'it has not started'),
    'identity.endedUtc': item(utc(run.endedUnixMs), 'it has not ended'),
    'identity.startedNs': item(events[0]?.atNs.toString() ?? null, 'it has not started'),
    'identity.endedNs': item(ended?.toString() ?? null, 'it has not ended'),
  };
}

function gpuItems(gpu: GpuFacts): RunProvenance['gpus'][number] {
  const driver = 'the driver does not tell';
  return {
    name: given(gpu.name),
    uuid: item(gpu.uuid, driver),
    pciBusId: item(gpu.pciBusId, driver),
    architecture: item(gpu.architecture, driver),
    memoryBytes: item(gpu.memoryBytes, driver),
    driver: item(gpu.driver, driver),
    powerLimitW: item(gpu.powerLimitW, driver),
    defaultPowerLimitW: item(gpu.defaultPowerLimitW, driver),
    persistence: item(gpu.persistence, driver),
    mig: item(gpu.mig, 'no MIG on this card, or the driver does not tell'),
  };
}

function windowOf(window: WindowRecord, { states, hashes }: RecordedRun): WindowProvenance {
  const { state } = window;
  const hash = hashes.windows.find((w) => w.index === window.index);
  // Older runs kept only what the device said of itself at the window's edges.
  const edge = states.findLast((s) => s.mark === `window:${window.index}`)?.health;
  const fact = <T>(own: T | null | undefined, atEdge: T | null | undefined = undefined): Item<T> =>
    item(own ?? atEdge ?? (state === undefined ? undefined : null), silent);
  return {
    index: window.index,
    slot: item(window.slot, notRecorded),
    attempt: item(window.attempt, notRecorded),
    openNs: window.openNs.toString(),
    closeNs: window.closeNs.toString(),
    inferences: window.inferences,
    verdict: window.verdict,
    codes: window.codes,
    energyJ: Object.fromEntries(window.energy.map((e) => [e.sensorId, e.energyJ])),
    state: {
      tempC: fact(state?.tempC, edge?.tempC),
      clockMHz: fact(state?.clockMHz, edge?.clockMHz),
      powerLimitW: fact(state?.powerLimitW, edge?.powerLimitW),
      throttle: fact(state?.throttle),
      throttleTime: fact(state?.throttleTime),
      backgroundCpu: fact(state?.backgroundCpu),
      backgroundGpu: fact(state?.otherSm, edge?.otherSmPct == null ? undefined : edge.otherSmPct / 100),
      otherGpuClients: fact(state?.otherClients, edge?.otherClients),
      swappedPages: fact(state?.swappedPages),
      majorFaults: fact(state?.majorFaults),
      powerBefore: fact(state?.power[0]),
      powerAfter: fact(state?.power[1]),
    },
    recordSha256: item(hash?.record, notRecorded),
    samplesSha256: item(hash?.samples, notRecorded),
  };
}

function meterOf(sensor: SensorInfo, { run, hashes }: RecordedRun): MeterProvenance {
  const energy = run.energy.find((e) => e.sensor?.id === sensor.id);
  const own = hashes.readings.filter((r) => r.sensorId === sensor.id);
  const { seconds, from } = sensor.update;
  return {
    sensorId: sensor.id,
    domain: sensor.domain,
    headline: energy?.headline ?? false,
    sensor: { ...sensor, modulus: sensor.modulus?.toString() ?? null },
    calibrationId: item(sensor.calibration?.id ?? null, 'the sensor was not calibrated'),
    measuredTauS: from === 'measured' ? given(seconds) : none(`τ is ${from}, not measured`),
    grossJ: energy
      ? item(energy.gross.perInferenceJ, reasonText(energy.gross.codes))
      : none('this sensor has no result'),
    readings:
      own.length === 0
        ? none('no reading was stored')
        : given({ batches: own.length, columnsSha256: own.map((r) => r.columns) }),
  };
}

const reasonText = (codes: readonly ReasonCode[]) =>
  codes.length === 0 ? 'not measured' : codes.map((code) => reasons[code].sentence).join(' ');

function noMeter(run: RunRecord): string {
  const energy = headlineEnergy(run);
  return energy === null ? 'Energy was not asked for.' : reasonText(energy.gross.codes);
}
