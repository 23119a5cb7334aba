import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables } from '../../../src/main/lab/export/tables/index';
import {
  expandOffline,
  readCff,
  readDataPackage,
  roCrateContext,
  schemaFaults,
} from '../../support/bundleValidators';
import { type Exported, exportFrozen } from '../../support/exportedBundle';
import { temporaryFolder } from '../../support/lab';
import { treeOf } from '../../support/treeOf';
import { cffSchema } from './manifest/schemas/cff';
import { croissantFaults, croissantSchema } from './manifest/schemas/croissant';
import { dataPackageSchema } from './manifest/schemas/dataPackage';
import { roCrateFaults, roCrateSchema } from './manifest/schemas/roCrate';

interface Listed {
  path: string;
  sha256: string;
  bytes: number;
}

let bundle: Exported;
let files: Map<string, Buffer>;
beforeAll(async () => {
  // The large tables are read as CSV in readers.test.ts; npm's reader takes minutes to follow their keys.
  bundle = await exportFrozen({ raw: 'none' });
  files = treeOf(bundle.path);
}, 60_000);
afterAll(() => bundle?.dispose());

const json = (path: string) => JSON.parse(bundle.text(path));
/** Files that a manifest lists with a hash or a size that they do not have. */
const wrongly = (listed: readonly Listed[], there: ReadonlyMap<string, Buffer> = files) =>
  listed
    .filter(({ path, sha256, bytes }) => {
      const content = there.get(path);
      return (
        content === undefined ||
        content.length !== bytes ||
        createHash('sha256').update(content).digest('hex') !== sha256
      );
    })
    .map(({ path }) => path);

const inDataPackage = (): Listed[] =>
  json('datapackage.json').resources.map((r: { path: string; hash: string; bytes: number }) => ({
    ...r,
    sha256: r.hash.slice('sha256:'.length),
  }));
const inCroissant = (): Listed[] =>
  json('croissant.json').distribution.map(
    (f: { contentUrl: string; sha256: string; contentSize: string }) => ({
      path: f.contentUrl,
      sha256: f.sha256,
      bytes: Number.parseInt(f.contentSize, 10),
    }),
  );
const inRoCrate = (): Listed[] =>
  json('ro-crate-metadata.json')
    ['@graph'].filter((e: { '@type': string }) => e['@type'] === 'File')
    .map((e: { '@id': string; sha256: string; contentSize: string }) => ({
      path: e['@id'],
      sha256: e.sha256,
      bytes: Number(e.contentSize),
    }));

describe('the Data Package of a whole bundle', () => {
  it('follows the specification', () => {
    expect(schemaFaults(dataPackageSchema, json('datapackage.json'))).toEqual([]);
  });

  it('lists every table as CSV, as it is', () => {
    const names = tables.filter((t) => !t.raw).map((t) => `data/${t.name}.csv`);
    expect(inDataPackage().map((r) => r.path)).toEqual(names);
    expect(wrongly(inDataPackage())).toEqual([]);
  });

  it('is read by npm’s reader: types, constraints, unique keys and foreign keys hold in every row', async () => {
    const { rows, faults, beyondDouble } = await readDataPackage(bundle.path);
    expect(faults).toEqual([]);
    // Readings of a clock in ns, after 104 days: right in the file and too large for JavaScript.
    const unread = new Set(beyondDouble.map((text) => text.slice(0, text.indexOf(':'))));
    expect([...unread].every((row) => row.startsWith('windows, '))).toBe(true);
    expect(
      [...rows].map(([name, read]) => [
        `data/${name}.csv`,
        read.length + (name === 'windows' ? unread.size : 0),
      ]),
    ).toEqual([...bundle.rows].filter(([path]) => path.endsWith('.csv')));
  });

  it.each<[string, string, (csv: string) => string]>([
    ['a machine is missing', 'machines', (csv) => csv.split('\r\n').toSpliced(1, 1).join('\r\n')],
    ['a number is a word', 'windows', (csv) => csv.replace(/(\r\n[^,]*,)\d+,/, '$1many,')],
    ['a word is not in its list', 'runs', (csv) => csv.replace(',measure,', ',measured,')],
    ['a row is there twice', 'models', (csv) => csv + csv.slice(csv.lastIndexOf('\r\n', csv.length - 3) + 2)],
  ])('(control) is not where %s', async (_, table, damage) => {
    const copy = join(temporaryFolder(), 'copy');
    cpSync(bundle.path, copy, { recursive: true });
    const path = join(copy, `data/${table}.csv`);
    const csv = readFileSync(path, 'utf8');
    expect(damage(csv)).not.toBe(csv);
    writeFileSync(path, damage(csv));
    expect((await readDataPackage(copy)).faults).not.toEqual([]);
    expect(wrongly(inDataPackage(), treeOf(copy))).toEqual([`data/${table}.csv`]);
  });
});

describe('Croissant of a whole bundle', () => {
  it('follows the specification by structure and expands offline', async () => {
    const document = json('croissant.json');
    expect(schemaFaults(croissantSchema, document)).toEqual([]);
    expect(croissantFaults(document)).toEqual([]);
    const [dataset] = await expandOffline(document);
    expect(dataset!['http://mlcommons.org/croissant/recordSet']).toHaveLength(
      tables.filter((t) => !t.raw).length,
    );
  });

  it('lists every file that was written before it, as it is', () => {
    expect(
      inCroissant()
        .map((f) => f.path)
        .sort(),
    ).toEqual(
      [...files.keys()].filter(
        (path) => !/^(croissant\.json|ro-crate-metadata\.json|SHA256SUMS)$/.test(path),
      ),
    );
    expect(wrongly(inCroissant())).toEqual([]);
  });
});

describe('RO-Crate of a whole bundle', () => {
  it('follows the specification by structure and expands offline with our own context', async () => {
    const document = json('ro-crate-metadata.json');
    expect(schemaFaults(roCrateSchema, document)).toEqual([]);
    expect(roCrateFaults(document)).toEqual([]);
    const graph = await expandOffline(document, { 'https://w3id.org/ro/crate/1.2/context': roCrateContext });
    expect(graph.filter((e) => String(e['@type']) === 'http://schema.org/MediaObject')).toHaveLength(
      inRoCrate().length,
    );
  });

  it('lists every file that was written before it, as it is, each with words', () => {
    expect(
      inRoCrate()
        .map((f) => f.path)
        .sort(),
    ).toEqual([...files.keys()].filter((path) => !/^(ro-crate-metadata\.json|SHA256SUMS)$/.test(path)));
    expect(wrongly(inRoCrate())).toEqual([]);
    const described = json('ro-crate-metadata.json')['@graph'].filter(
      (e: Record<string, unknown>) => e['@type'] === 'File' && e.description === undefined,
    );
    expect(described).toEqual([]);
  });

  it('(control) a changed file is found by all three', () => {
    const there = new Map(files).set('data/runs.csv', Buffer.from('run_id\r\n'));
    for (const listed of [inDataPackage(), inCroissant(), inRoCrate()])
      expect(wrongly(listed, there)).toEqual(['data/runs.csv']);
  });
});

describe('CITATION.cff and README.md of a whole bundle', () => {
  it('follow CFF 1.2.0, and name every table and figure that is there', () => {
    expect(schemaFaults(cffSchema, readCff(bundle.text('CITATION.cff')))).toEqual([]);
    const readme = bundle.text('README.md');
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to]) => to!)
      .filter((to) => !to.startsWith('http'));
    expect(links.filter((to) => !files.has(to))).toEqual([]);
    for (const path of files.keys())
      if (/^(data|figures|machines)\//.test(path)) expect(links).toContain(path);
  });
});
