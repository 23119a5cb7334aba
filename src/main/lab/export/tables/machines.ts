import type { Machine } from '../../../../shared/machine';
import { machineFilePath } from '../machineFile';
import {
  columnsOf,
  count,
  explained,
  flag,
  notRecorded,
  oneOf,
  optional,
  quantity,
  smallTable,
  text,
} from './columns';

interface Row {
  machine: Machine;
  /** Sources of energy that its runs used. */
  methods: string;
}

const silent = () => 'the system does not tell';
const gpu = ({ machine }: Row) => machine.gpus[0];
const noGpu = (r: Row) => (gpu(r) === undefined ? 'it has no graphics device' : 'the driver does not tell');

/** One row per machine that measured. */
export const machines = smallTable<Row>(
  {
    name: 'machines',
    title: 'Machines',
    description:
      'One row per machine that measured: hardware, system and versions, nothing that names a person or a place.',
    primaryKey: ['machine_id'],
    foreignKeys: [],
    columns: columnsOf<Row>(
      text('machine_id', 'SHA-256 of the canonical JSON of its description.', ({ machine }) => machine.id),
      optional(text('cpu_name', 'Processor.', ({ machine }) => machine.cpu.model)),
      count('cpu_cores_count', 'Logical cores.', ({ machine }) => machine.cpu.logicalCores),
      explained('cpu_physical_cores_missing_reason', ({ machine }) => untold(machine.cpu.physicalCores), [
        count('cpu_physical_cores_count', 'Physical cores.', ({ machine }) => machine.cpu.physicalCores),
      ]),
      optional(text('cpu_governor', 'How the system sets the clock.', ({ machine }) => machine.cpu.governor)),
      explained('cpu_tdp_missing_reason', ({ machine }) => untold(machine.cpu.tdpW), [
        quantity('cpu_tdp_W', 'Rated power of all processors.', ({ machine }) => machine.cpu.tdpW),
      ]),
      count('memory_By', 'Main memory.', ({ machine }) => machine.memoryBytes),
      count(
        'gpus_count',
        'Graphics devices; the next columns are of the first.',
        ({ machine }) => machine.gpus.length,
      ),
      optional(text('gpu_name', 'Graphics device.', (r) => gpu(r)?.name)),
      optional(text('gpu_architecture', 'Its architecture.', (r) => gpu(r)?.architecture)),
      optional(text('gpu_driver', 'Version of its driver.', (r) => gpu(r)?.driver)),
      explained('gpu_memory_missing_reason', noGpu, [
        count('gpu_memory_By', 'Its memory.', (r) => gpu(r)?.memoryBytes),
      ]),
      explained('power_limit_missing_reason', noGpu, [
        quantity(
          'power_limit_W',
          'Power limit of the graphics device that was enforced.',
          (r) => gpu(r)?.powerLimitW,
        ),
      ]),
      explained('power_limit_default_missing_reason', noGpu, [
        quantity(
          'power_limit_default_W',
          'Power limit that its maker set.',
          (r) => gpu(r)?.defaultPowerLimitW,
        ),
      ]),
      text('os_name', 'Operating system.', ({ machine }) => machine.os.platform),
      optional(text('os_version', 'Its release.', ({ machine }) => machine.os.release)),
      optional(text('os_build', 'Name and build as its maker gives it.', ({ machine }) => machine.os.build)),
      text('os_arch', 'Architecture that it runs on.', ({ machine }) => machine.os.arch),
      explained('virtualized_missing_reason', silent, [
        flag('virtualized', 'True for a virtual machine.', ({ machine }) => machine.virtualized),
      ]),
      optional(
        oneOf(
          'power_source',
          ['ac', 'battery'],
          'What fed it when it was described.',
          ({ machine }) => machine.powerSource,
        ),
      ),
      optional(text('node_version', 'Version of Node.js.', ({ machine }) => machine.node)),
      optional(text('onnxruntime_version', 'Version of ONNX Runtime.', ({ machine }) => machine.onnxruntime)),
      optional(text('app_version', 'Version of Thirty Watts.', ({ machine }) => machine.app.version)),
      optional(text('app_commit', 'Commit of its source.', ({ machine }) => machine.app.commit)),
      optional(
        text(
          'app_build_sha256',
          'SHA-256 of the built programs that measure.',
          ({ machine }) => machine.app.buildSha256,
        ),
      ),
      optional(text('energy_methods', 'Sources of energy of its runs in this dataset.', (r) => r.methods)),
      text('description_file', 'Its whole description, a file of this dataset.', ({ machine }) =>
        machineFilePath(machine),
      ),
    ),
  },
  ({ selection }) => {
    const runs = Map.groupBy(selection.runs, (run) => run.machineId);
    return selection.machines.map((machine) => {
      const used = (runs.get(machine.id) ?? []).flatMap((r) =>
        r.energy.flatMap((e) => e.sensor?.provider ?? []),
      );
      return { machine, methods: [...new Set(used)].sort().join('|') };
    });
  },
);

/** A field that older records lack. */
const untold = (value: unknown): string => (value === undefined ? notRecorded : silent());
