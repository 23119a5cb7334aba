import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenanceLines } from '../../src/main/hosts/cli/provenanceLines';
import { inputSetSha256 } from '../../src/main/lab/inputSet';
import { describeMachine } from '../../src/main/lab/machine';
import { provenanceOf, type RecordedRun, showProvenance } from '../../src/main/lab/provenance';
import { openLab } from '../../src/main/store/open';
import type { Machine } from '../../src/shared/machine';
import type { SensorInfo } from '../../src/shared/meter';
import { planSchema } from '../../src/shared/plan';
import {
  type Item,
  type ProvenanceId,
  provenanceLabels,
  type RunProvenance,
} from '../../src/shared/provenance';
import type { RunRecord, WindowState } from '../../src/shared/run';
import {
  experiment,
  health,
  machine,
  measureInto,
  model,
  queuedRun,
  window,
} from '../store/children/records';
import { fakeModel, fakeRun, packageSensor } from '../support/fakeRecords';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

const state: WindowState = {
  samples: 10,
  tempC: 61,
  clockMHz: 2400,
  powerLimitW: 300,
  throttle: { thermal: 0.25 },
  throttleTime: { hw_thermal: 0.1 },
  backgroundCpu: 0.02,
  otherClients: 1,
  otherSm: 0.03,
  swappedPages: 0,
  majorFaults: 2,
  power: [
    { source: 'ac', mode: 'balanced, powersave' },
    { source: 'battery', mode: 'balanced, powersave' },
  ],
};

const fullMachine: Machine = {
  ...machine(),
  cpu: {
    model: 'Example 9000',
    logicalCores: 8,
    physicalCores: 4,
    governor: 'powersave',
    tdpW: 65,
    tdpFrom: 'table',
  },
  gpus: [
    {
      name: 'Example RTX',
      driver: '580.1',
      memoryBytes: 8e9,
      uuid: 'GPU-0',
      pciBusId: '0000:01:00.0',
      architecture: 'Ada',
      powerLimitW: 300,
      defaultPowerLimitW: 320,
      persistence: true,
      mig: false,
    },
  ],
  os: { platform: 'linux', release: '6.1', version: '#1 SMP', arch: 'x64', build: 'Debian 13' },
  virtualized: false,
  powerSource: 'ac',
  app: { version: '0.4.0', commit: 'abc', buildSha256: hash('build') },
  nodeOptions: '--max-old-space-size=100',
};

const calibrated: SensorInfo = {
  ...packageSensor,
  modulus: 2n ** 40n,
  update: { seconds: 0.09, from: 'measured' },
  calibration: {
    id: 'calibration-1',
    gain: 1.01,
    offsetW: 0.2,
    gainRel1s: 0.02,
    offsetW1s: 0.1,
    atUnixMs: 0,
    against: 'wall meter',
  },
};

/** A run of this version that recorded everything that can be. */
function everything(): RecordedRun {
  const own = fakeModel('net', 1000, 'imported', {
    source: 'https://example.org/net',
    licence: { from: 'metadata', name: 'license', text: 'Apache-2.0' },
  });
  const plan = planSchema.parse({ schema: 'thirtywatts.plan/1', name: 'p', models: [own.id], blocks: 3 });
  const run = fakeRun({ experiment: 'e', ordinal: 4, model: own, grossJ: 0.5, sensor: calibrated });
  const sensors = [calibrated, { ...calibrated, id: 'second', calibration: null }];
  const full: RunRecord = {
    ...run,
    turn: { entry: 1, block: 2, blocks: 3, position: 0 },
    system: { power: { source: 'ac', mode: 'balanced, powersave' }, batteryPct: 80 },
    facts: { ...run.facts!, inputSetSha256: hash('inputs'), presetNumbers: { windowS: 10 } },
    macs: { macs: 1000, missingReason: null, effective: 900, effectiveMissingReason: null },
    energy: [...run.energy, { ...run.energy[0]!, headline: false, sensor: sensors[1]! }],
  };
  return {
    run: full,
    model: own,
    machine: fullMachine,
    plan,
    planSha256: hash('plan'),
    sensors,
    windows: [
      { ...window(0), slot: 0, attempt: 0, state },
      { ...window(1), slot: 0, attempt: 1, state, verdict: 'void', codes: ['TIME_JUMP'] },
    ],
    states: [],
    events: [{ runId: full.id, seq: 0, atNs: 5n, phase: 'launch', text: '' }],
    hashes: {
      record: hash('record'),
      windows: [0, 1].map((index) => ({ index, record: hash(`w${index}`), samples: hash(`s${index}`) })),
      readings: sensors.map(({ id }) => ({
        sensorId: id,
        role: 'edge',
        seq: 0,
        record: hash('r'),
        columns: hash(id),
      })),
    },
    sample: false,
  };
}

/** docs/method.md, 7, word for word: where each item is, by path into the provenance of a run. */
const section7: Record<string, Record<string, string[]>> = {
  Model: {
    'SHA-256 of file and external data': [
      'items.model.fileSha256',
      'items.model.externalData',
      'items.model.id',
    ],
    name: ['items.model.name'],
    source: ['items.model.source'],
    'licence text': ['items.model.licence'],
    opset: ['items.model.opsets'],
    'counts of 6': [
      'items.counts.convention',
      'items.counts.parameters',
      'items.counts.parametersNonzero',
      'items.counts.parameterBytes',
      'items.counts.fileBytes',
      'items.counts.macs',
      'items.counts.macsEffective',
      'items.counts.macsInputEffective',
      'items.counts.operators',
      'items.counts.optimizedGraph',
    ],
    precision: ['items.model.precision'],
    shapes: ['items.model.inputs', 'items.model.outputs'],
    'input-set hash': ['items.model.inputSetSha256'],
    'parent model': ['items.model.parent'],
  },
  Engine: {
    'onnxruntime-node version': ['items.engine.onnxruntime', 'items.engine.name'],
    'EP asked': ['items.engine.providerAsked'],
    'EP used per node': ['items.engine.providerPerNode'],
    options: ['items.engine.options'],
    'graph-optimisation level': ['items.engine.graphOptimization'],
    threads: ['items.engine.intraOpThreads', 'items.engine.interOpThreads'],
    'I/O binding': ['items.engine.ioBinding'],
    'output hash': ['items.engine.outputSha256'],
    tolerance: ['items.engine.outputTolerance'],
  },
  Device: {
    'GPU name': ['items.device.gpus', 'gpus.0.name'],
    UUID: ['gpus.0.uuid'],
    'PCI bus id': ['gpus.0.pciBusId'],
    architecture: ['gpus.0.architecture'],
    memory: ['gpus.0.memoryBytes'],
    driver: ['gpus.0.driver'],
    'power limit and default': ['gpus.0.powerLimitW', 'gpus.0.defaultPowerLimitW'],
    persistence: ['gpus.0.persistence'],
    MIG: ['gpus.0.mig'],
    CPU: ['items.device.cpu'],
    cores: ['items.device.logicalCores', 'items.device.physicalCores'],
    'TDP if readable': ['items.device.cpuTdpW'],
    RAM: ['items.device.memoryBytes'],
  },
  System: {
    'OS build': ['items.system.platform', 'items.system.osBuild', 'items.system.kernelBuild'],
    kernel: ['items.system.kernel'],
    'Node version': ['items.system.node', 'items.system.nodeOptions'],
    'application build hash': ['items.system.app', 'items.system.appCommit', 'items.system.appBuildSha256'],
    'virtual-machine flag': ['items.system.virtualMachine'],
    'power mode': ['items.system.powerMode'],
    'AC or battery': ['items.system.powerSource'],
    charge: ['items.system.batteryPct'],
    governor: ['items.system.governor'],
  },
  'State per window': {
    temperature: ['windows.0.state.tempC'],
    clocks: ['windows.0.state.clockMHz'],
    'throttle bits and ns counters': ['windows.0.state.throttle', 'windows.0.state.throttleTime'],
    'background CPU and GPU': ['windows.0.state.backgroundCpu', 'windows.0.state.backgroundGpu'],
    'other GPU clients': ['windows.0.state.otherGpuClients'],
  },
  Meter: {
    'full SensorInfo': ['meters.0.sensor'],
    'calibration identifier': ['meters.0.calibrationId'],
    'measured τ': ['meters.0.measuredTauS'],
    'energy by both sources': ['meters.0.grossJ', 'meters.1.grossJ', 'windows.0.energyJ'],
    'raw readings': ['meters.0.readings'],
  },
  'Protocol and identity': {
    'preset and all its numbers': [
      'items.protocol.preset',
      'items.protocol.numbers',
      'items.protocol.windowS',
    ],
    seed: ['items.protocol.seed'],
    block: ['items.protocol.block', 'items.protocol.blocks', 'items.protocol.entry'],
    position: ['items.protocol.position', 'items.protocol.placeInPlan'],
    'stop reason': ['items.protocol.stopReason'],
    'every window including void ones': ['windows.0.verdict', 'windows.1.verdict', 'windows.1.attempt'],
    codes: ['items.protocol.codes', 'windows.1.codes'],
    'run id': ['items.identity.runId', 'items.identity.experimentId', 'items.identity.machineId'],
    'hashes of configuration (canonical JSON), plan and prediction': [
      'items.identity.conditionSha256',
      'items.identity.planSha256',
      'items.identity.predictionSha256',
      'items.identity.recordSha256',
      'items.identity.plan',
      'windows.0.recordSha256',
      'windows.0.samplesSha256',
    ],
    'start and end in UTC and monotonic ns': [
      'items.identity.startedUtc',
      'items.identity.endedUtc',
      'items.identity.startedNs',
      'items.identity.endedNs',
      'windows.0.openNs',
      'windows.0.closeNs',
    ],
  },
};

/** What no run of this version can have, with the reason that it says. */
const notYet: Record<string, string> = {
  'items.model.parent': 'imported as it is, the lab knows no parent',
  'items.counts.macsInputEffective': 'not measured',
  'items.counts.optimizedGraph': 'not counted: the graph that the runtime made of the file is not saved',
  'items.engine.outputTolerance': 'the outputs were not compared with a reference',
  'items.identity.predictionSha256': 'no prediction belongs to this plan',
};

/** Ids of items hold a dot of their own. */
function at(provenance: RunProvenance, path: string): unknown {
  const [head, ...rest] = path.split('.');
  if (head === 'items') return provenance.items[rest.join('.') as ProvenanceId];
  return rest.reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)?.[key],
    provenance[head as 'gpus'],
  );
}

const isItem = (value: unknown): value is Item<unknown> =>
  typeof value === 'object' && value !== null && 'missingReason' in value;

/** Every item anywhere in a record. */
function items(value: unknown): Item<unknown>[] {
  if (isItem(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(items) : [];
}

describe('provenance of a run', () => {
  const paths = Object.entries(section7).flatMap(([part, all]) =>
    Object.entries(all).flatMap(([what, where]) => where.map((path) => [part, what, path] as const)),
  );

  it.each(paths)('%s: %s is in %s', (_part, _what, path) => {
    const found = at(provenanceOf(everything()), path);
    expect(found).toBeDefined();
    if (!isItem(found)) return;
    expect(found.missingReason).toBe(notYet[path] ?? null);
    if (!(path in notYet)) expect(found.value).not.toBeNull();
  });

  it('has nothing that the list of section 7 leaves out, and a name for each', () => {
    const listed = new Set(paths.map(([, , path]) => path));
    const beside = [
      'items.model.producer',
      'items.system.arch',
      'items.protocol.role',
      'items.protocol.page',
    ];
    const all = Object.keys(provenanceOf(everything()).items);
    expect(all.filter((id) => !listed.has(`items.${id}`) && !beside.includes(`items.${id}`))).toEqual([]);
    expect(all.sort()).toEqual(Object.keys(provenanceLabels).sort());
  });

  it('says of each item a value or why there is none, also of a run of version 0.1 and of one that failed at once', () => {
    const full = everything();
    const old: RecordedRun = {
      ...full,
      machine: machine(),
      run: fakeRun({ experiment: 'e', ordinal: 0, model: full.model }),
      sensors: [],
      windows: [window(0)],
    };
    const failed: RecordedRun = {
      ...old,
      windows: [],
      events: [],
      run: { ...old.run, facts: null, latency: null, energy: [], macs: null },
    };
    for (const recorded of [full, old, failed]) {
      const found = items(provenanceOf(recorded));
      expect(found.length).toBeGreaterThan(70);
      for (const { value, missingReason } of found) {
        expect(value === null).toBe(missingReason !== null);
        expect(missingReason).not.toBe('');
        expect(value).not.toBe(0 / 0);
      }
    }
    const { items: own, windows, noMeter } = provenanceOf(old);
    expect(own['protocol.block'].missingReason).toBe('not recorded by the version that measured it');
    expect(own['system.appBuildSha256'].missingReason).toBe('not recorded by the version that measured it');
    expect(own['counts.macsEffective'].missingReason).toBe('not recorded by the version that measured it');
    expect(windows[0]?.state.backgroundCpu.missingReason).toBe(
      'not recorded by the version that measured it',
    );
    expect(noMeter).toMatch(/[a-z]\.$/);
  });

  it('names the model that a variant was made of, and its licence', () => {
    const recorded = everything();
    const of = (model: Partial<RecordedRun['model']>) => {
      const { items: own } = provenanceOf({ ...recorded, model: { ...recorded.model, ...model } });
      return [own['model.parent'], own['model.licence']];
    };
    const recipe = 'transform:int8:parent=0123456789ab:minimum=1024:seed=1';
    const licence = { from: 'metadata', name: 'license', text: 'MIT' } as const;
    expect(of({ recipe, licence })).toEqual([
      { value: '0123456789ab', missingReason: null },
      { value: licence, missingReason: null },
    ]);
    expect(of({ recipe, licence: null })[1]).toEqual({
      value: null,
      missingReason: 'the model that it was made of names none',
    });
    expect(of({ recipe: 'mlp:1e6:seed=1' })[0]!.value).toBeNull();
  });

  it('takes the state of a window of an old run from what the device said at its edge', () => {
    const { run, ...rest } = everything();
    const seen = { runId: run.id, seq: 0, mark: 'window:0', atNs: 1n, health: { ...health, otherSmPct: 25 } };
    const [first, second] = provenanceOf({
      ...rest,
      run,
      windows: [window(0), window(1)],
      states: [seen],
    }).windows;
    expect(first?.state.tempC).toEqual({ value: health.tempC, missingReason: null });
    expect(first?.state.backgroundGpu.value).toBe(0.25);
    expect(second?.state.tempC.value).toBeNull();
  });

  it('is plain JSON, and prints as lines without a hole', () => {
    const provenance = provenanceOf(everything());
    expect(JSON.parse(JSON.stringify(provenance))).toEqual(provenance);
    const lines = provenanceLines(provenance);
    for (const label of Object.values(provenanceLabels))
      expect(lines.filter((line) => line.startsWith(`  ${label} `)).length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toMatch(/undefined|NaN|\[object/);
    expect(lines.join('\n')).toContain('Window 1: void (TIME_JUMP)');
  });
});

describe('provenance from the store', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provenance-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the hashes that the store keeps, and nothing that names a person or a place', () => {
    const lab = openLab(folder);
    try {
      const { writer, reader } = lab;
      const own = describeMachine('1.30.0', []);
      writer.putModel(model('mlp-1k'));
      writer.putMachine(own);
      const queued = { ...queuedRun(experiment().id), machineId: own.id };
      writer.createExperiment(experiment(), [queued]);
      measureInto(writer, queued.id, 2);
      const found = showProvenance(reader, queued.id.slice(0, 13));
      const kept = reader.hashesOf(queued.id);
      expect(found.items['identity.recordSha256'].value).toBe(kept.record);
      expect(found.windows.map((w) => w.samplesSha256.value)).toEqual(kept.windows.map((w) => w.samples));
      expect(found.meters[0]?.readings.value).toEqual({
        batches: kept.readings.length,
        columnsSha256: kept.readings.map((r) => r.columns),
      });
      expect(found.meters[0]?.sensor.modulus).toBe(String(2n ** 32n));
      expect(found.items['identity.startedNs'].value).toBe('9007199254740993');
      const text = JSON.stringify(found);
      for (const secret of [hostname(), userInfo().homedir, folder]) expect(text).not.toContain(secret);
    } finally {
      lab.close();
    }
  });
});

describe('SHA-256 of the inputs', () => {
  const input = (over: object = {}) => ({
    name: 'x',
    elemType: 'float32' as const,
    shape: [2],
    data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    ...over,
  });

  it('changes with names, types, shapes, bytes and order, and with nothing else', () => {
    const first = inputSetSha256([input(), input({ name: 'y' })]);
    expect(inputSetSha256([input({ fill: 'ones' }), input({ name: 'y' })])).toBe(first);
    const others = [
      [input({ name: 'y' }), input()],
      [input(), input({ name: 'z' })],
      [input(), input({ name: 'y', elemType: 'int32' })],
      [input(), input({ name: 'y', shape: [1, 2] })],
      [input(), input({ name: 'y', data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9) })],
      [input()],
    ].map(inputSetSha256);
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });
});
