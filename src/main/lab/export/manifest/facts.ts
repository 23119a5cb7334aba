import type { Machine } from '../../../../shared/machine';
import type { EnergyResult } from '../../../../shared/run';
import { counted } from '../../../../shared/units';
import type { AnyTable, BundleSource, ManifestInput, WrittenFile } from '../types';
import { oneLine } from './text';

export const keywords = [
  'energy efficiency',
  'inference latency',
  'neural networks',
  'ONNX',
  'power measurement',
  'benchmark',
] as const;

/** What the dataset is, in one sentence; the user's own words follow it where there are some. */
export function summary(source: BundleSource): string {
  const { runs, models, machines } = source.selection;
  const what = `Latency and energy of ${counted(models.length, 'ONNX model')} in ${counted(runs.length, 'run')} on ${counted(machines.length, 'machine')}, measured with Thirty Watts.`;
  const own = source.options.description.trim();
  return own === '' ? what : `${what}\n\n${own}`;
}

/** Name of the package without its time: lower case, as registries want it. */
export function packageName(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/-\d{8}t\d{6}z$/, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '');
  return slug === '' ? 'thirty-watts-data' : slug;
}

/** Processor, graphics devices and system of a machine, on one line. */
export function machineName({ cpu, gpus, os }: Machine): string {
  const devices = [cpu.model, ...gpus.map((gpu) => gpu.name)].join(' + ');
  return oneLine(`${devices}, ${os.build ?? `${os.platform} ${os.release}`}`);
}

/** A file of a table that was written, or none. */
export const fileOf = (
  { files }: ManifestInput,
  { name }: Pick<AnyTable, 'name'>,
  ending: 'csv' | 'parquet',
): WrittenFile | null => files.find(({ path }) => path === `data/${name}.${ending}`) ?? null;

/** Tables that have such a file. */
export const tablesWith = (input: ManifestInput, ...endings: ('csv' | 'parquet')[]): AnyTable[] =>
  input.tables.filter((table) => endings.some((ending) => fileOf(input, table, ending) !== null));

/** Where a table's foreign keys lead to tables that are there, too. */
export const keysTo = (table: AnyTable, there: readonly AnyTable[]) =>
  table.foreignKeys.filter((key) => there.some(({ name }) => name === key.table));

/** How many runs carry each mark that must show wherever they do. */
export function marked({ selection }: BundleSource) {
  const withEnergy = (test: (energy: EnergyResult) => boolean) =>
    selection.runs.filter((run) => run.energy.some(test)).length;
  return {
    sample: selection.sample.size,
    simulated: withEnergy((e) => e.sensor?.origin === 'simulated'),
    replayed: withEnergy((e) => e.sensor?.origin === 'replayed'),
    estimated: withEnergy((e) => e.provenance === 'estimate'),
  };
}

/** Ids of the labs whose runs are in it, in order. */
export const labsOf = ({ selection }: BundleSource): string[] =>
  [...new Set(selection.runs.map((run) => selection.labOf(run.id)))].sort();
