import type { AnyTable, CellType, ManifestInput, WrittenFile } from '../types';
import { fileOf, keysTo, keywords, packageName, summary, tablesWith } from './facts';
import { licenceFacts } from './licences';
import { bibtex, createdUtc, doiUrl, fullName, nobody, version } from './people';
import { jsonText, oneLine } from './text';

/**
 * The context of Croissant 1.1, appendix 1 (names only, it may be emitted), but with https for schema.org: MLCommons' own
 * reader and datasets have it so, and that reader refuses the http of the appendix (mlcommons/croissant#1018).
 */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  sc: 'https://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  annotation: 'cr:annotation',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  excludes: 'cr:excludes',
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  readLines: 'cr:readLines',
  sdVersion: 'cr:sdVersion',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
  unArchive: 'cr:unArchive',
  value: 'cr:value',
};

const dataTypes: Readonly<Record<CellType, string>> = {
  string: 'sc:Text',
  integer: 'sc:Integer',
  number: 'sc:Float',
  boolean: 'sc:Boolean',
  datetime: 'sc:DateTime',
};

/** croissant.json, Croissant 1.1: every file, and a record set for every table, read from Parquet where there is one. */
export function croissant(input: ManifestInput): string {
  const { source } = input;
  const { authors, doi, licence } = source.options;
  const tables = tablesWith(input, 'csv', 'parquet');
  return jsonText({
    '@context': context,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: packageName(input.name),
    alternateName: oneLine(source.title),
    description: summary(source),
    license: licenceFacts[licence].url,
    // Required; before a DOI is minted the dataset's only page is the one inside it.
    url: doi === null ? 'README.md' : doiUrl(doi),
    ...(doi === null ? {} : { identifier: doiUrl(doi) }),
    creator:
      authors.length === 0
        ? { '@type': 'sc:Person', name: nobody }
        : authors.map((author) => ({
            '@type': 'sc:Person',
            ...(author.orcid === null ? {} : { '@id': author.orcid }),
            name: fullName(author),
            ...(author.givenNames === '' ? {} : { givenName: author.givenNames }),
            familyName: author.familyNames,
            ...(author.affiliation === ''
              ? {}
              : { affiliation: { '@type': 'sc:Organization', name: author.affiliation } }),
          })),
    datePublished: createdUtc(source),
    version: version(source),
    keywords,
    inLanguage: 'en',
    isLiveDataset: false,
    citeAs: bibtex(source),
    distribution: input.files.map((file) => fileObject(input, file)),
    recordSet: tables.map((table) => recordSet(input, table, tables)),
  });
}

function fileObject(input: ManifestInput, { path, bytes, sha256, mediaType }: WrittenFile) {
  const twin = path.endsWith('.parquet') ? path.replace(/\.parquet$/, '.csv') : null;
  return {
    '@type': 'cr:FileObject',
    '@id': path,
    name: path.slice(path.lastIndexOf('/') + 1),
    contentUrl: path,
    contentSize: `${bytes} B`,
    encodingFormat: mediaType,
    sha256,
    ...(twin !== null && input.files.some((file) => file.path === twin) ? { sameAs: twin } : {}),
  };
}

function recordSet(input: ManifestInput, table: AnyTable, there: readonly AnyTable[]) {
  const { path } = (fileOf(input, table, 'parquet') ?? fileOf(input, table, 'csv'))!;
  const id = (column: string, of = table.name) => `${of}/${column}`;
  const keys = keysTo(table, there);
  const references = (column: string) =>
    keys.flatMap(({ fields, table: of, to }) =>
      fields.flatMap((own, i) => (own === column ? [{ '@id': id(to[i]!, of) }] : [])),
    );
  return {
    '@type': 'cr:RecordSet',
    '@id': table.name,
    name: table.name,
    description: `${table.title}. ${table.description}`,
    key: one(table.primaryKey.map((column) => ({ '@id': id(column) }))),
    field: table.columns.map(({ name, type, unit, description }) => {
      const refers = references(name);
      return {
        '@type': 'cr:Field',
        '@id': id(name),
        name,
        // Croissant has no property for units.
        description: unit === null ? description : `${description} [${unit}]`,
        dataType: dataTypes[type],
        source: { fileObject: { '@id': path }, extract: { column: name } },
        ...(refers.length === 0 ? {} : { references: one(refers) }),
      };
    }),
  };
}

const one = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? list[0]! : list);
