import { labName } from '../../shared/figures/rows';
import type { Machine } from '../../shared/machine';
import { headlineEnergy } from '../../shared/run';
import type { ComparedRun } from './compareSides';

/** What differs between two runs that is no setting a person compares, in a sentence; null where all of it is the same. */
export function contextMismatch(one: ComparedRun, reference: ComparedRun): string | null {
  if (one.sample !== reference.sample)
    return 'One belongs to the sample dataset, which was recorded elsewhere, the other was measured here.';
  if (one.lab !== reference.lab)
    return `One was measured in another lab: this run in ${labName(one.lab)}, the first in ${labName(reference.lab)}. Two machines of one description are still two machines.`;
  // A graphics driver says nothing of two runs on the processor.
  const onGpu = [one, reference].some(({ run }) => run.condition.provider !== 'cpu');
  const [a, b] = [contextOf(one, onGpu), contextOf(reference, onGpu)];
  const [own, its] = [perDevice(one), perDevice(reference)];
  if (one.run.condition.provider === reference.run.condition.provider)
    for (const key of Object.keys(own))
      if (own[key] !== null && its[key] !== null) [a[key], b[key]] = [own[key], its[key]];
  const other = Object.keys(a).filter((key) => a[key] !== b[key]);
  if (other.length === 0) return null;
  const [first] = other;
  const more = other.length > 1 ? ` Also: ${other.slice(1).join(', ')}.` : '';
  return `Measured under different conditions: ${first} ${a[first]} here, ${b[first]} in the first run.${more}`;
}

/** Hardware, driver, system, runtime, power and preset. Source: docs/method.md, 2.4. */
function contextOf({ run, machine }: ComparedRun, onGpu: boolean): Record<string, string> {
  return {
    processor: processor(machine),
    memory: gibibytes(machine.memoryBytes),
    ...(onGpu ? { 'graphics device': graphics(machine) } : {}),
    'operating system': system(machine),
    'ONNX Runtime': run.facts?.ortVersion || machine.onnxruntime,
    'power source': powerOf({ run, machine }),
    'processor governor': machine.cpu.governor ?? 'not known',
    'virtual machine': yesNo(machine.virtualized),
    preset: run.condition.preset,
  };
}

/** Of one device, so of two runs on one provider; null where the run does not tell, and then nothing is said of it. */
function perDevice({ powerLimitW, powerMode }: ComparedRun): Record<string, string | null> {
  return {
    'power limit': powerLimitW === null ? null : watts(powerLimitW),
    'system power mode': powerMode,
  };
}

const watts = (w: number) => `${w.toFixed(0)} W`;

/** Everything worth showing beside two runs, by its name, as text for a person. */
export function fieldsOf({
  run,
  model,
  machine,
  sample,
  lab,
  powerLimitW,
  powerMode,
  turns,
}: ComparedRun): Map<string, string> {
  const { condition, facts } = run;
  const sensor = headlineEnergy(run)?.sensor ?? null;
  const count = (n: number | null) => (n === null ? 'not known' : n.toLocaleString('en-US'));
  return new Map([
    ['Model', model.name],
    ['Family', model.family],
    ['Parameters (count)', count(model.counts.parameters)],
    ['Precision', model.precision],
    ['MACs per inference (count)', count(run.macs?.macs ?? null)],
    ['Provider', condition.provider],
    ['Engine', condition.engine === 'capi' ? 'C API' : 'session.run'],
    ['Batch (items)', String(condition.batch)],
    ['Threads', String(condition.threads)],
    ['Graph optimisation', condition.graphOptimization],
    ['Dimensions', settings(condition.dims)],
    ['Fixed input values', settings(condition.values)],
    ['Seed', String(condition.seed)],
    ['Preset', condition.preset],
    ['Window (s)', String(condition.windowS)],
    ['Processor', processor(machine)],
    ['Graphics devices', graphics(machine)],
    ['Memory', gibibytes(machine.memoryBytes)],
    ['Operating system', system(machine)],
    ['Virtual machine', yesNo(machine.virtualized)],
    ['Power source', powerOf({ run, machine })],
    ['Processor governor', machine.cpu.governor ?? 'not known'],
    ['Power limit', powerLimitW === null ? 'not known' : watts(powerLimitW)],
    ['System power mode', powerMode ?? 'not known'],
    ['Blocks measured', turns.length > 1 ? String(turns.length) : 'none: measured once'],
    ['ONNX Runtime', facts?.ortVersion || machine.onnxruntime],
    ['Node.js', facts?.nodeVersion || machine.node],
    ['Thirty Watts', [machine.app.version, machine.app.commit?.slice(0, 12)].filter(Boolean).join(', ')],
    ['Meter', sensor ? `${sensor.provider} on ${sensor.device.name}` : 'none'],
    ['Meter sees', sensor?.domain ?? '–'],
    ['Energy is', sensor ? provenance[sensor.provenance] + madeUp(sensor.origin) : 'not measured'],
    ['Page during windows', run.uiMode ?? 'not recorded'],
    [
      'Dataset',
      sample
        ? 'SAMPLE, recorded elsewhere'
        : lab === null
          ? 'measured in this lab'
          : `measured in another lab (${labName(lab)})`,
    ],
  ]);
}

const provenance = {
  measured: 'measured',
  'firmware-model': 'a model in the device’s firmware',
  estimate: 'an estimate',
} as const;

const madeUp = (origin: string) => (origin === 'simulated' || origin === 'replayed' ? `, ${origin}` : '');

const processor = ({ cpu }: Machine) => `${cpu.model}, ${cpu.logicalCores} logical cores`;

const graphics = ({ gpus }: Machine) =>
  gpus.length === 0
    ? 'none with a meter'
    : gpus.map((g) => (g.driver === null ? g.name : `${g.name}, driver ${g.driver}`)).join('; ');

const system = ({ os }: Machine) => `${os.platform} ${os.release} ${os.arch}`;

const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

const yesNo = (value: boolean | null) => (value === null ? 'not known' : value ? 'yes' : 'no');

/** The run's own sign of a battery counts before what the machine was when the experiment began. */
function powerOf({ run, machine }: Pick<ComparedRun, 'run' | 'machine'>): string {
  const power = run.latency?.codes.includes('ON_BATTERY') ? 'battery' : machine.powerSource;
  return power === null ? 'not known' : power === 'ac' ? 'mains' : 'battery';
}

function settings(record: Readonly<Record<string, number>>): string {
  const entries = Object.entries(record);
  return entries.length === 0 ? 'none' : entries.map(([key, value]) => `${key} = ${value}`).join(', ');
}
