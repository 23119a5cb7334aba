import { describe, expect, it } from 'vitest';
import type { BundleOptionsInput } from '../../../../src/shared/bundle';
import { expandBase, expandOffline, roCrateContext, schemaFaults } from '../../../support/bundleValidators';
import { hostileName, machine, madeUpBundle, tables } from './madeUp';
import { croissantFaults, croissantSchema } from './schemas/croissant';
import { roCrateFaults, roCrateSchema } from './schemas/roCrate';

type Json = Record<string, unknown>;
type Entity = Json & { '@id': string };

const full = {
  title: hostileName,
  doi: '10.5281/zenodo.1234567',
  authors: [
    { familyNames: 'Curie', givenNames: 'Marie', affiliation: 'Sorbonne' },
    { familyNames: 'Noether', orcid: 'https://orcid.org/0000-0002-1825-0097' },
  ],
} satisfies BundleOptionsInput;
const { texts, input } = madeUpBundle(full);
const plain = madeUpBundle();
const of = (path: string, from = texts) => JSON.parse(from.get(path)!) as Json;
const changed = (path: string, change: (document: never) => void) => {
  const document = of(path);
  change(document as never);
  return document;
};

describe('croissant.json', () => {
  const path = 'croissant.json';
  const faults = (document: unknown) => [
    ...schemaFaults(croissantSchema, document),
    ...croissantFaults(document),
  ];

  it('follows Croissant 1.1 by structure, with and without authors and DOI', () => {
    expect(faults(of(path))).toEqual([]);
    expect(faults(of(path, plain.texts))).toEqual([]);
    expect(of(path, plain.texts)).toMatchObject({ creator: { name: 'Anonymous' }, url: 'README.md' });
  });

  interface Changeable {
    [key: string]: unknown;
    distribution: Json[];
    recordSet: { key: Json; field: (Json & { source: { fileObject: Json } })[] }[];
  }
  it.each<[string, (d: Changeable) => void]>([
    ['no name', (d) => Reflect.deleteProperty(d, 'name')],
    ['another version', (d) => Object.assign(d, { conformsTo: 'http://mlcommons.org/croissant/1.0' })],
    ['no licence', (d) => Reflect.deleteProperty(d, 'license')],
    [
      'the http that MLCommons’ reader refuses',
      (d) => Object.assign(d['@context'] as Json, { sc: 'http://schema.org/' }),
    ],
    ['a hash that is none', (d) => Object.assign(d.distribution[0]!, { sha256: 'abc' })],
    ['a file twice', (d) => void d.distribution.push(d.distribution[0]!)],
    [
      'a source that is not there',
      (d) => Object.assign(d.recordSet[0]!.field[0]!.source.fileObject, { '@id': 'x.csv' }),
    ],
    ['a key that is no field', (d) => Object.assign(d.recordSet[0]!, { key: { '@id': 'runs/nothing' } })],
    [
      'a reference to nothing',
      (d) => Object.assign(d.recordSet[0]!.field[1]!, { references: { '@id': 'models/x' } }),
    ],
    ['a type of another vocabulary', (d) => Object.assign(d.recordSet[0]!.field[0]!, { dataType: 'string' })],
  ])('is refused with %s', (_, change) => {
    expect(faults(changed(path, change as never))).not.toEqual([]);
  });

  it('has every file with its hash and size, and every table with keys, references and units', () => {
    const { distribution, recordSet } = of(path) as unknown as {
      distribution: Entity[];
      recordSet: Entity[];
    };
    const before = input.files.slice(0, distribution.length);
    expect(distribution.map((f) => [f['@id'], f.sha256, f.contentSize])).toEqual(
      before.map((f) => [f.path, f.sha256, `${f.bytes} B`]),
    );
    expect(before.at(-1)!.path).toBe('datapackage.json');
    expect(recordSet.map((r) => r['@id'])).toEqual(tables.map((t) => t.name));
    const fields = recordSet[0]!.field as Entity[];
    expect(recordSet[0]!.key).toEqual({ '@id': 'runs/run_id' });
    expect(fields.find((f) => f.name === 'energy_per_inference_J')).toMatchObject({
      description: 'Energy of one inference. [J]',
      dataType: 'sc:Float',
      source: { fileObject: { '@id': 'data/runs.parquet' }, extract: { column: 'energy_per_inference_J' } },
    });
    expect(fields.find((f) => f.name === 'model_id')!.references).toEqual({ '@id': 'models/model_id' });
    // The machines are in no table of this bundle.
    expect(fields.find((f) => f.name === 'machine_id')).not.toHaveProperty('references');
    expect((recordSet[1]!.field as Entity[])[0]!.source).toMatchObject({
      fileObject: { '@id': 'data/models.csv' },
    });
  });

  it('expands as JSON-LD without a network', async () => {
    const [dataset] = await expandOffline(of(path));
    const cr = (name: string) => `http://mlcommons.org/croissant/${name}`;
    expect(dataset!['@type']).toEqual(['https://schema.org/Dataset']);
    expect(dataset!['http://purl.org/dc/terms/conformsTo']).toEqual([
      { '@value': 'http://mlcommons.org/croissant/1.1', '@language': 'en' },
    ]);
    const sets = dataset![cr('recordSet')] as Entity[];
    expect(sets.map((set) => set['@id'])).toEqual([`${expandBase}runs`, `${expandBase}models`]);
    const fields = sets[0]![cr('field')] as Entity[];
    expect(fields).toHaveLength(tables[0]!.columns.length);
    expect(fields[0]![cr('dataType')]).toEqual([{ '@id': 'https://schema.org/Text' }]);
  });

  it('does not expand with a context that lies on the web', async () => {
    const document = changed(path, (d: Json) =>
      Object.assign(d, { '@context': 'https://example.org/context' }),
    );
    await expect(expandOffline(document)).rejects.toThrow();
  });
});

describe('ro-crate-metadata.json', () => {
  const path = 'ro-crate-metadata.json';
  const contexts = { 'https://w3id.org/ro/crate/1.2/context': roCrateContext };
  const faults = (document: unknown) => [
    ...schemaFaults(roCrateSchema, document),
    ...roCrateFaults(document),
  ];
  const graphOf = (document: Json) => document['@graph'] as Entity[];
  const entity = (document: Json, id: string) => graphOf(document).find((e) => e['@id'] === id)!;

  it('follows RO-Crate 1.2 by structure, with and without authors and DOI', () => {
    expect(faults(of(path))).toEqual([]);
    expect(faults(of(path, plain.texts))).toEqual([]);
    expect(entity(of(path, plain.texts), './')).not.toHaveProperty('author');
  });

  it.each(['name', 'description', 'datePublished', 'license', '@type'])('needs %s of the root', (key) => {
    expect(faults(changed(path, (d) => Reflect.deleteProperty(entity(d, './'), key)))).not.toEqual([]);
  });

  it.each<[string, (d: Json) => void]>([
    ['no descriptor', (d) => Object.assign(d, { '@graph': graphOf(d).slice(1) })],
    [
      'another version',
      (d) => Object.assign(graphOf(d)[0]!, { conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' } }),
    ],
    ['an entity twice', (d) => void graphOf(d).push({ ...entity(d, './LICENSE'), ...entity(d, 'LICENSE') })],
    [
      'a file that hangs on nothing',
      (d) => Object.assign(entity(d, './'), { hasPart: [{ '@id': 'LICENSE' }, { '@id': 'README.md' }] }),
    ],
    ['a reference to nothing', (d) => Object.assign(entity(d, './'), { author: { '@id': '#nobody' } })],
    [
      'a nested entity',
      (d) => Object.assign(entity(d, './'), { author: { '@id': '#a', '@type': 'Person' } }),
    ],
    ['a hash that is none', (d) => Object.assign(entity(d, 'LICENSE'), { sha256: 'abc' })],
    ['a size with a unit', (d) => Object.assign(entity(d, 'LICENSE'), { contentSize: '5 kB' })],
    ['a path that leaves the crate', (d) => Object.assign(entity(d, 'LICENSE'), { '@id': '../LICENSE' })],
  ])('is refused with %s', (_, change) => {
    expect(faults(changed(path, change as never))).not.toEqual([]);
  });

  it('has every file written before it, with hash, size, type and a name', () => {
    const files = graphOf(of(path)).filter((e) => e['@type'] === 'File');
    const before = input.files.slice(0, files.length);
    expect(before.at(-1)!.path).toBe('croissant.json');
    expect(files.map((f) => [f['@id'], f.sha256, f.contentSize, f.encodingFormat])).toEqual(
      before.map((f) => [f.path, f.sha256, String(f.bytes), f.mediaType]),
    );
    expect(files.find((f) => f['@id'] === 'data/runs.csv')!.name).toBe('Runs (CSV)');
  });

  it('says which machines and which program measured, and which program wrote', () => {
    const d = of(path);
    expect(entity(d, '#measurement').instrument).toEqual([
      { '@id': `#thirty-watts-${machine.app.version}` },
      { '@id': `#machine-${machine.id}` },
    ]);
    expect(entity(d, '#export').instrument).toEqual({ '@id': '#thirty-watts-0.1.0' });
    expect(entity(d, `#machine-${machine.id}`)).toMatchObject({
      '@type': 'IndividualProduct',
      subjectOf: { '@id': `machines/${machine.id}.json` },
    });
    expect(entity(d, './').author).toEqual([
      { '@id': '#author-1' },
      { '@id': 'https://orcid.org/0000-0002-1825-0097' },
    ]);
  });

  it('expands as JSON-LD with our own context of the terms it uses, none left over', async () => {
    const graph = await expandOffline(of(path), contexts);
    const root = graph.find((e) => e['@id'] === expandBase)!;
    expect(root['http://schema.org/hasPart']).toHaveLength(
      graphOf(of(path)).filter((e) => e['@type'] === 'File').length,
    );
    expect(root['http://schema.org/license']).toEqual([
      { '@id': 'https://creativecommons.org/licenses/by/4.0/' },
    ]);
  });

  it('does not expand with a term that the context does not know, or without the context', async () => {
    const odd = changed(path, (d: Json) => Object.assign(entity(d, './'), { voltage: '5 V' }));
    await expect(expandOffline(odd, contexts)).rejects.toThrow();
    await expect(expandOffline(of(path))).rejects.toThrow();
  });
});
