import type { ManifestInput } from '../types';
import { thisApp } from './app';
import { jsonText } from './text';

/** Version of the layout of files and records; an import looks at it first. */
export const bundleSchema = 'thirtywatts.bundle/1';

/** Which format each file follows, with the page that says what it is. */
export const formats = [
  {
    files: 'data/*.csv, figures/*.points.csv',
    format: 'CSV',
    version: 'RFC 4180',
    specification: 'https://www.rfc-editor.org/rfc/rfc4180',
  },
  {
    files: 'data/*.parquet',
    format: 'Apache Parquet',
    version: '2',
    specification: 'https://parquet.apache.org/docs/file-format/',
  },
  {
    files: 'datapackage.json',
    format: 'Data Package',
    version: '2.0',
    specification: 'https://datapackage.org/standard/data-package/',
  },
  {
    files: 'croissant.json',
    format: 'Croissant',
    version: '1.1',
    specification: 'https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html',
  },
  {
    files: 'ro-crate-metadata.json',
    format: 'RO-Crate',
    version: '1.2',
    specification: 'https://w3id.org/ro/crate/1.2',
  },
  {
    files: 'CITATION.cff',
    format: 'Citation File Format',
    version: '1.2.0',
    specification: 'https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md',
  },
  {
    files: 'provenance/records/*.jsonl',
    format: 'JSON Canonicalization Scheme, one record a line',
    version: 'RFC 8785',
    specification: 'https://www.rfc-editor.org/rfc/rfc8785',
  },
] as const;

/**
 * provenance/environment.json: what wrote the bundle. Nothing of the machine that did, its place or its time, so that two
 * labs write the same bytes, and the time of a bundle stands in its manifests only (docs/bundle.md, 5.4).
 */
export function environment(input: ManifestInput): string {
  const { version, commit, parquetWriter } = input.app ?? thisApp();
  return jsonText({
    schema: bundleSchema,
    app: { name: 'Thirty Watts', version, commit },
    writers: { parquet: parquetWriter },
    formats,
    units: { system: 'UCUM', specification: 'https://ucum.org/ucum' },
  });
}
