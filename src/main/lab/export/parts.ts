import type { Machine } from '../../../shared/machine';
import { machineFile } from './machineFile';
import { citation, croissant, dataPackage, environment, licenceText, readme, roCrate } from './manifest';
import { type RecordFile, recordFiles } from './records';
import { tables } from './tables/index';
import type { AnyTable, BundleSource, ManifestInput } from './types';

/** A file that says what is in the bundle. */
export interface ManifestFile {
  path: string;
  mediaType: string;
  text(input: ManifestInput): string;
}

/** What a bundle consists of besides its figures; each list in the order of writing. */
export interface BundleParts {
  tables: readonly AnyTable[];
  machineFile(machine: Machine): string;
  recordFiles(source: BundleSource): readonly RecordFile[];
  /** Below provenance/, before the records. */
  environment: ManifestFile;
  manifests: readonly ManifestFile[];
}

const jsonLd = 'application/ld+json';

/** Those of this version of the lab (docs/bundle.md, 5.1 and 5.4). */
export const bundleParts: BundleParts = {
  tables,
  machineFile,
  recordFiles,
  environment: { path: 'provenance/environment.json', mediaType: 'application/json', text: environment },
  manifests: [
    { path: 'README.md', mediaType: 'text/markdown', text: readme },
    { path: 'LICENSE', mediaType: 'text/plain', text: licenceText },
    { path: 'CITATION.cff', mediaType: 'application/yaml', text: citation },
    { path: 'datapackage.json', mediaType: 'application/json', text: dataPackage },
    { path: 'croissant.json', mediaType: jsonLd, text: croissant },
    { path: 'ro-crate-metadata.json', mediaType: jsonLd, text: roCrate },
  ],
};

/** Tables that this bundle holds. */
export const tablesOf = ({ options }: BundleSource, { tables }: BundleParts): AnyTable[] =>
  tables.filter((table) => !table.raw || options.raw !== 'none');

/** The large tables are text only on request. */
export const hasCsv = ({ options }: BundleSource, table: AnyTable): boolean =>
  !table.raw || options.raw === 'both';
