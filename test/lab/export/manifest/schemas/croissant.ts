/**
 * Croissant 1.1 as JSON Schema, as far as a structure can be checked; written from the text of the specification
 * (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html) for the parts of it that a bundle uses.
 */

const text = { type: 'string', minLength: 1 };
const idOf = { type: 'object', required: ['@id'], properties: { '@id': text }, additionalProperties: false };
const oneOrMore = (items: object) => ({ oneOf: [items, { type: 'array', minItems: 2, items }] });

const person = {
  type: 'object',
  required: ['@type', 'name'],
  properties: { '@type': { enum: ['sc:Person', 'sc:Organization'] }, name: text },
};

const fileObject = {
  type: 'object',
  required: ['@type', '@id', 'name', 'contentUrl', 'contentSize', 'encodingFormat', 'sha256'],
  properties: {
    '@type': { const: 'cr:FileObject' },
    '@id': text,
    name: text,
    contentUrl: { type: 'string', format: 'uri-reference', pattern: '^(?!/)(?!.*\\.\\.)' },
    contentSize: { type: 'string', pattern: '^\\d+ B$' },
    encodingFormat: { type: 'string', pattern: '^[a-z]+/[a-z0-9.+-]+$' },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    sameAs: text,
  },
  additionalProperties: false,
};

const field = {
  type: 'object',
  required: ['@type', '@id', 'name', 'description', 'dataType', 'source'],
  properties: {
    '@type': { const: 'cr:Field' },
    '@id': text,
    name: text,
    description: text,
    dataType: { enum: ['sc:Text', 'sc:Integer', 'sc:Float', 'sc:Boolean', 'sc:DateTime'] },
    source: {
      type: 'object',
      required: ['fileObject', 'extract'],
      properties: {
        fileObject: idOf,
        extract: {
          type: 'object',
          required: ['column'],
          properties: { column: text },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    references: oneOrMore(idOf),
  },
  additionalProperties: false,
};

const recordSet = {
  type: 'object',
  required: ['@type', '@id', 'name', 'description', 'key', 'field'],
  properties: {
    '@type': { const: 'cr:RecordSet' },
    '@id': text,
    name: text,
    description: text,
    key: oneOrMore(idOf),
    field: { type: 'array', minItems: 1, items: field },
  },
  additionalProperties: false,
};

export const croissantSchema = {
  type: 'object',
  required: [
    '@context',
    '@type',
    'conformsTo',
    'name',
    'description',
    'license',
    'url',
    'creator',
    'datePublished',
    'distribution',
    'recordSet',
  ],
  properties: {
    '@context': {
      type: 'object',
      required: ['@vocab', 'sc', 'cr', 'dct', 'conformsTo', 'dataType', 'recordSet', 'field', 'source'],
      properties: {
        // Not the http of the appendix: see src/main/lab/export/manifest/croissant.ts.
        '@vocab': { const: 'https://schema.org/' },
        sc: { const: 'https://schema.org/' },
        cr: { const: 'http://mlcommons.org/croissant/' },
        dct: { const: 'http://purl.org/dc/terms/' },
      },
    },
    '@type': { const: 'sc:Dataset' },
    conformsTo: { const: 'http://mlcommons.org/croissant/1.1' },
    name: text,
    description: text,
    license: { type: 'string', format: 'uri' },
    url: { type: 'string', format: 'uri-reference', minLength: 1 },
    creator: {
      oneOf: [person, { type: 'array', minItems: 1, items: person }],
    },
    datePublished: { type: 'string', format: 'date-time' },
    version: { type: 'string', pattern: '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$' },
    keywords: { type: 'array', items: text },
    isLiveDataset: { type: 'boolean' },
    citeAs: text,
    distribution: { type: 'array', minItems: 1, items: fileObject },
    recordSet: { type: 'array', minItems: 1, items: recordSet },
  },
};

interface Id {
  '@id': string;
}
interface Croissant {
  distribution: (Id & { sameAs?: string })[];
  recordSet: (Id & {
    key: Id | Id[];
    field: (Id & { source: { fileObject: Id }; references?: Id | Id[] })[];
  })[];
}

/** What a schema cannot say: ids are unique, and everything that is referred to is there. @returns what is wrong */
export function croissantFaults(document: unknown): string[] {
  const { distribution, recordSet } = document as Croissant;
  const fields = recordSet.flatMap(({ field }) => field);
  const ids = [...distribution, ...recordSet, ...fields].map((each) => each['@id']);
  const files = new Set(distribution.map((file) => file['@id']));
  const columns = new Set(fields.map((each) => each['@id']));
  const list = <T>(value: T | T[] | undefined): T[] =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two of ${id}`),
    ...distribution
      .flatMap(({ sameAs }) => sameAs ?? [])
      .filter((id) => !files.has(id))
      .map((id) => `no file ${id}`),
    ...fields
      .map(({ source }) => source.fileObject['@id'])
      .filter((id) => !files.has(id))
      .map((id) => `no file ${id}`),
    ...[...recordSet.flatMap(({ key }) => list(key)), ...fields.flatMap((each) => list(each.references))]
      .map((each) => each['@id'])
      .filter((id) => !columns.has(id))
      .map((id) => `no field ${id}`),
    ...recordSet.flatMap(({ '@id': id, field }) =>
      field.filter((each) => !each['@id'].startsWith(`${id}/`)).map((each) => `${each['@id']} outside ${id}`),
    ),
  ];
}
