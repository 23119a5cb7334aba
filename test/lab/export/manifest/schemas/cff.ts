/**
 * Citation File Format 1.2.0 as JSON Schema, written from its guide
 * (https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md), without `references`,
 * `preferred-citation` and `contact`, which a bundle has no use for.
 */

const text = { type: 'string', minLength: 1 };
const date = { type: 'string', format: 'date', pattern: '^\\d{4}-\\d\\d-\\d\\d$' };
const url = { type: 'string', format: 'uri', pattern: '^(https?|s?ftp)://' };
const orcid = { type: 'string', pattern: '^https://orcid\\.org/\\d{4}-\\d{4}-\\d{4}-\\d{3}[\\dX]$' };
const place = { address: text, city: text, country: { type: 'string', pattern: '^[A-Z]{2}$' } };
const contact = { email: { type: 'string', format: 'email' }, fax: text, tel: text, website: url };

const person = {
  type: 'object',
  minProperties: 1,
  properties: {
    ...place,
    ...contact,
    affiliation: text,
    alias: text,
    'family-names': text,
    'given-names': text,
    'name-particle': text,
    'name-suffix': text,
    orcid,
    'post-code': text,
    region: text,
  },
  additionalProperties: false,
};
const entity = {
  type: 'object',
  required: ['name'],
  properties: {
    ...place,
    ...contact,
    alias: text,
    'date-end': date,
    'date-start': date,
    location: text,
    name: text,
    orcid,
    'post-code': text,
    region: text,
  },
  additionalProperties: false,
};

export const cffSchema = {
  type: 'object',
  required: ['authors', 'cff-version', 'message', 'title'],
  properties: {
    abstract: text,
    authors: { type: 'array', minItems: 1, uniqueItems: true, items: { anyOf: [person, entity] } },
    'cff-version': { const: '1.2.0' },
    commit: text,
    'date-released': date,
    doi: { type: 'string', pattern: '^10\\.\\d{4,9}(\\.\\d+)?/[A-Za-z0-9:/_;\\-.()\\[\\]\\\\]+$' },
    identifiers: { type: 'array', minItems: 1 },
    keywords: { type: 'array', minItems: 1, uniqueItems: true, items: text },
    // Of the SPDX list those that a dataset can have here.
    license: { enum: ['CC-BY-4.0', 'CC0-1.0', 'CC-BY-SA-4.0', 'ODC-By-1.0', 'ODbL-1.0'] },
    'license-url': url,
    message: text,
    repository: url,
    'repository-artifact': url,
    'repository-code': url,
    title: text,
    type: { enum: ['dataset', 'software'] },
    url,
    version: { type: ['string', 'number'] },
  },
  additionalProperties: false,
};
