import { resolve } from 'node:path';
import type { BundleProgress, ImportedBundle, ImportReport } from '../../../shared/bundle';
import { LabError } from '../../../shared/errors';
import type { LabContext } from '../context';
import { publicReader } from '../export/publicReader';
import type { Redact } from '../export/redact';
import { createWork, type Step } from '../export/work';
import { describe } from './describe';
import { filesBelow } from './folder';
import { createMerge } from './merge';
import { type Known, readContents, readRuns } from './read';
import { quoted } from './refusal';
import { openSource } from './source';
import { checkSums } from './sums';

export interface ImportOptions {
  signal?: AbortSignal;
  progress?(progress: BundleProgress): void;
  /** As this lab's own records are made public: what comes home is compared with that. */
  redact: Redact;
}

/** Sentences of one kind that a report holds; the rest is counted. */
const mostSentences = 200;

/**
 * Takes a bundle into the lab: a folder or a zip. First every file is held against its sum and every line against its hash
 * and shape, and nothing is stored of a bundle in which one does not fit; then the lab gets what it lacks, a run at a time,
 * each whole or not at all. Importing again goes on where it stopped, and changes nothing where it did not. Others have the
 * thread in between.
 * @param path a folder or a zip
 * @throws LabError not_found, bad_input naming file and line, unsupported for a newer format, no_space, cancelled
 */
export async function importBundle(
  context: LabContext,
  path: string,
  { signal, progress = () => {}, redact }: ImportOptions,
): Promise<ImportReport> {
  let stored = 0;
  const given = resolve(path);
  const source = await openSource(given, context.folder, async () => {
    if (signal?.aborted) throw cancelled(stored);
  });
  try {
    const total = source.bytes;
    const recordBytes = source.recordBytes;
    const msOf = (bytes: number, mbPerS: number) => bytes / (1000 * mbPerS);
    const steps = {
      unpack: { label: 'Unpacking', ms: source.zip === null ? 0 : msOf(total, 150) },
      sums: { label: 'Checking sums', ms: msOf(total, 400) },
      check: { label: 'Checking records', ms: msOf(recordBytes, 25) },
      store: { label: 'Storing runs', ms: msOf(recordBytes, 8) },
    } satisfies Record<string, Step>;
    const totalMs = Object.values(steps).reduce((sum, { ms }) => sum + ms, 0);
    const work = createWork(totalMs, { signal, tell: progress, cancelled: () => cancelled(stored) });
    const pause = async () => {
      if (signal?.aborted) throw cancelled(stored);
      await work.pause();
    };
    /** Begins a step; what comes back is told the bytes that were read of it. */
    const passing = (step: Step, bytes: number) => {
      work.step(step);
      let done = 0;
      return async (read: number) => {
        done += read;
        work.part(bytes === 0 ? 1 : done / bytes);
        await pause();
      };
    };

    const root = await source.unpack(passing(steps.unpack, total));
    const sums = passing(steps.sums, total);
    const files = await filesBelow(root, pause);
    const { sha256, unlisted } = await checkSums(root, files, sums);
    const described = describe(root);

    const { reader, writer, checkpoint } = context.store;
    const known = knownTo(reader);
    const checked = passing(steps.check, recordBytes);
    const contents = await readContents(root, known, checked);
    let runs = 0;
    const labs = new Set<string>();
    for await (const { run } of readRuns(root, contents, known, { pass: checked })) {
      runs += 1;
      labs.add(run.lab);
    }

    const merge = createMerge(context.store, publicReader(reader, redact), contents);
    const stores = passing(steps.store, recordBytes);
    try {
      for await (const came of readRuns(root, contents, known, { pass: stores, deep: false })) {
        merge.run(came);
        stored = merge.report.added.runs;
        await pause();
      }
      merge.rest();
      const alreadyThere = reader.bundles().some((bundle) => bundle.sha256 === sha256);
      const bundle: ImportedBundle = {
        sha256,
        ...described,
        importedUnixMs: context.effects.nowUnixMs(),
        runs,
        labs: [...labs].toSorted(),
      };
      writer.putBundle(bundle);
      const { added, runsThere, conflicts, warnings } = merge.report;
      return {
        sha256,
        title: described.title,
        alreadyThere,
        added,
        runsThere,
        conflicts: shortened(conflicts),
        warnings: shortened([...unlisted.map(besideTheData), ...warnings]),
      };
    } finally {
      checkpoint();
      tellChanged(context, merge.report.added);
    }
  } finally {
    source.dispose();
  }
}

const besideTheData = (path: string) =>
  `${quoted(path)} is no part of the dataset (SHA256SUMS does not list it) and was left alone.`;

function cancelled(runs: number): LabError {
  return runs === 0
    ? new LabError('cancelled', 'The import was cancelled; nothing was imported.')
    : new LabError(
        'cancelled',
        `The import was cancelled; ${runs === 1 ? '1 run is' : `${runs} runs are`} in the lab.`,
        'Import the bundle again to add the rest.',
      );
}

function tellChanged({ emit }: LabContext, added: ImportReport['added']): void {
  const changed = (what: 'models' | 'runs' | 'experiments' | 'accuracies' | 'claims' | 'bundles') =>
    emit({ type: 'changed', what });
  if (added.models > 0) changed('models');
  // An experiment may have gone on without a new run.
  changed('experiments');
  if (added.runs > 0) changed('runs');
  if (added.accuracies > 0) changed('accuracies');
  changed('claims');
  changed('bundles');
}

const shortened = (sentences: readonly string[]): string[] =>
  sentences.length <= mostSentences
    ? [...sentences]
    : [...sentences.slice(0, mostSentences), `And ${sentences.length - mostSentences} more of this kind.`];

function knownTo({
  modelIds,
  listMachines,
  listExperiments,
}: Pick<LabContext['store']['reader'], 'modelIds' | 'listMachines' | 'listExperiments'>): Known {
  const models = new Set(modelIds());
  const machines = new Set(listMachines().map(({ id }) => id));
  const experiments = new Set(listExperiments().map(({ id }) => id));
  return {
    model: (id) => models.has(id),
    machine: (id) => machines.has(id),
    experiment: (id) => experiments.has(id),
  };
}
