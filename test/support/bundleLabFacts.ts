import { sha256OfValue } from '../../src/main/store/canonical';
import type { Machine } from '../../src/shared/machine';
import type { SensorInfo } from '../../src/shared/meter';
import { machine as plainMachine, sensor as simulated } from '../store/children/records';

/** Words of the frozen lab that bundles are made of: invented persons and places, hostile names, machines, sensors. */

/** Whose lab it is, as redact.ts is told. */
export const identity = {
  userNames: ['quillfeather', 'Odile Quillfeather'],
  hostNames: ['grendelbox'],
  folders: ['/home/quillfeather', '/srv/grendel/lab'],
};

export const gpuUuid = 'GPU-41f7d2b3-9c0e-4a77-8d21-5e6f70819aab';
export const migUuid = 'MIG-8c1d77e0-12ab-5c3d-9e4f-a1b2c3d4e5f6';

/** Signs of a person or a place that lie in the records: none may be in a public bundle. */
export const planted: readonly string[] = [
  'quillfeather',
  'Odile',
  'grendelbox',
  'grendelfs',
  '/srv/grendel',
  '/mnt/tank4711',
  'secret-linux',
  'secret-mac',
  'secret-win',
  'secret-unc',
  'secret-url',
  '192.168.77.41',
  'fe80::dead:beef:41',
  'plug-4711.local',
  'nas4711.lan',
  'someone@post.example',
  '9c:53:22:aa:41:77',
  'hunter2hunter2',
  'sekrit4711',
  gpuUuid.slice(4),
  migUuid.slice(4),
];

/** What a runner writes to its standard error as it dies, on three systems at once. */
export const stderrTail = [
  'quillfeather@grendelbox:~$ node runner.cjs',
  'Error: cannot open /home/quillfeather/models/secret-linux.onnx (errno 2)',
  '    at load (/srv/grendel/lab/runner.cjs:10:5)',
  '  from "/Users/Odile Q/Library/secret-mac.onnx", C:\\Users\\OdileQ\\Documents\\secret-win.onnx',
  '  and \\\\grendelfs\\share\\secret-unc.onnx and file:///home/quillfeather/secret-url.onnx',
  'peer 192.168.77.41:8080, [fe80::dead:beef:41]:443, plug-4711.local, nas4711.lan, someone@post.example',
  'eth0 9c:53:22:aa:41:77; /mnt/tank4711/data',
  `device ${gpuUuid} instance ${migUuid}`,
  'node /model/layer.0/MatMul_1 failed at 1/2 of 3.5 J/s on hwmon:0000:00:1f.3 (0000:0b:00.0)',
].join('\n');

/** Names that break careless readers; each is the name of a model with a run. */
export const hostileNames: readonly string[] = [
  'Müller’s "best", 50 % — größer',
  "=cmd|' /C calc'!A0",
  '+1',
  '-1',
  '@x',
  '\ttab',
  "'apostrophe",
  '\u202eshalom \u05e9\u05dc\u05d5\u05dd and \u0645\u0631\u062d\u0628\u0627',
  '<img src=x onerror=alert(1)>',
  `${'long '.repeat(60)}`.slice(0, 300),
  '🧠 thirty watts 👩‍🔬',
  'two\nlines\r\nand a third',
  'NA',
  '2026-01-01',
  '1/2 <&> ; | \\ %s $x --',
];

export const hostileExperiment = `=HYPERLINK("x"), Odile’s "odd"\nnames`;

const machineOf = (facts: Omit<Machine, 'id'>): Machine => ({ id: sha256OfValue(facts), ...facts });
const { id: _, ...plain } = plainMachine();

/** A desktop with a graphics card, and whose owner told Node what to load. */
export const desk = machineOf({
  ...plain,
  cpu: {
    model: 'Example 9000, 8-Core',
    logicalCores: 16,
    physicalCores: 8,
    governor: 'performance',
    tdpW: 105,
    tdpFrom: 'table',
  },
  memoryBytes: 32 * 2 ** 30,
  gpus: [
    {
      name: 'Example Graphics 5000',
      driver: '590.10',
      memoryBytes: 24 * 2 ** 30,
      uuid: gpuUuid,
      pciBusId: '00000000:0B:00.0',
      architecture: 'Example',
      powerLimitW: 300,
      defaultPowerLimitW: 320,
      persistence: true,
      mig: false,
    },
  ],
  virtualized: false,
  powerSource: 'ac',
  nodeOptions: '--require /home/quillfeather/secret-linux.js',
});
/** A laptop that tells as little as it can. */
export const laptop = machineOf({
  ...plain,
  cpu: { model: 'Example Mobile', logicalCores: 4, governor: null },
  virtualized: null,
});

export const simulatedCounter: SensorInfo = { ...simulated('simulated:cpu'), joulePerCount: 1e-4 };

export const raplPackage: SensorInfo = {
  ...simulated('rapl:package-0'),
  provider: 'rapl',
  device: { key: 'package-0', name: 'Example 9000, 8-Core', driver: null },
  provenance: 'firmware-model',
  origin: 'hardware',
  joulePerCount: 1e-6,
  modulus: 262_143_328_850n,
  notes: ['zone=intel-rapl:0'],
  calibration: {
    id: 'cal-1',
    gain: 1.02,
    offsetW: 0.4,
    gainRel1s: 0.02,
    offsetW1s: 0.3,
    atUnixMs: Date.UTC(2026, 8, 1),
    against: 'the plug “Odile’s desk” at plug-4711.local (192.168.77.41)',
  },
};

const nvml: SensorInfo = {
  ...simulated(''),
  provider: 'nvml',
  device: { key: gpuUuid, name: 'Example Graphics 5000', driver: '590.10' },
  domain: 'gpu.board',
  contains: ['gpu.package', 'gpu.memory'],
  provenance: 'measured',
  origin: 'hardware',
  modulus: null,
  update: { seconds: 0.1, from: 'documented' },
  averagingS: 0.1,
  maxReadHz: 10,
  edgeAlign: false,
  maxPlausibleW: 900,
  notes: ['read through /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1'],
};
export const nvmlEnergy: SensorInfo = { ...nvml, id: `nvml:${gpuUuid}:energy`, joulePerCount: 1e-3 };
export const nvmlPower: SensorInfo = {
  ...nvml,
  id: `nvml:${gpuUuid}:power`,
  kind: 'gauge',
  joulePerCount: null,
  duty: 0.25,
};

export const cpuEstimate: SensorInfo = {
  ...simulated('estimate:cpu'),
  provider: 'estimate',
  device: { key: 'cpu', name: 'Example Mobile', driver: null },
  provenance: 'estimate',
  origin: 'model',
  modulus: null,
  gainRel1s: 0,
  factor1s: 1.6,
  notes: ['tdp=15 W, typed by the user'],
};
