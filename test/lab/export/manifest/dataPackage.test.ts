import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { croissant, dataPackage } from '../../../../src/main/lab/export/manifest';
import { tables as productTables } from '../../../../src/main/lab/export/tables/index';
import type { ManifestInput } from '../../../../src/main/lab/export/types';
import { readDataPackage, schemaFaults } from '../../../support/bundleValidators';
import { temporaryFolder } from '../../../support/lab';
import { hostileName, madeUpBundle, models, runs, writeTexts } from './madeUp';
import { croissantFaults, croissantSchema } from './schemas/croissant';
import { dataPackageSchema } from './schemas/dataPackage';

interface Descriptor {
  resources: {
    name: string;
    path: string;
    bytes: number;
    hash: string;
    schema: {
      fields: { name: string; type: string; constraints?: Record<string, unknown>; [key: string]: unknown }[];
      foreignKeys?: { reference: { resource: string } }[];
    };
  }[];
  [key: string]: unknown;
}

const { texts, input } = madeUpBundle({
  authors: [{ familyNames: 'Curie', givenNames: 'Marie', affiliation: 'Sorbonne' }],
  doi: '10.5281/zenodo.1234567',
});
const descriptor = (): Descriptor => JSON.parse(texts.get('datapackage.json')!);
const faults = (change: (d: Descriptor) => void) => {
  const d = descriptor();
  change(d);
  return schemaFaults(dataPackageSchema, d);
};
const runFields = (d: Descriptor) => d.resources[0]!.schema.fields;
const fieldOf = (d: Descriptor, name: string) => runFields(d).find((f) => f.name === name)!;

describe('the manifests of every table that the product has', () => {
  const all: ManifestInput = {
    ...input,
    tables: productTables,
    files: productTables.flatMap(({ name }) =>
      (['csv', 'parquet'] as const).map((ending) => ({
        path: `data/${name}.${ending}`,
        bytes: 1,
        sha256: '0'.repeat(64),
        rows: 0,
        mediaType: ending === 'csv' ? 'text/csv' : 'application/vnd.apache.parquet',
      })),
    ),
  };

  it('follow Data Package 2.0 and Croissant 1.1, the large tables too', () => {
    const described = JSON.parse(dataPackage(all));
    expect(schemaFaults(dataPackageSchema, described)).toEqual([]);
    expect(described.resources).toHaveLength(productTables.length);
    const croissants = JSON.parse(croissant(all));
    expect(schemaFaults(croissantSchema, croissants)).toEqual([]);
    expect(croissantFaults(croissants)).toEqual([]);
    expect(croissants.recordSet).toHaveLength(productTables.length);
  });

  it('follow no key out of the bundle', () => {
    const alone = { ...all, tables: productTables.filter((t) => t.name === 'runs') };
    const described: Descriptor = JSON.parse(dataPackage(alone));
    expect(described.resources[0]!.schema).not.toHaveProperty('foreignKeys');
    expect(croissantFaults(JSON.parse(croissant(alone)))).toEqual([]);
  });
});

describe('datapackage.json', () => {
  it('follows Data Package 2.0, with and without authors and DOI', () => {
    expect(faults(() => {})).toEqual([]);
    const plain = JSON.parse(madeUpBundle().texts.get('datapackage.json')!);
    expect(schemaFaults(dataPackageSchema, plain)).toEqual([]);
    expect(plain).not.toHaveProperty('id');
    expect(plain).not.toHaveProperty('contributors');
  });

  it.each<[string, (d: Descriptor) => void]>([
    ['a resource without a name', (d) => Reflect.deleteProperty(d.resources[0]!, 'name')],
    ['no name', (d) => Reflect.deleteProperty(d, 'name')],
    ['no resources', (d) => Reflect.deleteProperty(d, 'resources')],
    ['an empty list of resources', (d) => Object.assign(d, { resources: [] })],
    ['a licence without name and path', (d) => Object.assign(d, { licenses: [{ title: 'free' }] })],
    ['a time without a zone', (d) => Object.assign(d, { created: '2026-01-05T10:00:00' })],
    ['a path that leaves the package', (d) => Object.assign(d.resources[0]!, { path: '../runs.csv' })],
    ['a hash of another kind', (d) => Object.assign(d.resources[0]!, { hash: 'md5:00' })],
    ['an unknown type', (d) => Object.assign(runFields(d)[0]!, { type: 'text' })],
    ['a format of another type', (d) => Object.assign(fieldOf(d, 'params_count'), { format: 'uuid' })],
    [
      'a constraint of another type',
      (d) => Object.assign(fieldOf(d, 'is_sample'), { constraints: { minimum: 0 } }),
    ],
    ['a field without a name', (d) => Reflect.deleteProperty(runFields(d)[0]!, 'name')],
    ['fieldsMatch', (d) => Object.assign(d.resources[0]!.schema, { fieldsMatch: 'exact' })],
    ['a unit without its system', (d) => Reflect.deleteProperty(fieldOf(d, 'params_count'), 'unitSystem')],
  ])('is refused with %s', (_, change) => {
    expect(faults(change)).not.toEqual([]);
  });

  it('lists CSV alone, with the size and the hash of the file', () => {
    const { resources } = descriptor();
    expect(resources.map((r) => r.path)).toEqual(['data/runs.csv', 'data/models.csv']);
    for (const { path, bytes, hash } of resources) {
      const file = input.files.find((f) => f.path === path)!;
      expect({ bytes, hash }).toEqual({ bytes: file.bytes, hash: `sha256:${file.sha256}` });
    }
  });

  it('gives units, closed lists and what is never empty', () => {
    const d = descriptor();
    expect(fieldOf(d, 'energy_per_inference_J')).toMatchObject({
      unit: 'J',
      unitSystem: 'UCUM',
      type: 'number',
    });
    expect(fieldOf(d, 'energy_per_inference_J')).not.toHaveProperty('constraints');
    expect(fieldOf(d, 'run_id').constraints).toEqual({ required: true, unique: true });
    expect(fieldOf(d, 'role').constraints).toEqual({
      required: true,
      enum: ['measure', 'overhead', 'control'],
    });
    expect(fieldOf(d, 'params_count').constraints).toEqual({ minimum: 0 });
  });

  it('has foreign keys only to tables that are in the package', () => {
    expect(descriptor().resources[0]!.schema.foreignKeys).toEqual([
      { fields: ['model_id'], reference: { resource: 'models', fields: ['model_id'] } },
    ]);
  });

  it('is read by npm’s reader with every cell typed', async () => {
    const { rows, faults: wrong } = await readDataPackage(writeTexts(temporaryFolder(), texts));
    expect(wrong).toEqual([]);
    const read = rows.get('runs') as Record<string, unknown>[];
    expect(read).toHaveLength(runs.length);
    expect(read.at(-1)).toMatchObject({
      energy_per_inference_J: null,
      latency_median_s: null,
      is_sample: false,
    });
    expect(read[1]).toMatchObject({ params_count: 1_000, energy_per_inference_J: 2e-4 });
    expect(read[0]!.queued_at).toBeInstanceOf(Date);
    // One apostrophe before a formula.
    expect(read[2]!.model_name).toBe(`'${hostileName}`);
    expect(rows.get('models')).toHaveLength(models.length);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'a word in a column of numbers',
      (csv) => csv.replace(',0.0001\r\n', ',little\r\n'),
      /runs, row \d+: .*number/,
    ],
    ['a value outside its list', (csv) => csv.replace(',overhead,', ',other,'), /runs, row 8: .*enum/],
    ['a run twice', (csv) => `${csv}${csv.split('\r\n')[1]}\r\n`, /runs, row 10: .*unique/],
    [
      'a model that is not there',
      (csv) => csv.replace(models[0]!.id, 'f'.repeat(64)),
      /runs, row \d+: Foreign key/,
    ],
    ['an empty cell where none may be', (csv) => csv.replace(',overhead,', ',,'), /runs, row 8: .*required/],
  ])('that reader refuses %s', async (_, damage, message) => {
    const folder = writeTexts(temporaryFolder(), texts);
    const csv = texts.get('data/runs.csv')!;
    expect(damage(csv)).not.toBe(csv);
    writeFileSync(join(folder, 'data/runs.csv'), damage(csv));
    expect((await readDataPackage(folder)).faults.join('\n')).toMatch(message);
  });
});
