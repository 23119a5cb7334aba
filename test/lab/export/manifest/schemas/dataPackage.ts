/**
 * Data Package 2.0, Data Resource 2.0, Table Schema 2.0 and Table Dialect 2.0 as JSON Schema, written from the text of the
 * specifications (https://datapackage.org/standard/): what they say MUST be, and what a bundle promises on top, marked
 * "bundle". Custom properties are allowed by the specifications.
 */

const text = { type: 'string', minLength: 1 };
const name = { type: 'string', pattern: '^[a-z0-9._-]+$' };
const names = { type: 'array', items: text, minItems: 1, uniqueItems: true };
const profile = (of: string) => ({ const: `https://datapackage.org/profiles/2.0/${of}.json` });
/** Relative POSIX path inside the package, or a URL (glossary, URL or Path). */
const urlOrPath = {
  type: 'string',
  pattern: '^(https?://\\S+|(?!/)(?!.*(^|/)\\.\\.?(/|$))(?!.*\\\\)[^:\\s][^:]*)$',
};
const atLeastOne = { type: 'object', minProperties: 1 };

const constraintsFor = (own: Record<string, object>) => ({
  type: 'object',
  properties: {
    required: { type: 'boolean' },
    unique: { type: 'boolean' },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    ...own,
  },
  additionalProperties: false,
  required: [],
});
const range = {
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  exclusiveMinimum: { type: 'number' },
  exclusiveMaximum: { type: 'number' },
};
const length = { minLength: { type: 'integer', minimum: 0 }, maxLength: { type: 'integer', minimum: 0 } };

/** Types of columns that a bundle uses, each with the formats and constraints that Table Schema gives it. */
const byType = [
  {
    type: 'string',
    formats: ['default', 'email', 'uri', 'binary', 'uuid'],
    own: { ...length, pattern: text, enum: enumOf('string') },
  },
  { type: 'integer', formats: ['default'], own: { ...range, enum: enumOf('integer') } },
  { type: 'number', formats: ['default'], own: { ...range, enum: enumOf('number') } },
  { type: 'boolean', formats: ['default'], own: {} },
  // bundle: the default format only.
  { type: 'datetime', formats: ['default'], own: {} },
];

function enumOf(type: string) {
  return { type: 'array', minItems: 1, uniqueItems: true, items: { type } };
}

const field = {
  type: 'object',
  // bundle: every column says its type and what it is.
  required: ['name', 'type', 'format', 'description'],
  properties: {
    name: text,
    title: text,
    description: text,
    type: { enum: byType.map(({ type }) => type) },
    unit: text,
    unitSystem: { const: 'UCUM' },
  },
  dependentRequired: { unit: ['unitSystem'], unitColumn: ['unitSystem'] },
  allOf: byType.map(({ type, formats, own }) => ({
    if: { type: 'object', properties: { type: { const: type } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: {
      type: 'object',
      properties: { format: { enum: formats }, constraints: constraintsFor(own) },
    },
  })),
};

const tableSchema = {
  type: 'object',
  required: ['fields', 'missingValues', 'primaryKey'],
  properties: {
    $schema: profile('tableschema'),
    fields: { type: 'array', minItems: 1, items: field },
    // bundle: a missing value is an empty cell and nothing else.
    missingValues: { const: [''] },
    primaryKey: names,
    foreignKeys: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['fields', 'reference'],
        properties: {
          fields: names,
          reference: {
            type: 'object',
            required: ['fields'],
            properties: { resource: name, fields: names },
            additionalProperties: false,
          },
        },
        additionalProperties: false,
      },
    },
    // bundle: the published 2.0 profile and the specification contradict each other on it.
    fieldsMatch: false,
  },
};

const dialect = {
  type: 'object',
  properties: {
    $schema: profile('tabledialect'),
    header: { type: 'boolean' },
    delimiter: { type: 'string' },
    lineTerminator: { type: 'string' },
    quoteChar: { type: 'string', minLength: 1, maxLength: 1 },
    doubleQuote: { type: 'boolean' },
    skipInitialSpace: { type: 'boolean' },
  },
  additionalProperties: false,
};

const licences = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    anyOf: [{ required: ['name'] }, { required: ['path'] }],
    properties: { name: { type: 'string', pattern: '^[A-Za-z0-9.-]+$' }, path: urlOrPath, title: text },
  },
};

const resource = {
  type: 'object',
  required: ['name'],
  oneOf: [{ required: ['path'] }, { required: ['data'] }],
  properties: {
    $schema: profile('dataresource'),
    name,
    path: urlOrPath,
    // bundle: tables as CSV in UTF-8 with size and SHA-256.
    type: { const: 'table' },
    title: text,
    description: text,
    format: { const: 'csv' },
    mediatype: { const: 'text/csv' },
    encoding: { const: 'utf-8' },
    bytes: { type: 'integer', minimum: 1 },
    hash: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' },
    dialect,
    schema: tableSchema,
  },
  allOf: [{ required: ['$schema', 'type', 'schema', 'bytes', 'hash', 'dialect', 'encoding', 'mediatype'] }],
};

export const dataPackageSchema = {
  type: 'object',
  // The specification requires `resources` alone and wishes for the others; a bundle has them.
  required: ['$schema', 'name', 'title', 'created', 'licenses', 'resources'],
  properties: {
    $schema: profile('datapackage'),
    name,
    id: { type: 'string', format: 'uri' },
    title: text,
    description: text,
    version: text,
    created: { type: 'string', format: 'date-time' },
    keywords: names,
    licenses: licences,
    contributors: {
      type: 'array',
      minItems: 1,
      items: {
        ...atLeastOne,
        properties: {
          title: text,
          givenName: text,
          familyName: text,
          path: { type: 'string', format: 'uri' },
          email: { type: 'string', format: 'email' },
          roles: names,
          organization: text,
        },
      },
    },
    sources: {
      type: 'array',
      minItems: 1,
      items: { ...atLeastOne, properties: { title: text, path: urlOrPath, email: text, version: text } },
    },
    resources: { type: 'array', minItems: 1, items: resource },
    // Of version 1: would turn readers to the old rules.
    profile: false,
  },
};
