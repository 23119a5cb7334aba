import { z } from 'zod';
import type { Failure } from './errors';

/** Licences that a dataset can be given away under, by SPDX id; the full texts are in resources/licences. */
export const licences = ['CC-BY-4.0', 'CC0-1.0', 'CC-BY-SA-4.0', 'ODC-By-1.0', 'ODbL-1.0'] as const;
export type DataLicence = (typeof licences)[number];

/** What the preview says of each licence, in one line. */
export const licenceWords: Readonly<Record<DataLicence, string>> = {
  'CC-BY-4.0': 'Creative Commons Attribution 4.0: anyone may use it and must name you',
  'CC0-1.0': 'Creative Commons Zero 1.0: no rights reserved',
  'CC-BY-SA-4.0': 'Creative Commons Attribution-ShareAlike 4.0: name you, and share alike',
  'ODC-By-1.0': 'Open Data Commons Attribution 1.0: anyone may use the database and must name you',
  'ODbL-1.0': 'Open Database License 1.0: name you, and keep the database open',
};

/** Somebody to be cited: typed by the user on purpose, the only names of persons that a bundle can hold. */
export const authorSchema = z.strictObject({
  familyNames: z.string().trim().min(1, 'write the family name').max(200, 'write at most 200 characters'),
  givenNames: z.string().trim().max(200, 'write at most 200 characters').default(''),
  affiliation: z.string().trim().max(200, 'write at most 200 characters').default(''),
  /** https://orcid.org/0000-0002-1825-0097 (ISO 7064 check digit not checked). */
  orcid: z
    .string()
    .regex(
      /^https:\/\/orcid\.org\/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/,
      'write https://orcid.org/0000-0000-0000-0000',
    )
    .nullable()
    .default(null),
});
export type Author = z.infer<typeof authorSchema>;

/** Date and time in UTC, whole seconds: `2026-01-15T10:00:00Z`. */
export const utcSecondSchema = z.iso.datetime({
  precision: 0,
  message: 'write a UTC time such as 2026-01-15T10:00:00Z',
});

/** Which samples and meter readings lie in the bundle as tables; its records hold them in any case. */
export const rawTables = ['none', 'parquet', 'both'] as const;

/** `Ada Lovelace`. */
export const authorName = ({ givenNames, familyNames }: Pick<Author, 'givenNames' | 'familyNames'>): string =>
  `${givenNames} ${familyNames}`.trim();

/** What goes into a bundle and what it says of itself. */
export const bundleOptionsSchema = z.strictObject({
  /** Ids, prefixes or names of experiments; null: all of them. */
  experiments: z.array(z.string().min(1)).max(100_000).nullable().default(null),
  /** Only these runs (ids or prefixes) of those experiments; null: all. Only runs that have ended are in a bundle. */
  runs: z
    .array(z.string().min(4, 'give at least 4 digits of the id of a run'))
    .max(100_000)
    .nullable()
    .default(null),
  /**
   * Claims by id or label (with the experiments that they measured); null: all where everything is exported, else those
   * whose measurements are all in the bundle.
   */
  claims: z.array(z.string().min(1)).nullable().default(null),
  raw: z.enum(rawTables).default('parquet'),
  /** Also the power trace and the latency distribution of each run. */
  runFigures: z.boolean().default(false),
  /** PNG beside each SVG, times 96 dots per inch; 0: none. PNG bytes belong to the rasteriser and are outside the promise of equal bytes. */
  png: z
    .number('give 0, 1, 2 or 3')
    .int('give 0, 1, 2 or 3')
    .min(0, 'give 0, 1, 2 or 3')
    .max(3, 'give 0, 1, 2 or 3')
    .default(0),
  theme: z.enum(['light', 'dark']).default('light'),
  /** null: made of the experiments. */
  title: z
    .string()
    .trim()
    .min(3, 'write at least 3 characters')
    .max(200, 'write at most 200 characters')
    // What is shown of it is one line of visible characters, and that may not be empty.
    .refine((text) => /[^\p{C}\p{Z}\p{M}]/u.test(text), 'write a title that can be seen')
    .nullable()
    .default(null),
  description: z.string().trim().max(5000, 'write at most 5,000 characters').default(''),
  authors: z.array(authorSchema).max(50).default([]),
  licence: z.enum(licences).default('CC-BY-4.0'),
  /** DOI once one is minted: `10.5281/zenodo.1234567`; null: no identifier is written anywhere. */
  doi: z
    .string()
    .regex(/^10\.\d{4,9}\/\S+$/, 'write a DOI such as 10.5281/zenodo.1234567')
    .nullable()
    .default(null),
  /** The only clock value of a bundle; null: now. The same selection and `created` give the same bytes. */
  created: utcSecondSchema.nullable().default(null),
});
export type BundleOptions = z.output<typeof bundleOptionsSchema>;
export type BundleOptionsInput = z.input<typeof bundleOptionsSchema>;

export const bundleFormats = ['folder', 'zip'] as const;
export type BundleFormat = (typeof bundleFormats)[number];

/** One file of a bundle that is there or would be. */
export interface BundleFile {
  /** Inside the bundle, with `/`. */
  path: string;
  /** In a preview an estimate, marked by the preview. */
  bytes: number;
  /** Rows of a table; null for other files. */
  rows: number | null;
}

/** What a bundle would hold; nothing is written. */
export interface BundlePreview {
  /** Name of the folder, or of the zip without its ending. */
  name: string;
  title: string;
  counts: {
    experiments: number;
    runs: number;
    models: number;
    machines: number;
    claims: number;
    figures: number;
  };
  /** Sizes are estimates. */
  files: BundleFile[];
  /** Estimated bytes of the folder. */
  bytes: number;
  /** What a reader could take for a sign of who you are, in plain sentences: names you typed, what is replaced. */
  identity: string[];
  warnings: string[];
  /** Why it cannot be exported; null where it can. */
  refusal: Failure | null;
}

export interface ExportedBundle {
  /** The folder or zip that was written. */
  path: string;
  /** Bytes of all files; of the zip where it is one. */
  bytes: number;
  files: BundleFile[];
  /** SHA-256 (hex) of SHA256SUMS: the identity of the dataset. */
  sha256: string;
}

/** How far an export or an import is. */
export interface BundleProgress {
  /** What is done now, in words. */
  label: string;
  /** 0 to 1. */
  share: number;
  elapsedS: number;
  /** An estimate; null until one can be made. */
  leftS: number | null;
}

/** What an import did. */
export interface ImportReport {
  /** SHA-256 (hex) of the bundle's SHA256SUMS. */
  sha256: string;
  title: string;
  /** This very bundle was imported before. */
  alreadyThere: boolean;
  added: {
    experiments: number;
    runs: number;
    models: number;
    machines: number;
    accuracies: number;
    claimRuns: number;
  };
  /** Runs that this lab had already, with the same content. */
  runsThere: number;
  /** What was left out, each in one plain sentence with its id; empty where nothing was. */
  conflicts: string[];
  warnings: string[];
}

/** A bundle that was imported, newest first in lists. */
export interface ImportedBundle {
  /** SHA-256 (hex) of its SHA256SUMS. */
  sha256: string;
  title: string;
  created: string;
  importedUnixMs: number;
  licence: string;
  authors: Author[];
  runs: number;
  /** Ids of the labs that measured its runs. */
  labs: string[];
}

/** `lab 3f9a12c4`: how another lab is called on the page and in figures. */
export const labWord = (labId: string) => `lab ${labId.slice(0, 8)}`;
