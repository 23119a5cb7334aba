/**
 * RO-Crate 1.2 as JSON Schema, as far as a structure can be checked; written from the text of the specification
 * (https://w3id.org/ro/crate/1.2) for an attached crate.
 */

const text = { type: 'string', minLength: 1 };
const reference = {
  type: 'object',
  required: ['@id'],
  properties: { '@id': text },
  additionalProperties: false,
};
/** Compacted: a list has two or more. */
const references = { oneOf: [reference, { type: 'array', minItems: 2, items: reference }] };
const typed = (type: string) => ({ type: 'object', properties: { '@type': { const: type } } });

const has = (type: string, required: string[], properties: Record<string, object> = {}) => ({
  if: typed(type),
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { type: 'object', required, properties },
});

const descriptor = {
  type: 'object',
  required: ['@id', '@type', 'about', 'conformsTo'],
  properties: {
    '@id': { const: 'ro-crate-metadata.json' },
    '@type': { const: 'CreativeWork' },
    about: { type: 'object', properties: { '@id': { const: './' } }, required: ['@id'] },
    conformsTo: {
      type: 'object',
      properties: { '@id': { const: 'https://w3id.org/ro/crate/1.2' } },
      required: ['@id'],
    },
  },
};

const root = {
  type: 'object',
  required: ['@id', '@type', 'name', 'description', 'datePublished', 'license', 'hasPart'],
  properties: {
    '@id': { const: './' },
    '@type': { const: 'Dataset' },
    name: text,
    description: text,
    datePublished: {
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z)?$',
    },
    license: reference,
    hasPart: references,
  },
};

const entity = {
  type: 'object',
  required: ['@id', '@type'],
  properties: {
    // A path stays inside the crate and is a valid URI reference.
    '@id': { type: 'string', format: 'uri-reference', pattern: '^(?!/)(?!.*\\.\\./)' },
    '@type': text,
    name: text,
  },
  allOf: [
    has('File', ['name', 'contentSize', 'encodingFormat', 'sha256'], {
      contentSize: { type: 'string', pattern: '^\\d+$' },
      encodingFormat: { type: 'string', pattern: '^[a-z]+/[a-z0-9.+-]+$' },
      sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    }),
    has('Person', ['name']),
    has('Organization', ['name']),
    has('SoftwareApplication', ['name', 'version']),
    has('IndividualProduct', ['name']),
    has('PropertyValue', ['value']),
    has('CreateAction', ['name', 'instrument', 'result'], {
      instrument: references,
      result: references,
      agent: references,
      object: references,
      startTime: { type: 'string', format: 'date-time' },
      endTime: { type: 'string', format: 'date-time' },
    }),
  ],
};

export const roCrateSchema = {
  type: 'object',
  required: ['@context', '@graph'],
  properties: {
    '@context': { const: 'https://w3id.org/ro/crate/1.2/context' },
    '@graph': {
      type: 'array',
      items: entity,
      allOf: [{ contains: descriptor }, { contains: root }],
    },
  },
  additionalProperties: false,
};

/**
 * What a schema cannot say: no two entities share an @id, references (objects with nothing but an @id) lead to an entity
 * unless they are URLs of elsewhere, nothing is nested, every data entity hangs on the root. @returns what is wrong
 */
export function roCrateFaults(document: unknown): string[] {
  const graph = (document as { '@graph': Record<string, unknown>[] })['@graph'];
  const ids = graph.map((each) => each['@id'] as string);
  const there = new Set(ids);
  const values = graph.flatMap((each) => Object.values(each).flat());
  const objects = values.filter((v): v is Record<string, unknown> => typeof v === 'object' && v !== null);
  const parts = new Set(
    [graph.find((each) => each['@id'] === './')?.hasPart]
      .flat()
      .map((p) => (p as { '@id': string })?.['@id']),
  );
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two of ${id}`),
    ...objects.filter((o) => Object.keys(o).length !== 1).map((o) => `nested ${JSON.stringify(o)}`),
    ...objects
      .map((o) => o['@id'] as string)
      .filter((id) => !there.has(id) && !/^https:\/\/w3id\.org\/ro\/crate\//.test(id))
      .map((id) => `no entity ${id}`),
    ...graph
      .filter((each) => each['@type'] === 'File' && !parts.has(each['@id'] as string))
      .map((each) => `${each['@id']} is no part`),
  ];
}

/** The terms of the crate that its context (https://w3id.org/ro/crate/1.2/context, flat) maps to schema.org, our own list. */
export const roCrateTerms = {
  schema: (
    'CreateAction CreativeWork Dataset IndividualProduct Organization Person PropertyValue SoftwareApplication about ' +
    'affiliation agent author contentSize creditText datePublished description encodingFormat endTime familyName ' +
    'givenName hasPart identifier instrument keywords license mentions name object propertyID result sha256 startTime ' +
    'subjectOf url value version'
  ).split(' '),
  other: {
    File: 'http://schema.org/MediaObject',
    conformsTo: 'http://purl.org/dc/terms/conformsTo',
    'cite-as': 'http://www.iana.org/assignments/relation/cite-as',
  },
};
