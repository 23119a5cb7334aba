import { z } from 'zod';

/** A seed: makes generated examples, chooses among those that are read, begins trainings. */
export const seedSchema = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31)
  .default(1);

/** A data set to be added: files of examples and labels (CSV or NPY), or a folder with the four IDX files of MNIST's format. */
export const datasetInput = z.strictObject({
  name: z.string().min(1),
  /** Folder with IDX files; null: files. */
  folder: z.string().min(1).nullable().default(null),
  examples: z.string().min(1).nullable().default(null),
  labels: z.string().min(1).nullable().default(null),
  testExamples: z.string().min(1).nullable().default(null),
  testLabels: z.string().min(1).nullable().default(null),
  /** Column of a CSV file that holds the labels; null: one called label, class, target or y, else the last. */
  labelColumn: z.string().min(1).nullable().default(null),
  /** Shape of one example, e.g. [1, 28, 28]; null: as the file has it. */
  shape: z.array(z.number().int().min(1)).min(1).max(6).nullable().default(null),
  /** Number of classes where not each has an example; null: counted. */
  classes: z.number().int().min(2).nullable().default(null),
  /** Share kept for testing where no test part is given; 1: all of it. */
  testShare: z.number().gt(0).max(1).default(0.2),
  licence: z.string().trim().min(1).max(2000).nullable().default(null),
});
export type DatasetInput = z.infer<typeof datasetInput>;

/** Where the examples of a data set come from. */
export type DatasetKind =
  /** Made on this machine from a seed, any number. */
  | 'generated'
  /** Read where the user has installed it. */
  | 'installed'
  /** Added by the user, copied into the lab. */
  | 'own';

/** A data set as the lists show it. */
export interface DatasetView {
  name: string;
  kind: DatasetKind;
  /** In a sentence. */
  about: string;
  /** Licence in a sentence, also where it is in doubt. */
  licence: string;
  /** Shape of one example, e.g. [40] or [1, 28, 28]. */
  shape: number[];
  classes: number;
  /** Examples of each part; null where any number can be made. */
  train: number | null;
  test: number | null;
  /** Why it cannot be read now, with the remedy; null where it can. */
  missing: { message: string; remedy: string | null } | null;
  /** What was copied, with hashes; null unless `own`. */
  manifest: DatasetManifest | null;
}

/** What lies in `<lab>/data/<name>/manifest.json`. */
export interface DatasetManifest {
  version: 1;
  name: string;
  addedUnixMs: number;
  licence: string | null;
  shape: number[];
  classes: number;
  /** Examples of each class, training part and test part. */
  perClass: { train: number[]; test: number[] };
  /** How the test part came about: given, or the last 20 % of a shuffle with this seed. */
  split: { kind: 'given' } | { kind: 'drawn'; seed: number; share: number };
  /** The files as they were given, and what was made of them. */
  sources: {
    role: 'examples' | 'labels' | 'testExamples' | 'testLabels';
    name: string;
    bytes: number;
    sha256: string;
  }[];
  files: { name: string; bytes: number; sha256: string }[];
}
