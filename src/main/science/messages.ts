import type { Failure } from '../../shared/errors';
import type { MadeModel } from './tools';

/** What the lab tells a science process, once. */
export interface TaskJob {
  task: string;
  input: unknown;
  /** Empty folder for what the task makes. */
  folder: string;
  /** Where data sets of this lab and of the installation lie. */
  data: DataPlaces;
  parentPid: number;
}

export interface DataPlaces {
  /** `<lab>/data`: sets that the user added. */
  labFolder: string;
  /** Folders that may hold the four raw MNIST files, best first. */
  mnistFolders: string[];
  /** The ten templates of MNIST-1D (resources/data/mnist1d.json). */
  mnist1dTemplates: string;
}

export type FromScience =
  | { type: 'progress'; share: number; label: string | null }
  | { type: 'done'; output: unknown; models: MadeModel[]; ortVersion: string }
  | { type: 'failed'; failure: Failure };
